/** When a wallet's one alarm has to ring. Pure. */
import type { RetrySchedule } from '../../common/next-attempt'
import { nextDueMs } from './call-commands'
import type { WalletState } from './wallet'

/** How long D1 may be behind: what changes meanwhile travels together. */
export const PROJECTION_DELAY_MS = 15_000
/** When an alarm that failed for the first time rings again. */
export const FIRST_RETRY_MS = 30_000
/** A wallet's work is never given up: after some failures its alarm rings once an hour. */
export const ALARM_RETRIES: RetrySchedule = {
  firstMs: FIRST_RETRY_MS,
  longestMs: 60 * 60_000,
  attempts: Infinity,
}
const LOST_AFTER_MS = 60_000

export interface AlarmFacts {
  readonly state: WalletState
  /** The last change, and the last one that D1 has. */
  readonly revision: number
  readonly projectedRevision: number
  /** When somebody who watches a call is due a notice. */
  readonly noticeDueMs: number | undefined
  /** Before this instant no alarm rings, whatever is due, since the last one failed. */
  readonly retryAtMs: number | undefined
}

/**
 * The alarm to set, or `undefined` if the one that is set will do: it serves the next call that the
 * clock ends, the next notice, and rows that D1 has not got yet. One that should have rung a minute ago is lost.
 * @param alarmAtMs the alarm that is set, if any
 * @param delayMs how long changed rows may wait to travel together
 */
export function nextAlarmMs(
  { state, revision, projectedRevision, noticeDueMs, retryAtMs }: AlarmFacts,
  alarmAtMs: number | null,
  nowMs: number,
  delayMs: number,
): number | undefined {
  const isSet = alarmAtMs !== null && alarmAtMs >= nowMs - LOST_AFTER_MS
  if (retryAtMs !== undefined)
    return isSet && alarmAtMs >= retryAtMs ? undefined : Math.max(retryAtMs, nowMs)
  const projectionMs = revision > projectedRevision ? nowMs + delayMs : Infinity
  const wantedMs = Math.min(nextDueMs(state) ?? Infinity, noticeDueMs ?? Infinity, projectionMs)
  if (wantedMs === Infinity) return undefined
  return isSet && alarmAtMs <= wantedMs ? undefined : wantedMs
}
