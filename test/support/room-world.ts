/**
 * A room in a world that loses, repeats and reorders: its wallet, its relay, its clients and its stored
 * state. Every step checks what must hold at any time, and throws if it does not.
 */
import { decide } from '../../src/rooms/core/decide'
import { nextAlarmMs } from '../../src/rooms/core/alarm'
import { MAX_CREDENTIALS } from '../../src/rooms/core/epochs'
import type { ClientMessage } from '../../src/rooms/core/event'
import type { Outgoing } from '../../src/rooms/core/outgoing'
import {
  isFinished,
  isOver,
  openRoom,
  type RelayMode,
  type RoomState,
  type SeatName,
  SEATS,
} from '../../src/rooms/core/room'
import { pendingWork, startWork, type Work, workKey, workOf } from '../../src/rooms/core/work'
import { INITIATED, type Occurrence, says } from './rooms'
import { RoomWallet } from './room-wallet'

const MAX_STATE_LENGTH = 40_000
const MAX_TRIES = 20
const QUIET_STEPS = 200

export type Fault = 'none' | 'lost' | 'failed' | 'doubled'

function check(holds: boolean, rule: string): asserts holds {
  if (!holds) throw new Error(rule)
}

interface RelayRow {
  readonly expiresAtMs: number
  isSent: boolean
  isRevoked: boolean
}

export class RoomWorld {
  nowMs = 1000
  readonly wallet = new RoomWallet()
  /** Credentials of the relay, by username. */
  readonly relay = new Map<string, RelayRow>()
  /** Last ping of each open socket, and the last sign of life that ever reached the room. */
  readonly pings: Record<SeatName, number | null> = { caller: null, callee: null }
  readonly signs: Record<SeatName, number> = { caller: 0, callee: 0 }
  inFlight: Work[] = []
  #stored: string
  #serial = 0

  constructor(relayMode: RelayMode) {
    this.#stored = JSON.stringify(
      openRoom({ callUuid: 'call-1', relayMode, lostAfterMs: 45_000, call: INITIATED }, this.nowMs),
    )
  }

  get state(): RoomState {
    return JSON.parse(this.#stored) as RoomState
  }

  /** Applies an event as the object does. `isCrash`: the object stops after the state is stored. */
  apply(occurrence: Occurrence, isCrash = false): void {
    this.#recordSigns(occurrence)
    const event = { ...occurrence, lastSeenMs: { ...this.pings } }
    const decision = decide(this.state, event, this.nowMs)
    this.#stored = JSON.stringify(decision.state)
    this.#checkState(decision.state)
    this.#checkMessages(decision.state, decision.messages)
    if (isCrash) {
      this.inFlight = []
      return
    }
    for (const outgoing of decision.messages) this.#send(outgoing)
    const started = startWork(decision.state, this.nowMs)
    this.#stored = JSON.stringify(started.state)
    this.inFlight.push(...started.work)
    const alarmMs = nextAlarmMs(started.state, this.nowMs)
    check(workOf(started.state, this.nowMs).length === 0, 'work that has started is still due')
    check(
      alarmMs === null || alarmMs > this.nowMs || occurrence.type !== 'alarm',
      'an alarm sets itself again without delay',
    )
  }

  #recordSigns(occurrence: Occurrence): void {
    if (occurrence.type === 'seat_connected') this.signs[occurrence.seat] = this.nowMs
    if (occurrence.type === 'message' && this.state.seats[occurrence.seat].isPresent)
      this.signs[occurrence.seat] = this.nowMs
    for (const seat of SEATS) this.signs[seat] = Math.max(this.signs[seat], this.pings[seat] ?? 0)
  }

  #checkState(state: RoomState): void {
    check(JSON.stringify(state).length <= MAX_STATE_LENGTH, 'the state grows')
    check(Object.keys(state.tries).length <= MAX_TRIES, 'the attempts grow')
    check(state.credentials.length <= MAX_CREDENTIALS, 'the credentials grow')
    check(this.wallet.attempts.size <= 1, 'a second accept reached the wallet')
    if (state.end?.reason === 'lost')
      for (const seat of SEATS)
        check(state.end.atMs <= this.signs[seat], 'a lost call ends after the last sign of life')
    const kept = new Set(state.credentials.map(({ username }) => username))
    for (const [username, { expiresAtMs, isSent, isRevoked }] of this.relay)
      check(
        !isSent || isRevoked || kept.has(username) || expiresAtMs <= this.nowMs,
        'the room forgot a credential that works',
      )
    if (!isOver(state)) return
    const pending = new Set(pendingWork(state, this.nowMs).map(workKey))
    for (const username of kept)
      check(pending.has(`revoke/${username}`), 'a credential outlives the end')
  }

  #checkMessages(state: RoomState, messages: readonly Outgoing[]): void {
    const isAnswered = this.wallet.answeredBy !== null && this.wallet.answeredBy === state.attempt
    for (const outgoing of messages) {
      if (!('message' in outgoing)) continue
      const { seat, message } = outgoing
      if (message.type === 'answer' && seat === 'caller')
        check(isAnswered && state.epoch.number > 0, 'media may begin before the answer')
      if (message.type !== 'relay') continue
      check(isAnswered, 'a credential is sent before the answer')
      const stored = state.credentials.find(
        (one) => one.seat === seat && one.epoch === message.epoch,
      )
      check(
        state.relayMode === 'direct' ||
          JSON.stringify(stored?.iceServers) === JSON.stringify(message.iceServers),
        'a credential is sent before it is stored',
      )
      const row = this.relay.get(stored?.username ?? '')
      if (row) row.isSent = true
    }
  }

  /** Clients do what the test wants; only closed sockets have an effect here. */
  #send(outgoing: Outgoing): void {
    if ('close' in outgoing) this.pings[outgoing.seat] = null
  }

  /** Work whose result arrives, or not. A lost result has had its effect. */
  finish(index: number, fault: Fault): void {
    const [work] = this.inFlight.splice(index % Math.max(1, this.inFlight.length), 1)
    if (!work) return
    if (fault === 'failed') {
      this.apply({ type: 'work_failed', key: workKey(work) })
      return
    }
    const responses = [this.#perform(work)]
    if (fault === 'doubled') responses.push(this.#perform(work))
    if (fault !== 'lost') for (const response of responses) this.apply(response)
  }

  #perform(work: Work): Occurrence {
    if (work.kind === 'revoke') {
      const row = this.relay.get(work.username)
      if (row) row.isRevoked = true
      return { type: 'credential_revoked', username: work.username }
    }
    if (work.kind !== 'issue') return this.wallet.perform(work, this.nowMs)
    check(this.wallet.answeredBy !== null, 'a credential is issued before the answer')
    const lifetimeMs = work.ttlSeconds * 1000
    check(lifetimeMs >= 1000 && lifetimeMs <= 3_600_000, 'a credential has a wrong lifetime')
    const username = `${work.epoch}-${work.seat}-${++this.#serial}`
    const expiresAtMs = this.nowMs + lifetimeMs
    this.relay.set(username, { expiresAtMs, isSent: false, isRevoked: false })
    const iceServers = [{ urls: ['turn:relay.example'], username, credential: 'secret' }]
    return { type: 'credential_issued', work, credential: { username, iceServers, expiresAtMs } }
  }

  /** News of the outbox, in any order and number. */
  deliver(index: number, isKept: boolean): void {
    const { outbox } = this.wallet
    const at = index % Math.max(1, outbox.length)
    const call = isKept ? outbox[at] : outbox.splice(at, 1)[0]
    if (call) this.apply({ type: 'call_viewed', call })
  }

  say(seat: SeatName, message: ClientMessage, isCrash = false): void {
    this.apply(says(seat, message), isCrash)
  }

  connect(seat: SeatName, isCrash = false): void {
    this.pings[seat] = null
    this.apply({ type: 'seat_connected', seat }, isCrash)
  }

  leave(seat: SeatName): void {
    if (!this.state.seats[seat].isPresent) return
    this.apply({ type: 'seat_closed', seat })
    this.pings[seat] = null
  }

  /** Time passes, and the given seats ping. Alarms ring unless they are lost. */
  pass(ms: number, pinging: readonly SeatName[], isAlarmLost: boolean): void {
    this.nowMs += ms
    for (const seat of pinging) if (this.state.seats[seat].isPresent) this.pings[seat] = this.nowMs
    const alarmMs = nextAlarmMs(this.state, this.nowMs)
    if (!isAlarmLost && alarmMs !== null && alarmMs <= this.nowMs) this.apply({ type: 'alarm' })
  }

  /** The world responds from now on, and nobody pings. Throws unless the room becomes quiet. */
  settle(): void {
    for (let step = 0; step < QUIET_STEPS; step++) {
      while (this.inFlight.length > 0) this.finish(0, 'none')
      while (this.wallet.outbox.length > 0) this.deliver(0, false)
      const alarmMs = nextAlarmMs(this.state, this.nowMs)
      if (alarmMs === null) break
      this.nowMs = Math.max(this.nowMs, alarmMs)
      this.apply({ type: 'alarm' })
    }
    check(isFinished(this.state), `the room does not finish: ${this.state.phase}`)
    check(nextAlarmMs(this.state, this.nowMs) === null, 'a finished room has an alarm')
    check(workOf(this.state, this.nowMs).length === 0, 'a finished room has work')
    for (const { expiresAtMs, isSent, isRevoked } of this.relay.values())
      check(!isSent || isRevoked || expiresAtMs <= this.nowMs, 'a credential was never revoked')
  }
}
