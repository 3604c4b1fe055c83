/** Times at which a completed payment is queried again, to find chargebacks and refunds. Pure. */
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Ages of a completed payment at which it is checked. */
const CHECK_AGES_MS = [1, 7, 21, 45].map((days) => days * DAY_MS)
const RETRY_MS = 6 * HOUR_MS
/** Failed checks are retried until this age: five days after the last regular check. */
const LAST_RETRY_AGE_MS = 50 * DAY_MS

/** Returns when to check next, or `null` after the last check. */
export function nextCheckTime(completedAtMs: number, nowMs: number): number | null {
  const ageMs = CHECK_AGES_MS.find((checkAgeMs) => completedAtMs + checkAgeMs > nowMs)
  return ageMs === undefined ? null : completedAtMs + ageMs
}

/**
 * Returns when to repeat a check that failed, or `null` if the payment is too old.
 * @param sinceMs when the payment was completed or, if it never was, created
 */
export function retryCheckTime(sinceMs: number, nowMs: number): number | null {
  const retryMs = nowMs + RETRY_MS
  return retryMs < sinceMs + LAST_RETRY_AGE_MS ? retryMs : null
}
