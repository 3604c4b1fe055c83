/** Computes when a stream's alarm rings next. A Durable Object has only one alarm. Pure. */
import type { RetrySchedule } from '../../common/next-attempt'

/** Old events are removed, and secrets sealed again, once a day. */
export const UPKEEP_INTERVAL_MS = 86_400_000

/** Upkeep and deliveries that cannot begin are retried forever: after several failures, once an hour. */
export const STREAM_RETRIES: RetrySchedule = {
  firstMs: 30_000,
  longestMs: 3_600_000,
  attempts: Infinity,
}

/** Shortest time between two alarms, so that a due time that stays in the past causes no loop at full speed. */
export const SHORTEST_PAUSE_MS = 1000

const LOST_AFTER_MS = 60_000

export interface StreamAlarmFacts {
  /** Earliest time at which an endpoint has work. */
  readonly endpointsDueAtMs: number | undefined
  /** Next upkeep; null if there is nothing to keep. */
  readonly upkeepAtMs: number | null
  /** After deliveries could not begin: earliest time of the next attempt. */
  readonly retryAtMs: number | undefined
}

/**
 * An alarm that is more than a minute overdue counts as lost.
 * @param alarmAtMs the alarm that is set, or null
 * @param earliestMs time before which no new alarm is set
 * @returns the alarm to set, or `undefined` to leave the current one as it is
 */
export function nextStreamAlarmMs(
  { endpointsDueAtMs, upkeepAtMs, retryAtMs }: StreamAlarmFacts,
  alarmAtMs: number | null,
  nowMs: number,
  earliestMs = nowMs,
): number | undefined {
  const deliveryMs = Math.max(endpointsDueAtMs ?? Infinity, retryAtMs ?? 0)
  const wantedMs = Math.min(deliveryMs, upkeepAtMs ?? Infinity)
  if (wantedMs === Infinity) return undefined
  const isSet = alarmAtMs !== null && alarmAtMs >= nowMs - LOST_AFTER_MS
  return isSet && alarmAtMs <= wantedMs ? undefined : Math.max(wantedMs, earliestMs)
}
