/**
 * Events of a call: which one to send to a subscriber, and when, computed from the state that the
 * subscriber last received and the current call. Pure.
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

/** Low-credit notices, in seconds before the horizon, the last one first. */
const NOTICES_SECONDS = [10, 30, 60] as const

/** State of a call that a subscriber has received. */
export interface NotifiedState {
  readonly status: CallStatus
  readonly hasEnded: boolean
  readonly mustEndByMs: number | null
  /** Latest low-credit notice that is due, or null while the credit lasts longer. */
  readonly noticeSeconds: number | null
}

export interface CallEvent {
  readonly type: CallEventType
  readonly atMs: number
  readonly call: CallView
}

/** The part of a call that decides its events. */
export type NotifiableCall = Pick<
  CallView,
  'status' | 'endedAtMs' | 'mustEndByMs' | 'mustEndReason'
>

/** Horizon of a call that will end because the credit is exhausted. */
const exhaustionMs = ({ mustEndByMs, mustEndReason }: NotifiableCall): number | undefined =>
  mustEndReason === 'credit_exhausted' && mustEndByMs !== null ? mustEndByMs : undefined

export function notifiedState(call: NotifiableCall, nowMs: number): NotifiedState {
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
 * Selects the event that brings a subscriber up to date. If several apply, the most important one is
 * enough, because each event contains the whole call.
 * @param told state that the subscriber received; `undefined` for a new subscriber
 * @returns `undefined` if nothing has changed
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

/** Time of the next low-credit notice, if nothing else happens. */
export function nextNoticeMs(call: NotifiableCall, nowMs: number): number | undefined {
  const endMs = exhaustionMs(call)
  if (endMs === undefined) return undefined
  const due = NOTICES_SECONDS.map((seconds) => endMs - seconds * 1000)
  return due.findLast((dueMs) => dueMs > nowMs)
}
