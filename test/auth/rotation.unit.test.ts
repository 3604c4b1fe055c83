import { describe, expect, it } from 'vitest'
import { clientInfoOf } from '../../src/auth/client-info'
import { endOf, refreshVerdict, type PresentedToken, type Verdict } from '../../src/auth/rotation'
import type { SessionWithUser } from '../../src/auth/store'

const DAY_MS = 86_400_000
const USED_AT_MS = 10 * DAY_MS
const LIMITS = { graceMs: 30_000, maxAgeMs: 30 * DAY_MS }

const good = { hash: 'good', successorHash: 'next' }
const before = { hash: 'before', successorHash: 'good' }
const older = { hash: 'older', successorHash: 'before' }

const found = (
  session: Partial<SessionWithUser['session']> = {},
  disabledAtMs: number | null = null,
): SessionWithUser => ({
  session: {
    uuid: 's',
    userUuid: 'u',
    refreshTokenHash: 'good',
    createdAtMs: 0,
    lastUsedAtMs: USED_AT_MS,
    expiresAtMs: 17 * DAY_MS,
    revokedAtMs: null,
    device: null,
    place: null,
    ...session,
  },
  user: { tokenVersion: 0, disabledAtMs, frozenAtMs: null },
})

describe('a refresh token', () => {
  it.each<[string, PresentedToken, number, number, Verdict]>([
    ['rotate if it is current', good, 0, 30_000, 'rotate'],
    ['rotate if it is current, six days later', good, 6 * DAY_MS, 30_000, 'rotate'],
    ['repeat if it is the previous one, at once', before, 0, 30_000, 'repeat'],
    [
      'repeat if it is the previous one, in the last millisecond of the grace period',
      before,
      29_999,
      30_000,
      'repeat',
    ],
    ['reused if it is the previous one, after the grace period', before, 30_000, 30_000, 'reused'],
    [
      'repeat if it is the previous one, by a clock that is behind',
      before,
      -5_000,
      30_000,
      'repeat',
    ],
    ['reused if it is the previous one, without a grace period', before, 0, 0, 'reused'],
    [
      'reused if it is the previous one, without a grace period, by a clock that is behind',
      before,
      -5_000,
      0,
      'reused',
    ],
    ['reused if it is older', older, 0, 30_000, 'reused'],
  ])('has the verdict %s', (_, presented, afterMs, graceMs, verdict) => {
    expect(refreshVerdict(found(), presented, { ...LIMITS, graceMs }, USED_AT_MS + afterMs)).toBe(
      verdict,
    )
  })

  it.each<[string, SessionWithUser, Partial<typeof LIMITS>]>([
    ['an ended session', found({ revokedAtMs: USED_AT_MS }), {}],
    ['an expired session', found({ expiresAtMs: USED_AT_MS }), {}],
    ['a disabled account', found({}, 1), {}],
    ['a session of the maximum age', found(), { maxAgeMs: 10 * DAY_MS }],
  ])('of %s is rejected, and an older one is still reported as reused', (_, state, limits) => {
    const verdictOf = (presented: PresentedToken) =>
      refreshVerdict(state, presented, { ...LIMITS, ...limits }, USED_AT_MS)
    expect([good, before, older].map(verdictOf)).toEqual(['refused', 'refused', 'reused'])
  })

  it('is valid for its lifetime, but not beyond the end of its session', () => {
    const end = (nowMs: number) => endOf({ createdAtMs: 0 }, 7 * DAY_MS, LIMITS, nowMs)
    expect(end(0)).toBe(7 * DAY_MS)
    expect(end(23 * DAY_MS)).toBe(30 * DAY_MS)
    expect(end(29 * DAY_MS)).toBe(30 * DAY_MS)
  })
})

describe('the client info of a log-in', () => {
  it.each<[string | undefined, object | undefined, string | null, string | null]>([
    [undefined, undefined, null, null],
    ['', {}, null, null],
    ['curl/8.5.0', { city: 'Lagos', country: 'NG' }, 'curl/8.5.0', 'Lagos, NG'],
    [' \u0000a\u001b[31m\u202eb\u009f ', { country: 'NG' }, 'a[31mb', 'NG'],
    ['x'.repeat(300), { city: 'Ilé-Ifẹ̀\n' }, 'x'.repeat(200), 'Ilé-Ifẹ̀'],
    [`${'x'.repeat(199)}😀`, { city: 1, country: null }, 'x'.repeat(199), null],
  ])(
    'from user agent %j and location %j has device %j and place %j',
    (userAgent, cf, device, place) => {
      expect(clientInfoOf(userAgent, cf)).toEqual({ device, place })
    },
  )
})
