/**
 * Epochs of relay credentials: when a new one begins, and which credentials are to be revoked. Each epoch
 * has one credential per seat. The next epoch is issued while the current one is in use, becomes current
 * when both its credentials are stored, and replaces it once both seats are connected in it. Pure.
 */
import { type Decision, relayMessages, storedMessages, unchanged } from './outgoing'
import {
  type Credential,
  hasMedia,
  type IceServer,
  isOver,
  type RoomState,
  type SeatName,
  SEATS,
  withSeat,
} from './room'

/** A credential outlives the horizon by this much, so that the wallet's end arrives before it expires. */
const GRACE_MS = 10_000
const MAX_LIFETIME_MS = 3_600_000
const RENEW_BEFORE_MS = 300_000
/** The previous credentials are revoked after this long, even if a seat is not connected in the new epoch. */
const SWITCH_MS = 30_000
/** Bound of the state, if the relay revokes nothing: no new epoch begins beyond it. */
export const MAX_CREDENTIALS = 12

/** Order for a credential. `isCapped`: its lifetime is the longest that is allowed, not the time to the horizon. */
export interface IssueWork {
  readonly kind: 'issue'
  readonly callUuid: string
  readonly epoch: number
  readonly seat: SeatName
  readonly ttlSeconds: number
  readonly horizonMs: number
  readonly isCapped: boolean
}

export interface IssuedCredential {
  /** Unique among all credentials, because a revocation names nothing else. */
  readonly username: string
  readonly iceServers: readonly IceServer[]
  /** Latest instant at which the relay lets it expire. */
  readonly expiresAtMs: number
}

/** Horizon of the call, as far as credentials need it. */
const horizonMs = ({ call }: RoomState): number => call.mustEndByMs ?? call.deadlineAtMs

/** Reports whether both seats use the current epoch. */
const isSwitched = ({ seats, epoch }: RoomState): boolean =>
  SEATS.every((seat) => seats[seat].connectedEpoch >= epoch.number)

const switchedAtMs = (state: RoomState): number =>
  isSwitched(state) ? state.epoch.beganAtMs : state.epoch.beganAtMs + SWITCH_MS

/**
 * Time from which the call needs a new epoch, or `undefined`. A moved horizon waits until both seats use the
 * current epoch, so the call is live. The bound of that wait is longer than the time to connect.
 */
export function epochDueMs(state: RoomState): number | undefined {
  const { epoch, relayMode } = state
  if (relayMode === 'direct' || !hasMedia(state)) return undefined
  if (epoch.number === 0) return epoch.beganAtMs
  if (epoch.horizonMs !== horizonMs(state)) return switchedAtMs(state)
  return epoch.renewAtMs ?? undefined
}

/** Credentials that are to be issued now. A call whose credit has run out needs none. */
export function issueWork(state: RoomState, nowMs: number): IssueWork[] {
  const { epoch, credentials, callUuid } = state
  if (nowMs < (epochDueMs(state) ?? Infinity) || nowMs >= horizonMs(state)) return []
  const next = epoch.number + 1
  const isStored = (seat: SeatName) =>
    credentials.some((one) => one.epoch === next && one.seat === seat)
  if (credentials.filter((one) => one.epoch < next).length > MAX_CREDENTIALS - 2) return []
  const wantedMs = horizonMs(state) + GRACE_MS - nowMs
  const ttlSeconds = Math.floor(Math.min(wantedMs, MAX_LIFETIME_MS) / 1000)
  return SEATS.filter((seat) => !isStored(seat)).map((seat) => ({
    kind: 'issue',
    callUuid,
    epoch: next,
    seat,
    ttlSeconds,
    horizonMs: horizonMs(state),
    isCapped: wantedMs > MAX_LIFETIME_MS,
  }))
}

/**
 * Time from which a credential is to be revoked, or `undefined` while it is in use or about to be. It is
 * due as soon as an end is intended, so that an unreachable wallet does not prolong the media.
 */
export function revocationDueMs(state: RoomState, credential: Credential): number | undefined {
  if (isOver(state)) return state.epoch.beganAtMs
  return credential.epoch < state.epoch.number ? switchedAtMs(state) : undefined
}

/** Begins the next epoch, and forwards what the callee has sent if it is the first. */
export function beginEpoch(state: RoomState, credentials: readonly Credential[]): Decision {
  const horizons = credentials.map((one) => one.horizonMs)
  const number = state.epoch.number + 1
  const expiries = credentials.filter((one) => one.isCapped).map((one) => one.expiresAtMs)
  const epoch = {
    number,
    beganAtMs: state.clockMs,
    horizonMs: horizons.find((one) => one !== horizonMs(state)) ?? horizonMs(state),
    renewAtMs: expiries.length > 0 ? Math.min(...expiries) - RENEW_BEFORE_MS : null,
  }
  let begun: RoomState = { ...state, epoch }
  for (const seat of SEATS) begun = withSeat(begun, seat, { candidateCount: 0 })
  const relayed = SEATS.flatMap((seat) => relayMessages(begun, seat))
  const answers = number === 1 ? storedMessages(begun, 'caller') : []
  return { state: begun, messages: [...relayed, ...answers] }
}

/**
 * Stores a credential of the next epoch. One that is no longer needed, or that the state already has, is
 * dropped: it was never sent, so nobody can use it.
 */
export function storeCredential(
  state: RoomState,
  work: IssueWork,
  { username, iceServers, expiresAtMs }: IssuedCredential,
): Decision {
  const { epoch: number, seat, horizonMs, isCapped } = work
  const isKnown = state.credentials.some((one) => one.epoch === number && one.seat === seat)
  if (!hasMedia(state) || number !== state.epoch.number + 1 || isKnown) return unchanged(state)
  const credential = { epoch: number, seat, username, iceServers, expiresAtMs, horizonMs, isCapped }
  const stored = { ...state, credentials: [...state.credentials, credential] }
  const ofEpoch = stored.credentials.filter((one) => one.epoch === number)
  return ofEpoch.length === SEATS.length ? beginEpoch(stored, ofEpoch) : unchanged(stored)
}

export const withoutCredential = (state: RoomState, username: string): RoomState => ({
  ...state,
  credentials: state.credentials.filter((one) => one.username !== username),
})

/** Drops credentials that have expired: nothing remains to be revoked. */
export function withoutExpired(state: RoomState): RoomState {
  const credentials = state.credentials.filter(({ expiresAtMs }) => expiresAtMs > state.clockMs)
  return credentials.length === state.credentials.length ? state : { ...state, credentials }
}
