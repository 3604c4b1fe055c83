/** Messages from a room to its seats. A message leaves only after the state is stored. Pure. */
import type { Kobo } from '../../common/money'
import { nextEventType, notifiedState } from '../../wallets/core/call-event'
import type { Rate } from '../../wallets/core/metering'
import type { RoomEnd } from '../../wallets/core/room-commands'
import type { CallStatus, CallType } from '../../wallets/core/wallet'
import {
  type Candidate,
  type Description,
  hasMedia,
  type IceServer,
  isOver,
  type KnownCall,
  peerOf,
  type Phase,
  type RoomState,
  type SeatName,
  SEATS,
} from './room'

/** Codes of a message that the room does not accept. */
export const ERROR_CODES = [
  'wrong_seat',
  'too_early',
  'too_late',
  'without_media',
  'unknown_epoch',
  'candidate_limit',
] as const
export type ErrorCode = (typeof ERROR_CODES)[number]

/** The room's state for one seat. */
export interface SeatView {
  readonly seat: SeatName
  readonly phase: Phase
  readonly isPeerPresent: boolean
  readonly callType: CallType
  readonly status: CallStatus
  /** Rate and cost are the caller's; null for the callee. */
  readonly rate: Rate | null
  readonly costKobo: Kobo | null
  readonly startedAtMs: number | null
  readonly mustEndByMs: number | null
  readonly mustEndReason: KnownCall['mustEndReason']
  /** End that the wallet has not yet committed. */
  readonly end: RoomEnd | null
}

export type RoomMessage =
  | {
      readonly type: 'state' | 'horizon_moved' | 'low_credit'
      readonly view: SeatView
      readonly atMs: number
    }
  /** From epoch 2 on, the client also restarts ICE. `untilMs` is null without a relay. */
  | {
      readonly type: 'relay'
      readonly epoch: number
      readonly iceServers: readonly IceServer[]
      readonly untilMs: number | null
    }
  | Description
  | ({ readonly type: 'candidate' } & Candidate)
  | {
      readonly type: 'ended'
      readonly reason: KnownCall['endReason']
      /** Null for the callee, and if the wallet refused the end. */
      readonly chargeKobo: Kobo | null
      /** Null if the call was not answered. */
      readonly startedAtMs: number | null
      readonly endedAtMs: number | null
    }
  | { readonly type: 'error'; readonly code: ErrorCode }
  | {
      readonly type: 'answer_failed'
      /** `wallet_unavailable` if the room retries, otherwise the wallet's refusal. */
      readonly code: string
      readonly retryAtMs: number | null
    }

/** Message to a seat, or the close of its socket. */
export type Outgoing =
  | { readonly seat: SeatName; readonly message: RoomMessage }
  | { readonly seat: SeatName; readonly close: { readonly code: number; readonly reason: string } }

/** New state, and what is sent after it is stored. */
export interface Decision {
  readonly state: RoomState
  readonly messages: readonly Outgoing[]
}

const CLOSE_NORMAL = 1000
const CLOSE_POLICY = 1008

export const unchanged = (state: RoomState): Decision => ({ state, messages: [] })

export const rejected = (state: RoomState, seat: SeatName, code: ErrorCode): Decision => ({
  state,
  messages: [{ seat, message: { type: 'error', code } }],
})

export const presentSeats = ({ seats }: RoomState): SeatName[] =>
  SEATS.filter((seat) => seats[seat].isPresent)

export const toSeats = (seats: readonly SeatName[], message: RoomMessage): Outgoing[] =>
  seats.map((seat) => ({ seat, message }))

export const closeRevoked = (seat: SeatName): Outgoing => ({
  seat,
  close: { code: CLOSE_POLICY, reason: 'the session has ended' },
})

export const closeWithoutMedia = (seat: SeatName): Outgoing => ({
  seat,
  close: { code: CLOSE_POLICY, reason: 'the call was answered without media' },
})

/** The last messages of a seat. */
export function farewell({ call, end }: RoomState, seat: SeatName): Outgoing[] {
  const reason = call.endReason ?? end?.reason ?? null
  const { startedAtMs, endedAtMs } = call
  const isCommitted = endedAtMs !== null
  const chargeKobo = seat === 'caller' && isCommitted ? call.costKobo : null
  const close = { code: CLOSE_NORMAL, reason: 'the call has ended' }
  return [
    { seat, message: { type: 'ended', reason, chargeKobo, startedAtMs, endedAtMs } },
    { seat, close },
  ]
}

function viewOf({ phase, call, seats, end }: RoomState, seat: SeatName): SeatView {
  const isCaller = seat === 'caller'
  return {
    seat,
    phase,
    isPeerPresent: seats[peerOf(seat)].isPresent,
    callType: call.type,
    status: call.status,
    rate: isCaller ? call.rate : null,
    costKobo: isCaller ? call.costKobo : null,
    startedAtMs: call.startedAtMs,
    mustEndByMs: call.mustEndByMs,
    mustEndReason: call.mustEndReason,
    end,
  }
}

/** The credentials of the current epoch for a seat, or nothing if there are none. */
export function relayMessages(state: RoomState, seat: SeatName): Outgoing[] {
  const { epoch, relayMode, credentials } = state
  if (!hasMedia(state) || epoch.number === 0 || !state.seats[seat].isPresent) return []
  const message = { type: 'relay', epoch: epoch.number } as const
  if (relayMode === 'direct')
    return [{ seat, message: { ...message, iceServers: [], untilMs: null } }]
  return credentials
    .filter((credential) => credential.seat === seat && credential.epoch === epoch.number)
    .map(({ iceServers, expiresAtMs: untilMs }) => ({
      seat,
      message: { ...message, iceServers, untilMs },
    }))
}

/** The callee's description is withheld until credentials are issued. */
const isForwarded = (state: RoomState, from: SeatName): boolean =>
  from === 'caller' || state.epoch.number > 0

/** Forwards a message of a seat to its peer. */
export function forward(state: RoomState, from: SeatName, message: RoomMessage): Outgoing[] {
  const seat = peerOf(from)
  return state.seats[seat].isPresent && isForwarded(state, from) ? [{ seat, message }] : []
}

/** Messages that the peer of a seat has sent so far. */
export function storedMessages(state: RoomState, seat: SeatName): Outgoing[] {
  const from = peerOf(seat)
  const { description, candidates } = state.seats[from]
  const messages: RoomMessage[] = candidates.map((one) => ({ type: 'candidate', ...one }))
  return [...(description ? [description] : []), ...messages].flatMap((message) =>
    forward(state, from, message),
  )
}

/** Everything that a seat needs when it connects. */
export const welcome = (state: RoomState, seat: SeatName): Outgoing[] => [
  { seat, message: { type: 'state', view: viewOf(state, seat), atMs: state.clockMs } },
  ...relayMessages(state, seat),
  ...(isOver(state) ? [] : storedMessages(state, seat)),
]

/**
 * Adds the notices of a change before the messages of the change.
 * @param greeted seat that has just received the whole state
 */
export function withNotices(before: RoomState, decision: Decision, greeted?: SeatName): Decision {
  const { clockMs: atMs, call } = decision.state
  const notified = notifiedState(call, atMs)
  const state = { ...decision.state, notified }
  const eventType = isOver(state) ? undefined : nextEventType(before.notified, notified)
  const isMoved = eventType === 'low_credit' || eventType === 'horizon_moved'
  const type = isMoved ? eventType : 'state'
  const notices = presentSeats(state)
    .filter((seat) => seat !== greeted)
    .map((seat) => ({ seat, was: viewOf(before, seat), view: viewOf(state, seat) }))
    .filter(({ was, view }) => isMoved || JSON.stringify(was) !== JSON.stringify(view))
    .map(({ seat, view }): Outgoing => ({ seat, message: { type, view, atMs } }))
  return { state, messages: [...notices, ...decision.messages] }
}
