import { describe, expect, it } from 'vitest'
import { describeEvent, printNaira, verdictOf } from '../../src/dev/simulator/webhook-words'

describe('the verdict on a webhook, in words', () => {
  it.each([
    [200, 'settled', 'ab', true, 'Accepted: the service has confirmed it at the gateway'],
    [200, 'ignored', 'ab', true, 'Accepted: an event of this type needs no action'],
    [200, 'new_outcome', 'ab', true, 'Accepted: new outcome'],
    [200, null, 'ab', true, 'Accepted: no outcome'],
    [401, 'invalid_signature', 'ab', false, 'Rejected: the signature does not match the body'],
    [401, 'invalid_signature', null, false, 'Rejected: it has no signature'],
    [500, 'internal_error', 'ab', false, 'Failed with status 500: internal error'],
    [413, 'body_too_large', 'ab', false, 'Rejected with status 413: body too large'],
    [404, null, 'ab', false, 'Rejected with status 404: no reason given'],
  ])('of %i %s', (answer, verdict, signature, isAccepted, text) => {
    expect(verdictOf({ answer, verdict, signature })).toEqual({ isAccepted, text })
  })
})

describe('an event in words', () => {
  const event = (eventType: string, eventData: object) => JSON.stringify({ eventType, eventData })

  it.each([
    [
      event('SUCCESSFUL_TRANSACTION', { amountPaid: 1500, paymentStatus: 'PAID' }),
      'Payment received: ₦1,500.00',
    ],
    [
      event('SUCCESSFUL_TRANSACTION', { amountPaid: 0.01, paymentStatus: 'PARTIALLY_PAID' }),
      'Part of a payment received: ₦0.01',
    ],
    [event('FAILED_REFUND', { refundAmount: 250.5 }), 'Refund failed: ₦250.50'],
    [
      event('SETTLEMENT', { amount: '900.00', transactionsCount: 1 }),
      'Settlement of ₦900.00 for 1 payment',
    ],
    [
      event('SETTLEMENT', { amount: '900.00', transactionsCount: 2 }),
      'Settlement of ₦900.00 for 2 payments',
    ],
    [event('LOW_BALANCE_ALERT', {}), 'low balance alert'],
    [event('toString', {}), 'tostring'],
    [event('REJECTED_PAYMENT', { amount: 'x' }), 'Payment rejected: an unknown amount'],
    ['no JSON', 'Unknown event'],
    ['null', 'Unknown event'],
    ['{}', 'Unknown event'],
  ])('%s is %s', (body, text) => expect(describeEvent(body)).toBe(text))
})

describe('an amount', () => {
  it.each([
    [123_450, '₦1,234.50'],
    [-100, '−₦1.00'],
    [0, '₦0.00'],
  ])('of %i kobo is %s', (amountKobo, text) => expect(printNaira(amountKobo)).toBe(text))
})
