/**
 * What a payment is, and what Monnify's word on it means: how much to credit, and the state that
 * follows. Pure; what Monnify confirms as received is the only ground for a credit.
 */
import { type Kobo, ZERO } from '../common/money'
import { CURRENCY } from '../wallets/wallet'

export const PAYMENT_STATUSES = [
  'pending',
  'processing',
  'completed',
  'failed',
  'cancelled',
  'expired',
] as const
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number]

export const PAYMENT_METHODS = ['monnify', 'wallet'] as const
export type PaymentMethod = (typeof PAYMENT_METHODS)[number]

/** A transaction as Monnify's status query reports it. `amountPaidKobo` is zero while it is pending. */
export interface GatewayTransaction {
  readonly transactionReference: string
  readonly paymentReference: string
  readonly status: string
  readonly amountPaidKobo: Kobo
  readonly currency: string
}

export interface Finding {
  /** What is to be credited for the reference in all, not in addition. */
  readonly receivedKobo: Kobo
  readonly status: PaymentStatus
  readonly failureReason: string | null
}

/** The states in which Monnify holds money for us, and what the others mean while none has come. */
const RECEIVED = new Set(['PAID', 'OVERPAID', 'PARTIALLY_PAID', 'UNDERPAID'])

const ENDINGS: Readonly<Record<string, Pick<Finding, 'status' | 'failureReason'>>> = {
  FAILED: { status: 'failed', failureReason: 'declined' },
  CANCELLED: { status: 'cancelled', failureReason: 'cancelled_by_customer' },
  ABANDONED: { status: 'cancelled', failureReason: 'abandoned_by_customer' },
  EXPIRED: { status: 'expired', failureReason: 'checkout_expired' },
}

export interface JudgedPayment {
  readonly amountKobo: Kobo
  readonly status: PaymentStatus
  readonly failureReason: string | null
}

/**
 * What follows from Monnify's word. Money that came is credited whatever the payment's state was;
 * a completed payment stays completed; a word that is not understood changes nothing. A transaction
 * under another reference, or in another currency, credits nothing and says so.
 * @param reference the reference that was asked for
 */
export function judge(
  payment: JudgedPayment,
  reference: string,
  transaction: GatewayTransaction,
): Finding {
  const unchanged = {
    receivedKobo: ZERO,
    status: payment.status,
    failureReason: payment.failureReason,
  }
  if (transaction.paymentReference !== reference)
    return { ...unchanged, failureReason: 'reference_mismatch' }
  if (transaction.currency !== CURRENCY) return { ...unchanged, failureReason: 'currency_mismatch' }
  if (RECEIVED.has(transaction.status)) return received(payment, transaction.amountPaidKobo)
  const ending = ENDINGS[transaction.status]
  return ending && payment.status !== 'completed' ? { ...unchanged, ...ending } : unchanged
}

function received(payment: JudgedPayment, receivedKobo: Kobo): Finding {
  if (receivedKobo >= payment.amountKobo || payment.status === 'completed')
    return { receivedKobo, status: 'completed', failureReason: null }
  return { receivedKobo, status: 'processing', failureReason: 'partially_paid' }
}
