/** Events about the outcomes of payments. The store inserts one only if the payment did not have the outcome. Pure. */
import { type Kobo, toNairaNumber } from '../../common/money'
import { eventId, type NewEvent } from '../../outbox/event'
import { CURRENCY } from '../../wallets/core/wallet'
import { outcomesOf, type PaymentOutcome } from './outcomes'
import type { PaymentMethod, PaymentStatus, StatusUpdate } from './payment'
import { attemptReference } from './references'

interface Reported {
  readonly uuid: string
  readonly userUuid: string
  readonly method: PaymentMethod
  readonly reference: string
  readonly attempt: number
  readonly attemptBeganAtMs: number | null
  readonly walletType: string
  readonly amountKobo: Kobo
  readonly status: PaymentStatus
}

export interface PaymentEvent {
  readonly userUuid: string
  readonly outcome: PaymentOutcome
  readonly event: NewEvent
}

/** A payment after a change. */
export interface PaymentAfter extends StatusUpdate {
  /** Amount credited, less what was reversed. */
  readonly creditedKobo: Kobo
  /** Attempt that was confirmed. It need not be the payment's current one. */
  readonly attempt: number
}

const VERSION = 1

/**
 * Returns the events about a status update. An event's ID contains its cause. An attempt is credited once and reversed
 * once, so it can complete or reverse a payment once.
 * @param payment as read before the update
 */
export function paymentEvents(
  payment: Reported,
  after: PaymentAfter,
  atMs: number,
): readonly PaymentEvent[] {
  const { uuid, userUuid } = payment
  return outcomesOf(after, after.creditedKobo).map((outcome) => ({
    userUuid,
    outcome,
    event: {
      id: eventId(`payment/${uuid}/${outcome}/${causeOf(outcome, payment, after)}`),
      type: `payment.${outcome}`,
      version: VERSION,
      atMs,
      data: dataOf(payment, after),
    },
  }))
}

/** A closed payment may be opened again, and another status may follow, so its cause has the status before. */
function causeOf(
  outcome: PaymentOutcome,
  { attempt, attemptBeganAtMs, status }: Reported,
  after: PaymentAfter,
): string {
  if (outcome === 'completed' || outcome === 'reversed') return `${after.attempt}`
  if (outcome === 'partially_paid') return `${after.attempt}/${after.creditedKobo}`
  /** A transfer that is repeated has no other number, only another time. */
  return `${attempt}/${attemptBeganAtMs ?? 0}/${status}`
}

const dataOf = (payment: Reported, { status, failureReason, creditedKobo }: PaymentAfter) => ({
  user_uuid: payment.userUuid,
  payment_uuid: payment.uuid,
  payment_reference: attemptReference(payment),
  wallet: payment.walletType,
  method: payment.method,
  status,
  amount: toNairaNumber(payment.amountKobo),
  amount_paid: toNairaNumber(creditedKobo),
  currency: CURRENCY,
  failure_reason: failureReason,
})
