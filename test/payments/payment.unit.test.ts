import { describe, expect, it } from 'vitest'
import { kobo } from '../../src/common/money'
import {
  type GatewayTransaction,
  judge,
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

const payment = (status: PaymentStatus) => ({
  amountKobo: kobo(100_000),
  status,
  failureReason: null,
})

describe.each(PAYMENT_STATUSES)("Monnify's word on a payment that is %s", (status) => {
  const found = (rest: Partial<GatewayTransaction>) =>
    judge(payment(status), REFERENCE, transaction(rest))
  const unlessCompleted = (next: PaymentStatus) => (status === 'completed' ? 'completed' : next)

  it.each(['PAID', 'OVERPAID', 'PARTIALLY_PAID', 'UNDERPAID'])('%s credits what came', (word) => {
    const whole = found({ status: word, amountPaidKobo: kobo(100_000) })
    expect(whole).toMatchObject({ receivedKobo: 100_000, status: 'completed' })
    const part = found({ status: word, amountPaidKobo: kobo(40_000) })
    expect(part).toMatchObject({ receivedKobo: 40_000, status: unlessCompleted('processing') })
    const more = found({ status: word, amountPaidKobo: kobo(140_000) })
    expect(more).toMatchObject({ receivedKobo: 140_000, status: 'completed' })
  })

  it.each([
    ['FAILED', 'failed'],
    ['CANCELLED', 'cancelled'],
    ['ABANDONED', 'cancelled'],
    ['EXPIRED', 'expired'],
  ] as const)('%s credits nothing', (word, next) => {
    expect(found({ status: word })).toMatchObject({
      receivedKobo: 0,
      status: unlessCompleted(next),
    })
  })

  it.each(['PENDING', 'REVERSED', 'REFUNDED', 'SOMETHING_NEW', 'paid'])(
    '%s changes nothing',
    (word) => {
      expect(found({ status: word })).toMatchObject({ receivedKobo: 0, status })
    },
  )

  it('S15: another currency, or another reference, credits nothing and says so', () => {
    expect(found({ currency: 'ZWL' })).toEqual({
      receivedKobo: 0,
      status,
      failureReason: 'currency_mismatch',
    })
    expect(found({ paymentReference: 'AIL-other_a1' })).toEqual({
      receivedKobo: 0,
      status,
      failureReason: 'reference_mismatch',
    })
  })
})
