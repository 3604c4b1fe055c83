/**
 * Schedule of a retry loop: each failure makes the delay longer, up to a last attempt. Every loop of the
 * service but the polls of payments (alarms, deliveries, webhook events) uses this function, so that none runs at full
 * speed or forever. Pure.
 */
export interface RetrySchedule {
  /** Delay before the first attempt. Each failure doubles it. */
  readonly firstMs: number
  readonly longestMs: number
  /** Total number of attempts. */
  readonly attempts: number
}

const MAX_JITTER = 0.2
/** After this many doublings every delay is `longestMs`. */
const MAX_DOUBLINGS = 50

/**
 * @param failures number of failed attempts
 * @param jitter from 0 to 1; adds up to a fifth to the delay, so that loops that began together spread out
 * @returns time of the next attempt, always later than `nowMs`; `null` after the last one
 */
export function nextAttempt(
  failures: number,
  nowMs: number,
  { firstMs, longestMs, attempts }: RetrySchedule,
  jitter = 0,
): number | null {
  if (failures >= attempts) return null
  const delayMs = Math.min(longestMs, firstMs * 2 ** Math.min(failures, MAX_DOUBLINGS))
  return nowMs + Math.max(1, Math.floor(delayMs * (1 + MAX_JITTER * jitter)))
}
