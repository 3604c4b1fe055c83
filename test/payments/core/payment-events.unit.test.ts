import { describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import { eventId } from '../../../src/outbox/event'
import { paymentEvents } from '../../../src/payments/core/payment-events'
import type { PaymentStatus } from '../../../src/payments/core/payment'

const PAYMENT = {
  uuid: 'p1',
  userUuid: 'u1',
  method: 'monnify',
  reference: 'AIL-abc',
  attempt: 2,
  attemptBeganAtMs: 5,
  walletType: 'call_credits',
  amountKobo: kobo(100_000),
  status: 'processing',
} as const

type Row = readonly [
  status: PaymentStatus,
  failureReason: string | null,
  creditedKobo: number,
  causes: readonly string[],
]

const ROWS: readonly Row[] = [
  ['pending', null, 0, []],
  ['processing', null, 0, []],
  ['processing', 'currency_mismatch', 0, []],
  ['completed', null, 100_000, ['completed/1']],
  ['completed', null, 120_000, ['completed/1']],
  ['failed', 'declined', 0, ['failed/2/5/processing']],
  ['failed', 'gateway_refused', 0, ['failed/2/5/processing']],
  ['cancelled', 'abandoned_by_customer', 0, ['cancelled/2/5/processing']],
  ['expired', 'checkout_expired', 0, ['expired/2/5/processing']],
  ['processing', 'partially_paid', 50_000, ['partially_paid/1/50000']],
  ['expired', 'partially_paid', 50_000, ['partially_paid/1/50000', 'expired/2/5/processing']],
  ['failed', 'reversed', 0, ['reversed/1']],
  ['failed', 'reversed', 50_000, ['reversed/1']],
]

describe('a payment', () => {
  it.each(ROWS)('that is %s (%j) with %i kobo has the events %j', (...row) => {
    const [status, failureReason, creditedKobo, causes] = row
    const after = { status, failureReason, creditedKobo: kobo(creditedKobo), attempt: 1 }
    const events = paymentEvents(PAYMENT, after, 7)
    expect(events.map(({ event }) => event.id)).toEqual(
      causes.map((cause) => eventId(`payment/p1/${cause}`)),
    )
    expect(events.map(({ event }) => event.type)).toEqual(
      causes.map((cause) => `payment.${cause.split('/')[0]}`),
    )
  })

  it.each(['failed', 'cancelled', 'expired'] as const)(
    'that is %s has another event for another attempt or another status before',
    (status) => {
      const after = { status, failureReason: 'declined', creditedKobo: kobo(0), attempt: 2 }
      const befores = [
        {},
        { status: 'pending' },
        { attempt: 3 },
        { attempt: 0, attemptBeganAtMs: null },
        { attempt: 0, attemptBeganAtMs: 6 },
      ] as const
      const ids = befores.map(
        (before) => paymentEvents({ ...PAYMENT, ...before }, after, 7)[0]?.event.id,
      )
      expect(new Set(ids).size).toBe(befores.length)
    },
  )

  it('has its facts in the event, flat and in naira, without a name or an address', () => {
    const after = {
      status: 'processing',
      failureReason: 'partially_paid',
      creditedKobo: kobo(40_050),
      attempt: 2,
    } as const
    const wallet = { ...PAYMENT, method: 'wallet', attempt: 0 } as const
    expect(paymentEvents(PAYMENT, after, 7)).toEqual([
      {
        userUuid: 'u1',
        outcome: 'partially_paid',
        event: {
          id: eventId('payment/p1/partially_paid/2/40050'),
          type: 'payment.partially_paid',
          version: 1,
          atMs: 7,
          data: {
            user_uuid: 'u1',
            payment_uuid: 'p1',
            payment_reference: 'AIL-abc_a2',
            wallet: 'call_credits',
            method: 'monnify',
            status: 'processing',
            amount: 1000,
            amount_paid: 400.5,
            currency: 'NGN',
            failure_reason: 'partially_paid',
          },
        },
      },
    ])
    expect(paymentEvents(wallet, after, 7)[0]?.event.data).toMatchObject({
      method: 'wallet',
      payment_reference: 'AIL-abc',
    })
  })
})
