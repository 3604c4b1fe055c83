/**
 * Commands of a call's room, about what its seats do: the callee enters and accepts, and either seat ends the
 * call or is lost. A repeat changes nothing. Pure.
 */
import { refuse } from '../../common/result'
import { consume, type Quota, type Tries } from '../../limits/policy'
import { type CallLimits, closeCall, isOpen, viewCall, withCall } from './call-commands'
import { type Decided, decided, isMetered, noChange } from './change'
import type { Call, CallView, WalletState } from './wallet'

export interface RoomLimits extends Pick<CallLimits, 'ringTimeoutMs' | 'maxDurationMs'> {
  /** Time after a call's start during which an invited callee can enter the room. */
  readonly invitationMs: number
  /** Quota of accepted calls that were lost or did not connect. */
  readonly lostCalls: Quota
}

/** Ends that a room reports. `failed` means that an accepted call did not connect. */
export const ROOM_END_REASONS = ['hangup', 'declined', 'failed', 'lost'] as const
export type RoomEndReason = (typeof ROOM_END_REASONS)[number]

export interface RoomEnd {
  readonly reason: RoomEndReason
  /** Instant of the message or of the last sign of life, in UTC milliseconds of the room's clock. */
  readonly atMs: number
}

const unchanged = (state: WalletState, call: Call, nowMs: number): Decided<CallView> =>
  decided(noChange(state), viewCall(state, call, nowMs))

const conflict = ({ status }: Call) => refuse({ code: 'call_state_conflict', status })

function replaceCall(state: WalletState, call: Call, nowMs: number): Decided<CallView> {
  const openCalls = state.openCalls.map((open) => (open.uuid === call.uuid ? call : open))
  return withCall({ ...state, openCalls }, call, nowMs)
}

/**
 * Lets the room receive the changes of an open call; returns an ended call unchanged. Refuses `not_found`.
 */
export function openRoom(
  state: WalletState,
  call: Call | undefined,
  nowMs: number,
): Decided<CallView> {
  if (!call) return refuse({ code: 'not_found' })
  if (!isOpen(call) || call.roomSinceMs !== null) return unchanged(state, call, nowMs)
  return replaceCall(state, { ...call, roomSinceMs: nowMs }, nowMs)
}

/**
 * Invites the callee: moves the deadline of the unanswered call, once. Refuses `not_found`, and
 * `call_state_conflict` for a call that was answered or has ended.
 */
export function inviteToCall(
  state: WalletState,
  call: Call | undefined,
  { invitationMs }: RoomLimits,
  nowMs: number,
): Decided<CallView> {
  if (!call) return refuse({ code: 'not_found' })
  if (!isOpen(call) || !isMetered(call) || call.startedAtMs !== null) return conflict(call)
  if (call.invitedAtMs !== null) return unchanged(state, call, nowMs)
  const deadlineAtMs = Math.max(call.deadlineAtMs, call.createdAtMs + invitationMs)
  const roomSinceMs = call.roomSinceMs ?? nowMs
  return replaceCall(state, { ...call, deadlineAtMs, roomSinceMs, invitedAtMs: nowMs }, nowMs)
}

/**
 * Rings after the callee has entered: the ring time-out begins, once. Refuses `not_found`, and
 * `call_state_conflict` for a call that has no invitation, was answered by a client, or has ended.
 */
export function ringCall(
  state: WalletState,
  call: Call | undefined,
  { ringTimeoutMs }: RoomLimits,
  nowMs: number,
): Decided<CallView> {
  if (!call) return refuse({ code: 'not_found' })
  if (!isOpen(call) || !isMetered(call) || call.invitedAtMs === null) return conflict(call)
  if (call.status === 'ringing' || call.acceptanceUuid !== null)
    return unchanged(state, call, nowMs)
  if (call.startedAtMs !== null) return conflict(call)
  return replaceCall(
    state,
    { ...call, status: 'ringing', deadlineAtMs: nowMs + ringTimeoutMs },
    nowMs,
  )
}

/** A callee who has accepted an invitation is in the room, also if the room could not report the ringing. */
const isAcceptable = ({ status, invitedAtMs }: Call): boolean =>
  status === 'ringing' || (status === 'initiated' && invitedAtMs !== null)

/**
 * Answers an invited call that the callee has accepted. A repeat of the acceptance returns the call unchanged.
 * Refuses `not_found`, `call_state_conflict` and `too_many_lost_calls`.
 * @param lostAtMs ends of the calls within the quota of lost calls, oldest first
 */
export function acceptCall(
  state: WalletState,
  call: Call | undefined,
  acceptanceUuid: string,
  { maxDurationMs, lostCalls }: RoomLimits,
  lostAtMs: Tries,
  nowMs: number,
): Decided<CallView> {
  if (!call) return refuse({ code: 'not_found' })
  const isRepeat = isOpen(call) && call.acceptanceUuid === acceptanceUuid
  if (isRepeat) return unchanged(state, call, nowMs)
  if (!isAcceptable(call) || !isMetered(call)) return conflict(call)
  const { allowed, limitState } = consume(lostCalls, lostAtMs, nowMs)
  if (!allowed) return refuse({ code: 'too_many_lost_calls', limitState })
  const answered: Call = {
    ...call,
    status: 'answered',
    startedAtMs: nowMs,
    deadlineAtMs: nowMs + maxDurationMs,
    acceptanceUuid,
  }
  return replaceCall(state, answered, nowMs)
}

/**
 * Ends a call as of the room's instant, which is limited to the time from the answer to now. A call that
 * failed to connect loses its answer and costs nothing. Returns an ended call unchanged. Refuses
 * `not_found`, and `call_state_conflict` if the reason does not apply to the call.
 */
export function endInRoom(
  state: WalletState,
  call: Call | undefined,
  { reason, atMs }: RoomEnd,
  nowMs: number,
): Decided<CallView> {
  if (!call) return refuse({ code: 'not_found' })
  if (!isOpen(call)) return unchanged(state, call, nowMs)
  if (!isMetered(call) || !appliesTo(call, reason)) return conflict(call)
  const ending = reason === 'failed' ? { ...call, startedAtMs: null } : call
  const earliestMs = ending.startedAtMs ?? ending.createdAtMs
  const endedAtMs = Math.max(earliestMs, Math.min(atMs, nowMs))
  const change = closeCall(noChange(state), ending, endedAtMs, reason, nowMs)
  const [closed = ending] = change.calls
  return decided(change, viewCall(change.state, closed, nowMs))
}

/** A call that a client answered has no media, so it cannot be lost or fail to connect. */
function appliesTo({ startedAtMs, acceptanceUuid }: Call, reason: RoomEndReason): boolean {
  if (reason === 'lost') return acceptanceUuid !== null
  if (reason === 'declined') return startedAtMs === null
  return reason === 'hangup' || startedAtMs === null || acceptanceUuid !== null
}

/**
 * Selects the calls whose rooms must be notified: the command wrote them, or moved their horizon.
 */
export function changedInRoom(
  before: WalletState,
  after: WalletState,
  written: readonly Call[],
  nowMs: number,
): CallView[] {
  const horizonIn = (state: WalletState, call: Call) => viewCall(state, call, nowMs).mustEndByMs
  const moved = after.openCalls.filter((call) => {
    if (call.roomSinceMs === null || written.some(({ uuid }) => uuid === call.uuid)) return false
    const earlier = before.openCalls.find(({ uuid }) => uuid === call.uuid)
    return !earlier || horizonIn(before, earlier) !== horizonIn(after, call)
  })
  return [...written.filter(({ roomSinceMs }) => roomSinceMs !== null), ...moved].map((call) =>
    viewCall(after, call, nowMs),
  )
}
