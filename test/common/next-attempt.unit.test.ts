import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextAttempt } from '../../src/common/next-attempt'
import { EVENT_TRIES } from '../../src/payments/core/payment'
import { ALARM_RETRIES } from '../../src/wallets/core/alarm'

const SCHEDULE = { firstMs: 1000, longestMs: 10_000, attempts: 6 }

describe('the next attempt', () => {
  it.each([
    [0, 0, 1000],
    [1, 0, 2000],
    [3, 0, 8000],
    [4, 0, 10_000],
    [5, 0, 10_000],
    [6, 0, null],
    [7, 0, null],
    [0, 1, 1200],
    [3, 0.5, 8800],
    [5, 1, 12_000],
  ])('after %i failures with jitter %d is %j ms later', (failures, jitter, expected) => {
    const atMs = nextAttempt(failures, 5, SCHEDULE, jitter)
    expect(atMs).toBe(expected === null ? null : 5 + expected)
  })

  it('is in the future, after a delay that never shrinks, for any schedule', () => {
    const schedules = fc.record({
      firstMs: fc.integer({ min: 0, max: 100_000 }),
      longestMs: fc.integer({ min: 0, max: 10 ** 9 }),
      attempts: fc.integer({ min: 0, max: 2000 }),
    })
    fc.assert(
      fc.property(schedules, fc.double({ min: 0, max: 1, noNaN: true }), (schedule, jitter) => {
        let delayMs = 1
        for (let failures = 0; failures < schedule.attempts; failures++) {
          const nextMs = nextAttempt(failures, 0, schedule, jitter)
          if (nextMs === null || nextMs < delayMs || !Number.isSafeInteger(nextMs)) return false
          delayMs = nextMs
        }
        return nextAttempt(schedule.attempts, 0, schedule, jitter) === null
      }),
    )
  })
})

/** @returns instants of a loop that always fails, until it stops or `withinMs` is over */
function attemptsWithin(schedule: Parameters<typeof nextAttempt>[2], withinMs: number): number[] {
  const instants: number[] = []
  let atMs = nextAttempt(0, 0, schedule)
  while (atMs !== null && atMs <= withinMs) {
    instants.push(atMs)
    atMs = nextAttempt(instants.length, atMs, schedule)
  }
  return instants
}

describe('within 72 hours of failures', () => {
  const HOURS_72_MS = 72 * 3_600_000
  it.each([
    ['an event is tried', EVENT_TRIES, 10, 17],
    ["a wallet's alarm fires", ALARM_RETRIES, 77, 71],
  ])('%s a bounded number of times', (_, schedule, count, lastHours) => {
    const instants = attemptsWithin(schedule, HOURS_72_MS)
    expect(instants).toHaveLength(count)
    expect(Math.floor((instants.at(-1) ?? 0) / 3_600_000)).toBe(lastHours)
  })
})
