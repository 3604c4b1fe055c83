/**
 * Judge of calls with a room. It compares what clients sent and received, what the relay recorded, and what the
 * wallets committed. A call that a fault befell has weaker bounds of time, never weaker rules.
 */
import { secondsBetween, costOf } from './meter'
import { findDifference, hold } from './violation'
import type { ModelCall } from './wallet-model'

const LIMIT_MS = 1000
const GRACE_MS = 10_000
const MAX_TTL_SECONDS = 3600
const SILENCE_MS = 45_000
const UNCHARGED = new Set(['declined', 'no_answer', 'failed', 'busy'])

export interface Credential {
  readonly username: string
  readonly expiresAtMs: number
  readonly revokedAtMs: number | null
}

type Message = Readonly<Record<string, unknown>> & { readonly type: string }

interface Horizon {
  readonly revision: number
  readonly atMs: number | null
}

interface Followed {
  call: ModelCall | undefined
  endedSeenMs: number | null
  isDisturbed: boolean
  /** Horizons by the wallet's revision, oldest first. */
  readonly horizons: Horizon[]
  /** Revision that the room has surely processed. */
  knownRevision: number
  knowsEnd: boolean
  readonly acceptances: Set<string>
  readonly signs: Map<string, number>
  readonly sent: Set<string>
  readonly told: Set<number>
}

export interface FinalRoom {
  readonly callUuid: string
  /** The room's own row. */
  readonly record: object
  readonly phase: string
  readonly credentials: number
  readonly tries: number
}

export class CallJudge {
  readonly calls = new Map<string, Followed>()
  readonly #credential: (username: string) => Credential | undefined
  readonly counted = { credentials: 0, ends: 0, undisturbedEnds: 0, lost: 0 }

  constructor(credential: (username: string) => Credential | undefined) {
    this.#credential = credential
  }

  followed(callUuid: string): Followed {
    let followed = this.calls.get(callUuid)
    if (!followed) {
      followed = {
        call: undefined,
        endedSeenMs: null,
        isDisturbed: false,
        horizons: [],
        knownRevision: 0,
        knowsEnd: false,
        acceptances: new Set(),
        signs: new Map(),
        sent: new Set(),
        told: new Set(),
      }
      this.calls.set(callUuid, followed)
    }
    return followed
  }

  disturb(callUuid: string): void {
    this.followed(callUuid).isDisturbed = true
  }

  sign(callUuid: string, seat: string, atMs: number): void {
    const { signs } = this.followed(callUuid)
    signs.set(seat, Math.max(atMs, signs.get(seat) ?? 0))
  }

  accepts(callUuid: string, acceptanceUuid: string): void {
    const { acceptances } = this.followed(callUuid)
    acceptances.add(acceptanceUuid)
    hold(acceptances.size === 1, () => `call ${callUuid}: a second accept reached the wallet`)
  }

  /** The wallet's record after a command. */
  committed(call: ModelCall, revision: number, horizonMs: number | null, nowMs: number): void {
    const followed = this.followed(call.uuid)
    const before = followed.call
    followed.call = call
    if (followed.horizons.at(-1)?.atMs !== horizonMs)
      followed.horizons.push({ revision, atMs: horizonMs })
    if (before && before.chargeKobo !== null) {
      const difference = findDifference(before, call)
      hold(!difference, () => `call ${call.uuid} ended twice: ${difference}`)
    } else if (call.chargeKobo !== null) this.#ended(followed, call, nowMs)
  }

  #ended(followed: Followed, call: ModelCall, nowMs: number): void {
    const { startedAtMs, endReason, chargeKobo, rate, uuid } = call
    const endedAtMs = call.endedAtMs ?? 0
    followed.endedSeenMs = nowMs
    this.counted.ends += 1
    if (!followed.isDisturbed) this.counted.undisturbedEnds += 1
    const costKobo = startedAtMs === null ? 0 : costOf(rate, secondsBetween(startedAtMs, endedAtMs))
    hold(chargeKobo === costKobo, () => `call ${uuid} costs ${chargeKobo}, not ${costKobo}`)
    if (startedAtMs === null || (UNCHARGED.has(endReason ?? '') && call.acceptanceUuid !== null))
      hold(chargeKobo === 0, () => `call ${uuid}: ${endReason} is charged`)
    const horizonMs = followed.horizons.findLast(({ atMs }) => atMs !== null)?.atMs ?? Infinity
    hold(endedAtMs <= horizonMs, () => `call ${uuid} is charged beyond its horizon`)
    if (endReason === 'lost') this.#lost(followed, endedAtMs, nowMs)
  }

  #lost({ signs, call, isDisturbed }: Followed, endedAtMs: number, nowMs: number): void {
    this.counted.lost += 1
    const lastMs = Math.min(...['caller', 'callee'].map((seat) => signs.get(seat) ?? 0))
    hold(
      endedAtMs <= Math.max(lastMs, call?.startedAtMs ?? 0),
      () => `call ${call?.uuid} is charged ${endedAtMs - lastMs} ms after the last sign of life`,
    )
    hold(
      isDisturbed || (nowMs - lastMs >= SILENCE_MS && endedAtMs === lastMs),
      () => `call ${call?.uuid} is lost as of ${endedAtMs} instead of ${lastMs}`,
    )
  }

  /** The room has processed the wallet's news. */
  newsProcessed(callUuid: string, revision: number, hasEnded: boolean): void {
    const followed = this.followed(callUuid)
    followed.knownRevision = Math.max(followed.knownRevision, revision)
    followed.knowsEnd ||= hasEnded
  }

  /** Horizons that the room may believe in. */
  #horizons({ horizons, knownRevision }: Followed): number[] {
    const first = horizons.findLastIndex(({ revision }) => revision <= knownRevision)
    return horizons.slice(Math.max(0, first)).map(({ atMs }) => atMs ?? 0)
  }

  /** The room orders a credential. */
  ordered(callUuid: string, ttlSeconds: number, nowMs: number): void {
    const followed = this.followed(callUuid)
    this.counted.credentials += 1
    const { call, knowsEnd } = followed
    const isAnswered = followed.acceptances.has(call?.acceptanceUuid ?? '')
    hold(isAnswered, () => `call ${callUuid}: a credential is issued before the answer`)
    hold(!knowsEnd, () => `call ${callUuid}: a credential is issued after the end`)
    const longestMs = Math.max(...this.#horizons(followed)) + GRACE_MS - nowMs
    hold(
      ttlSeconds <= MAX_TTL_SECONDS && ttlSeconds * 1000 <= longestMs,
      () => `call ${callUuid}: a credential of ${ttlSeconds} s, at most ${longestMs} ms`,
    )
  }

  /** A client received a message. */
  received(callUuid: string, message: Message): void {
    const followed = this.followed(callUuid)
    if (message.type === 'relay') this.#relayed(followed, callUuid, message)
    if (message.type === 'ended' || message['phase'] === 'ending') followed.knowsEnd = true
    if (message.type === 'ended') this.#endedSent(followed, callUuid, message)
    const horizon = message['must_end_by']
    if (typeof horizon !== 'string' || followed.call?.chargeKobo !== null) return
    hold(
      this.#horizons(followed).includes(Date.parse(horizon)),
      () => `call ${callUuid}: a client is told an old horizon, ${horizon}`,
    )
  }

  #relayed(followed: Followed, callUuid: string, message: Message): void {
    const { call, knowsEnd } = followed
    hold(
      typeof call?.acceptanceUuid === 'string',
      () => `call ${callUuid}: a credential before the answer`,
    )
    hold(!knowsEnd, () => `call ${callUuid}: an epoch begins after the end`)
    for (const { username } of message['ice_servers'] as { username: string }[])
      followed.sent.add(username)
  }

  #endedSent(followed: Followed, callUuid: string, { reason, charge }: Message): void {
    const { call, told } = followed
    hold(typeof call?.chargeKobo === 'number', () => `call ${callUuid}: ended before its wallet`)
    hold(reason === call?.endReason, () => `call ${callUuid} ended: ${String(reason)}`)
    if (charge === null) return
    told.add(Number(charge))
    hold(
      Math.round(Number(charge) * 100) === call?.chargeKobo && told.size === 1,
      () => `call ${callUuid}: a client is told another charge`,
    )
  }

  /** After an end, no credential works for more than a second, unless a fault befell the call. */
  checkCredentials(nowMs: number): void {
    for (const [uuid, { endedSeenMs, isDisturbed, sent }] of this.calls) {
      if (endedSeenMs === null || isDisturbed || nowMs <= endedSeenMs + LIMIT_MS) continue
      for (const username of sent) {
        const { expiresAtMs = 0, revokedAtMs = null } = this.#credential(username) ?? {}
        const validUntilMs = Math.min(expiresAtMs, revokedAtMs ?? Infinity)
        hold(
          validUntilMs <= endedSeenMs + LIMIT_MS,
          () => `call ${uuid}: a credential outlives the end by ${validUntilMs - endedSeenMs} ms`,
        )
      }
    }
  }

  /** Compares a room with the wallet's record once both are quiet. */
  checkRoom({ callUuid, record, phase, credentials, tries }: FinalRoom, nowMs: number): void {
    const { call, sent } = this.followed(callUuid)
    const { startedAtMs, endedAtMs, endReason, chargeKobo } = call ?? {}
    const expected = { startedAtMs, endedAtMs, endReason, costKobo: chargeKobo }
    const difference = findDifference(expected, record)
    hold(!difference, () => `room ${callUuid} differs from its wallet: ${difference}`)
    hold(phase === 'ended', () => `room ${callUuid} is ${phase} at rest`)
    hold(credentials + tries === 0, () => `room ${callUuid} has work at rest`)
    for (const username of sent) {
      const { expiresAtMs = 0, revokedAtMs = null } = this.#credential(username) ?? {}
      const isOver = revokedAtMs !== null || expiresAtMs <= nowMs
      hold(isOver, () => `call ${callUuid}: a credential works at rest`)
    }
  }
}
