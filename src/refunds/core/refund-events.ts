/** Events about the outcomes of refunds. The store inserts one only if the refund did not have the outcome. Pure. */
import { type Kobo, toNairaNumber } from '../../common/money'
import { eventId, type NewEvent } from '../../outbox/event'
import { CURRENCY } from '../../wallets/core/wallet'
import type { RefundOutcome } from '../../wallets/core/refund-commands'
import type { RefundStatus } from './refund'

interface Reported {
  readonly uuid: string
  readonly userUuid: string
  readonly paymentUuid: string
  readonly reference: string
  readonly amountKobo: Kobo
  readonly status: RefundStatus
}

export interface RefundEvent {
  readonly userUuid: string
  readonly outcome: RefundOutcome
  readonly event: NewEvent
}

const VERSION = 1

/**
 * Returns the event about an outcome. Monnify may contradict an earlier outcome, so the event's ID contains the status
 * before.
 * @param refund as read before the update
 */
export const refundEvent = (
  refund: Reported,
  outcome: RefundOutcome,
  failureReason: string | null,
  atMs: number,
): RefundEvent => ({
  userUuid: refund.userUuid,
  outcome,
  event: {
    id: eventId(`refund/${refund.uuid}/${outcome}/${refund.status}`),
    type: `refund.${outcome}`,
    version: VERSION,
    atMs,
    data: {
      user_uuid: refund.userUuid,
      refund_uuid: refund.uuid,
      payment_uuid: refund.paymentUuid,
      reference: refund.reference,
      amount: toNairaNumber(refund.amountKobo),
      currency: CURRENCY,
      status: outcome,
      failure_reason: failureReason,
    },
  },
})
