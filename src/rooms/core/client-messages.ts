/** Messages of clients, in each phase. The tables of docs/rooms.md have the outcome of each. Pure. */
import type { ClientMessage } from './event'
import { intendEnd } from './ends'
import { MAX_CANDIDATES } from './message-limits'
import { type Decision, type ErrorCode, forward, rejected, unchanged } from './outgoing'
import {
  type Candidate,
  type Description,
  hasMedia,
  isOver,
  type RoomState,
  type SeatName,
  SEATS,
  withoutDescriptions,
  withSeat,
} from './room'

/** Characters of stored candidates of one seat. */
const MAX_STORED_LENGTH = 16_384

/** The callee's description would let media begin before the answer, so it is too early before the accept. */
function isTooEarly(state: RoomState, seat: SeatName, type: ClientMessage['type']): boolean {
  const isAnswered = hasMedia(state)
  if (type === 'connected') return !isAnswered
  if (seat === 'caller') return type === 'answer' && !isAnswered
  return type === 'offer' ? !isAnswered : !isAnswered && state.phase !== 'answering'
}

/** @returns why a message about media is not accepted, or `undefined` */
function refusalOf(
  state: RoomState,
  seat: SeatName,
  { type, epoch }: { readonly type: ClientMessage['type']; readonly epoch: number },
): ErrorCode | undefined {
  if (isTooEarly(state, seat, type)) return 'too_early'
  return epoch > state.epoch.number ? 'unknown_epoch' : undefined
}

/** Stores what a peer needs that connects later. A live call needs nothing: its clients negotiate again. */
const stored = (state: RoomState, seat: SeatName, changes: object): RoomState =>
  state.phase === 'live' ? state : withSeat(state, seat, changes)

function onDescription(state: RoomState, seat: SeatName, sent: Description): Decision {
  const code = refusalOf(state, seat, sent)
  if (code) return rejected(state, seat, code)
  const { type, epoch, sdp } = sent
  const description = { type, epoch, sdp }
  const after = stored(state, seat, { description, candidates: [] })
  return { state: after, messages: forward(after, seat, description) }
}

function onCandidate(state: RoomState, seat: SeatName, sent: Candidate): Decision {
  const code = refusalOf(state, seat, { type: 'candidate', epoch: sent.epoch })
  if (code) return rejected(state, seat, code)
  const { epoch, sdpMid, sdpMLineIndex } = sent
  const candidate: Candidate = { epoch, candidate: sent.candidate, sdpMid, sdpMLineIndex }
  const { candidateCount, candidates: before } = state.seats[seat]
  const candidates = [...before, candidate]
  const isTooLong = state.phase !== 'live' && JSON.stringify(candidates).length > MAX_STORED_LENGTH
  if (candidateCount >= MAX_CANDIDATES || isTooLong) return rejected(state, seat, 'candidate_limit')
  const counted = withSeat(state, seat, { candidateCount: candidateCount + 1 })
  const after = stored(counted, seat, { candidates })
  return { state: after, messages: forward(after, seat, { type: 'candidate', ...candidate }) }
}

/** The call is live once both seats are connected. A late report of an older epoch changes nothing. */
function onConnected(state: RoomState, seat: SeatName, epoch: number): Decision {
  const code = refusalOf(state, seat, { type: 'connected', epoch })
  if (code) return rejected(state, seat, code)
  if (epoch <= state.seats[seat].connectedEpoch) return unchanged(state)
  const connected = withSeat(state, seat, { connectedEpoch: epoch })
  const areBoth = SEATS.every((one) => connected.seats[one].connectedEpoch > 0)
  if (state.phase === 'live' || !areBoth) return unchanged(connected)
  const { clockMs: checkedAtMs } = state
  const live: RoomState = { ...connected, phase: 'live', connectByMs: null, checkedAtMs }
  return unchanged(withoutDescriptions(live))
}

/** The first accept counts. */
function onAccept(state: RoomState, seat: SeatName, attempt: string): Decision {
  if (seat === 'caller') return rejected(state, seat, 'wrong_seat')
  if (state.phase !== 'ringing') return unchanged(state)
  return unchanged({ ...state, phase: 'answering', attempt })
}

function onDecline(state: RoomState, seat: SeatName): Decision {
  if (seat === 'caller') return rejected(state, seat, 'wrong_seat')
  if (state.phase !== 'ringing') return rejected(state, seat, 'too_late')
  return unchanged(intendEnd(state, 'declined', state.clockMs))
}

/** A call that was accepted but is not yet live fails, so that it costs nothing. */
function onHangup(state: RoomState): Decision {
  const hasFailed = state.phase === 'answering' || state.phase === 'connecting'
  return unchanged(intendEnd(state, hasFailed ? 'failed' : 'hangup', state.clockMs))
}

/** Processes a message. One from a seat that is not connected is ignored, and so is any after an end. */
export function onMessage(state: RoomState, seat: SeatName, message: ClientMessage): Decision {
  if (!state.seats[seat].isPresent || isOver(state)) return unchanged(state)
  if (state.phase === 'no_media') return rejected(state, seat, 'without_media')
  switch (message.type) {
    case 'offer':
    case 'answer':
      return onDescription(state, seat, message)
    case 'candidate':
      return onCandidate(state, seat, message)
    case 'connected':
      return onConnected(state, seat, message.epoch)
    case 'accept':
      return onAccept(state, seat, message.attempt)
    case 'decline':
      return onDecline(state, seat)
    case 'hangup':
      return onHangup(state)
    // report: it wakes the room, which has compared the signs of life
    default:
      return unchanged(state)
  }
}
