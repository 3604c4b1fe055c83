/**
 * What those who watch a call are told of it, and when: functions of what they were told last and
 * of the call as it is now. Pure.
 */
import type { CallStatus, CallView } from './wallet'

export const CALL_EVENT_TYPES = [
  'state',
  'answered',
  'horizon_moved',
  'low_credit',
  'ended',
] as const
export type CallEventType = (typeof CALL_EVENT_TYPES)[number]

/** How long before the horizon the notices come, the latest first. */
const NOTICES_SECONDS = [10, 30, 60] as const

/** What a watcher knows of a call. */
export interface NotifiedState {
  readonly status: CallStatus
  readonly hasEnded: boolean
  readonly mustEndByMs: number | null
  /** The latest notice that its horizon calls for, or null where the credit lasts longer. */
  readonly noticeSeconds: number | null
}

export interface CallEvent {
  readonly type: CallEventType
  readonly atMs: number
  readonly call: CallView
}

/** When the credit of a call runs out, if that is what will end it. */
const exhaustionMs = ({ mustEndByMs, mustEndReason }: CallView): number | undefined =>
  mustEndReason === 'credit_exhausted' && mustEndByMs !== null ? mustEndByMs : undefined

/** What a watcher knows once it has been told of the call as it is now. */
export function notifiedState(call: CallView, nowMs: number): NotifiedState {
  const endMs = exhaustionMs(call) ?? Infinity
  const noticeSeconds = NOTICES_SECONDS.find((seconds) => nowMs >= endMs - seconds * 1000)
  return {
    status: call.status,
    hasEnded: call.endedAtMs !== null,
    mustEndByMs: call.mustEndByMs,
    noticeSeconds: noticeSeconds ?? null,
  }
}

/**
 * The event that brings a watcher from what it was told (nothing yet: `undefined`) to `now`, the
 * weightiest if there are several: each event carries the whole call. `undefined` if nothing changed.
 */
export function nextEventType(
  told: NotifiedState | undefined,
  now: NotifiedState,
): CallEventType | undefined {
  if (!told) return 'state'
  if (told.status !== now.status && now.hasEnded) return 'ended'
  if (told.status !== now.status) return now.status === 'answered' ? 'answered' : 'state'
  if ((now.noticeSeconds ?? Infinity) < (told.noticeSeconds ?? Infinity)) return 'low_credit'
  return told.mustEndByMs === now.mustEndByMs ? undefined : 'horizon_moved'
}

/** When the next low-credit notice of a call is due, if nothing else happens before. */
export function nextNoticeMs(call: CallView, nowMs: number): number | undefined {
  const endMs = exhaustionMs(call)
  if (endMs === undefined) return undefined
  const due = NOTICES_SECONDS.map((seconds) => endMs - seconds * 1000)
  return due.findLast((dueMs) => dueMs > nowMs)
}
