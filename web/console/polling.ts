/** Schedule of the console's reloads. Pure. */

export interface Situation {
  readonly isHidden: boolean
  readonly isOffline: boolean
  /** Reloads that failed since the last success. */
  readonly failures: number
  /** A payment is unsettled, or a webhook may still arrive. */
  readonly isAwaiting: boolean
  /** Time since the user's last action on the page. */
  readonly idleMs: number
}

export const AWAITING_MS = 2000
const CALM_MS = 15_000
const IDLE_MS = 60_000
/** From this time without an action, the page reloads less often. */
const IDLE_AFTER_MS = 5 * 60_000
/** From this time without an action, the page reloads only when the user returns. */
const STOP_AFTER_MS = 60 * 60_000
const MAX_RETRY_MS = 60_000

/** @returns time until the next reload; undefined to wait for an event */
export function nextReloadMs(situation: Situation): number | undefined {
  const { isHidden, isOffline, failures, isAwaiting, idleMs } = situation
  if (isHidden || isOffline || idleMs >= STOP_AFTER_MS) return undefined
  if (failures > 0) return Math.min(MAX_RETRY_MS, AWAITING_MS * 2 ** failures)
  if (isAwaiting) return AWAITING_MS
  return idleMs >= IDLE_AFTER_MS ? IDLE_MS : CALM_MS
}
