/** Messages about the outcome of a payment: one for each outcome, however often it is confirmed. Pure. */
import type { NewMessage } from '../../mail/message'
import type { PaymentCredit } from '../../wallets/core/payment-commands'
import { outcomesOf } from './outcomes'
import type { PaymentMethod, PaymentStatus, StatusUpdate } from './payment'

interface Noticed {
  readonly uuid: string
  readonly userUuid: string
  readonly method: PaymentMethod
  readonly reference: string
  readonly attempt: number
  readonly walletType: string
  readonly amountKobo: number
  readonly amountPaidKobo: number
  readonly status: PaymentStatus
  readonly failureReason: string | null
}

/**
 * Returns the message about a status update, or `undefined` if it brings no news. A message's ID contains its cause,
 * so that a repeated confirmation does not repeat the message.
 */
export function noticeOf(
  payment: Noticed,
  { status, failureReason }: StatusUpdate,
  { netCreditedKobo }: Pick<PaymentCredit, 'netCreditedKobo'>,
  nowMs: number,
): NewMessage | undefined {
  const { uuid, userUuid, reference, walletType: wallet, amountKobo, attempt } = payment
  const facts = { reference, wallet, amount: String(amountKobo), paid: String(netCreditedKobo) }
  const message = { userUuid, recipient: null, facts, createdAtMs: nowMs }
  const isNews = status !== payment.status || failureReason !== payment.failureReason
  if (payment.method === 'wallet') return undefined
  const [outcome] = outcomesOf({ status, failureReason }, netCreditedKobo)
  if (outcome === 'partially_paid')
    return netCreditedKobo > payment.amountPaidKobo
      ? {
          ...message,
          kind: 'payment_partly_paid',
          id: `payment_partly_paid/${uuid}/${netCreditedKobo}`,
        }
      : undefined
  if (!isNews || outcome === undefined) return undefined
  if (outcome === 'completed' || outcome === 'reversed')
    return { ...message, kind: `payment_${outcome}`, id: `payment_${outcome}/${uuid}` }
  return {
    ...message,
    kind: 'payment_failed',
    id: `payment_failed/${uuid}/${attempt}`,
    facts: { ...facts, reason: failureReason ?? 'unknown' },
  }
}
