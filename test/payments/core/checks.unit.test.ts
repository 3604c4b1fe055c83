import { describe, expect, it } from 'vitest'
import { nextCheckTime, retryCheckTime } from '../../../src/payments/core/checks'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const COMPLETED_MS = Date.UTC(2026, 2, 14)

describe('the next check of a completed payment', () => {
  it.each([
    [0, 1],
    [DAY_MS - 1, 1],
    [DAY_MS, 7],
    [7 * DAY_MS, 21],
    [20.5 * DAY_MS, 21],
    [21 * DAY_MS, 45],
    [45 * DAY_MS, undefined],
  ])('at the age of %d ms is after %s days', (ageMs, days) => {
    const expected = days === undefined ? null : COMPLETED_MS + days * DAY_MS
    expect(nextCheckTime(COMPLETED_MS, COMPLETED_MS + ageMs)).toBe(expected)
  })
})

describe('the retry of a check that failed', () => {
  it.each([
    [0, 6 * HOUR_MS],
    [45 * DAY_MS, 45 * DAY_MS + 6 * HOUR_MS],
    [50 * DAY_MS - 6 * HOUR_MS, undefined],
  ])('at the age of %d ms is at %s ms', (ageMs, atMs) => {
    const expected = atMs === undefined ? null : COMPLETED_MS + atMs
    expect(retryCheckTime(COMPLETED_MS, COMPLETED_MS + ageMs)).toBe(expected)
  })
})
