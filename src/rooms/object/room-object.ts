/**
 * The room object of a call, the only place where the call's sockets are. Its wallet notifies it of each change
 * of the call, and it notifies the subscribers. It never moves money.
 */
import { DurableObject } from 'cloudflare:workers'
import { applySchemaSteps } from '../../common/sql/schema-steps'
import { logWith } from '../../common/log'
import type { Caller, TokenRevocation } from '../../common/tokens/access-token'
import { isOpen } from '../../wallets/core/call-commands'
import { holdAt } from '../../wallets/core/metering'
import type { CallView } from '../../wallets/core/wallet'
import type { RoomNews } from '../../wallets/object/rooms'
import { readConnection, type Connection } from './client'
import { type PresentEvent, Subscribers } from './subscribers'
import { RoomStorage, SCHEMA_STEPS } from './tables'

const DAY_MS = 24 * 60 * 60_000
/** A room is kept so long after the end of its call, for news that arrive late. */
const KEPT_AFTER_END_MS = DAY_MS
/** Longer than any call can be open: after this, the wallet gave up notifying the room. */
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

export class RoomObject extends DurableObject<Env> {
  readonly #storage: RoomStorage
  readonly #subscribers: Subscribers
  #isRemoved = false

  constructor(ctx: DurableObjectState, env: Env, presentEvent: PresentEvent) {
    super(ctx, env)
    this.#storage = new RoomStorage(ctx.storage.sql)
    this.#subscribers = new Subscribers(ctx, presentEvent)
    applySchemaSteps(ctx.storage, SCHEMA_STEPS)
  }

  /** Removes all rows. The object may be used again, for example by a subscriber to a call of last week. */
  async #remove(): Promise<void> {
    await this.ctx.storage.deleteAll()
    this.#isRemoved = true
  }

  #restore(): void {
    if (this.#isRemoved) applySchemaSteps(this.ctx.storage, SCHEMA_STEPS)
    this.#isRemoved = false
  }

  /** Opens a socket. The Worker has checked the token, and the wallet has admitted the caller. */
  override fetch(request: Request): Response {
    const connection = readConnection(request)
    return logWith({ request_id: connection.requestId }, () => this.#subscribe(connection))
  }

  #subscribe({ subscription, call, revision }: Connection): Response {
    this.#restore()
    this.#learn(call, revision)
    const { revocations = [] } = this.#storage.load() ?? {}
    if (revocations.some((revocation) => revokes(revocation, subscription.caller)))
      return Response.json({ code: 'unauthenticated' }, { status: 409 })
    const webSocket = this.#subscribers.accept(subscription)
    if (!webSocket) return Response.json({ code: 'too_many_watchers' }, { status: 409 })
    this.#notifyAndSetAlarm()
    return new Response(null, { status: 101, webSocket })
  }

  override webSocketMessage(socket: WebSocket): void {
    socket.close(1008, 'only ping is understood')
  }

  /** Receives what the wallet has committed. News of an earlier revision change nothing. */
  async walletChanged(news: RoomNews, revision: number): Promise<void> {
    this.#restore()
    if (news.kind === 'tokens_revoked') this.#revoke(news.revocation)
    else if (this.#learn(news.call, revision)) this.#notifyAndSetAlarm()
  }

  /** Reports whether the news were new. */
  #learn(call: CallView, revision: number): boolean {
    const known = this.#storage.load()
    if (known && known.revision >= revision) return false
    this.#storage.save({ revocations: [], ...known, call, revision })
    return true
  }

  #revoke(revocation: TokenRevocation): void {
    const known = this.#storage.load()
    if (known) this.#storage.save({ ...known, revocations: [...known.revocations, revocation] })
    this.#subscribers.disconnect((caller) => revokes(revocation, caller))
  }

  override async alarm(): Promise<void> {
    this.#restore()
    const row = this.#storage.load()
    if (!row || Date.now() >= removalMs(row.call)) return this.#remove()
    this.#notifyAndSetAlarm()
  }

  #notifyAndSetAlarm(): void {
    const row = this.#storage.load()
    if (!row) return
    const nowMs = Date.now()
    const noticeMs = this.#subscribers.notify(callAt(row.call, nowMs), nowMs)
    void this.ctx.storage.setAlarm(noticeMs ?? removalMs(row.call))
  }
}
