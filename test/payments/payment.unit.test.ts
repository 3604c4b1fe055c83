import { describe, expect, it } from 'vitest'
import { kobo } from '../../src/common/money'
import { attemptOf, attemptReference, ownReference } from '../../src/payments/attempt'
import {
  CHECKOUT_WINDOW_MS,
  type GatewayTransaction,
  judge,
  nextAskAtMs,
  nextMarks,
  PAYMENT_STATUSES,
  type PaymentStatus,
} from '../../src/payments/payment'

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

/** Monnify's words, with what the wallet holds once they are applied, and the states that follow. */
const ROWS: [
  word: string,
  paidNaira: number,
  next: (before: PaymentStatus) => PaymentStatus,
  reason: string | null,
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
  ['SOMETHING_NEW', 0, (before) => before, null],
]

const next = (status: PaymentStatus, word: string, paidNaira: number, rest: object = {}): Cell => {
  const payment = { amountKobo: AMOUNT, status, failureReason: null, beganAtMs: 0 }
  const finding = judge(
    REFERENCE,
    transaction({ status: word, amountPaidKobo: kobo(paidNaira * 100) }),
  )
  const standing = {
    paidKobo: kobo(paidNaira * 100),
    shortKobo: kobo(0),
    isReversed: false,
    ...rest,
  }
  return nextMarks(payment, finding, standing, true, 1000)
}

describe.each(PAYMENT_STATUSES)('a payment that is %s', (before) => {
  it.each(ROWS)('after %s', (word, paidNaira, nextOf, reason) => {
    if (before === 'completed') return
    expect(next(before, word, paidNaira)).toEqual({ status: nextOf(before), failureReason: reason })
  })

  it.each(ROWS)('and whose money the wallet holds is completed after %s too', (word) => {
    expect(next(before, word, 1000)).toEqual({ status: 'completed', failureReason: null })
  })

  it.each(['REVERSED', 'REFUNDED', 'PAID', 'PENDING'])(
    'and was reversed stays so after %s',
    (word) => {
      expect(next(before, word, 0, { isReversed: true })).toEqual({
        status: 'failed',
        failureReason: 'reversed',
      })
    },
  )
})

describe("Monnify's word", () => {
  it.each([
    ['PAID', { kind: 'received', receivedKobo: 100_000 }],
    ['OVERPAID', { kind: 'received', receivedKobo: 100_000 }],
    ['PARTIALLY_PAID', { kind: 'received', receivedKobo: 100_000 }],
    ['UNDERPAID', { kind: 'received', receivedKobo: 100_000 }],
    ['REVERSED', { kind: 'reversed' }],
    ['REFUNDED', { kind: 'reversed' }],
    ['PENDING', { kind: 'open' }],
    ['paid', { kind: 'open' }],
    ['constructor', { kind: 'open' }],
  ])('%s', (status, finding) => {
    expect(judge(REFERENCE, transaction({ status }))).toEqual(finding)
  })

  it('S15: in another currency, or of another reference, is an exception and credits nothing', () => {
    const currency = judge(REFERENCE, transaction({ currency: 'ZWL' }))
    expect(currency).toEqual({ kind: 'exception', exception: 'currency_mismatch' })
    const reference = judge(REFERENCE, transaction({ paymentReference: 'AIL-other_a1' }))
    expect(reference).toEqual({ kind: 'exception', exception: 'reference_mismatch' })
  })

  it('on an attempt that is not the current one closes nothing', () => {
    const payment = {
      amountKobo: AMOUNT,
      status: 'processing',
      failureReason: null,
      beganAtMs: 0,
    } as const
    const standing = { paidKobo: kobo(0), shortKobo: kobo(0), isReversed: false }
    const failed = judge(REFERENCE, transaction({ status: 'FAILED' }))
    expect(nextMarks(payment, failed, standing, false, 0).status).toBe('processing')
    expect(nextMarks(payment, failed, standing, true, 0).status).toBe('failed')
  })
})

describe('time', () => {
  const payment = {
    amountKobo: AMOUNT,
    status: 'processing',
    failureReason: null,
    beganAtMs: 0,
  } as const
  const open = judge(REFERENCE, undefined)
  const at = (nowMs: number, paidNaira = 0) =>
    nextMarks(
      payment,
      open,
      { paidKobo: kobo(paidNaira * 100), shortKobo: kobo(0), isReversed: false },
      true,
      nowMs,
    )

  it("expires a payment after Monnify's window, and one that is paid in part after a day", () => {
    expect(at(CHECKOUT_WINDOW_MS - 1).status).toBe('processing')
    expect(at(CHECKOUT_WINDOW_MS)).toEqual({ status: 'expired', failureReason: 'checkout_expired' })
    expect(at(CHECKOUT_WINDOW_MS, 1).status).toBe('processing')
    expect(at(24 * 3_600_000, 1)).toEqual({ status: 'expired', failureReason: 'partially_paid' })
  })

  it.each([
    [0, 5000],
    [5000, 15_000],
    [15_000, 60_000],
    [60_000, 300_000],
    [300_000, 2_700_000],
    [2_700_000, 86_400_000],
    [86_400_000, null],
  ])('asked at %i ms of its age, asks again at %j', (nowMs, askAtMs) => {
    expect(nextAskAtMs(0, nowMs, 0, true)).toBe(askAtMs)
    if (askAtMs === null) expect(nextAskAtMs(0, nowMs, 0, false)).toBe(nowMs + 600_000)
    else expect(nextAskAtMs(0, nowMs, 0, false)).toBe(Math.min(askAtMs, nowMs + 600_000))
  })

  it('spreads what was made together by a fifth', () => {
    expect(nextAskAtMs(0, 0, 1, true)).toBe(6000)
    expect(nextAskAtMs(0, 0, 0.5, true)).toBe(5500)
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
  ])('%s names the attempt %i', (reference, attempt) => {
    expect(attemptOf(reference)).toBe(attempt)
    if (attempt > 0)
      expect(attemptReference({ reference: ownReference(reference), attempt })).toBe(reference)
    else expect(ownReference(reference)).toBe(reference)
  })
})
