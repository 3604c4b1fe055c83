import { kobo, type Kobo } from '../../common/money'
import type { RetrySchedule } from '../../common/next-attempt'
import type { ExceptionKind } from '../../exceptions/exception'
import type { PaymentCredit } from '../../wallets/core/payment-commands'
import { CURRENCY } from '../../wallets/core/wallet'

export const PAYMENT_STATUSES = [
  'pending',
  'processing',
  'completed',
  'failed',
  'cancelled',
  'expired',
] as const
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number]

/** Monnify's minimum amount of a payment. */
export const MIN_TOP_UP_KOBO = kobo(20_00)

export const PAYMENT_METHODS = ['monnify', 'wallet'] as const
export type PaymentMethod = (typeof PAYMENT_METHODS)[number]

/** A transaction as Monnify returns it. `amountPaidKobo` is zero while it is pending. */
export interface GatewayTransaction {
  readonly transactionReference: string
  readonly paymentReference: string
  readonly status: string
  readonly amountPaidKobo: Kobo
  readonly currency: string
}

type ClosedStatus = 'failed' | 'cancelled' | 'expired'

/**
 * A transaction that is not understood. `amountKobo` is the amount at risk: what the gateway reports as paid or, of a
 * credited payment, the refunded amount that no refund explains.
 */
export interface UnclearTransaction {
  readonly kind: 'exception'
  readonly exception: ExceptionKind
  readonly amountKobo: Kobo
}

export type Interpretation =
  | { readonly kind: 'open' }
  | { readonly kind: 'received'; readonly receivedKobo: Kobo }
  | { readonly kind: 'closed'; readonly status: ClosedStatus; readonly failureReason: string }
  | { readonly kind: 'reversed' }
  /** Refunded in part or in full. `leftKobo` is the rest, not the refunded amount. */
  | { readonly kind: 'refunded'; readonly leftKobo: Kobo }
  | UnclearTransaction

const OPEN: Interpretation = { kind: 'open' }

const closed = (status: ClosedStatus, failureReason: string): Interpretation => ({
  kind: 'closed',
  status,
  failureReason,
})

const RECEIVED_STATUSES = new Set(['PAID', 'OVERPAID', 'PARTIALLY_PAID', 'UNDERPAID'])
const REFUNDED_STATUSES = new Set(['REFUNDED', 'PARTIALLY_REFUNDED'])

const UNPAID_STATUSES = new Map<string, Interpretation>([
  ['PENDING', OPEN],
  ['FAILED', closed('failed', 'declined')],
  ['CANCELLED', closed('cancelled', 'cancelled_by_customer')],
  ['ABANDONED', closed('cancelled', 'abandoned_by_customer')],
  ['EXPIRED', closed('expired', 'checkout_expired')],
])

/**
 * Translates what Monnify reports. Only `received` leads to a credit. These are exceptions: a different
 * reference, a different currency, an unknown status, an amount under an unpaid status, and a paid
 * status without an amount. The amount of a reversed transaction is not checked, and the amount of a refunded
 * one is not the refunded amount.
 * @param reference the attempt's, under which Monnify was queried
 * @param transaction `undefined` while Monnify does not know the reference
 */
export function interpretTransaction(
  reference: string,
  transaction: GatewayTransaction | undefined,
): Interpretation {
  if (!transaction) return OPEN
  const { status, amountPaidKobo: amountKobo } = transaction
  const unclear = (exception: ExceptionKind): Interpretation => ({
    kind: 'exception',
    exception,
    amountKobo,
  })
  if (transaction.paymentReference !== reference) return unclear('reference_mismatch')
  if (transaction.currency !== CURRENCY) return unclear('currency_mismatch')
  if (status === 'REVERSED') return { kind: 'reversed' }
  if (REFUNDED_STATUSES.has(status)) return { kind: 'refunded', leftKobo: amountKobo }
  const isReceived = RECEIVED_STATUSES.has(status)
  const unpaid = UNPAID_STATUSES.get(status)
  if (!isReceived && !unpaid) return unclear('unknown_status')
  if (isReceived !== amountKobo > 0) return unclear('unexpected_amount')
  return unpaid ?? { kind: 'received', receivedKobo: amountKobo }
}

export interface PaymentFacts {
  readonly amountKobo: Kobo
  readonly status: PaymentStatus
  readonly failureReason: string | null
  /** When the current attempt began; without one, when the payment was created. */
  readonly beganAtMs: number
}

export interface StatusUpdate {
  readonly status: PaymentStatus
  readonly failureReason: string | null
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** Monnify's checkout is open for 40 minutes; five more are for payments in progress. */
export const CHECKOUT_WINDOW_MS = 45 * MINUTE_MS
const LAST_POLL_MS = 24 * HOUR_MS

const isOpen = (status: PaymentStatus): boolean => status === 'pending' || status === 'processing'

/**
 * Computes a payment's next status. The wallet's totals take precedence: a payment is completed only if
 * the credit less the shortfall covers its amount, and only a reversal undoes that. The end of an earlier
 * attempt does not close the payment.
 */
export function nextStatus(
  payment: PaymentFacts,
  interpretation: Interpretation,
  credit: Pick<PaymentCredit, 'netCreditedKobo' | 'shortfallKobo' | 'isReversed'>,
  isCurrentAttempt: boolean,
  nowMs: number,
): StatusUpdate {
  const { status, failureReason } = payment
  const { netCreditedKobo, shortfallKobo, isReversed } = credit
  const ageMs = nowMs - payment.beganAtMs
  if (netCreditedKobo - shortfallKobo >= payment.amountKobo)
    return { status: 'completed', failureReason: null }
  if (isReversed) return { status: 'failed', failureReason: 'reversed' }
  if (interpretation.kind === 'exception') return unclearUpdate(payment, interpretation, ageMs)
  if (interpretation.kind === 'closed' && isCurrentAttempt)
    return { status: interpretation.status, failureReason: interpretation.failureReason }
  if (interpretation.kind === 'received' && netCreditedKobo > 0) return partlyPaidUpdate(ageMs)
  if (!isOpen(status)) return { status, failureReason }
  if (netCreditedKobo > 0) return partlyPaidUpdate(ageMs)
  if (ageMs >= CHECKOUT_WINDOW_MS) return { status: 'expired', failureReason: 'checkout_expired' }
  return { status, failureReason }
}

/** Keeps a partly paid payment open until a day after its attempt began, even if it was closed before. */
const partlyPaidUpdate = (ageMs: number): StatusUpdate => ({
  status: ageMs < LAST_POLL_MS ? 'processing' : 'expired',
  failureReason: 'partially_paid',
})

/**
 * Keeps a payment open, and so polled, until a day after its attempt began, because money may have been
 * received. A closed payment reopens only if the gateway reports an amount.
 */
function unclearUpdate(
  { status, failureReason }: PaymentFacts,
  { exception, amountKobo }: UnclearTransaction,
  ageMs: number,
): StatusUpdate {
  if (!isOpen(status) && amountKobo === 0) return { status, failureReason }
  if (ageMs >= LAST_POLL_MS) return { status: 'expired', failureReason: exception }
  return { status: isOpen(status) ? status : 'processing', failureReason: exception }
}

/** Ten attempts for an event that could not be processed: after 1, 2, 4 minutes and so on. */
export const EVENT_TRIES: RetrySchedule = {
  firstMs: MINUTE_MS,
  longestMs: LAST_POLL_MS,
  attempts: 10,
}
