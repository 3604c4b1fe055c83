import { describe, expect, it } from 'vitest'
import { readFlags } from './flags.ts'

const FLAGS = { kills: { fallback: 20, min: 1, max: 1000 }, seed: { fallback: 1, min: 0, max: 9 } }

describe('the flags of the harnesses', () => {
  it('have defaults', () => {
    expect(readFlags(['--kills', '3'], FLAGS)).toEqual({ kills: 3, seed: 1 })
  })

  it.each([
    [['--kills', '0'], '--kills must be a whole number from 1 to 1000, not 0.'],
    [['--kills', 'many'], '--kills must be a whole number from 1 to 1000, not many.'],
    [['--seed', ''], '--seed must be a whole number from 0 to 9, not .'],
    [['--kils', '3'], "Unknown option '--kils'. The flags are: --kills 20 --seed 1"],
    [['--kills'], 'The flags are: --kills 20 --seed 1'],
    [['20'], 'The flags are: --kills 20 --seed 1'],
  ])('%j is answered with a sentence', (args, sentence) => {
    expect(() => readFlags(args, FLAGS)).toThrow(sentence)
  })
})
