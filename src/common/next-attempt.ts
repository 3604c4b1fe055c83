/**
 * When a retry loop runs again: at a future instant that moves further away with each failure, or
 * never. Every loop of the service (polls, alarms, deliveries, webhook events) asks this function, so
 * none runs at full speed or forever by accident. Pure.
 */
export interface RetrySchedule {
  /** The delay before the first attempt; each failure doubles it. */
  readonly firstMs: number
  readonly longestMs: number
  /** How many attempts there are in all. */
  readonly attempts: number
}

const MAX_JITTER = 0.2
/** Beyond these doublings every delay is the longest. */
const MAX_DOUBLINGS = 50

/**
 * @param failures attempts so far that did not reach their aim
 * @param jitter from 0 to 1; adds up to a fifth, so that what began together does not run together
 * @returns the instant of the next attempt, always later than `nowMs`, or `null` after the last one
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
