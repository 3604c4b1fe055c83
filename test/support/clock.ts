/** A clock that tests set: far ahead, so that no alarm set by it rings by itself. */
import { afterEach, beforeEach, vi } from 'vitest'

export const START = Date.parse('2126-03-14T10:00:00.000Z')

/** Every test of the file begins at `START`, and leaves no mock behind. */
export function useClock(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: START })
  })
  afterEach(() => {
    vi.restoreAllMocks()
    vi.useRealTimers()
  })
}

export const pass = (ms: number) => vi.setSystemTime(Date.now() + ms)

/** So long after the start, however often it is said. */
export const at = (ms: number) => vi.setSystemTime(START + ms)
