/** A fake clock in the far future, so that no real alarm fires. */
import { afterEach, beforeEach, vi } from 'vitest'

export const START = Date.parse('2126-03-14T10:00:00.000Z')

/** Starts every test of the file at `START`, and restores all mocks. */
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

/** Sets the clock to `ms` after `START`. */
export const at = (ms: number) => vi.setSystemTime(START + ms)
