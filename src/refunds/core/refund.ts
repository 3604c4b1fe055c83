/** Rules of refunds that the service orders: which are allowed, and when an undecided one is tried again. Pure. */
import { formatNaira, kobo, type Kobo } from '../../common/money'
import { nextAttempt, type RetrySchedule } from '../../common/next-attempt'
import { ok, refuse, type Result } from '../../common/result'

export const REFUND_METHODS = ['monnify', 'manual'] as const
export type RefundMethod = (typeof REFUND_METHODS)[number]

export const REFUND_STATUSES = ['pending', 'processing', 'completed', 'failed'] as const
export type RefundStatus = (typeof REFUND_STATUSES)[number]

/** Limit of a user's own refunds in 24 hours, because Monnify charges the merchant for each. */
export const DAY_REFUNDS = 10

/** Monnify's minimum amount of a refund. */
const MIN_MONNIFY_KOBO = kobo(100_00)

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** The last try is between 60 and 72 hours after the request. */
const LAST_WAIT_MS = 60 * HOUR_MS
const LAST_ORDER_MS = 72 * HOUR_MS
const LATE_QUERY_MS = 12 * HOUR_MS
const WEEK_MS = 7 * 24 * HOUR_MS
/** Time for which a try owns its refund: longer than its calls of Monnify and the wallets can take. */
export const TRY_LEASE_MS = 2 * MINUTE_MS
const TRIES: RetrySchedule = {
  firstMs: TRY_LEASE_MS,
  longestMs: 12 * HOUR_MS,
  attempts: Infinity,
}

export interface RefundRequest {
  readonly amountKobo: Kobo
  readonly method: RefundMethod
  readonly reason: string
  /** Name of the operator; null for a user's own request. */
  readonly operator: string | null
}

export interface RefundedPayment {
  readonly method: string
  readonly status: string
  readonly completedAtMs: number | null
}

/** @param windowMs period after the payment's completion in which its user may request a refund */
export function checkRefund(
  { amountKobo, method, operator }: RefundRequest,
  payment: RefundedPayment,
  windowMs: number,
  nowMs: number,
): Result<null> {
  const notAllowed = (reason: string) => refuse({ code: 'refund_not_allowed', reason })
  if (payment.method !== 'monnify')
    return notAllowed('Only payments through Monnify can be refunded.')
  if (payment.completedAtMs === null || payment.status !== 'completed')
    return notAllowed('Only completed payments can be refunded.')
  if (method === 'monnify' && amountKobo < MIN_MONNIFY_KOBO)
    return notAllowed(`The amount must be at least ${formatNaira(MIN_MONNIFY_KOBO)} NGN.`)
  if (operator === null && nowMs > payment.completedAtMs + windowMs)
    return notAllowed('The refund period of this payment has ended. Contact support.')
  return ok(null)
}

/** Reports whether a try may begin: the first one, or the next one when it is due. */
export const isTryDue = (
  { tries, nextTryAtMs }: { readonly tries: number; readonly nextTryAtMs: number | null },
  nowMs: number,
): boolean => tries === 0 || (nextTryAtMs !== null && nextTryAtMs <= nowMs)

/**
 * Returns when an undecided refund is tried next, or `null` after the last try. The delays grow with the age of the
 * refund, not with the number of tries. No other try begins before that instant.
 */
export function nextRefundTry(createdAtMs: number, nowMs: number): number | null {
  const ageMs = Math.max(0, nowMs - createdAtMs)
  if (ageMs >= LAST_WAIT_MS) return null
  return nextAttempt(Math.floor(Math.log2(1 + ageMs / TRY_LEASE_MS)), nowMs, TRIES)
}

/**
 * Reports whether a refund that Monnify does not know may still be ordered. After three days an operator decides it,
 * and may have paid it by hand.
 */
export const isOrderable = (createdAtMs: number, nowMs: number): boolean =>
  nowMs - createdAtMs < LAST_ORDER_MS

/**
 * Returns when a refund is queried that is not ordered again: twice a day for a week, then when a completed one is.
 * @param checkMs next check of a completed refund of that age, or null after the last one
 */
export function lateQueryTime(
  createdAtMs: number,
  checkMs: number | null,
  nowMs: number,
): number | null {
  const isRecent = nowMs < createdAtMs + WEEK_MS
  return checkMs !== null && isRecent ? Math.min(checkMs, nowMs + LATE_QUERY_MS) : checkMs
}

/** Time at which a manual refund without an outcome becomes an exception. */
export const manualDueTime = (createdAtMs: number): number => createdAtMs + LAST_ORDER_MS

export const isDecided = (status: RefundStatus): boolean =>
  status === 'completed' || status === 'failed'

export const UNDECIDED_STATUSES = REFUND_STATUSES.filter((status) => !isDecided(status))
