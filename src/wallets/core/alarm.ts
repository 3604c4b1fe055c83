/** Computes when a wallet's alarm rings next. A Durable Object has only one alarm. Pure. */
import type { RetrySchedule } from '../../common/next-attempt'
import { nextDueMs } from './call-commands'
import type { WalletState } from './wallet'

/** Delay of the projection, so that the changes of several commands share one batch. */
export const PROJECTION_DELAY_MS = 15_000
export const FIRST_RETRY_MS = 30_000
/** A wallet never stops retrying: after several failures its alarm rings once an hour. */
export const ALARM_RETRIES: RetrySchedule = {
  firstMs: FIRST_RETRY_MS,
  longestMs: 60 * 60_000,
  attempts: Infinity,
}
const LOST_AFTER_MS = 60_000

export interface AlarmFacts {
  readonly state: WalletState
  /** Last committed revision, and the last one in D1. */
  readonly revision: number
  readonly projectedRevision: number
  /** Time of the next attempt to deliver a row of the outbox. */
  readonly deliveryDueMs: number | undefined
  /** After a failed alarm: earliest time of the next one, whatever is due. */
  readonly retryAtMs: number | undefined
  /** Time at which rows must be removed or blanked. Computed only if nothing else is due. */
  readonly retentionDueMs: () => number | undefined
}

/**
 * Computes the earliest alarm for the next call to end, delivery and projection; without these, for retention. An
 * alarm that is more than a minute overdue counts as lost.
 * @param alarmAtMs the alarm that is set, or null
 * @param delayMs how long a change waits for its projection
 * @returns the alarm to set, or `undefined` to leave the current alarm as it is
 */
export function nextAlarmMs(
  { state, revision, projectedRevision, deliveryDueMs, retryAtMs, retentionDueMs }: AlarmFacts,
  alarmAtMs: number | null,
  nowMs: number,
  delayMs: number,
): number | undefined {
  const isSet = alarmAtMs !== null && alarmAtMs >= nowMs - LOST_AFTER_MS
  if (retryAtMs !== undefined)
    return isSet && alarmAtMs >= retryAtMs ? undefined : Math.max(retryAtMs, nowMs)
  const projectionMs = revision > projectedRevision ? nowMs + delayMs : Infinity
  const wantedMs = Math.min(nextDueMs(state) ?? Infinity, deliveryDueMs ?? Infinity, projectionMs)
  if (wantedMs === Infinity) return isSet ? undefined : retentionDueMs()
  return isSet && alarmAtMs <= wantedMs ? undefined : wantedMs
}
