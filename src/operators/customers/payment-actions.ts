/** Actions of operators on one payment or event. Money moves only by the single path of confirmation. */
import { ok, refuse, type Result } from '../../common/result'
import { confirmPayment } from '../../payments/confirm'
import { ownReference } from '../../payments/core/references'
import type { EventDeps, EventOutcome } from '../../payments/events'
import { replayEvent } from '../../payments/replay'
import type { Payment, StoredEvent } from '../../payments/store'
import type { Operator } from '../access/operator'
import { type Facts, type LogDeps, perform } from '../log/record'
import { refuseOwnAccount } from './actions'
import { findPayments, type LookupDeps } from './lookup'
import { isMonnifys, readReference } from './spelling'

export interface PaymentActionDeps extends LookupDeps, EventDeps, LogDeps {}

type Acting = Pick<Operator, 'uuid' | 'emailKey'>

export interface PolledPayment {
  readonly before: Payment
  readonly after: Payment
}

const factsOf = ({ uuid, status, amountPaidKobo, refundedKobo }: Payment): Facts => ({
  payment: uuid,
  status,
  credited_kobo: amountPaidKobo,
  refunded_kobo: refundedKobo,
})

/**
 * Confirms a payment at Monnify now. Refuses `not_found`, `own_account` and `gateway_unavailable`.
 * @param written any reference of the payment, in any spelling, or its UUID
 */
export async function pollNow(
  deps: PaymentActionDeps,
  operator: Acting,
  written: string,
  reason: string,
): Promise<Result<PolledPayment>> {
  const [before] = await findPayments(deps, readReference(written))
  if (!before) return refuse({ code: 'not_found' })
  const user = await deps.userStore.byUuid(before.userUuid)
  return perform(
    deps,
    operator,
    { action: 'payment_polled', subject: before.userUuid, reason, before: factsOf(before) },
    async () => {
      const own = refuseOwnAccount(operator, user)
      if (!own.ok) return own
      const confirmed = await confirmPayment(deps, before.reference)
      return confirmed.ok ? ok({ before, after: confirmed.value }) : confirmed
    },
    ({ after }) => factsOf(after),
  )
}

/**
 * Processes a stored event again. Refuses `not_found`, `own_account`, `event_not_replayable` and `gateway_unavailable`.
 * @param hash SHA-256 of the event's body
 */
export async function replayNow(
  deps: PaymentActionDeps,
  operator: Acting,
  hash: string,
  reason: string,
): Promise<Result<EventOutcome>> {
  const event = await deps.paymentStore.eventByHash(hash)
  if (!event) return refuse({ code: 'not_found' })
  const payment = await paymentOf(deps, event)
  const user = payment && (await deps.userStore.byUuid(payment.userUuid))
  const { outcome, eventType: type } = event
  return perform(
    deps,
    operator,
    {
      action: 'webhook_replayed',
      subject: user?.uuid ?? hash,
      reason,
      before: { event: hash, type, outcome },
    },
    async () => {
      const own = refuseOwnAccount(operator, user)
      return own.ok ? replayEvent(deps, event) : own
    },
    (after) => ({ event: hash, outcome: after }),
  )
}

/** Payment that an event names; `undefined` if D1 knows none. */
async function paymentOf(
  { paymentStore, lookupStore }: PaymentActionDeps,
  { paymentReference }: StoredEvent,
): Promise<Payment | undefined> {
  if (paymentReference === null) return undefined
  if (!isMonnifys(paymentReference)) return paymentStore.byReference(ownReference(paymentReference))
  const [payment] = await lookupStore.byMonnifyReference(paymentReference)
  return payment
}
