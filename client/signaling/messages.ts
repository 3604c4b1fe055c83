/** Messages between a client and a call's room. Instants are UTC milliseconds of the server's clock. */
import type { components, Rate } from '../schema.ts'

type State = components['schemas']['RoomState']

export type SeatName = State['seat']
export type Phase = State['phase']

/** The room's state for one seat. */
export interface RoomView {
  readonly atMs: number
  readonly seat: SeatName
  readonly phase: Phase
  readonly isPeerPresent: boolean
  /** First name of the caller, or the name that the caller gave the recipient. */
  readonly peerName: string | null
  readonly callType: State['call_type']
  readonly status: State['status']
  /** Null for the callee. */
  readonly rate: Rate | null
  /** Amount held or charged, in NGN; null for the callee. */
  readonly cost: number | null
  readonly startedAtMs: number | null
  /** Latest end of the call or, before the answer, of the ringing; null after the end. */
  readonly mustEndByMs: number | null
  readonly mustEndReason: string | null
  readonly end: { readonly reason: string; readonly atMs: number } | null
}

export interface IceServer {
  readonly urls: readonly string[]
  readonly username?: string
  readonly credential?: string
}

export interface IceCandidate {
  readonly candidate: string
  readonly sdpMid: string | null
  readonly sdpMLineIndex: number | null
}

export interface Description {
  readonly type: 'offer' | 'answer'
  readonly epoch: number
  readonly sdp: string
}

export type RoomMessage =
  | { readonly type: 'state' | 'horizon_moved' | 'low_credit'; readonly view: RoomView }
  /** Credentials of an epoch. `untilMs` is null without a relay. */
  | {
      readonly type: 'relay'
      readonly epoch: number
      readonly iceServers: readonly IceServer[]
      readonly untilMs: number | null
    }
  | Description
  | { readonly type: 'candidate'; readonly epoch: number; readonly candidate: IceCandidate }
  | {
      readonly type: 'ended'
      readonly reason: string | null
      /** In NGN; null for the callee. */
      readonly charge: number | null
      readonly startedAtMs: number | null
      readonly endedAtMs: number | null
    }
  | { readonly type: 'error'; readonly code: string }
  /** `wallet_unavailable` if the room retries, otherwise the wallet's refusal. */
  | { readonly type: 'answer_failed'; readonly code: string; readonly retryAtMs: number | null }

/** Message of a client. The room forwards descriptions and candidates to the other seat. */
export type SentMessage =
  | Description
  | { readonly type: 'candidate'; readonly epoch: number; readonly candidate: object }
  | { readonly type: 'accept' | 'decline' | 'hangup' }
  | { readonly type: 'connected'; readonly epoch: number }
  | {
      readonly type: 'report'
      readonly lost: number
      readonly received: number
      /** In milliseconds. */
      readonly rtt: number | null
    }

const msOf = (time: string): number => Date.parse(time)
const msOrNull = (time: string | null): number | null => (time === null ? null : Date.parse(time))

const viewOf = (state: State): RoomView => ({
  atMs: msOf(state.at),
  seat: state.seat,
  phase: state.phase,
  isPeerPresent: state.peer_present,
  peerName: state.peer_name,
  callType: state.call_type,
  status: state.status,
  rate: state.rate,
  cost: state.cost,
  startedAtMs: msOrNull(state.started_at),
  mustEndByMs: msOrNull(state.must_end_by),
  mustEndReason: state.must_end_reason,
  end: state.end && { reason: state.end.reason, atMs: msOf(state.end.at) },
})

interface Relay {
  readonly epoch: number
  readonly ice_servers: readonly IceServer[]
  readonly until: string | null
}

interface Ended {
  readonly reason: string | null
  readonly charge: number | null
  readonly started_at: string | null
  readonly ended_at: string | null
}

interface AnswerFailed {
  readonly code: string
  readonly retry_at: string | null
}

/** Reads each type of message. The service's own schema has checked the fields. */
const READERS = {
  state: (message: State) => ({ type: 'state', view: viewOf(message) }),
  horizon_moved: (message: State) => ({ type: 'horizon_moved', view: viewOf(message) }),
  low_credit: (message: State) => ({ type: 'low_credit', view: viewOf(message) }),
  relay: ({ epoch, ice_servers: iceServers, until }: Relay) => ({
    type: 'relay',
    epoch,
    iceServers,
    untilMs: msOrNull(until),
  }),
  offer: (message: Description) => message,
  answer: (message: Description) => message,
  candidate: (message: RoomMessage & { type: 'candidate' }) => message,
  ended: ({ reason, charge, started_at, ended_at }: Ended) => ({
    type: 'ended',
    reason,
    charge,
    startedAtMs: msOrNull(started_at),
    endedAtMs: msOrNull(ended_at),
  }),
  error: (message: RoomMessage & { type: 'error' }) => message,
  answer_failed: ({ code, retry_at }: AnswerFailed) => ({
    type: 'answer_failed',
    code,
    retryAtMs: msOrNull(retry_at),
  }),
} as const satisfies Record<RoomMessage['type'], (message: never) => RoomMessage>

/** @returns `undefined` for text that is not a message, and for an unknown type, which a later release may add */
export function readRoomMessage(text: string): RoomMessage | undefined {
  try {
    const message: unknown = JSON.parse(text)
    if (typeof message !== 'object' || message === null || !('type' in message)) return undefined
    const read = Object.hasOwn(READERS, String(message.type))
      ? READERS[message.type as keyof typeof READERS]
      : undefined
    return (read as ((message: object) => RoomMessage) | undefined)?.(message)
  } catch {
    return undefined
  }
}
