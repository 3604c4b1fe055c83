/**
 * The wallet object, the only place where the wallet's money moves. Each command is one synchronous
 * transaction. A user's command includes the caller, because the object itself rejects revoked tokens.
 * The alarm settles due calls, delivers transfers and projects rows to D1.
 */
import { DurableObject } from 'cloudflare:workers'
import type { Caller, TokenRevocation } from '../../common/tokens/access-token'
import type { Idempotency, IdempotentResult } from '../../common/idempotency'
import { logError, logWith } from '../../common/log'
import type { Kobo } from '../../common/money'
import type { LimitState } from '../../common/rate-limit'
import { ok, type Revised, refuse, type Result } from '../../common/result'
import { limitState } from '../../limits/policy'
import { auditWallet, type WalletAudit } from './audit'
import { DEPLOYMENT, type NewEvent, ownerOfStream, streamName } from '../../outbox/event'
import {
  availableKobo,
  type Change,
  type Decided,
  decided,
  heldKobo,
  noChange,
} from '../core/change'
import { CommandRunner, type Decide, type Ran } from './command-runner'
import {
  answerCall,
  type CallLimits,
  endCall,
  freezeWallet,
  initiateCall,
  type NewCall,
  type Quote,
  quoteCall,
  unfreezeWallet,
  viewCall,
} from '../core/call-commands'
import { closeWallet, type Closing } from '../core/close-wallet'
import { type Correction, correctionReference, correctWallet } from '../core/correction'
import {
  type Adjustment,
  giveGoodwill,
  goodwillReference,
  waiveDebt,
  waiverReference,
} from '../core/debt-commands'
import {
  type PaymentCredit,
  type ConfirmedPayment,
  creditPayment,
  type ReversedPayment,
  reversePayment,
} from '../core/payment-commands'
import {
  holdRefund,
  type NewRefund,
  type RefundOutcome,
  type RefundState,
  settleRefund,
} from '../core/refund-commands'
import type { RefundName } from '../core/returned-money'
import {
  acceptTransfer,
  type Arrival,
  collectDebt,
  creditReferences,
  debitReferences,
  type KnownMoves,
  type NewTransfer,
  sendForRefund,
  sendTransfer,
} from '../core/transfer-commands'
import { IdempotencyStore, type Ticket } from './idempotency-store'
import { type InspectQuery, inspectWallet, type WalletInspection } from './inspection'
import { Outbox } from '../../outbox/outbox'
import type { Rate } from '../core/metering'
import {
  acceptCall,
  endInRoom,
  inviteToCall,
  openRoom,
  ringCall,
  type RoomEnd,
  type RoomLimits,
} from '../core/room-commands'
import { AlarmBackoff } from './alarm-backoff'
import { nextAlarmMs, PROJECTION_DELAY_MS } from '../core/alarm'
import { RevokedTokens } from './revoked-tokens'
import { deliverTransfers, project, requestCollections } from './deliveries'
import { callUuidOf, roomDestination, type RoomNews, type RoomOf } from './rooms'
import { EVENT_OUTBOX, type StreamOf } from './streams'
import { walletEvents } from '../core/wallet-events'
import {
  type Call,
  type CallView,
  type EntryView,
  type HangUpReason,
  parseObjectName,
  type Transfer,
  type WalletName,
  walletUuid,
  type WalletView,
  type WalletState,
} from '../core/wallet'
import { walletStub } from './client'
import type { CallPage, EntryPage } from './tables/pages'
import { SCHEMA_STEPS } from './tables/migrations'
import { applySchemaSteps } from '../../common/sql/schema-steps'
import { BLANKED_AT_ONCE, type WalletRow, WalletStorage } from './storage'
import { blankProjected } from './projection'

const KEYS_KEPT_MS = 48 * 60 * 60 * 1000

export interface InitiateCall {
  readonly call: NewCall
  readonly limits: CallLimits
  readonly idempotency: Idempotency | undefined
}

export interface Initiated {
  readonly result: Revised<IdempotentResult<CallView>>
  readonly limitState: LimitState
}

/** Parts outside the wallet that it calls, and settings that it reads when it needs them. */
export interface WalletPorts {
  readonly roomOf: RoomOf
  readonly streamOf: StreamOf
  /** Whether the deployment's stream receives the events of all wallets. */
  readonly hasDeploymentEvents: () => boolean
  /** Period after a call for which its recipient is kept; `Infinity` if it is not known. */
  readonly calledNumbersMs: () => number
}

export class WalletObject extends DurableObject<Env> {
  readonly #storage: WalletStorage
  readonly #idempotencyStore: IdempotencyStore
  readonly #runner: CommandRunner
  readonly #name: WalletName
  readonly #uuid: string
  readonly #revokedTokens: RevokedTokens
  readonly #backoff: AlarmBackoff
  readonly #outbox: Outbox
  readonly #eventOutbox: Outbox
  readonly #ports: WalletPorts
  #alarmAtMs: number | null = null
  #isRetentionDone = true

  constructor(ctx: DurableObjectState, env: Env, ports: WalletPorts) {
    super(ctx, env)
    this.#ports = ports
    this.#name = parseObjectName(ctx.id.name ?? '')
    this.#uuid = walletUuid(this.#name)
    this.#storage = new WalletStorage(ctx.storage.sql)
    this.#idempotencyStore = new IdempotencyStore(ctx.storage.sql)
    this.#revokedTokens = new RevokedTokens(ctx.storage.sql)
    this.#backoff = new AlarmBackoff(ctx.storage.sql)
    const outbox = { sql: ctx.storage.sql, now: () => Date.now() }
    this.#outbox = new Outbox({
      ...outbox,
      send: ({ destination, revision, body }) =>
        ports.roomOf(callUuidOf(destination)).walletChanged(JSON.parse(body) as RoomNews, revision),
    })
    this.#eventOutbox = new Outbox({
      ...outbox,
      ...EVENT_OUTBOX,
      send: ({ destination, body }) =>
        ports.streamOf(ownerOfStream(destination)).append(JSON.parse(body) as NewEvent[]),
    })
    this.#runner = new CommandRunner({
      walletUuid: this.#uuid,
      storage: this.#storage,
      idempotencyStore: this.#idempotencyStore,
      transactionSync: (run) => ctx.storage.transactionSync(run),
      now: () => Date.now(),
      notifyRooms: (calls, revision) => {
        for (const call of calls) this.#notifyRoom(call.uuid, { kind: 'call', call }, revision)
      },
      addEvents: (...committed) => this.#addEvents(...committed),
    })
    void ctx.blockConcurrencyWhile(async () => {
      applySchemaSteps(ctx.storage, SCHEMA_STEPS)
      this.#revokedTokens.load()
      this.#backoff.load()
      this.#outbox.load()
      this.#eventOutbox.load()
      this.#alarmAtMs = await ctx.storage.getAlarm()
    })
  }

  /** Throws if the storage cannot be read. Does not create the wallet. */
  ping(): void {
    this.ctx.storage.sql.exec('SELECT COUNT(*) FROM schema_steps').one()
  }

  /** Creates the wallet if it is new. */
  open(): void {
    this.#settle()
  }

  /** Lets the user's stream receive the events of later changes. A repeat changes nothing. */
  markStreamed(): void {
    const { row, nowMs } = this.#settle()
    if (row.streamedSinceMs === null) this.#storage.markStreamed(nowMs)
  }

  /**
   * Phone number of a call's recipient. Null if there is no such call, the number was blanked, or the user was erased.
   */
  recipientOf(callUuid: string): string | null {
    const call = this.#storage.call(callUuid)
    if (!call || call.recipientPhone === '') return null
    const { state } = this.#storage.load(this.#uuid, Date.now())
    return state.erasedAtMs === null ? call.recipientPhone : null
  }

  /** Revokes tokens. The rooms of open calls disconnect the sockets that used them. */
  async revokeTokens(refusal: TokenRevocation, requestId?: string): Promise<void> {
    const rooms = this.#storage.openRooms()
    this.ctx.storage.transactionSync(() => {
      this.#revokedTokens.add(refusal, Date.now())
      for (const callUuid of rooms)
        this.#notifyRoom(callUuid, { kind: 'tokens_revoked', revocation: refusal }, 0)
    })
    if (rooms.length === 0) return
    await logWith({ request_id: requestId }, () => {
      this.#settle()
      return this.#tryToNotifyRooms()
    })
  }

  view(caller: Caller): Revised<WalletView> {
    return this.#read(caller, (state, nowMs) =>
      ok({
        uuid: this.#uuid,
        type: this.#name.type,
        availableKobo: availableKobo(state, nowMs),
        heldKobo: heldKobo(state, nowMs),
        goodwillKobo: state.goodwillKobo,
        debtKobo: state.debtKobo,
        frozenAtMs: state.frozenAtMs,
        createdAtMs: state.createdAtMs,
      }),
    )
  }

  /** Refuses `not_found`. */
  call(caller: Caller, uuid: string): Revised<CallView> {
    return this.#read(caller, (state, nowMs) => {
      const call = this.#callOf(state, uuid)
      return call ? ok(viewCall(state, call, nowMs)) : refuse({ code: 'not_found' })
    })
  }

  calls(caller: Caller, page: CallPage): Revised<CallView[]> {
    return this.#read(caller, (state, nowMs) =>
      ok(this.#storage.calls(page).map((call) => viewCall(state, call, nowMs))),
    )
  }

  entries(caller: Caller, page: EntryPage): Revised<EntryView[]> {
    return this.#read(caller, () => ok(this.#storage.entries(page)))
  }

  /** Returns a transfer out of this wallet. Refuses `not_found`. */
  transfer(uuid: string): Result<Transfer> {
    const transfer = this.#storage.transfer(uuid)
    return transfer ? ok(transfer) : refuse({ code: 'not_found' })
  }

  /**
   * A repeat with the same call UUID or idempotency key opens one call. Every result has the state of
   * the rate limit.
   */
  initiateCall(caller: Caller, { call, limits, idempotency }: InitiateCall): Initiated {
    let startsMs: readonly number[] | undefined
    const startsBefore = (nowMs: number) =>
      (startsMs ??= this.#storage.callStarts(limits.starts, nowMs))
    const opened = this.#runner.once(idempotency, (state, nowMs) => {
      const known = this.#storage.call(call.uuid)
      if (known) return decided(noChange(state), viewCall(state, known, nowMs))
      return initiateCall(state, call, limits, startsBefore(nowMs), nowMs)
    })
    const result = this.#commandBy(caller, opened)
    const nowMs = Date.now()
    const isNew = result.ok && startsMs !== undefined
    const tries = isNew ? [...startsBefore(nowMs), nowMs] : startsBefore(nowMs)
    return { result, limitState: limitState(limits.starts, tries, nowMs) }
  }

  answerCall(caller: Caller, uuid: string, limits: CallLimits): Revised<CallView> {
    return this.#commandBy(caller, (state, nowMs) =>
      answerCall(state, this.#callOf(state, uuid), limits, nowMs),
    )
  }

  endCall(caller: Caller, uuid: string, reason: HangUpReason): Revised<CallView> {
    return this.#commandBy(caller, (state, nowMs) =>
      endCall(state, this.#callOf(state, uuid), reason, nowMs),
    )
  }

  openRoom(caller: Caller, uuid: string): Revised<CallView> {
    return this.#commandBy(caller, (state, nowMs) =>
      openRoom(state, this.#callOf(state, uuid), nowMs),
    )
  }

  inviteToCall(caller: Caller, uuid: string, limits: RoomLimits): Revised<CallView> {
    return this.#commandBy(caller, (state, nowMs) =>
      inviteToCall(state, this.#callOf(state, uuid), limits, nowMs),
    )
  }

  /** A command of the room, like `acceptCall` and `endInRoom`. */
  ringCall(uuid: string, limits: RoomLimits, requestId?: string): Revised<CallView> {
    return this.#commandFor(requestId, (state, nowMs) =>
      ringCall(state, this.#callOf(state, uuid), limits, nowMs),
    )
  }

  acceptCall(
    uuid: string,
    acceptanceUuid: string,
    limits: RoomLimits,
    requestId?: string,
  ): Revised<CallView> {
    return this.#commandFor(requestId, (state, nowMs) => {
      const lostAtMs = this.#storage.lostCalls(limits.lostCalls, nowMs)
      return acceptCall(state, this.#callOf(state, uuid), acceptanceUuid, limits, lostAtMs, nowMs)
    })
  }

  endInRoom(uuid: string, end: RoomEnd, requestId?: string): Revised<CallView> {
    return this.#commandFor(requestId, (state, nowMs) =>
      endInRoom(state, this.#callOf(state, uuid), end, nowMs),
    )
  }

  /** For the room, and for the callee, who has no session. Refuses `not_found`. */
  callInRoom(uuid: string, requestId?: string): Revised<CallView> {
    return this.#commandFor(requestId, (state, nowMs) => {
      const call = this.#callOf(state, uuid)
      return call
        ? decided(noChange(state), viewCall(state, call, nowMs))
        : refuse({ code: 'not_found' })
    })
  }

  quoteCall(caller: Caller, rate: Rate, limits: CallLimits): Revised<Quote> {
    return this.#read(caller, (state, nowMs) => ok(quoteCall(state, rate, limits, nowMs)))
  }

  /** Reports whether the caller may subscribe to a call. Refuses `not_found` and `wallet_frozen`. */
  admitSubscriber(caller: Caller, uuid: string): Revised<null> {
    return this.#commandBy(caller, (state) =>
      this.#callOf(state, uuid) ? decided(noChange(state), null) : refuse({ code: 'not_found' }),
    )
  }

  /** Redeems an event ticket, which works once, and opens the call's room. Refuses `invalid_ticket`. */
  redeemTicket(caller: Caller, uuid: string, ticket: Ticket): Revised<CallView> {
    return this.#commandBy(caller, (state, nowMs) =>
      this.#idempotencyStore.redeemTicket(ticket, nowMs)
        ? openRoom(state, this.#callOf(state, uuid), nowMs)
        : refuse({ code: 'invalid_ticket' }),
    )
  }

  creditPayment(confirmed: ConfirmedPayment, requestId?: string): Promise<Revised<PaymentCredit>> {
    return this.#commandThatMayOwe(requestId, (state, nowMs) =>
      creditPayment(state, confirmed, this.#storage.paymentTotals(confirmed), nowMs),
    )
  }

  reversePayment(name: ReversedPayment, requestId?: string): Promise<Revised<PaymentCredit>> {
    return this.#commandThatMayOwe(requestId, (state, nowMs) =>
      reversePayment(state, name, this.#storage.paymentTotals(name), nowMs),
    )
  }

  /** Amount that the user owes this wallet. */
  debt(): Revised<Kobo> {
    const { row } = this.#settle()
    return { ...ok(row.state.debtKobo), revision: row.revision }
  }

  /** Holds the money of a refund, before the gateway is called. A repeat moves nothing. */
  holdRefund(refund: NewRefund, requestId?: string): Revised<RefundState> {
    return this.#commandFor(requestId, (state, nowMs) =>
      holdRefund(state, refund, this.#storage.paymentTotals(refund), nowMs),
    )
  }

  settleRefund(
    refund: RefundName,
    outcome: RefundOutcome,
    requestId?: string,
  ): Promise<Revised<RefundState>> {
    return this.#commandThatMayOwe(requestId, (state, nowMs) =>
      settleRefund(state, refund, outcome, this.#storage.paymentTotals(refund), nowMs),
    )
  }

  giveGoodwill(adjustment: Adjustment, requestId?: string): Revised<null> {
    return this.#commandFor(requestId, (state, nowMs) => {
      const known = this.#storage.entry(goodwillReference(adjustment.uuid))
      return giveGoodwill(state, adjustment, known, nowMs)
    })
  }

  waiveDebt(adjustment: Adjustment, requestId?: string): Revised<null> {
    return this.#commandFor(requestId, (state, nowMs) => {
      const known = this.#storage.entry(waiverReference(adjustment.uuid))
      const isCollected = this.#storage.openCollections().length > 0
      return waiveDebt(state, adjustment, known, isCollected, nowMs)
    })
  }

  correct(correction: Correction, requestId?: string): Revised<null> {
    return this.#commandFor(requestId, (state, nowMs) => {
      const known = this.#storage.entry(correctionReference(correction.uuid))
      return correctWallet(state, correction, known, nowMs)
    })
  }

  /** Ends all calls. */
  freeze(requestId?: string): Revised<null> {
    return this.#commandFor(requestId, freezeWallet)
  }

  unfreeze(requestId?: string): Revised<null> {
    return this.#commandFor(requestId, unfreezeWallet)
  }

  /** Blanks the recipients of old calls again, because a restore of D1 has brought them back. */
  blankAgain(): void {
    this.#storage.blankFromStart()
    this.#settle()
    this.#bringRetentionForward()
  }

  /** Closes the wallet for the erasure of its user. */
  close(closing: Closing, requestId?: string): Revised<Kobo> {
    return this.#commandFor(requestId, (state, nowMs) => closeWallet(state, closing, nowMs))
  }

  /**
   * Debits this wallet, then credits the other. If the delivery fails, `delivered` is false and the alarm
   * retries it.
   */
  sendTransfer(transfer: NewTransfer, requestId?: string): Promise<Result<{ delivered: boolean }>> {
    return this.#send(requestId, transfer, sendTransfer)
  }

  /** Sends the amount that the other wallet lacks for a refund. */
  sendForRefund(
    transfer: NewTransfer,
    requestId?: string,
  ): Promise<Result<{ delivered: boolean }>> {
    return this.#send(requestId, transfer, sendForRefund)
  }

  /** Pays the other wallet's debt; `call_credits` takes over the part that it cannot pay. */
  collectDebt(transfer: NewTransfer, requestId?: string): Promise<Result<{ delivered: boolean }>> {
    const takesOver = this.#name.type === 'call_credits'
    return this.#send(requestId, transfer, (state, asked, known, nowMs) =>
      collectDebt(state, asked, takesOver, known, nowMs),
    )
  }

  #send(
    requestId: string | undefined,
    transfer: NewTransfer,
    decide: (
      state: WalletState,
      transfer: NewTransfer,
      known: KnownMoves,
      nowMs: number,
    ) => Decided<null>,
  ): Promise<Result<{ delivered: boolean }>> {
    return logWith({ request_id: requestId }, async () => {
      const sent = this.#command((state, nowMs) => {
        const known = this.#storage.entriesOf(debitReferences(transfer.uuid))
        return decide(state, transfer, known, nowMs)
      })
      if (!sent.ok) return sent
      const delivered = await this.#tryToReach('transfer_in_transit', () =>
        this.#deliverTransfers(),
      )
      return ok({ delivered })
    })
  }

  acceptTransfer(transfer: Arrival, requestId?: string): Revised<null> {
    return this.#commandFor(requestId, (state, nowMs) => {
      const known = this.#storage.entriesOf(creditReferences(transfer.uuid))
      return acceptTransfer(state, transfer, known, nowMs)
    })
  }

  /** Audits the whole wallet as stored. The cost grows with its length. */
  audit(): WalletAudit {
    this.#storage.reload()
    const { row, nowMs } = this.#settle()
    this.#bringRetentionForward()
    return auditWallet(this.#storage, row, nowMs)
  }

  /** For operators, who have no session of the user. */
  inspect(query: InspectQuery): WalletInspection {
    const { row, nowMs } = this.#settle()
    return inspectWallet(this.#storage, this.#name, row, query, nowMs)
  }

  /** Projects everything again, from the next alarm on. Rows that are already in D1 stay. */
  resetProjection(): void {
    this.#storage.resetProjection()
    this.#settle()
  }

  /** Projects changes now instead of with the alarm, as many as one invocation allows. */
  async projectNow(): Promise<void> {
    const { row } = this.#settle()
    await project(this.#storage, this.env.DB, this.#name, this.#uuid, row.revision)
  }

  /**
   * Must not throw: the platform would retry the alarm six times and then drop it. After a failure the
   * next alarm waits for its back-off, whatever is due.
   */
  override async alarm(): Promise<void> {
    this.#alarmAtMs = null
    let delayMs = PROJECTION_DELAY_MS
    try {
      if (!(await this.#deliverAndProject())) delayMs = 0
      this.#backoff.clear()
    } catch (error) {
      this.#failAlarm(error)
    }
    try {
      this.#deliverAndSetAlarm(this.#storage.load(this.#uuid, Date.now()), delayMs)
    } catch (error) {
      this.#failAlarm(error)
      this.#setAlarm(this.#backoff.retryAtMs)
    }
  }

  #failAlarm(error: unknown): void {
    logError('wallet_alarm_failed', error, { wallet: this.#uuid })
    this.#backoff.fail(Date.now())
  }

  /** Delivers before it projects: after a complete projection, only a failure sets another alarm. */
  async #deliverAndProject(): Promise<boolean> {
    const { revision } = this.#runner.settle().row
    const areKeysGone = this.#idempotencyStore.deleteKeysBefore(Date.now() - KEYS_KEPT_MS)
    const notified = this.#tryToNotifyRooms()
    void this.#tryToDeliverEvents()
    try {
      await this.#deliverTransfers()
      await this.#requestCollections()
      if (!(await project(this.#storage, this.env.DB, this.#name, this.#uuid, revision)))
        return false
      await this.#blankRecipients(areKeysGone)
      return true
    } finally {
      await notified
    }
  }

  /**
   * Blanks the recipients of old calls, in D1 first, so that a failure repeats both. Each alarm also deletes old
   * idempotency keys, whose results name recipients too. If some are left, the next alarm follows at once.
   */
  async #blankRecipients(areKeysGone: boolean): Promise<void> {
    const calls = this.#storage.callsToBlank(Date.now() - this.#ports.calledNumbersMs())
    const last = calls.at(-1)
    if (last) {
      await blankProjected(this.env.DB, calls)
      this.ctx.storage.transactionSync(() => this.#storage.blankRecipients(last.seq))
    }
    this.#isRetentionDone = areKeysGone && calls.length < BLANKED_AT_ONCE
  }

  /** An alarm that was set under a longer retention period would ring too late. */
  #bringRetentionForward(): void {
    const dueMs = this.#retentionDueMs()
    if (dueMs !== undefined && this.#alarmAtMs !== null && dueMs < this.#alarmAtMs)
      this.#setAlarm(dueMs)
  }

  #retentionDueMs(): number | undefined {
    if (!this.#isRetentionDone) return Date.now()
    const dueMs = (this.#storage.oldestRecipientMs() ?? Infinity) + this.#ports.calledNumbersMs()
    return Number.isFinite(dueMs) ? dueMs : undefined
  }

  /** Adds a row to the outbox. Runs in the transaction of its cause. */
  #notifyRoom(callUuid: string, news: RoomNews, revision: number): void {
    const destination = roomDestination(callUuid)
    this.#outbox.add({ destination, revision, body: JSON.stringify(news) })
  }

  /** Adds a row for each stream to the outbox of events. Runs in the transaction of the change. */
  #addEvents(before: WalletState, change: Change, row: WalletRow, nowMs: number): void {
    const { revision, streamedSinceMs } = row
    const owners = [
      ...(streamedSinceMs === null ? [] : [this.#name.userUuid]),
      ...(this.#ports.hasDeploymentEvents() ? [DEPLOYMENT] : []),
    ]
    if (owners.length === 0) return
    const events = walletEvents({ name: this.#name, before, change, revision, nowMs })
    if (events.length === 0) return
    const body = JSON.stringify(events)
    for (const owner of owners)
      this.#eventOutbox.add({ destination: streamName(owner), revision, body })
  }

  #tryToNotifyRooms(): Promise<boolean> {
    return this.#tryToReach('rooms_not_notified', () => this.#outbox.deliver())
  }

  /** Neither a command nor the alarm waits for it, so afterwards it sets the alarm for what is left. */
  async #tryToDeliverEvents(): Promise<void> {
    await this.#tryToReach('events_not_delivered', async () => {
      await this.#eventOutbox.deliver()
      if (this.#eventOutbox.nextAttemptAtMs !== undefined)
        this.#setNextAlarm(this.#storage.load(this.#uuid, Date.now()), PROJECTION_DELAY_MS)
    })
  }

  #deliverTransfers(): Promise<void> {
    return deliverTransfers(this.#storage, (type) =>
      walletStub(this.env.WALLET, { ...this.#name, type }),
    )
  }

  #requestCollections(): Promise<void> {
    return requestCollections(this.#storage, this.#name, this.#uuid, (type) =>
      walletStub(this.env.WALLET, { ...this.#name, type }),
    )
  }

  /** Reports whether the other wallet was reached. If not, the alarm retries. */
  async #tryToReach(event: string, reach: () => Promise<void>): Promise<boolean> {
    try {
      await reach()
      return true
    } catch (error) {
      logError(event, error, { wallet: this.#uuid })
      return false
    }
  }

  #callOf(state: WalletState, uuid: string): Call | undefined {
    return state.openCalls.find((call) => call.uuid === uuid) ?? this.#storage.call(uuid)
  }

  #settle(): Pick<Ran<null>, 'row' | 'nowMs'> {
    const { row, nowMs } = this.#runner.settle()
    this.#deliverAndSetAlarm(row, PROJECTION_DELAY_MS)
    return { row, nowMs }
  }

  /** Settles due calls first, so that the result is current. */
  #read<T>(caller: Caller, read: (state: WalletState, nowMs: number) => Result<T>): Revised<T> {
    if (this.#revokedTokens.has(caller)) return refuse({ code: 'unauthenticated' })
    return logWith({ request_id: caller.requestId }, () => {
      const { row, nowMs } = this.#settle()
      return { ...read(row.state, nowMs), revision: row.revision }
    })
  }

  /** A user's command, which a frozen wallet refuses. */
  #commandBy<T>(caller: Caller, decide: Decide<T>): Revised<T> {
    if (this.#revokedTokens.has(caller)) return refuse({ code: 'unauthenticated' })
    return this.#commandFor(caller.requestId, (state, nowMs) =>
      state.frozenAtMs === null ? decide(state, nowMs) : refuse({ code: 'wallet_frozen' }),
    )
  }

  /** A command that may leave a debt, which it then collects from the user's other wallet. */
  #commandThatMayOwe<T>(requestId: string | undefined, decide: Decide<T>): Promise<Revised<T>> {
    return logWith({ request_id: requestId }, async () => {
      const done = this.#command(decide)
      await this.#tryToReach('debt_not_collected', () => this.#requestCollections())
      return done
    })
  }

  #commandFor<T>(requestId: string | undefined, decide: Decide<T>): Revised<T> {
    return logWith({ request_id: requestId }, () => this.#command(decide))
  }

  #command<T>(decide: Decide<T>): Revised<T> {
    const { result, row } = this.#runner.run(decide)
    this.#deliverAndSetAlarm(row, PROJECTION_DELAY_MS)
    return { ...result, revision: row.revision }
  }

  #deliverAndSetAlarm(row: WalletRow, delayMs: number): void {
    if (this.#outbox.nextAttemptAtMs !== undefined) void this.#tryToNotifyRooms()
    if (this.#eventOutbox.nextAttemptAtMs !== undefined) void this.#tryToDeliverEvents()
    this.#setNextAlarm(row, delayMs)
  }

  #setNextAlarm(row: WalletRow, delayMs: number): void {
    const deliveryDueMs = earliest(this.#outbox.nextAttemptAtMs, this.#eventOutbox.nextAttemptAtMs)
    const retentionDueMs = () => this.#retentionDueMs()
    const facts = { ...row, deliveryDueMs, retryAtMs: this.#backoff.retryAtMs, retentionDueMs }
    this.#setAlarm(nextAlarmMs(facts, this.#alarmAtMs, Date.now(), delayMs))
  }

  #setAlarm(alarmMs: number | undefined): void {
    if (alarmMs === undefined) return
    this.#alarmAtMs = alarmMs
    void this.ctx.storage.setAlarm(alarmMs)
  }
}

const earliest = (...times: readonly (number | undefined)[]): number | undefined => {
  const known = times.filter((atMs) => atMs !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
