/** The interface between the media of a call and its page. */
import type { Link, Rejection, RoomView } from '../../../client/room'

export interface Device {
  readonly id: string
  readonly label: string
}

export interface SessionState {
  readonly link: Link
  /** Reason why the session cannot continue, without an `ended` message. */
  readonly rejection: Rejection | null
  /** The latest state message. */
  readonly view: RoomView | null
  /** Server clock minus local clock. */
  readonly clockOffsetMs: number
  readonly microphone: 'off' | 'asking' | 'on' | 'refused' | 'missing' | 'failed'
  readonly isMuted: boolean
  readonly media: 'none' | 'connecting' | 'connected' | 'interrupted'
  readonly line: {
    readonly isWeak: boolean
    readonly kilobytesPerMinute: number
    readonly rttMs: number | null
    readonly lossFraction: number
  } | null
  readonly inputs: readonly Device[]
  readonly outputs: readonly Device[]
  readonly inputId: string | null
  readonly outputId: string | null
  readonly notice: { readonly kind: 'low_credit' | 'horizon_moved'; readonly atMs: number } | null
  readonly answerFailure: { readonly code: string; readonly retryAtMs: number | null } | null
  readonly ended: {
    readonly reason: string | null
    /** In NGN; null for the callee. */
    readonly charge: number | null
    readonly startedAtMs: number | null
    readonly endedAtMs: number | null
  } | null
}

export interface CallSession {
  /** Returns an immutable snapshot. */
  readonly getState: () => SessionState
  readonly subscribe: (listener: () => void) => () => void
  /** Opens the socket. */
  readonly start: () => void
  readonly turnOnMicrophone: () => Promise<void>
  /** Turns on the microphone first. If it is refused, nothing is sent. */
  readonly accept: () => Promise<void>
  readonly decline: () => void
  readonly hangUp: () => void
  readonly setMuted: (isMuted: boolean) => void
  readonly selectInput: (id: string) => Promise<void>
  readonly selectOutput: (id: string) => Promise<void>
  readonly close: () => void
}
