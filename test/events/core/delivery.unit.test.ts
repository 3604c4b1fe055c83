import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  afterAttempt,
  disabled,
  DISABLED_AFTER_MS,
  type DeliveryState,
  enabled,
  LEASE_MS,
  leased,
  MAX_RETRY_AFTER_MS,
  type Outcome,
  outcomeOf,
  paused,
  PREPARATION_LIMIT_MS,
  retryAfterOf,
  TIME_LIMIT_MS,
} from '../../../src/events/core/delivery'

const NOW = Date.parse('2026-03-14T10:00:00.000Z')
const SECOND = 1000
const HOUR = 3_600_000

const fresh: DeliveryState = {
  status: 'enabled',
  disabledReason: null,
  disabledAtMs: null,
  failures: 0,
  failingSinceMs: null,
  nextAttemptAtMs: null,
}
const failing = (failures: number, sinceMs: number): DeliveryState => ({
  ...fresh,
  failures,
  failingSinceMs: sinceMs,
})
const failed: Outcome = { kind: 'failed', notBeforeMs: 0 }

describe('the outcome of an attempt', () => {
  const received = (status: number | null, fault: 'timeout' | 'redirect' | null = null) =>
    outcomeOf({ status, fault, retryAfter: null }, NOW).kind

  it.each([
    [200, 'delivered'],
    [201, 'delivered'],
    [204, 'delivered'],
    [299, 'delivered'],
    [100, 'failed'],
    [199, 'failed'],
    [300, 'failed'],
    [301, 'failed'],
    [302, 'failed'],
    [304, 'failed'],
    [307, 'failed'],
    [308, 'failed'],
    [400, 'failed'],
    [401, 'failed'],
    [404, 'failed'],
    [409, 'failed'],
    [410, 'gone'],
    [429, 'failed'],
    [500, 'failed'],
    [502, 'failed'],
    [503, 'failed'],
    [504, 'failed'],
    [599, 'failed'],
    [null, 'failed'],
  ] as const)('of status %s is %s', (status, kind) => {
    expect(received(status)).toBe(kind)
  })

  it('is a failure with any fault, whatever the status', () => {
    expect(received(200, 'redirect')).toBe('failed')
    expect(received(null, 'timeout')).toBe('failed')
  })

  it('has the time that the receiver asked for', () => {
    expect(outcomeOf({ status: 503, fault: null, retryAfter: '120' }, NOW)).toEqual({
      kind: 'failed',
      notBeforeMs: NOW + 120 * SECOND,
    })
  })
})

describe('Retry-After', () => {
  it.each([
    ['0', NOW],
    ['1', NOW + SECOND],
    [' 30 ', NOW + 30 * SECOND],
    ['86400', NOW + MAX_RETRY_AFTER_MS],
    ['86401', NOW + MAX_RETRY_AFTER_MS],
    ['999999999999999', NOW + MAX_RETRY_AFTER_MS],
    ['Sat, 14 Mar 2026 10:05:00 GMT', NOW + 300 * SECOND],
    ['Sat, 14 Mar 2026 09:00:00 GMT', NOW - HOUR],
    ['Sat, 14 Mar 2099 10:05:00 GMT', NOW + MAX_RETRY_AFTER_MS],
    ['Sat, 99 Mar 2026 10:05:00 GMT', 0],
    ['tomorrow', 0],
    ['2026-03-14', 0],
    ['-5', 0],
    ['1.5', 0],
    ['1e9', 0],
    ['9'.repeat(16), 0],
    ['', 0],
    [null, 0],
  ])('%j means %i', (header, atMs) => {
    expect(retryAfterOf(header, NOW)).toBe(atMs)
  })
})

describe('an enabled endpoint', () => {
  it.each([
    [0, 5 * SECOND],
    [1, 10 * SECOND],
    [2, 20 * SECOND],
    [3, 40 * SECOND],
    [9, 2560 * SECOND],
    [10, HOUR],
    [11, HOUR],
    [500, HOUR],
  ])('after %i failures, is attempted again %i ms after the next one', (failures, delayMs) => {
    const before = failures === 0 ? fresh : failing(failures, NOW - HOUR)
    const after = afterAttempt(before, failed, NOW)
    expect(after).toEqual({
      ...before,
      failures: failures + 1,
      failingSinceMs: before.failingSinceMs ?? NOW,
      nextAttemptAtMs: NOW + delayMs,
    })
  })

  it('is attempted up to a fifth later by jitter', () => {
    expect(afterAttempt(fresh, failed, NOW, 1).nextAttemptAtMs).toBe(NOW + 6 * SECOND)
  })

  it('is not attempted before the time of Retry-After, nor before its schedule', () => {
    const atOf = (notBeforeMs: number) =>
      afterAttempt(fresh, { kind: 'failed', notBeforeMs }, NOW).nextAttemptAtMs
    expect(atOf(NOW + HOUR)).toBe(NOW + HOUR)
    expect(atOf(NOW + 1)).toBe(NOW + 5 * SECOND)
  })

  it('has no failures after a success', () => {
    const state = { ...failing(7, NOW - HOUR), nextAttemptAtMs: NOW }
    expect(afterAttempt(state, { kind: 'delivered' }, NOW)).toEqual(fresh)
  })

  it('is disabled by 410 at once', () => {
    expect(afterAttempt(fresh, { kind: 'gone' }, NOW)).toEqual({
      ...fresh,
      status: 'disabled',
      disabledReason: 'gone',
      disabledAtMs: NOW,
    })
  })

  it('is disabled by the first failure after five days without a success', () => {
    const since = NOW - DISABLED_AFTER_MS
    expect(afterAttempt(failing(130, since + 1), failed, NOW).status).toBe('enabled')
    expect(afterAttempt(failing(130, since), failed, NOW)).toMatchObject({
      status: 'disabled',
      disabledReason: 'failing',
      disabledAtMs: NOW,
      nextAttemptAtMs: null,
    })
  })

  it('is not blamed for what the service could not prepare', () => {
    const since = NOW - 2 * DISABLED_AFTER_MS
    for (const state of [fresh, failing(3, since)]) {
      const after = afterAttempt(state, { kind: 'not_sent', retryAtMs: NOW + 60 * SECOND }, NOW)
      expect(after).toEqual({ ...state, nextAttemptAtMs: NOW + 60 * SECOND })
    }
  })
})

describe('a paused or disabled endpoint', () => {
  const outcomes: Outcome[] = [
    { kind: 'delivered' },
    { kind: 'gone' },
    failed,
    { kind: 'not_sent', retryAtMs: NOW },
  ]

  it.each(outcomes)('does not change by the outcome $kind of an earlier attempt', (outcome) => {
    for (const state of [paused(failing(2, NOW)), disabled(fresh, 'key_revoked', NOW)])
      expect(afterAttempt(state, outcome, NOW)).toBe(state)
  })

  it('begins without failures when it is enabled again', () => {
    expect(enabled(disabled(failing(9, 1), 'failing', NOW))).toEqual(fresh)
    expect(enabled(paused(failing(9, 1)))).toEqual(fresh)
  })
})

it('The lease of an attempt ends after its time limits', () => {
  expect(LEASE_MS).toBeGreaterThan(TIME_LIMIT_MS + PREPARATION_LIMIT_MS)
  expect(leased(fresh, NOW).nextAttemptAtMs).toBe(NOW + LEASE_MS)
})

it('No sequence of outcomes stops an enabled endpoint, or attempts it at once again', () => {
  const outcome = fc.oneof(
    fc.constant<Outcome>({ kind: 'delivered' }),
    fc.record({ kind: fc.constant('failed' as const), notBeforeMs: fc.nat() }),
    fc.record({ kind: fc.constant('not_sent' as const), retryAtMs: fc.nat() }),
  )
  fc.assert(
    fc.property(fc.array(outcome, { maxLength: 200 }), (outcomes) => {
      let state = fresh
      let nowMs = NOW
      for (const one of outcomes) {
        state = afterAttempt(state, one, nowMs, 0.5)
        if (state.status === 'disabled') return state.failingSinceMs !== null
        if (one.kind === 'delivered') expect(state).toEqual(fresh)
        else expect(state.nextAttemptAtMs).toBeGreaterThan(nowMs)
        nowMs = (state.nextAttemptAtMs ?? nowMs) + 1
      }
      return true
    }),
  )
})
