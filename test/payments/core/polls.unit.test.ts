import { describe, expect, it } from 'vitest'
import { CHECKOUT_WINDOW_MS } from '../../../src/payments/core/payment'
import {
  countedPolls,
  isAnswered,
  nextNoticePoll,
  nextPollTime,
  NOTICE_MS,
  POLL_AGES_MS,
} from '../../../src/payments/core/polls'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const payment = { uuid: '00000000-0000-4000-8000-000000000000', status: 'processing', beganAtMs: 0 }
const latest = { ...payment, uuid: payment.uuid.replace(/^0000/, 'ffff') }

/** Instants at which a payment is polled if no poll is late. */
function pollsOf(polled: typeof payment): number[] {
  const instants: number[] = []
  for (let at = nextPollTime(polled, 0); at !== null; at = nextPollTime(polled, at))
    instants.push(at)
  return instants
}

const longest = (instants: readonly number[]) =>
  Math.max(...instants.map((at, index) => at - (instants[index - 1] ?? 0)))

describe('the polls of a payment', () => {
  it('begin at 5, 10, 20 and 40 s, and continue each minute for 15 minutes', () => {
    const early = pollsOf(payment).filter((at) => at <= 15 * MINUTE_MS)
    expect(early.slice(0, 6).map((at) => at / SECOND_MS)).toEqual([5, 10, 20, 40, 100, 160])
    expect(longest(early)).toBe(MINUTE_MS)
    expect(early).toHaveLength(18)
  })

  it('are at most five minutes apart while the checkout is open, and six with jitter', () => {
    const open = (polled: typeof payment) => pollsOf(polled).slice(0, 24)
    expect(open(payment).at(-1)).toBe(CHECKOUT_WINDOW_MS - 20 * SECOND_MS)
    expect(longest(open(payment))).toBe(5 * MINUTE_MS)
    expect(longest(open(latest))).toBeLessThanOrEqual(6 * MINUTE_MS)
  })

  it('are 34, and end after some four days', () => {
    for (const polled of [payment, latest]) {
      expect(pollsOf(polled)).toHaveLength(34)
      expect(pollsOf(polled).at(-1)).toBeGreaterThan(93 * HOUR_MS)
      expect(pollsOf(polled).at(-1)).toBeLessThan(99 * HOUR_MS)
    }
  })

  it('grow apart after the checkout', () => {
    const gaps = POLL_AGES_MS.map((age, index) => age - (POLL_AGES_MS[index - 1] ?? 0)).slice(24)
    expect(gaps).toEqual(gaps.toSorted((a, b) => a - b))
  })

  it('that are late shift no later poll', () => {
    expect(nextPollTime(payment, 90 * SECOND_MS)).toBe(100 * SECOND_MS)
    expect(nextPollTime(payment, 100 * SECOND_MS)).toBe(160 * SECOND_MS)
    expect(nextPollTime(payment, 100 * HOUR_MS)).toBeNull()
  })

  it('spread by a fifth of each delay', () => {
    expect(nextPollTime(latest, 0)).toBe(6000)
    expect(nextPollTime({ ...latest, uuid: '7fff' }, 0)).toBe(5499)
    expect(nextPollTime(latest, 60 * SECOND_MS)).toBe(112 * SECOND_MS)
  })

  it.each(['completed', 'failed', 'cancelled', 'disputed', ''])(
    'do not exist if it is %s',
    (status) => {
      expect(nextPollTime({ ...payment, status }, 0)).toBeNull()
    },
  )
})

describe('the counted polls', () => {
  it.each([
    [-86_400, 0],
    [-1, 0],
    [0, 0],
    [5, 1],
    [15, 2],
    [40, 3],
    [100, 4],
    [900, 7],
    [2700, 9],
    [86_400, 14],
    [400_000, 15],
  ])('after %i s are %i, as in the previous release', (seconds, polls) => {
    expect(countedPolls(seconds * SECOND_MS)).toBe(polls)
  })
})

describe('after news', () => {
  it('polls follow at 2, 5, 10, 20 and 30 s', () => {
    const instants: number[] = []
    for (let at = nextNoticePoll(7, 7); at !== null; at = nextNoticePoll(7, at))
      instants.push(at - 7)
    expect(instants).toEqual([2000, 5000, 10_000, 20_000, NOTICE_MS])
  })

  it.each([
    ['received', 'event', true],
    ['closed', 'event', true],
    ['exception', 'event', true],
    ['open', 'event', false],
    ['open', 'return', true],
    ['open', null, false],
  ] as const)('the answer %s to the cause %s ends the wait: %s', (kind, cause, ends) => {
    expect(isAnswered(kind, cause)).toBe(ends)
  })
})
