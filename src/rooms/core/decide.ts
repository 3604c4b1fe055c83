/**
 * The rules of a room: state, event and instant to the new state and its messages. The object stores the
 * state, then sends the messages, then performs the work of `startWork` and sets the alarm of
 * `nextAlarmMs`. Outside work is derived from the state and never queued. Pure.
 */
import { onAnswerDelayed, onAnswered, onAnswerRefused } from './answers'
import { onMessage } from './client-messages'
import { applyView, endByClock, onEndRefused } from './ends'
import { storeCredential, withoutCredential, withoutExpired } from './epochs'
import type { RoomEvent } from './event'
import {
  closeRevoked,
  closeWithoutMedia,
  type Decision,
  farewell,
  unchanged,
  welcome,
  withNotices,
} from './outgoing'
import { admissionRefusal, type RoomState, type SeatName, SEATS, withSeat } from './room'
import { forgiveSilence, seenAt } from './signs-of-life'
import { withoutOldTries, workFailed } from './work'

/**
 * Applies an event. Everything that the clock requires is applied first, as of the instant at which it was
 * due, so a late alarm changes no outcome.
 */
export function decide(state: RoomState, event: RoomEvent, nowMs: number): Decision {
  const arrived = atInstant(state, event, nowMs)
  const decision = apply(endByClock(arrived), event)
  const greeted = event.type === 'seat_connected' ? event.seat : undefined
  const noticed = withNotices(state, decision, greeted)
  return { ...noticed, state: withoutOldTries(noticed.state) }
}

/** Moves the clock, records the signs of life, and drops what has expired. */
function atInstant(state: RoomState, event: RoomEvent, nowMs: number): RoomState {
  const clockMs = Math.max(state.clockMs, nowMs)
  let after: RoomState = withoutExpired({ ...state, clockMs })
  for (const seat of SEATS) after = seenAt(after, seat, event.lastSeenMs[seat])
  if (event.type === 'message' && after.seats[event.seat].isPresent)
    after = seenAt(after, event.seat, clockMs)
  if (event.type === 'seat_connected' && !admissionRefusal(after, event.seat))
    after = seenAt(after, event.seat, clockMs)
  return event.type === 'sockets_lost' ? forgiveSilence(after, event.seats) : after
}

function apply(state: RoomState, event: RoomEvent): Decision {
  switch (event.type) {
    case 'seat_connected':
      return onConnection(state, event.seat)
    case 'seat_closed':
      return unchanged(withSeat(state, event.seat, { isPresent: false }))
    case 'sockets_lost':
      return unchanged(withoutSockets(state, event.seats))
    case 'message':
      return onMessage(state, event.seat, event.message)
    case 'tokens_revoked':
      return onTokensRevoked(state)
    case 'call_viewed':
      return applyView(state, event.call)
    case 'answered':
      return onAnswered(state, event.attempt, event.call)
    case 'answer_refused':
      return onAnswerRefused(state, event)
    case 'end_refused':
      return onEndRefused(state, event.call)
    case 'credential_issued':
      return storeCredential(state, event.work, event.credential)
    case 'credential_revoked':
      return unchanged(withoutCredential(state, event.username))
    case 'work_failed':
      return onWorkFailed(state, event.key)
    // alarm
    default:
      return unchanged(state.phase === 'live' ? { ...state, checkedAtMs: state.clockMs } : state)
  }
}

/** The first connection of the callee makes the call ring. */
function onConnection(state: RoomState, seat: SeatName): Decision {
  const refusal = admissionRefusal(state, seat)
  if (refusal === 'ended') return { state, messages: farewell(state, seat) }
  if (refusal === 'no_media') return { state, messages: [closeWithoutMedia(seat)] }
  const present = withSeat(state, seat, { isPresent: true })
  const rings = seat === 'callee' && state.phase === 'open'
  const connected: RoomState = rings ? { ...present, phase: 'ringing' } : present
  return { state: connected, messages: welcome(connected, seat) }
}

const withoutSockets = (state: RoomState, seats: readonly SeatName[]): RoomState =>
  seats.reduce((after, seat) => withSeat(after, seat, { isPresent: false }), state)

/** Disconnects the caller. The call goes on: a client that logs in again has a new token for it. */
function onTokensRevoked(state: RoomState): Decision {
  if (!state.seats.caller.isPresent) return unchanged(state)
  const left = withSeat(state, 'caller', { isPresent: false })
  return { state: left, messages: [closeRevoked('caller')] }
}

function onWorkFailed(state: RoomState, key: string): Decision {
  const failed = workFailed(state, key)
  return key === 'answer' && state.phase === 'answering'
    ? onAnswerDelayed(failed)
    : unchanged(failed)
}
