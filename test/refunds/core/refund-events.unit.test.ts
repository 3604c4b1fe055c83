import { describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import { eventId } from '../../../src/outbox/event'
import { refundEvent } from '../../../src/refunds/core/refund-events'

const REFUND = {
  uuid: 'r1',
  userUuid: 'u1',
  paymentUuid: 'p1',
  reference: 'AILR-abc',
  amountKobo: kobo(15_050),
  status: 'processing',
} as const

describe('a refund', () => {
  it.each([
    ['completed', 'processing', null],
    ['failed', 'processing', 'gateway_failed'],
    ['failed', 'pending', 'debt_open'],
    ['failed', 'completed', 'gateway_failed'],
    ['completed', 'failed', null],
  ] as const)('that is %s after %s has one event', (outcome, status, failureReason) => {
    expect(refundEvent({ ...REFUND, status }, outcome, failureReason, 7)).toEqual({
      userUuid: 'u1',
      outcome,
      event: {
        id: eventId(`refund/r1/${outcome}/${status}`),
        type: `refund.${outcome}`,
        version: 1,
        atMs: 7,
        data: {
          user_uuid: 'u1',
          refund_uuid: 'r1',
          payment_uuid: 'p1',
          reference: 'AILR-abc',
          amount: 150.5,
          currency: 'NGN',
          status: outcome,
          failure_reason: failureReason,
        },
      },
    })
  })
})
