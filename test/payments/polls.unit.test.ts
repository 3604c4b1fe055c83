import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { kobo } from '../../src/common/money'
import { ok, refuse } from '../../src/common/result'
import { POLL_AGES_MS } from '../../src/payments/core/polls'
import { pollPayment } from '../../src/payments/poll'
import { sweepPayments } from '../../src/payments/sweep'
import { NOW, paymentRow, recordedPayments, transactionOf } from '../support/payments'

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.restoreAllMocks()
})

const MINUTE_MS = 60_000
const REFERENCE = paymentRow().reference
const attemptOf = (attempt: number) => `${REFERENCE}_a${attempt}`
const down = async () => refuse({ code: 'gateway_unavailable' })
const broken = () => Promise.reject(new Error('broken'))
const event = {
  bodyHash: 'h',
  body: JSON.stringify({
    eventType: 'SUCCESSFUL_TRANSACTION',
    eventData: { paymentReference: `${REFERENCE}_a1` },
  }),
  paymentReference: `${REFERENCE}_a1`,
  tries: 0,
}

describe('a sweep', () => {
  it.each([
    ['all four due payments, at 100 ms a query', 4, 100, 4],
    ['as many payments as fit into four minutes, at 61 s a query', 10, 61_000, 4],
  ])('polls %s', async (_, due, queryMs, queries) => {
    const { deps, state, named } = recordedPayments({
      due,
      payment: { status: 'processing' },
      before: (effect) => {
        if (effect === 'query') state.nowMs += queryMs
      },
    })
    await sweepPayments(deps)
    expect(named('query')).toHaveLength(queries)
  })

  it('finds payments that are overdue by 30 s, and events that are due', async () => {
    const { deps, effects } = recordedPayments()
    await sweepPayments(deps)
    expect(effects).toEqual([
      ['openEvents', NOW, 50],
      ['listDueForPoll', NOW - 30_000, 10_000],
    ])
  })

  it('alternates between payments and events', async () => {
    const { deps, names } = recordedPayments({
      due: 2,
      payment: { status: 'processing' },
      events: [event, event],
    })
    await sweepPayments(deps)
    const turns = names().filter((name) => name === 'beginPoll' || name === 'recordTry')
    expect(turns).toEqual(['beginPoll', 'recordTry', 'beginPoll', 'recordTry'])
  })

  it("counts an event's attempt before its query, even if every query fails", async () => {
    const { deps, names, named } = recordedPayments({
      events: [event, { ...event, tries: 1 }],
      says: broken,
    })
    await sweepPayments(deps)
    expect(names().slice(2)).toEqual(['recordTry', 'query', 'recordTry', 'query'])
    expect(named('recordTry')).toEqual([
      ['recordTry', 0, NOW, NOW + 2 * MINUTE_MS],
      ['recordTry', 1, NOW, NOW + 4 * MINUTE_MS],
    ])
  })

  it("records an event's outcome only if the gateway responded", async () => {
    for (const [says, outcomes] of [
      [down, 0],
      [undefined, 1],
    ] as const) {
      const { deps, named } = recordedPayments({ events: [event], ...(says && { says }) })
      await sweepPayments(deps)
      expect(named('recordOutcome')).toHaveLength(outcomes)
    }
  })

  it('continues if two polls cannot be counted', async () => {
    const { deps, named } = recordedPayments({
      due: 3,
      payment: { status: 'processing' },
      before: (effect) => {
        if (effect === 'beginPoll' && named('beginPoll').length < 3) throw new Error('D1 is down')
      },
    })
    await sweepPayments(deps)
    expect([named('beginPoll').length, named('query').length]).toEqual([3, 1])
  })
})

const LAST_AGE_MS = POLL_AGES_MS.at(-1) ?? 0

describe('a poll', () => {
  const processing = { status: 'processing' } as const

  it('is counted, and the next one planned, before the query', async () => {
    const { deps, effects, names } = recordedPayments({ payment: processing })
    expect(await pollPayment(deps, REFERENCE)).toBe(NOW + 5000)
    expect(effects[0]).toEqual(['beginPoll', NOW + 5000])
    expect(names().slice(0, 2)).toEqual(['beginPoll', 'query'])
  })

  it('queries nothing if another poll overtook it', async () => {
    const { deps, names } = recordedPayments({ payment: processing })
    const paymentStore = { ...deps.paymentStore, beginPoll: async () => false }
    expect(await pollPayment({ ...deps, paymentStore }, REFERENCE)).toBe(NOW + 5000)
    expect(names()).toEqual([])
  })

  it('is followed by another after at least two seconds', async () => {
    const { deps, state } = recordedPayments({
      payment: processing,
      before: (effect) => {
        if (effect === 'mark') state.nowMs += 4_999
      },
    })
    expect(await pollPayment(deps, REFERENCE)).toBe(state.nowMs + 2000)
  })

  it('is the last one if it completes the payment', async () => {
    const { deps } = recordedPayments({
      payment: processing,
      says: async (named) =>
        ok(transactionOf(named, { status: 'PAID', amountPaidKobo: kobo(100_000) })),
      wallet: async () =>
        ok({
          netCreditedKobo: kobo(100_000),
          shortfallKobo: kobo(0),
          isReversed: false,
          entrySeq: 1,
        }),
    })
    expect(await pollPayment(deps, REFERENCE)).toBeNull()
  })

  it.each<[string, object]>([['is completed', { status: 'completed' }]])(
    'ends the polls and queries nothing for a payment that %s',
    async (_, payment) => {
      const { deps, effects } = recordedPayments({ payment })
      expect(await pollPayment(deps, REFERENCE)).toBeNull()
      expect(await pollPayment(deps, REFERENCE)).toBeNull()
      expect(effects).toEqual([['setNextPoll', null]])
    },
  )

  it('queries nothing for an open payment after its last poll', async () => {
    const { deps, effects } = recordedPayments({ payment: { ...processing, nextPollAtMs: null } })
    expect(await pollPayment(deps, REFERENCE)).toBeNull()
    expect(effects).toEqual([])
  })

  it('stores the number of polls that the previous release would have made', async () => {
    const attemptBeganAtMs = NOW - 3_600_000
    const { deps, state } = recordedPayments({ payment: { ...processing, attemptBeganAtMs } })
    await pollPayment(deps, REFERENCE)
    expect(state.payment.polls).toBe(9)
  })

  it('follows news soon, and records an exception if 30 s bring no outcome', async () => {
    const notice = { noticedAtMs: NOW, noticeCause: 'event' } as const
    const payment = { ...processing, ...notice, attemptBeganAtMs: NOW - 3_600_000 }
    const { deps, state, named } = recordedPayments({ payment })
    const instants: number[] = []
    for (let atMs: number | null = NOW + 2000; atMs !== null && instants.length < 6;) {
      instants.push(atMs - NOW)
      state.nowMs = atMs
      atMs = await pollPayment(deps, REFERENCE)
    }
    expect(instants.slice(0, 5)).toEqual([2000, 5000, 10_000, 20_000, 30_000])
    expect(instants[5]).toBeGreaterThan(10 * 60_000)
    expect(named('exception')).toEqual([['exception', 'outcome_late', attemptOf(1), kobo(100_000)]])
  })

  it.each([
    ['event', undefined, 'event'],
    ['return', undefined, null],
    ['return', down, 'return'],
  ] as const)('after a %s with the response %j leaves the cause %s', async (cause, says, left) => {
    const payment = { ...processing, noticedAtMs: NOW, noticeCause: cause }
    const { deps, state } = recordedPayments({ payment, ...(says && { says }) })
    await pollPayment(deps, REFERENCE)
    expect(state.payment.noticeCause).toBe(left)
  })

  it('records a payment of a later release, and does not change it', async () => {
    for (const rest of [{ status: 'disputed' }, { method: 'ussd' }, { walletType: 'savings' }]) {
      const { deps, effects } = recordedPayments({ payment: rest as object })
      expect(await pollPayment(deps, REFERENCE)).toBeNull()
      expect(effects).toEqual([['exception', 'unknown_payment_state', REFERENCE, null]])
    }
  })

  it.each([
    ['an exception if it is the last one and gets no response', true, down, 1],
    ['an exception if it is the last one and throws', true, broken, 1],
    ['no exception if it is the last one and gets a response', true, undefined, 0],
    ['no exception if it is not the last one and gets no response', false, down, 0],
  ])('records %s', async (_, isLast, says, exceptions) => {
    const attemptBeganAtMs = NOW - (isLast ? LAST_AGE_MS : LAST_AGE_MS - 1)
    const parts = { payment: { ...processing, attemptBeganAtMs }, ...(says && { says }) }
    const { deps, named } = recordedPayments(parts)
    const nextMs = await pollPayment(deps, REFERENCE)
    expect(nextMs === null).toBe(isLast)
    expect(named('exception')).toEqual(
      Array.from({ length: exceptions }, () => ['exception', 'never_answered', attemptOf(1), null]),
    )
  })
})
