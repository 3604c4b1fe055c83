import { describe, expect, it } from 'vitest'
import { createProgress } from './progress.ts'

function play(isTTY: boolean, total?: number): string {
  let text = ''
  let nowMs = 0
  const output = { isTTY, write: (part: string) => (text += part) }
  const progress = createProgress('operations', total, output, () => nowMs)
  for (let done = 1; done <= 4; done++) {
    nowMs += 5000
    progress.update(done)
  }
  progress.end()
  return text
}

describe('progress', () => {
  it('is one line every ten seconds in a file', () => {
    expect(play(false, 9)).toBe('2 of 9 operations\n4 of 9 operations\n')
  })

  it('is redrawn in place on a terminal, and ends its line', () => {
    expect(play(true)).toBe('\r1 operations\r2 operations\r3 operations\r4 operations\n')
  })
})
