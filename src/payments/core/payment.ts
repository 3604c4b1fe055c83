/**
 * What a payment is, what Monnify's word on it means, and when to ask again. Pure. What Monnify
 * confirms as received is the only ground for a credit.
 */
import type { Kobo } from '../../common/money'
import { nextAttempt, type RetrySchedule } from '../../common/next-attempt'
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

type ClosedStatus = 'failed' | 'cancelled' | 'expired'

/** Why a transaction is not understood. `amountKobo` is what the gateway says was paid. */
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
  | UnclearTransaction

const OPEN: Interpretation = { kind: 'open' }

const closed = (status: ClosedStatus, failureReason: string): Interpretation => ({
  kind: 'closed',
  status,
  failureReason,
})

const RECEIVED_STATUSES = new Set(['PAID', 'OVERPAID', 'PARTIALLY_PAID', 'UNDERPAID'])
const REVERSED_STATUSES = new Set(['REVERSED', 'REFUNDED'])

/** Statuses that say that nothing was received, and what each means. */
const UNPAID_STATUSES = new Map<string, Interpretation>([
  ['PENDING', OPEN],
  ['FAILED', closed('failed', 'declined')],
  ['CANCELLED', closed('cancelled', 'cancelled_by_customer')],
  ['ABANDONED', closed('cancelled', 'abandoned_by_customer')],
  ['EXPIRED', closed('expired', 'checkout_expired')],
])

/**
 * What Monnify's answer says. Whatever is not understood is an exception and credits nothing: another
 * reference than was asked for, another currency, a status that is not listed here, an amount under a
 * status that means "not received", and "received" without an amount.
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
  if (REVERSED_STATUSES.has(status)) return { kind: 'reversed' }
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
  /** When the present attempt began, or the payment was made. */
  readonly beganAtMs: number
}

export interface StatusUpdate {
  readonly status: PaymentStatus
  readonly failureReason: string | null
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** Monnify's checkout is open for 40 minutes; five more for what is under way. */
export const CHECKOUT_WINDOW_MS = 45 * MINUTE_MS
const LAST_POLL_MS = 24 * HOUR_MS

const isOpen = (status: PaymentStatus): boolean => status === 'pending' || status === 'processing'

/**
 * The payment's next state. What the wallet holds decides first: a payment is completed by its
 * amount and by nothing else, and left only when the money was taken back. An end of an attempt
 * that is not the current one says nothing about the payment.
 */
export function nextStatus(
  payment: PaymentFacts,
  interpretation: Interpretation,
  { netCreditedKobo, shortfallKobo, isReversed }: Omit<PaymentCredit, 'entrySeq'>,
  isCurrentAttempt: boolean,
  nowMs: number,
): StatusUpdate {
  const { status, failureReason } = payment
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

/** Paid in part: the rest may come for a day, even if the payment had been given up before. */
const partlyPaidUpdate = (ageMs: number): StatusUpdate => ({
  status: ageMs < LAST_POLL_MS ? 'processing' : 'expired',
  failureReason: 'partially_paid',
})

/**
 * Money that may have been received keeps a payment open for a day, even one that had been given up
 * before, so that polls go on.
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

/** The statuses in which a payment may still receive money unasked; no other is ever polled. */
export const DUE_STATUSES: PaymentStatus[] = ['pending', 'processing', 'expired']

export const isDueStatus = (status: string): boolean => DUE_STATUSES.some((due) => due === status)

/** Sixteen polls within three and a half days: after 5 s, 10 s, 20 s and so on, doubling up to a day. */
export const POLLS: RetrySchedule = { firstMs: 5000, longestMs: LAST_POLL_MS, attempts: 16 }

/** Ten tries of an event that could not be processed: after 1, 2, 4 minutes and so on, within a day. */
export const EVENT_TRIES: RetrySchedule = {
  firstMs: MINUTE_MS,
  longestMs: LAST_POLL_MS,
  attempts: 10,
}

/**
 * When to poll a payment next, or `null` after the last poll and for a status that is never due.
 * @param polls how often it was polled since the present attempt began
 */
export const nextPollTime = (
  { uuid, status, polls }: { uuid: string; status: string; polls: number },
  nowMs: number,
): number | null => (isDueStatus(status) ? nextAttempt(polls, nowMs, POLLS, jitterOf(uuid)) : null)

/** A fraction from 0 to 1 that a uuid always gives. */
const jitterOf = (uuid: string): number => Number.parseInt(uuid.slice(0, 4), 16) / 0xffff
