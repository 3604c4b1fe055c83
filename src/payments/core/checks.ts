/** Times at which a payment with credited money is queried again, to find chargebacks and refunds. Pure. */
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Ages at which a payment is checked, since its completion or, if it is not completed, its current attempt. */
const CHECK_AGES_MS = [1, 7, 21, 45].map((days) => days * DAY_MS)
const RETRY_MS = 6 * HOUR_MS
/** Failed checks are retried until this age: five days after the last regular check. */
const LAST_RETRY_AGE_MS = 50 * DAY_MS

/** When the current attempt began; without one, when the payment was created. */
export const beganAtMs = ({
  attemptBeganAtMs,
  createdAtMs,
}: {
  readonly attemptBeganAtMs: number | null
  readonly createdAtMs: number
}): number => attemptBeganAtMs ?? createdAtMs

/** Returns when to check next, or `null` after the last check. */
export function nextCheckTime(sinceMs: number, nowMs: number): number | null {
  const ageMs = CHECK_AGES_MS.find((checkAgeMs) => sinceMs + checkAgeMs > nowMs)
  return ageMs === undefined ? null : sinceMs + ageMs
}

/**
 * Returns when to repeat a check that failed, or `null` if the payment is too old.
 * @param sinceMs when the payment was completed or, if it never was, its current attempt began
 */
export function retryCheckTime(sinceMs: number, nowMs: number): number | null {
  const retryMs = nowMs + RETRY_MS
  return retryMs < sinceMs + LAST_RETRY_AGE_MS ? retryMs : null
}
