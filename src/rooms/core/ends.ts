/** Ends of a call in its room: an end is intended, then committed by the wallet. Pure. */
import { closeWithoutMedia, type Decision, farewell, presentSeats, unchanged } from './outgoing'
import type { RoomEndReason } from '../../wallets/core/room-commands'
import { type KnownCall, type RoomState, SEATS, withoutMedia, withSeat } from './room'
import { lostAtMs } from './signs-of-life'

/** Stores the end that the wallet shall commit. The first end counts. */
export const intendEnd = (state: RoomState, reason: RoomEndReason, atMs: number): RoomState => ({
  ...withoutMedia(state),
  phase: 'ending',
  end: { reason, atMs },
})

/**
 * Intends the end that the clock requires: both seats were not connected in time, or one is lost. It has the
 * instant at which it was due, whenever the alarm rings.
 */
export function endByClock(state: RoomState): RoomState {
  const { connectByMs, clockMs } = state
  if (connectByMs !== null && clockMs >= connectByMs) return intendEnd(state, 'failed', connectByMs)
  const lostMs = lostAtMs(state)
  return lostMs === undefined ? state : intendEnd(state, 'lost', lostMs)
}

/** Ends the room, and sends the last messages. Credentials remain until they are revoked or expire. */
export function commitEnd(state: RoomState): Decision {
  const messages = presentSeats(state).flatMap((seat) => farewell(state, seat))
  let ended: RoomState = { ...withoutMedia(state), phase: 'ended' }
  for (const seat of SEATS) ended = withSeat(ended, seat, { isPresent: false })
  return { state: ended, messages }
}

/** A client answered the call by PATCH: the room has no part in it, and the callee leaves. */
export function leaveToClient(state: RoomState): Decision {
  const messages = state.seats.callee.isPresent ? [closeWithoutMedia('callee')] : []
  const left: RoomState = { ...withoutMedia(state), phase: 'no_media', attempt: null }
  return { state: withSeat(left, 'callee', { isPresent: false }), messages }
}

/** A client answered the call by PATCH before the end arrived: the caller must see that it goes on. */
export function onEndRefused(state: RoomState, call: KnownCall | null): Decision {
  if (state.phase !== 'ending') return unchanged(state)
  const goesOn = call !== null && call.endedAtMs === null && call.startedAtMs !== null
  if (goesOn && state.epoch.number === 0) return leaveToClient({ ...state, call, end: null })
  return commitEnd(call === null ? state : { ...state, call })
}

/**
 * Applies a view of the call; an older or equal revision changes nothing. An `answered` view does not prove
 * that the room's own attempt succeeded, so `answering` waits for the response to it.
 */
export function applyView(state: RoomState, call: KnownCall): Decision {
  if (state.phase === 'ended' || call.revision <= state.call.revision) return unchanged(state)
  const viewed = { ...state, call }
  if (call.endedAtMs !== null) return commitEnd(viewed)
  const isUnanswered = state.phase === 'open' || state.phase === 'ringing'
  return isUnanswered && call.startedAtMs !== null ? leaveToClient(viewed) : unchanged(viewed)
}
