/**
 * The state of a room: a call with media, and the seats of its two participants. The state is one
 * immutable value, small enough for one row. Pure: instants are UTC milliseconds and always arguments.
 */
import { type NotifiedState, notifiedState } from '../../wallets/core/call-event'
import type { RoomEnd } from '../../wallets/core/room-commands'
import type { CallView } from '../../wallets/core/wallet'

/**
 * `no_media`: a client answered the call by PATCH. `ending`: the room has decided on an end that the
 * wallet has not yet committed. `ended`: the wallet has committed the end.
 */
export const PHASES = [
  'open',
  'ringing',
  'answering',
  'connecting',
  'live',
  'no_media',
  'ending',
  'ended',
] as const
export type Phase = (typeof PHASES)[number]

export const SEATS = ['caller', 'callee'] as const
export type SeatName = (typeof SEATS)[number]

export const peerOf = (seat: SeatName): SeatName => (seat === 'caller' ? 'callee' : 'caller')

/** `direct`: without a relay. The room then works with zero credentials. */
export type RelayMode = 'relay' | 'direct'

/** The wallet's last known view of the call. */
export interface KnownCall extends Pick<
  CallView,
  | 'type'
  | 'status'
  | 'rate'
  | 'startedAtMs'
  | 'deadlineAtMs'
  | 'mustEndByMs'
  | 'mustEndReason'
  | 'endedAtMs'
  | 'endReason'
  | 'costKobo'
> {
  /** Revision of the wallet at which this view was computed. */
  readonly revision: number
}

/** Session description of a seat. `epoch` is the one that its sender used, 0 before the first. */
export interface Description {
  readonly type: 'offer' | 'answer'
  readonly epoch: number
  readonly sdp: string
}

/** ICE candidate. An empty `candidate` means that no more follow. */
export interface Candidate {
  readonly epoch: number
  readonly candidate: string
  readonly sdpMid: string | null
  readonly sdpMLineIndex: number | null
}

export interface Seat {
  readonly isPresent: boolean
  /** Instant of the last ping or message; null before the first connection. */
  readonly lastSeenMs: number | null
  /** Silence counts from then if that is later: pings of a lost socket are unknown. */
  readonly silentFromMs: number | null
  /** Latest epoch in which the seat reported `connected`; 0 before the first. */
  readonly connectedEpoch: number
  /** Number of candidates of this seat since the current epoch began. */
  readonly candidateCount: number
  /** Latest description, for a peer that connects before the call is live. */
  readonly description: Description | null
  /** Candidates since that description. */
  readonly candidates: readonly Candidate[]
}

export interface IceServer {
  readonly urls: readonly string[]
  readonly username?: string
  readonly credential?: string
}

/** Relay credential that was issued, and neither revoked nor expired. */
export interface Credential {
  readonly epoch: number
  readonly seat: SeatName
  readonly username: string
  readonly iceServers: readonly IceServer[]
  readonly expiresAtMs: number
  /** Horizon for which it was issued. */
  readonly horizonMs: number
  /** Its lifetime is the longest that is allowed, not the time to the horizon. */
  readonly isCapped: boolean
}

/** The credentials that both seats use. `number` is 0 until the first ones are stored. */
export interface Epoch {
  readonly number: number
  readonly beganAtMs: number
  /** Horizon for which it was issued. */
  readonly horizonMs: number | null
  readonly renewAtMs: number | null
}

/** Attempts at a piece of outside work. `nextAtMs` is null after the last one. */
export interface Tries {
  readonly count: number
  readonly nextAtMs: number | null
}

export interface RoomState {
  readonly callUuid: string
  readonly relayMode: RelayMode
  /** A seat without a sign of life for this long is lost. Clients ping every 10 s. */
  readonly lostAfterMs: number
  /** Latest instant that the room has seen. Its clock never goes back. */
  readonly clockMs: number
  readonly phase: Phase
  readonly call: KnownCall
  /** Facts about the call that both seats know. */
  readonly notified: NotifiedState
  readonly seats: Readonly<Record<SeatName, Seat>>
  readonly epoch: Epoch
  readonly credentials: readonly Credential[]
  /** Names the `accept` at the wallet, so that a repeated answer has no effect. */
  readonly attempt: string | null
  /** Both seats must be connected by then; null unless the phase is `connecting`. */
  readonly connectByMs: number | null
  /** Instant of the last check of the signs of life. */
  readonly checkedAtMs: number
  /** End that the room has decided on, as it is passed to the wallet. */
  readonly end: RoomEnd | null
  /** Attempts at pending work, by its key. */
  readonly tries: Readonly<Record<string, Tries>>
}

const EMPTY_SEAT: Seat = {
  isPresent: false,
  lastSeenMs: null,
  silentFromMs: null,
  connectedEpoch: 0,
  candidateCount: 0,
  description: null,
  candidates: [],
}

export type NewRoom = Pick<RoomState, 'callUuid' | 'relayMode' | 'lostAfterMs' | 'call'>

/** @returns the room of an open call. A call that a client has already answered has no media. */
export function openRoom(room: NewRoom, nowMs: number): RoomState {
  const { call } = room
  return {
    ...room,
    clockMs: nowMs,
    phase: call.startedAtMs === null ? 'open' : 'no_media',
    notified: notifiedState(call, nowMs),
    seats: { caller: EMPTY_SEAT, callee: EMPTY_SEAT },
    epoch: { number: 0, beganAtMs: nowMs, horizonMs: null, renewAtMs: null },
    credentials: [],
    attempt: null,
    connectByMs: null,
    checkedAtMs: nowMs,
    end: null,
    tries: {},
  }
}

export const withSeat = (state: RoomState, seat: SeatName, changes: Partial<Seat>): RoomState => ({
  ...state,
  seats: { ...state.seats, [seat]: { ...state.seats[seat], ...changes } },
})

/** Removes the stored descriptions and candidates of both seats. */
export function withoutDescriptions(state: RoomState): RoomState {
  const empty = { description: null, candidates: [] }
  return withSeat(withSeat(state, 'caller', empty), 'callee', empty)
}

/** Removes what only a running call needs: descriptions, and the secrets of the credentials. */
export function withoutMedia(state: RoomState): RoomState {
  const credentials = state.credentials.map((one) => ({ ...one, iceServers: [] }))
  return { ...withoutDescriptions(state), credentials, connectByMs: null }
}

/** Phases in which both seats may exchange descriptions of media. */
export const hasMedia = ({ phase }: RoomState): boolean =>
  phase === 'connecting' || phase === 'live'

/** Phases after which the call has no future: only its end remains to be committed and cleaned up. */
export const isOver = ({ phase }: RoomState): boolean => phase === 'ending' || phase === 'ended'

/** @returns why the seat may not connect, or `undefined` */
export function admissionRefusal(
  { phase }: RoomState,
  seat: SeatName,
): 'ended' | 'no_media' | undefined {
  if (phase === 'ended') return 'ended'
  return phase === 'no_media' && seat === 'callee' ? 'no_media' : undefined
}

/** Reports whether nothing remains to be done, so that the object may delete its storage. */
export const isFinished = ({ phase, credentials }: RoomState): boolean =>
  phase === 'ended' && credentials.length === 0
