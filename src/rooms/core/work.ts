/**
 * Outside work of a room, derived from its state alone: after a crash, the alarm performs what is still
 * due. Each kind is idempotent, so a doubled attempt has no further effect. Pure.
 */
import { nextAttempt, type RetrySchedule } from '../../common/next-attempt'
import type { RoomEnd } from '../../wallets/core/room-commands'
import { issueWork, type IssueWork, revocationDueMs } from './epochs'
import { isOver, type RoomState, type Tries } from './room'

export type Work =
  /** Reports to the wallet that the callee is there. */
  | { readonly kind: 'ring'; readonly callUuid: string }
  /** Answers the call at the wallet, idempotent by attempt. */
  | { readonly kind: 'answer'; readonly callUuid: string; readonly attempt: string }
  /** Reads the call at the wallet, which first settles what the clock has ended. */
  | { readonly kind: 'read'; readonly callUuid: string }
  | ({ readonly kind: 'end'; readonly callUuid: string } & RoomEnd)
  | IssueWork
  | { readonly kind: 'revoke'; readonly username: string }

/** An attempt without a result counts as failed after this time. Requests need a shorter time-out. */
export const WORK_TIMEOUT_MS = 5000

/** About a day. The wallet ends a call by itself at its horizon, long before. */
const WALLET_RETRIES: RetrySchedule = { firstMs: 500, longestMs: 60_000, attempts: 1440 }
/** Bounded by time: credentials are issued until the horizon, and revoked until they expire. */
const RELAY_RETRIES: RetrySchedule = { firstMs: 500, longestMs: 60_000, attempts: Infinity }

const scheduleOf = (key: string): RetrySchedule =>
  key.startsWith('issue/') || key.startsWith('revoke/') ? RELAY_RETRIES : WALLET_RETRIES

/** Identifies a piece of work among all work of its room. */
export function workKey(work: Work): string {
  if (work.kind === 'issue') return `issue/${work.epoch}/${work.seat}`
  return work.kind === 'revoke' ? `revoke/${work.username}` : work.kind
}

/**
 * Time at which the wallet's clock ends the call: the ring deadline, then the horizon. From then on the room
 * reads the call until the view changes. It never decides this end itself, because a top-up may have moved it.
 */
export function readDueMs(state: RoomState): number | undefined {
  if (isOver(state)) return undefined
  const { call } = state
  const lastMs = call.startedAtMs === null ? null : call.mustEndByMs
  return lastMs === null ? call.deadlineAtMs : lastMs + 1
}

function walletWork(state: RoomState, nowMs: number): Work[] {
  const { phase, callUuid, call, attempt, end } = state
  const work: Work[] = []
  if (phase === 'ringing' && call.status === 'initiated') work.push({ kind: 'ring', callUuid })
  if (phase === 'answering' && attempt !== null) work.push({ kind: 'answer', callUuid, attempt })
  if (phase === 'ending' && end !== null) work.push({ kind: 'end', callUuid, ...end })
  if (nowMs >= (readDueMs(state) ?? Infinity)) work.push({ kind: 'read', callUuid })
  return work
}

/** Work whose purpose is not fulfilled, also if its next attempt is not yet due. */
export function pendingWork(state: RoomState, nowMs: number): Work[] {
  const revocable = state.credentials.filter(
    (one) => nowMs >= (revocationDueMs(state, one) ?? Infinity) && nowMs < one.expiresAtMs,
  )
  const revocations = revocable.map(({ username }): Work => ({ kind: 'revoke', username }))
  return [...walletWork(state, nowMs), ...issueWork(state, nowMs), ...revocations]
}

/** Time of the next attempt at a piece of pending work, or null after the last one. */
export function nextTryMs({ tries }: RoomState, work: Work): number | null {
  const tried = tries[workKey(work)]
  return tried ? tried.nextAtMs : -Infinity
}

/** The outside work that is due. */
export const workOf = (state: RoomState, nowMs: number): Work[] =>
  pendingWork(state, nowMs).filter((work) => nowMs >= (nextTryMs(state, work) ?? Infinity))

/**
 * Selects the work that is due, and counts the attempts. The object stores the state before it performs the
 * work: if it crashes, or a result is lost, the next attempt is due after the time-out.
 */
export function startWork(
  state: RoomState,
  nowMs: number,
): { readonly state: RoomState; readonly work: readonly Work[] } {
  const work = workOf(state, nowMs)
  const started = work.map((one): [string, Tries] => {
    const key = workKey(one)
    const count = (state.tries[key]?.count ?? 0) + 1
    const retryMs = nextAttempt(count, nowMs, scheduleOf(key))
    const nextAtMs = retryMs === null ? null : Math.max(retryMs, nowMs + WORK_TIMEOUT_MS)
    return [key, { count, nextAtMs }]
  })
  return { state: { ...state, tries: { ...state.tries, ...Object.fromEntries(started) } }, work }
}

/** Schedules the next attempt at work that has failed. */
export function workFailed(state: RoomState, key: string): RoomState {
  const tried = state.tries[key]
  if (!tried) return state
  const failed = { ...tried, nextAtMs: nextAttempt(tried.count, state.clockMs, scheduleOf(key)) }
  return { ...state, tries: { ...state.tries, [key]: failed } }
}

/** Forgets the attempts at work that is no longer pending. */
export function withoutOldTries(state: RoomState): RoomState {
  const keys = Object.keys(state.tries)
  if (keys.length === 0) return state
  const pending = new Set(pendingWork(state, state.clockMs).map(workKey))
  const tries = Object.fromEntries(Object.entries(state.tries).filter(([key]) => pending.has(key)))
  return { ...state, tries }
}
