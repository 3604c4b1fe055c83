import { describe, expect, it } from 'vitest'
import { POSTING_KIND_NAMES } from '../../../src/wallets/core/ledger'
import { CALL_STATUSES as STATUSES, END_REASONS as REASONS } from '../../../src/wallets/core/wallet'
import { PAYMENT_STATUSES as PAID } from '../../../src/payments/core/payment'
import { REFUND_STATUSES as REFUNDED } from '../../../src/refunds/core/refund'
import { printAmounts, printDuration } from '../../../web/shared/print'
import {
  CALL_STATUSES,
  END_REASONS,
  KINDS,
  PAYMENT_STATUSES,
  REFUND_STATUSES,
  wordOf,
} from '../../../web/shared/words'

describe('the words', () => {
  it.each([
    ['kinds', POSTING_KIND_NAMES.filter((kind) => kind !== 'balance_waiver'), KINDS],
    ['statuses of calls', STATUSES, CALL_STATUSES],
    ['end reasons', REASONS, END_REASONS],
    ['statuses of payments', PAID, PAYMENT_STATUSES],
    ['statuses of refunds', REFUNDED, REFUND_STATUSES],
  ] as const)('name all %s of the service, without an underscore', (_, values, words) => {
    expect(Object.keys(words).toSorted()).toEqual([...values].toSorted())
    for (const word of Object.values(words)) expect(word).toMatch(/^[A-Z][^_]*$/)
  })

  it('replace an unknown value by plain words', () => {
    expect(wordOf(END_REASONS, 'low_credit')).toBe('Low credit')
    expect(wordOf(END_REASONS, 'constructor')).toBe('Constructor')
  })
})

describe('amounts in a sentence', () => {
  it.each([
    [
      'The request needs 10.00 NGN, but only 0.00 NGN is available.',
      'The request needs ₦10.00, but only ₦0.00 is available.',
    ],
    ['You owe 1234.50 NGN.', 'You owe ₦1,234.50.'],
    ['At least 20 NGN.', 'At least ₦20.00.'],
    ['Version 1.2.30 NGNX has no amount.', 'Version 1.2.30 NGNX has no amount.'],
  ])('get one format: %s', (sentence, printed) => expect(printAmounts(sentence)).toBe(printed))
})

describe('a duration', () => {
  it.each([
    [0, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [3600, '1 h'],
    [3661, '1 h 1 min 1 s'],
  ])('of %d s has its units', (seconds, printed) => expect(printDuration(seconds)).toBe(printed))
})
