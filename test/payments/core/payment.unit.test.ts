import { describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import { attemptOf, attemptReference, ownReference } from '../../../src/payments/core/references'
import {
  CHECKOUT_WINDOW_MS,
  type GatewayTransaction,
  interpretTransaction,
  nextStatus,
  PAYMENT_STATUSES,
  type PaymentStatus,
} from '../../../src/payments/core/payment'

const REFERENCE = 'AIL-abc_a1'

const transaction = (rest: Partial<GatewayTransaction>): GatewayTransaction => ({
  transactionReference: 'MNFY|1',
  paymentReference: REFERENCE,
  status: 'PAID',
  amountPaidKobo: kobo(100_000),
  currency: 'NGN',
  ...rest,
})

const AMOUNT = kobo(100_000)

interface Cell {
  readonly status: PaymentStatus
  readonly failureReason: string | null
}

/** Monnify's statuses, the net amount credited after them, and the payment's next status. */
const ROWS: [
  word: string,
  paidNaira: number,
  next: (before: PaymentStatus) => PaymentStatus,
  reason: string | null | ((before: PaymentStatus) => string | null),
][] = [
  ['PAID', 1000, () => 'completed', null],
  ['OVERPAID', 1250, () => 'completed', null],
  ['PARTIALLY_PAID', 400, () => 'processing', 'partially_paid'],
  ['UNDERPAID', 400, () => 'processing', 'partially_paid'],
  ['PENDING', 0, (before) => before, null],
  ['FAILED', 0, () => 'failed', 'declined'],
  ['CANCELLED', 0, () => 'cancelled', 'cancelled_by_customer'],
  ['ABANDONED', 0, () => 'cancelled', 'abandoned_by_customer'],
  ['EXPIRED', 0, () => 'expired', 'checkout_expired'],
  ['SOMETHING_NEW', 0, (before) => before, (before) => (isOpen(before) ? 'unknown_status' : null)],
]

/** Combinations of status and amount without a clear meaning: nothing is credited. */
const UNCLEAR: [status: string, naira: number, exception: string][] = [
  ['EXPIRED', 50, 'unexpected_amount'],
  ['CANCELLED', 100, 'unexpected_amount'],
  ['FAILED', 100, 'unexpected_amount'],
  ['ABANDONED', 50, 'unexpected_amount'],
  ['PENDING', 0.01, 'unexpected_amount'],
  ['PAID', 0, 'unexpected_amount'],
  ['PARTIALLY_PAID', 0, 'unexpected_amount'],
  ['SOMETHING_NEW', 100, 'unknown_status'],
  ['SOMETHING_NEW', 0, 'unknown_status'],
  ['paid', 100, 'unknown_status'],
  ['PAID ', 100, 'unknown_status'],
  ['', 100, 'unknown_status'],
  ['constructor', 100, 'unknown_status'],
  ['__proto__', 0, 'unknown_status'],
]

function isOpen(status: PaymentStatus): boolean {
  return status === 'pending' || status === 'processing'
}

const next = (status: PaymentStatus, word: string, paidNaira: number, rest: object = {}): Cell => {
  const payment = { amountKobo: AMOUNT, status, failureReason: null, beganAtMs: 0 }
  const finding = interpretTransaction(
    REFERENCE,
    transaction({ status: word, amountPaidKobo: kobo(paidNaira * 100) }),
  )
  const credit = {
    netCreditedKobo: kobo(paidNaira * 100),
    shortfallKobo: kobo(0),
    isReversed: false,
    ...rest,
  }
  return nextStatus(payment, finding, credit, true, 1000)
}

describe.each(PAYMENT_STATUSES)('a payment that is %s', (before) => {
  it.each(ROWS)('has the expected status after %s', (word, paidNaira, nextOf, reason) => {
    if (before === 'completed') return
    const failureReason = typeof reason === 'function' ? reason(before) : reason
    expect(next(before, word, paidNaira)).toEqual({ status: nextOf(before), failureReason })
  })

  it.each(ROWS)('is completed after %s if the wallet has the money', (word) => {
    expect(next(before, word, 1000)).toEqual({ status: 'completed', failureReason: null })
  })

  it.each(['REVERSED', 'REFUNDED', 'PAID', 'PENDING'])('stays reversed after %s', (word) => {
    expect(next(before, word, 0, { isReversed: true })).toEqual({
      status: 'failed',
      failureReason: 'reversed',
    })
  })
})

describe("Monnify's status", () => {
  it.each([
    ['PAID', { kind: 'received', receivedKobo: 100_000 }],
    ['OVERPAID', { kind: 'received', receivedKobo: 100_000 }],
    ['PARTIALLY_PAID', { kind: 'received', receivedKobo: 100_000 }],
    ['UNDERPAID', { kind: 'received', receivedKobo: 100_000 }],
    ['REVERSED', { kind: 'reversed' }],
    ['REFUNDED', { kind: 'refunded', leftKobo: 100_000 }],
    ['PARTIALLY_REFUNDED', { kind: 'refunded', leftKobo: 100_000 }],
  ])('%s means %j', (status, finding) => {
    expect(interpretTransaction(REFERENCE, transaction({ status }))).toEqual(finding)
  })

  it('PENDING without an amount is open', () => {
    const pending = transaction({ status: 'PENDING', amountPaidKobo: kobo(0) })
    expect(interpretTransaction(REFERENCE, pending)).toEqual({ kind: 'open' })
  })

  it('S15: in another currency, or of another reference, is an exception and credits nothing', () => {
    const unclear = { kind: 'exception', amountKobo: 100_000 }
    const currency = interpretTransaction(REFERENCE, transaction({ currency: 'ZWL' }))
    expect(currency).toEqual({ ...unclear, exception: 'currency_mismatch' })
    const reference = interpretTransaction(
      REFERENCE,
      transaction({ paymentReference: 'AIL-other_a1' }),
    )
    expect(reference).toEqual({ ...unclear, exception: 'reference_mismatch' })
  })

  it.each(UNCLEAR)('%s with %d NGN is an exception: %s', (status, naira, exception) => {
    const amountKobo = kobo(Math.round(naira * 100))
    expect(
      interpretTransaction(REFERENCE, transaction({ status, amountPaidKobo: amountKobo })),
    ).toEqual({
      kind: 'exception',
      exception,
      amountKobo,
    })
  })

  it('that is unknown keeps a payment open for a day if money may have arrived', () => {
    const at = (status: PaymentStatus, amountKobo: number, nowMs: number) =>
      nextStatus(
        { amountKobo: AMOUNT, status, failureReason: 'declined', beganAtMs: 0 },
        { kind: 'exception', exception: 'unexpected_amount', amountKobo: kobo(amountKobo) },
        { netCreditedKobo: kobo(0), shortfallKobo: kobo(0), isReversed: false },
        true,
        nowMs,
      )
    const unclear = (status: PaymentStatus) => ({ status, failureReason: 'unexpected_amount' })
    expect(at('pending', 1, 0)).toEqual(unclear('pending'))
    for (const status of ['processing', 'failed', 'cancelled', 'expired'] as const) {
      expect(at(status, 1, 86_399_999)).toEqual(unclear('processing'))
      expect(at(status, 1, 86_400_000)).toEqual(unclear('expired'))
    }
    for (const status of ['failed', 'cancelled', 'expired'] as const)
      expect(at(status, 0, 0)).toEqual({ status, failureReason: 'declined' })
    expect(at('processing', 0, 86_399_999)).toEqual(unclear('processing'))
    expect(at('processing', 0, 86_400_000)).toEqual(unclear('expired'))
  })

  it('of an earlier attempt does not close the payment', () => {
    const payment = {
      amountKobo: AMOUNT,
      status: 'processing',
      failureReason: null,
      beganAtMs: 0,
    } as const
    const credit = { netCreditedKobo: kobo(0), shortfallKobo: kobo(0), isReversed: false }
    const failed = interpretTransaction(
      REFERENCE,
      transaction({ status: 'FAILED', amountPaidKobo: kobo(0) }),
    )
    expect(nextStatus(payment, failed, credit, false, 0).status).toBe('processing')
    expect(nextStatus(payment, failed, credit, true, 0).status).toBe('failed')
  })
})

describe('the amount in the wallet', () => {
  const updateOf = (
    status: PaymentStatus,
    word: string,
    credit: { paid?: number; short?: number },
    nowMs = 0,
  ) =>
    nextStatus(
      { amountKobo: AMOUNT, status, failureReason: 'declined', beganAtMs: 0 },
      interpretTransaction(
        REFERENCE,
        transaction({ status: word, amountPaidKobo: word === 'PENDING' ? kobo(0) : AMOUNT }),
      ),
      {
        netCreditedKobo: kobo(credit.paid ?? 0),
        shortfallKobo: kobo(credit.short ?? 0),
        isReversed: false,
      },
      true,
      nowMs,
    )

  it('completes no payment whose shortfall leaves less than the amount', () => {
    expect(updateOf('processing', 'PAID', { paid: AMOUNT, short: 1 }).status).toBe('processing')
    expect(updateOf('processing', 'PAID', { paid: AMOUNT - 1, short: 1 }).status).toBe('processing')
    expect(updateOf('processing', 'PAID', { paid: AMOUNT + 1, short: 1 }).status).toBe('completed')
  })

  it('leaves a payment open while a received amount is not credited', () => {
    const unchanged = { status: 'pending', failureReason: 'declined' }
    expect(updateOf('pending', 'PAID', {})).toEqual(unchanged)
  })

  it.each(['failed', 'cancelled', 'expired'] as const)(
    'does not reopen a %s payment without news from the gateway',
    (status) => {
      const unchanged = { status, failureReason: 'declined' }
      expect(updateOf(status, 'PENDING', { paid: 1 })).toEqual(unchanged)
      expect(updateOf(status, 'PENDING', {}, CHECKOUT_WINDOW_MS)).toEqual(unchanged)
    },
  )
})

describe('the passage of time', () => {
  const payment = {
    amountKobo: AMOUNT,
    status: 'processing',
    failureReason: null,
    beganAtMs: 0,
  } as const
  const open = interpretTransaction(REFERENCE, undefined)
  const at = (nowMs: number, paidNaira = 0) =>
    nextStatus(
      payment,
      open,
      { netCreditedKobo: kobo(paidNaira * 100), shortfallKobo: kobo(0), isReversed: false },
      true,
      nowMs,
    )

  it('gives the customer 45 minutes', () => {
    expect(CHECKOUT_WINDOW_MS).toBe(45 * 60_000)
  })

  it("expires an unpaid payment after Monnify's window, and a partly paid one after a day", () => {
    expect(at(CHECKOUT_WINDOW_MS - 1).status).toBe('processing')
    expect(at(CHECKOUT_WINDOW_MS)).toEqual({ status: 'expired', failureReason: 'checkout_expired' })
    expect(at(CHECKOUT_WINDOW_MS, 1).status).toBe('processing')
    expect(at(24 * 3_600_000 - 1, 1).status).toBe('processing')
    expect(at(24 * 3_600_000, 1)).toEqual({ status: 'expired', failureReason: 'partially_paid' })
  })

  it('counts from the start of the attempt', () => {
    const credit = { netCreditedKobo: kobo(0), shortfallKobo: kobo(0), isReversed: false }
    const began = { ...payment, beganAtMs: 600_000 }
    expect(nextStatus(began, open, credit, true, CHECKOUT_WINDOW_MS).status).toBe('processing')
  })
})

describe('a reference', () => {
  it.each([
    ['AIL-ab', 0],
    ['AIL-ab_a1', 1],
    ['AIL-ab_a12', 12],
    ['AIL-ab_a0', 0],
    ['AIL-ab_a01', 0],
    ['AIL-ab_b1', 0],
  ])('%s contains the attempt %i', (reference, attempt) => {
    expect(attemptOf(reference)).toBe(attempt)
    if (attempt > 0)
      expect(attemptReference({ reference: ownReference(reference), attempt })).toBe(reference)
    else expect(ownReference(reference)).toBe(reference)
  })
})
