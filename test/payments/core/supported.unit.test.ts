import { describe, expect, it } from 'vitest'
import { PAYMENT_METHODS, PAYMENT_STATUSES } from '../../../src/payments/core/payment'
import { isSupportedPayment } from '../../../src/payments/core/supported'

const PENDING = { status: 'pending', method: 'monnify', walletType: 'primary' }

describe('isSupportedPayment', () => {
  it.each(
    PAYMENT_STATUSES.flatMap((status) =>
      PAYMENT_METHODS.flatMap((method) =>
        ['primary', 'call_credits'].map((walletType) => ({ status, method, walletType })),
      ),
    ),
  )('is true for $status, $method, $walletType', (payment) => {
    expect(isSupportedPayment(payment)).toBe(true)
  })

  it.each([
    { ...PENDING, status: 'disputed' },
    { ...PENDING, status: '' },
    { ...PENDING, method: 'card_on_file' },
    { ...PENDING, walletType: 'savings' },
  ])('is false for $status, $method, $walletType', (payment) => {
    expect(isSupportedPayment(payment)).toBe(false)
  })
})
