/**
 * What a payment is, what Monnify's word on it means, and when to ask again. Pure. What Monnify
 * confirms as received is the only ground for a credit.
 */
import type { Kobo } from '../common/money'
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

/** What an operator has to look at, because nothing was credited and perhaps should have been. */
export type ExceptionKind =
  | 'currency_mismatch'
  | 'reference_mismatch'
  | 'unknown_reference'
  | 'reversal_shortfall'
  | 'never_answered'

type ClosedStatus = 'failed' | 'cancelled' | 'expired'

export type Finding =
  | { readonly kind: 'open' }
  | { readonly kind: 'received'; readonly receivedKobo: Kobo }
  | { readonly kind: 'closed'; readonly status: ClosedStatus; readonly failureReason: string }
  | { readonly kind: 'reversed' }
  | { readonly kind: 'exception'; readonly exception: ExceptionKind }

const OPEN: Finding = { kind: 'open' }

const closed = (status: ClosedStatus, failureReason: string): Finding => ({
  kind: 'closed',
  status,
  failureReason,
})

/** What each of Monnify's words means. One that is not here is not understood, and changes nothing. */
const WORDS = new Map<string, (amountPaidKobo: Kobo) => Finding>([
  ...['PAID', 'OVERPAID', 'PARTIALLY_PAID', 'UNDERPAID'].map(
    (word) =>
      [word, (receivedKobo: Kobo): Finding => ({ kind: 'received', receivedKobo })] as const,
  ),
  ['PENDING', () => OPEN],
  ['FAILED', () => closed('failed', 'declined')],
  ['CANCELLED', () => closed('cancelled', 'cancelled_by_customer')],
  ['ABANDONED', () => closed('cancelled', 'abandoned_by_customer')],
  ['EXPIRED', () => closed('expired', 'checkout_expired')],
  ['REVERSED', () => ({ kind: 'reversed' })],
  ['REFUNDED', () => ({ kind: 'reversed' })],
])

/**
 * What Monnify's answer says. A transaction under another reference than was asked for, or in
 * another currency, is an exception.
 * @param transaction `undefined` while Monnify does not know the reference
 */
export function judge(reference: string, transaction: GatewayTransaction | undefined): Finding {
  if (!transaction) return OPEN
  if (transaction.paymentReference !== reference)
    return { kind: 'exception', exception: 'reference_mismatch' }
  if (transaction.currency !== CURRENCY)
    return { kind: 'exception', exception: 'currency_mismatch' }
  return WORDS.get(transaction.status)?.(transaction.amountPaidKobo) ?? OPEN
}

/** What the wallet holds of a payment: credited less taken back, over all its attempts. */
export interface Standing {
  readonly paidKobo: Kobo
  /** What was reversed and could not be taken back: it is in `paidKobo`, and is not the payer's. */
  readonly shortKobo: Kobo
  readonly isReversed: boolean
}

export interface JudgedPayment {
  readonly amountKobo: Kobo
  readonly status: PaymentStatus
  readonly failureReason: string | null
  /** When the present attempt began, or the payment was made. */
  readonly beganAtMs: number
}

export interface Marks {
  readonly status: PaymentStatus
  readonly failureReason: string | null
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** Monnify's checkout is open for 40 minutes; five more for what is under way. */
export const CHECKOUT_WINDOW_MS = 45 * MINUTE_MS
const LAST_ASK_MS = 24 * HOUR_MS

/**
 * The payment's next state. What the wallet holds decides first: a payment is completed by its
 * amount and by nothing else, and left only when the money was taken back. An end of an attempt
 * that is not the current one says nothing about the payment.
 */
export function nextMarks(
  payment: JudgedPayment,
  finding: Finding,
  { paidKobo, shortKobo, isReversed }: Standing,
  isCurrentAttempt: boolean,
  nowMs: number,
): Marks {
  const { status, failureReason } = payment
  const ageMs = nowMs - payment.beganAtMs
  const isOpen = status === 'pending' || status === 'processing'
  if (paidKobo - shortKobo >= payment.amountKobo)
    return { status: 'completed', failureReason: null }
  if (isReversed) return { status: 'failed', failureReason: 'reversed' }
  if (finding.kind === 'exception')
    return {
      status: isOpen && ageMs >= LAST_ASK_MS ? 'expired' : status,
      failureReason: finding.exception,
    }
  if (finding.kind === 'closed' && isCurrentAttempt)
    return { status: finding.status, failureReason: finding.failureReason }
  if (finding.kind === 'received' && paidKobo > 0) return partMarks(ageMs)
  if (!isOpen) return { status, failureReason }
  if (paidKobo > 0) return partMarks(ageMs)
  if (ageMs >= CHECKOUT_WINDOW_MS) return { status: 'expired', failureReason: 'checkout_expired' }
  return { status, failureReason }
}

/** Paid in part: the rest may come for a day, even if the payment had been given up before. */
const partMarks = (ageMs: number): Marks => ({
  status: ageMs < LAST_ASK_MS ? 'processing' : 'expired',
  failureReason: 'partially_paid',
})

const ASKS_MS = [5000, 15_000, MINUTE_MS, 5 * MINUTE_MS, CHECKOUT_WINDOW_MS, LAST_ASK_MS]
export const RETRY_MS = 10 * MINUTE_MS
const GIVE_UP_MS = 3 * LAST_ASK_MS
const MAX_JITTER = 0.2

/**
 * When to ask Monnify about a payment that is not completed: at about 5 s, 15 s, 60 s, 5 min, 45 min
 * and 24 h after it began, and no more after that; sooner after a question that got no answer, for
 * three days.
 * @param jitter from 0 to 1, so that payments made together do not ask together
 */
export function nextAskAtMs(
  beganAtMs: number,
  nowMs: number,
  jitter: number,
  wasAnswered: boolean,
): number | null {
  const stretch = 1 + MAX_JITTER * jitter
  const planned = ASKS_MS.map((askMs) => beganAtMs + Math.floor(askMs * stretch))
  const next = planned.find((askAtMs) => askAtMs > nowMs)
  if (wasAnswered) return next ?? null
  return nowMs >= beganAtMs + GIVE_UP_MS ? null : Math.min(next ?? Infinity, nowMs + RETRY_MS)
}

/** A fraction from 0 to 1 that a uuid always gives. */
export const jitterOf = (uuid: string): number => Number.parseInt(uuid.slice(0, 4), 16) / 0xffff
