/**
 * The room object of a call, the only place where the call's sockets are. Its wallet notifies it of each change
 * of the call, and it notifies the subscribers and the two seats. `rooms/core` decides; the object stores the
 * new state, sends the messages, and performs the work outside. It never moves money.
 */
import { DurableObject } from 'cloudflare:workers'
import { applySchemaSteps } from '../../common/sql/schema-steps'
import { logError, logWith } from '../../common/log'
import type { Caller, TokenRevocation } from '../../common/tokens/access-token'
import { consume, type Tries } from '../../limits/policy'
import { isOpen } from '../../wallets/core/call-commands'
import { holdAt } from '../../wallets/core/metering'
import type { CallView } from '../../wallets/core/wallet'
import type { RoomNews } from '../../wallets/object/rooms'
import { admitMessage } from '../core/admission'
import { nextAlarmMs } from '../core/alarm'
import { decide } from '../core/decide'
import type { Happening } from '../core/event'
import type { Outgoing } from '../core/outgoing'
import { MESSAGE_QUOTA } from '../core/message-limits'
import {
  admissionRefusal,
  isFinished,
  openRoom,
  type RoomState,
  type SeatName,
  SEATS,
} from '../core/room'
import { startWork, type Work, workKey } from '../core/work'
import { type Connection, readConnection } from './client'
import { type Occupant, type PresentMessage, Seats } from './seats'
import { type PresentEvent, Subscribers, type Subscription } from './subscribers'
import { type RoomRow, RoomStorage, SCHEMA_STEPS } from './tables'
import { knownCall, performWork, type RoomObjectDeps } from './work'

const DAY_MS = 24 * 60 * 60_000
/** Time after the call's end at which the room is removed. Late notifications still find it. */
const KEPT_AFTER_END_MS = DAY_MS
/** Longer than any call can be open. Afterwards, the wallet no longer notifies the room. */
const LONGEST_CALL_MS = 8 * DAY_MS

const revokes = (revocation: TokenRevocation, { tokenVersion, sessionUuid }: Caller): boolean =>
  'minVersion' in revocation
    ? tokenVersion < revocation.minVersion
    : sessionUuid === revocation.sessionUuid

const removalMs = ({ createdAtMs, endedAtMs }: CallView): number =>
  (endedAtMs ?? createdAtMs + LONGEST_CALL_MS) + KEPT_AFTER_END_MS

/** Call with the amount that it holds now. */
const callAt = (call: CallView, nowMs: number): CallView =>
  isOpen(call) && call.startedAtMs !== null ? { ...call, costKobo: holdAt(call, nowMs) } : call

const refusal = (code: string): Response => Response.json({ code }, { status: 409 })

export interface Presentation {
  readonly presentEvent: PresentEvent
  readonly presentMessage: PresentMessage
}

export class RoomObject extends DurableObject<Env> {
  readonly #storage: RoomStorage
  readonly #subscribers: Subscribers
  readonly #seats: Seats
  readonly #deps: () => RoomObjectDeps
  /** Messages of each seat that count towards its limit. A new connection does not reset them. */
  readonly #sent: Record<SeatName, Tries> = { caller: [], callee: [] }
  #isRemoved = false
  /** Null until this instance sets the alarm. Each setting is billed as a row. */
  #alarmAtMs: number | null = null

  constructor(
    ctx: DurableObjectState,
    env: Env,
    { presentEvent, presentMessage }: Presentation,
    deps: () => RoomObjectDeps,
  ) {
    super(ctx, env)
    this.#storage = new RoomStorage(ctx.storage.sql)
    this.#subscribers = new Subscribers(ctx, presentEvent)
    this.#seats = new Seats(ctx, presentMessage)
    this.#deps = deps
    applySchemaSteps(ctx.storage, SCHEMA_STEPS)
  }

  /** Removes all rows. A later subscriber to the ended call uses the object again. */
  async #remove(): Promise<void> {
    await this.ctx.storage.deleteAll()
    this.#isRemoved = true
    this.#alarmAtMs = null
  }

  #restore(): void {
    if (this.#isRemoved) applySchemaSteps(this.ctx.storage, SCHEMA_STEPS)
    this.#isRemoved = false
  }

  /** Opens a socket. The Worker has checked the token, and the wallet has admitted the caller. */
  override fetch(request: Request): Response {
    const connection = readConnection(request)
    return logWith({ request_id: connection.requestId }, () => this.#connect(connection))
  }

  #connect({ joins, userUuid, call, revision }: Connection): Response {
    this.#restore()
    this.#storeView(call, revision, userUuid)
    const { revocations = [] } = this.#storage.load() ?? {}
    const caller = 'occupant' in joins ? joins.occupant.caller : joins.subscription.caller
    if (caller && revocations.some((revocation) => revokes(revocation, caller)))
      return refusal('unauthenticated')
    return 'occupant' in joins ? this.#seat(joins.occupant) : this.#subscribe(joins.subscription)
  }

  #subscribe(subscription: Subscription): Response {
    const webSocket = this.#subscribers.accept(subscription)
    if (!webSocket) return refusal('too_many_watchers')
    this.#notifyAndSetAlarm()
    return new Response(null, { status: 101, webSocket })
  }

  #seat(occupant: Occupant): Response {
    this.#openRoom()
    const state = this.#storage.load()?.state
    if (!state) return refusal('relay_not_configured')
    const refused = admissionRefusal(state, occupant.seat)
    if (refused) return refusal(refused === 'ended' ? 'call_ended' : 'call_without_media')
    /** Before this seat has a new socket, which hides that the old one is lost. */
    const seats = this.#lostSockets(state)
    if (seats.length > 0) this.#apply({ type: 'sockets_lost', seats })
    const webSocket = this.#seats.accept(occupant)
    if (!webSocket) return refusal('too_many_watchers')
    this.#apply({ type: 'seat_connected', seat: occupant.seat })
    return new Response(null, { status: 101, webSocket })
  }

  /** Opens the room at the first connection of a seat, if the configuration allows rooms. */
  #openRoom(): void {
    const row = this.#storage.load()
    const { relayMode, lostAfterMs } = this.#deps()
    if (!row || row.state || relayMode === undefined) return
    const call = knownCall(row.call, row.revision)
    const opened = { callUuid: row.call.uuid, relayMode, lostAfterMs, call }
    this.#storage.save({ ...row, state: openRoom(opened, Date.now()) })
  }

  override webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): void {
    const seat = this.#seats.seatOf(socket)
    if (seat) return this.#receive(socket, seat, data)
    if (!this.#seats.isSeat(socket)) socket.close(1008, 'only ping is understood')
  }

  /** A client that breaks a rule loses its socket. Call and wallet are not affected. */
  #receive(socket: WebSocket, seat: SeatName, data: string | ArrayBuffer): void {
    const { allowed, tries } = consume(MESSAGE_QUOTA, this.#sent[seat], Date.now())
    this.#sent[seat] = tries
    if (!allowed) return this.#reject(socket, seat, 1008, 'too many messages')
    const state = this.#storage.load()?.state
    if (!state) return
    const admission = admitMessage(data, {
      media: state.call.type,
      relayOnly: state.relayMode === 'relay',
      attempt: crypto.randomUUID(),
    })
    if (admission.kind === 'message')
      this.#apply({ type: 'message', seat, message: admission.message })
    if (admission.kind === 'rejected')
      this.#reject(socket, seat, admission.close.code, admission.close.reason)
  }

  #reject(socket: WebSocket, seat: SeatName, code: number, reason: string): void {
    const lastSeenMs = this.#seats.lastSeenMs()
    this.#seats.reject(socket, code, reason)
    this.#apply({ type: 'seat_closed', seat }, lastSeenMs)
  }

  override webSocketClose(socket: WebSocket): void {
    const seat = this.#seats.seatOf(socket)
    if (!seat) return
    const lastSeenMs = this.#seats.lastSeenMs()
    this.#seats.release(socket)
    this.#apply({ type: 'seat_closed', seat }, lastSeenMs)
  }

  override webSocketError(socket: WebSocket): void {
    this.webSocketClose(socket)
  }

  /** Receives a change that the wallet has committed. A call of an earlier revision changes nothing. */
  async walletChanged(news: RoomNews, revision: number): Promise<void> {
    this.#restore()
    if (news.kind === 'tokens_revoked') this.#revoke(news.revocation)
    else if (this.#storeView(news.call, revision)) this.#notifyAndSetAlarm()
  }

  /** Stores the wallet's view of the call if it is newer. Returns whether it is. */
  #storeView(call: CallView, revision: number, userUuid?: string): boolean {
    const known = this.#storage.load()
    const isNew = !known || known.revision < revision
    const owner = known?.userUuid ?? userUuid ?? null
    if (!isNew && owner === known.userUuid) return false
    const newest = isNew ? { call, revision } : {}
    const row = { revocations: [], state: null, call, revision, ...known, ...newest }
    this.#storage.save({ ...row, userUuid: owner })
    if (isNew) this.#apply({ type: 'call_viewed', call: knownCall(call, revision) })
    return isNew
  }

  #revoke(revocation: TokenRevocation): void {
    const known = this.#storage.load()
    if (known) this.#storage.save({ ...known, revocations: [...known.revocations, revocation] })
    this.#subscribers.disconnect((caller) => revokes(revocation, caller))
    const caller = this.#seats.occupantOf('caller')?.caller
    if (caller && revokes(revocation, caller)) this.#apply({ type: 'tokens_revoked' })
  }

  override async alarm(): Promise<void> {
    this.#alarmAtMs = null
    this.#restore()
    const row = this.#storage.load()
    if (!row || Date.now() >= removalMs(row.call)) return this.#remove()
    this.#apply({ type: 'alarm' })
    this.#notifyAndSetAlarm()
  }

  /** Applies an event: stores the new state, sends the messages, and starts the work. */
  #apply(happening: Happening, lastSeenMs = this.#seats.lastSeenMs()): void {
    const row = this.#storage.load()
    if (!row?.state) return
    let { state } = row
    const messages: Outgoing[] = []
    const closed = happening.type === 'seat_closed' ? happening.seat : undefined
    const seats = this.#lostSockets(state).filter((seat) => seat !== closed)
    const lost: Happening[] = seats.length > 0 ? [{ type: 'sockets_lost', seats }] : []
    for (const each of [...lost, happening]) {
      const decision = decide(state, { ...each, lastSeenMs }, Date.now())
      state = decision.state
      messages.push(...decision.messages)
    }
    const started = startWork(state, state.clockMs)
    this.#storage.save({ ...row, state: started.state })
    for (const outgoing of messages) this.#seats.send(outgoing)
    this.#setAlarm({ ...row, state: started.state })
    for (const work of started.work) void this.#perform(row.userUuid ?? '', work)
  }

  async #perform(userUuid: string, work: Work): Promise<void> {
    let result: Happening
    try {
      result = await performWork(this.#deps(), userUuid, work)
    } catch (error) {
      logError('room_work_failed', error, { kind: work.kind })
      result = { type: 'work_failed', key: workKey(work) }
    }
    this.#apply(result)
  }

  #notifyAndSetAlarm(): void {
    const row = this.#storage.load()
    if (!row) return
    const nowMs = Date.now()
    this.#subscribers.notify(callAt(row.call, nowMs), nowMs)
    this.#setAlarm(row)
  }

  #setAlarm({ call, state }: RoomRow): void {
    const nowMs = Date.now()
    const roomMs = state && !isFinished(state) ? nextAlarmMs(state, nowMs) : null
    const noticeMs = this.#subscribers.nextNoticeMs(call, nowMs)
    const alarmMs = Math.min(removalMs(call), roomMs ?? Infinity, noticeMs ?? Infinity)
    if (alarmMs === this.#alarmAtMs) return
    this.#alarmAtMs = alarmMs
    void this.ctx.storage.setAlarm(alarmMs)
  }

  /** A deployment closes all sockets without an event. */
  #lostSockets({ seats }: RoomState): SeatName[] {
    return SEATS.filter((seat) => seats[seat].isPresent && !this.#seats.occupantOf(seat))
  }
}
