/** Builders of room states and events for the pure tests. */
import { kobo } from '../../src/common/money'
import { decide } from '../../src/rooms/core/decide'
import type { ClientMessage, RoomEvent } from '../../src/rooms/core/event'
import type { IssuedCredential } from '../../src/rooms/core/epochs'
import type { Outgoing } from '../../src/rooms/core/outgoing'
import {
  type Candidate,
  type KnownCall,
  openRoom,
  type RelayMode,
  type RoomState,
  type SeatName,
  SEATS,
} from '../../src/rooms/core/room'
import { workOf } from '../../src/rooms/core/work'
import { STANDARD_RATE } from './wallets'

export const ATTEMPT = '2b0c1c39-8c9c-4d8c-9f52-7d2f0f3c8b11'
export const RING_DEADLINE_MS = 600_000
export const HORIZON_MS = 1_000_000

/** Call that was initiated at 0, with ten minutes to ring. */
export const INITIATED: KnownCall = {
  revision: 1,
  type: 'audio',
  status: 'initiated',
  rate: STANDARD_RATE,
  startedAtMs: null,
  deadlineAtMs: RING_DEADLINE_MS,
  mustEndByMs: RING_DEADLINE_MS,
  mustEndReason: 'no_answer',
  endedAtMs: null,
  endReason: null,
  costKobo: kobo(1000),
}

export const answeredCall = (revision: number, startedAtMs: number): KnownCall => ({
  ...INITIATED,
  revision,
  status: 'answered',
  startedAtMs,
  deadlineAtMs: startedAtMs + 14_400_000,
  mustEndByMs: HORIZON_MS,
  mustEndReason: 'credit_exhausted',
})

export const endedCall = (call: KnownCall, endedAtMs: number): KnownCall => ({
  ...call,
  revision: call.revision + 1,
  status: call.startedAtMs === null ? 'cancelled' : 'completed',
  endedAtMs,
  endReason: 'hangup',
  mustEndByMs: null,
  mustEndReason: null,
  costKobo: kobo(call.startedAtMs === null ? 0 : 100),
})

export const OFFER = { type: 'offer', epoch: 0, sdp: 'v=0 offer' } as const
export const ANSWER = { type: 'answer', epoch: 0, sdp: 'v=0 answer' } as const
export const CANDIDATE: Candidate = {
  epoch: 0,
  candidate: 'candidate:1 1 udp 1 192.0.2.1 3478 typ relay',
  sdpMid: '0',
  sdpMLineIndex: 0,
}
export const ACCEPT = { type: 'accept', attempt: ATTEMPT } as const

/** An event without the signs of life. */
export type Occurrence = RoomEvent extends infer E
  ? E extends RoomEvent
    ? Omit<E, 'lastSeenMs'>
    : never
  : never

/** Both seats have just sent a ping. */
export const freshly = (occurrence: Occurrence, nowMs: number): RoomEvent => ({
  ...occurrence,
  lastSeenMs: { caller: nowMs, callee: nowMs },
})

export const silently = (occurrence: Occurrence): RoomEvent => ({
  ...occurrence,
  lastSeenMs: { caller: null, callee: null },
})

export const says = (seat: SeatName, message: ClientMessage): Occurrence => ({
  type: 'message',
  seat,
  message,
})

/** Plays events at one instant, with fresh signs of life. @returns the state and all messages */
export function play(
  state: RoomState,
  nowMs: number,
  ...occurrences: readonly Occurrence[]
): { readonly state: RoomState; readonly messages: readonly Outgoing[] } {
  let after = state
  const messages: Outgoing[] = []
  for (const occurrence of occurrences) {
    const decision = decide(after, freshly(occurrence, nowMs), nowMs)
    after = decision.state
    messages.push(...decision.messages)
  }
  return { state: after, messages }
}

export const credentialFor = (
  seat: SeatName,
  epoch: number,
  expiresAtMs: number,
): IssuedCredential => ({
  username: `${expiresAtMs}:${seat}-${epoch}`,
  iceServers: [{ urls: ['turn:relay.example:3478'], username: seat, credential: 'secret' }],
  expiresAtMs,
})

/** Issues the credentials that are due. */
export function issued(state: RoomState, nowMs: number): Occurrence[] {
  return workOf(state, nowMs).flatMap((work): Occurrence[] => {
    if (work.kind !== 'issue') return []
    const expiresAtMs = nowMs + work.ttlSeconds * 1000
    const credential = credentialFor(work.seat, work.epoch, expiresAtMs)
    return [{ type: 'credential_issued', work, credential }]
  })
}

const connects = (seat: SeatName): Occurrence => ({ type: 'seat_connected', seat })

/** A room in each phase until the call is live. */
export function roomIn(
  phase: 'new' | 'open' | 'ringing' | 'answering' | 'answered' | 'connecting' | 'live',
  relayMode: RelayMode = 'relay',
  nowMs = 1000,
): RoomState {
  const steps: readonly (readonly [string, (state: RoomState) => readonly Occurrence[]])[] = [
    ['new', () => []],
    [
      'open',
      () => [
        connects('caller'),
        says('caller', OFFER),
        says('caller', { type: 'candidate', ...CANDIDATE }),
      ],
    ],
    ['ringing', () => [connects('callee')]],
    ['answering', () => [says('callee', ACCEPT)]],
    ['answered', () => [{ type: 'answered', attempt: ATTEMPT, call: answeredCall(3, nowMs) }]],
    ['connecting', (state) => issued(state, nowMs)],
    ['live', () => SEATS.map((seat) => says(seat, { type: 'connected', epoch: 1 }))],
  ]
  let state = openRoom(
    { callUuid: 'call-1', relayMode, lostAfterMs: 45_000, call: INITIATED },
    nowMs,
  )
  for (const [name, occurrences] of steps) {
    state = play(state, nowMs, ...occurrences(state)).state
    if (name === phase) break
  }
  return state
}
