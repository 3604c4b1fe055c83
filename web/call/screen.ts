/** Selects what the page shows from the state of the session. Pure. */
import type { Rejection, RoomView } from '../../client/room'
import { type Meter, meterOf, type Receipt, receiptOf } from './meter'
import type { SessionState } from './session/session'

export type Seat = RoomView['seat']

export type ScreenName =
  | 'opening'
  | 'waiting'
  | 'ringing'
  | 'incoming'
  | 'connecting'
  | 'talking'
  | 'without_media'
  | 'ending'
  | 'ended'
  | 'rejected'

export type Action =
  | 'accept'
  | 'decline'
  | 'turn_on_microphone'
  | 'mute'
  | 'hang_up'
  /** Starts a new session with the same link. */
  | 'restart'

interface SimpleBanner {
  readonly kind:
    | 'link_lost'
    | 'peer_away'
    | 'audio_interrupted'
    | 'weak_line'
    | 'audio_only'
    /** The service has not committed the answer yet, and retries. */
    | 'answer_delayed'
}

export type Banner =
  | SimpleBanner
  | { readonly kind: 'microphone'; readonly is: SessionState['microphone'] }
  | { readonly kind: 'low_credit' | 'horizon_moved'; readonly untilMs: number }

export interface Screen {
  readonly name: ScreenName
  readonly seat: Seat
  readonly peerName: string | null
  readonly rejection: Rejection | null
  /** Reason of the end, if it is known. */
  readonly reason: string | null
  readonly refusal: string | null
  /** Local time at which the caller's calls can be answered again, if the refusal names it. */
  readonly retryAtMs: number | null
  readonly wasAnswered: boolean
  readonly banners: readonly Banner[]
  readonly actions: readonly Action[]
  readonly isAccepting: boolean
  /** Seconds until the unanswered call ends; null unless the caller waits. */
  readonly ringSeconds: number | null
  readonly meter: Meter | null
  readonly receipt: Receipt | null
  readonly sound: 'ring' | 'ringback' | null
  readonly offersTopUp: boolean
}
type TopUpFacts = Pick<Screen, 'name' | 'seat' | 'reason' | 'refusal'>

const NAMES = {
  answering: 'connecting',
  connecting: 'connecting',
  live: 'talking',
  no_media: 'without_media',
  ending: 'ending',
  ended: 'ending',
} as const

function nameOf({ ended, rejection, view }: SessionState): ScreenName {
  if (ended) return 'ended'
  if (rejection) return 'rejected'
  if (!view) return 'opening'
  const { phase, seat } = view
  if (phase !== 'open' && phase !== 'ringing') return NAMES[phase]
  if (seat === 'callee') return 'incoming'
  return phase === 'open' ? 'waiting' : 'ringing'
}

const WITH_CONTROLS = new Set<ScreenName>(['waiting', 'ringing', 'connecting', 'talking'])
/** Screens of a call that needs no more attention. */
const FINAL = new Set<ScreenName>(['ending', 'ended', 'rejected'])
/** Screens on which the two browsers have, or soon have, a connection. */
const WITH_PEER = new Set<ScreenName>(['incoming', 'connecting', 'talking'])

export const hasControls = ({ name }: Pick<Screen, 'name'>): boolean => WITH_CONTROLS.has(name)

const RESTARTABLE = new Set<Rejection | null>(['replaced', 'signed_out', 'rejected_message'])

function actionsOf(name: ScreenName, { microphone, rejection }: SessionState): Action[] {
  if (name === 'incoming') return ['accept', 'decline']
  if (name === 'rejected') return RESTARTABLE.has(rejection) ? ['restart'] : []
  if (!WITH_CONTROLS.has(name)) return []
  return [microphone === 'on' ? 'mute' : 'turn_on_microphone', 'hang_up']
}

/** At most one problem of the connection is shown: the one that explains the others. */
function connectionProblem(name: ScreenName, state: SessionState): Banner | undefined {
  const { link, view, media, line } = state
  if (link !== 'open' && (view !== null || link === 'lost')) return { kind: 'link_lost' }
  if (WITH_PEER.has(name) && view?.isPeerPresent === false) return { kind: 'peer_away' }
  if (name !== 'talking') return undefined
  if (media === 'interrupted') return { kind: 'audio_interrupted' }
  return line?.isWeak ? { kind: 'weak_line' } : undefined
}

function microphoneProblem(name: ScreenName, { microphone }: SessionState): Banner | undefined {
  const isShown = name === 'incoming' ? microphone !== 'off' : WITH_CONTROLS.has(name)
  return isShown && microphone !== 'on' ? { kind: 'microphone', is: microphone } : undefined
}

function creditNotice(meter: Meter | null, { notice }: SessionState): Banner | undefined {
  if (!meter || meter.untilMs === null) return undefined
  const kind = meter.isLow ? 'low_credit' : notice?.kind
  return kind && { kind, untilMs: meter.untilMs }
}

function answerDelay({ view, answerFailure }: SessionState): Banner | undefined {
  const isDelayed = view?.phase === 'answering' && answerFailure?.code === DELAYED
  return isDelayed ? { kind: 'answer_delayed' } : undefined
}

function bannersOf(name: ScreenName, state: SessionState, meter: Meter | null): Banner[] {
  if (FINAL.has(name)) return []
  const isVideo = state.view?.callType === 'video' && name !== 'without_media'
  const banners: (Banner | undefined)[] = [
    connectionProblem(name, state),
    answerDelay(state),
    microphoneProblem(name, state),
    creditNotice(meter, state),
    isVideo ? { kind: 'audio_only' } : undefined,
  ]
  return banners.filter((banner) => banner !== undefined)
}

const wasAnswered = ({ view, ended }: SessionState): boolean =>
  (ended?.startedAtMs ?? view?.startedAtMs ?? null) !== null

/** Code of the refusal that ended the call, if the service refused the answer. */
function refusalOf(state: SessionState, reason: string | null): string | null {
  const code = state.answerFailure?.code ?? DELAYED
  return reason === 'failed' && !wasAnswered(state) && code !== DELAYED ? code : null
}

function soundOf(name: ScreenName, { microphone }: SessionState): Screen['sound'] {
  if (name === 'ringing') return 'ringback'
  return name === 'incoming' && microphone === 'off' ? 'ring' : null
}

/** Code of `answer_failed` while the room retries. */
const DELAYED = 'wallet_unavailable'
const UNPAID = new Set(['credit_exhausted', 'insufficient_funds', 'debt_open'])

function offersTopUp({ name, seat, reason, refusal }: TopUpFacts): boolean {
  if (seat === 'callee' || name === 'rejected') return false
  if (name === 'talking' || name === 'without_media') return true
  return UNPAID.has(reason ?? '') || UNPAID.has(refusal ?? '')
}

/** @param nowMs local time */
export function screenOf(state: SessionState, nowMs: number): Screen {
  const { view, ended, clockOffsetMs, rejection, microphone } = state
  const name = nameOf(state)
  const seat = view?.seat ?? 'callee'
  const isRunning = name === 'talking' || name === 'without_media'
  const meter = view && isRunning ? meterOf(view, clockOffsetMs, nowMs) : null
  const reason = ended?.reason ?? view?.end?.reason ?? null
  const refusal = refusalOf(state, reason)
  const retryAtMs = refusal === null ? null : (state.answerFailure?.retryAtMs ?? null)
  const isWaiting = name === 'waiting' || name === 'ringing'
  const deadlineMs = isWaiting ? (view?.mustEndByMs ?? null) : null
  return {
    name,
    seat,
    peerName: view?.peerName ?? null,
    rejection: name === 'rejected' ? rejection : null,
    reason,
    refusal,
    retryAtMs: retryAtMs === null ? null : retryAtMs - clockOffsetMs,
    wasAnswered: wasAnswered(state),
    banners: bannersOf(name, state, meter),
    actions: actionsOf(name, state),
    isAccepting: name === 'incoming' && (microphone === 'asking' || microphone === 'on'),
    ringSeconds:
      deadlineMs === null
        ? null
        : Math.max(0, Math.floor((deadlineMs - clockOffsetMs - nowMs) / 1000)),
    meter,
    receipt: ended ? receiptOf(ended) : null,
    sound: soundOf(name, state),
    offersTopUp: offersTopUp({ name, seat, reason, refusal }),
  }
}
