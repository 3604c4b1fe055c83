import { describe, expect, it } from 'vitest'
import { readPlan } from './flags'

describe('the flags of the benchmark', () => {
  it('have defaults, fewer in the short form', () => {
    expect(readPlan([])).toMatchObject({ mode: 'table', isShort: false, rounds: 7 })
    expect(readPlan(['--short', '--memory'])).toMatchObject({ isInMemory: true })
    expect(readPlan(['--short'])).toMatchObject({ mode: 'table', isShort: true, rounds: 3 })
    expect(readPlan(['--hot', '--rounds', '2'])).toMatchObject({ mode: 'hot', rounds: 2 })
    expect(readPlan(['--soak', '--minutes', '3'])).toMatchObject({ mode: 'soak', minutes: 3 })
  })

  it.each([
    [['--hot', '--soak'], '--hot and --soak are runs of their own: give one of them.'],
    [['--minutes', '3'], '--minutes is for --soak.'],
    [['--requests', '1'], '--requests must be a whole number from 16 to 10000, not 1.'],
    [['--rounds', 'many'], '--rounds must be a whole number from 1 to 100, not many.'],
    [['--shrt'], "Unknown option '--shrt'. The flags are:"],
    [['fast'], '--short --hot --soak --memory'],
  ])('%j is answered with a sentence', (args, sentence) => {
    expect(() => readPlan(args)).toThrow(sentence)
  })
})
