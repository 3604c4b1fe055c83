/** Messages about the outcome of a payment: one for each outcome, however often it is confirmed. Pure. */
import type { NewMessage } from '../../mail/message'
import type { PaymentCredit } from '../../wallets/core/payment-commands'
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

const CLOSED = new Set<PaymentStatus>(['failed', 'cancelled', 'expired'])

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
  if (status === 'completed')
    return isNews
      ? { ...message, kind: 'payment_completed', id: `payment_completed/${uuid}` }
      : undefined
  if (failureReason === 'reversed')
    return isNews
      ? { ...message, kind: 'payment_reversed', id: `payment_reversed/${uuid}` }
      : undefined
  if (netCreditedKobo > payment.amountPaidKobo)
    return {
      ...message,
      kind: 'payment_partly_paid',
      id: `payment_partly_paid/${uuid}/${netCreditedKobo}`,
    }
  if (!isNews || !CLOSED.has(status) || netCreditedKobo > 0) return undefined
  return {
    ...message,
    kind: 'payment_failed',
    id: `payment_failed/${uuid}/${attempt}`,
    facts: { ...facts, reason: failureReason ?? 'unknown' },
  }
}
