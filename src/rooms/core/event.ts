/** Events of a room: connections, clients' messages, views of the wallet, results of outside work. Pure. */
import type { IssuedCredential, IssueWork } from './epochs'
import type { Candidate, Description, KnownCall, SeatName } from './room'

export type ClientMessage =
  | Description
  | ({ readonly type: 'candidate' } & Candidate)
  /** `attempt` is a random UUID that the object adds. The one of the first accept is used. */
  | { readonly type: 'accept'; readonly attempt: string }
  | { readonly type: 'decline' | 'hangup' | 'report' }
  | { readonly type: 'connected'; readonly epoch: number }

export type Happening =
  /** A second connection of a seat replaces the first. The object closes the first, and reports no close for it. */
  | { readonly type: 'seat_connected' | 'seat_closed'; readonly seat: SeatName }
  /** Sockets are gone without an event, and with them the times of their pings: a deployment closes all. */
  | { readonly type: 'sockets_lost'; readonly seats: readonly SeatName[] }
  | { readonly type: 'message'; readonly seat: SeatName; readonly message: ClientMessage }
  /** The caller's tokens were revoked. */
  | { readonly type: 'tokens_revoked' }
  /** A view of the call: the wallet's notification, or its response to `ring`, `read` or `end`. */
  | { readonly type: 'call_viewed'; readonly call: KnownCall }
  /** The wallet committed the answer under this attempt, now or earlier. */
  | { readonly type: 'answered'; readonly attempt: string; readonly call: KnownCall }
  | AnswerRefused
  /** The wallet has no such call, or cannot end the one that it returns. */
  | { readonly type: 'end_refused'; readonly call: KnownCall | null }
  | {
      readonly type: 'credential_issued'
      readonly work: IssueWork
      readonly credential: IssuedCredential
    }
  | { readonly type: 'credential_revoked'; readonly username: string }
  /** The work with this key had no result: its destination was unreachable or failed. */
  | { readonly type: 'work_failed'; readonly key: string }
  | { readonly type: 'alarm' }

export interface AnswerRefused {
  readonly type: 'answer_refused'
  readonly attempt: string
  /** The wallet's refusal, for example `too_many_lost_calls`. */
  readonly code: string
  /** Status of the call, if that is the reason. */
  readonly status: string | null
  /** Instant from which the caller's calls can be answered again. */
  readonly retryAtMs: number | null
}

/** `lastSeenMs`: the last ping that the runtime answered for each seat's socket, or null. */
export type RoomEvent = Happening & {
  readonly lastSeenMs: Readonly<Record<SeatName, number | null>>
}
