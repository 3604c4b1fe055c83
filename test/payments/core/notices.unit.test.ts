import { describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import type { MessageKind } from '../../../src/mail/message'
import { DEFAULT_LOCALE } from '../../../src/common/text/locale'
import { textOf } from '../../../src/mail/texts/texts'
import { noticeOf } from '../../../src/payments/core/notices'
import type { PaymentStatus } from '../../../src/payments/core/payment'

const PAYMENT = {
  uuid: 'p1',
  userUuid: 'u1',
  method: 'monnify',
  reference: 'AIL-abc',
  attempt: 2,
  walletType: 'call_credits',
  amountKobo: 100_000,
  amountPaidKobo: 0,
  status: 'processing',
  failureReason: null,
} as const

type Row = readonly [
  status: PaymentStatus,
  failureReason: string | null,
  creditedKobo: number,
  before: Partial<{ status: PaymentStatus; failureReason: string | null; amountPaidKobo: number }>,
  id: string | undefined,
]

const ROWS: readonly Row[] = [
  ['completed', null, 100_000, {}, 'payment_completed/p1'],
  ['completed', null, 100_000, { status: 'expired' }, 'payment_completed/p1'],
  ['completed', null, 100_000, { status: 'completed', amountPaidKobo: 100_000 }, undefined],
  ['failed', 'declined', 0, {}, 'payment_failed/p1/2'],
  ['cancelled', 'abandoned_by_customer', 0, {}, 'payment_failed/p1/2'],
  ['expired', 'checkout_expired', 0, {}, 'payment_failed/p1/2'],
  [
    'expired',
    'checkout_expired',
    0,
    { status: 'expired', failureReason: 'checkout_expired' },
    undefined,
  ],
  ['processing', null, 0, {}, undefined],
  ['processing', 'partially_paid', 50_000, {}, 'payment_partly_paid/p1/50000'],
  [
    'processing',
    'partially_paid',
    50_000,
    { failureReason: 'partially_paid', amountPaidKobo: 50_000 },
    undefined,
  ],
  [
    'expired',
    'partially_paid',
    50_000,
    { failureReason: 'partially_paid', amountPaidKobo: 50_000 },
    undefined,
  ],
  [
    'failed',
    'reversed',
    0,
    { status: 'completed', amountPaidKobo: 100_000 },
    'payment_reversed/p1',
  ],
  ['failed', 'reversed', 0, { status: 'failed', failureReason: 'reversed' }, undefined],
]

describe('a payment', () => {
  it.each(ROWS)(
    'that becomes %s (%j) with %i kobo after %j has the message %s',
    (status, failureReason, creditedKobo, before, id) => {
      const credit = { netCreditedKobo: kobo(creditedKobo) }
      const payment = { ...PAYMENT, ...before }
      expect(noticeOf(payment, { status, failureReason }, credit, 7)?.id).toBe(id)
    },
  )

  it('between wallets has no message', () => {
    const transfer = { ...PAYMENT, method: 'wallet' } as const
    const update = { status: 'completed', failureReason: null } as const
    expect(noticeOf(transfer, update, { netCreditedKobo: kobo(100_000) }, 7)).toBeUndefined()
  })

  it.each([
    ['declined', 'The bank declined the payment. Nothing was credited.'],
    ['currency_mismatch', 'The payment could not be completed. Nothing was credited.'],
  ])('that failed (%s) is explained', (reason, sentence) => {
    const update = { status: 'failed', failureReason: reason } as const
    const message = noticeOf(PAYMENT, update, { netCreditedKobo: kobo(0) }, 7)
    const text = textOf(message?.kind as MessageKind, message?.facts ?? {}, DEFAULT_LOCALE)
    expect(text.subject).toBe('Your payment of ₦1,000.00 was not completed')
    expect(text.paragraphs[0]).toBe(sentence)
    expect(text.paragraphs.at(-1)).toBe('Reference: AIL-abc')
  })
})
