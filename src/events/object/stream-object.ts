/**
 * The stream object: an owner's API keys, the log of events, and the endpoints that receive them. Wallets and D1's outbox
 * append events at least once; the log has each ID once. The alarm begins due deliveries and removes old rows.
 */
import { DurableObject } from 'cloudflare:workers'
import { logError } from '../../common/log'
import { nextAttempt } from '../../common/next-attempt'
import { ok, refuse, type Result } from '../../common/result'
import { firstValue } from '../../common/sql/rows'
import { applySchemaSteps } from '../../common/sql/schema-steps'
import { KeyTable } from '../../keys/object/key-table'
import { DEPLOYMENT, type NewEvent, ownerOfStream, type StreamOwner } from '../../outbox/event'
import type {
  ApiKey,
  Attempt,
  Endpoint,
  EndpointChange,
  EventPage,
  EventQuery,
  KeyHolder,
  NewApiKey,
  NewEndpoint,
  WithSecret,
} from '../core/stream'
import {
  nextStreamAlarmMs,
  SHORTEST_PAUSE_MS,
  STREAM_RETRIES,
  UPKEEP_INTERVAL_MS,
} from '../core/stream-alarm'
import { Endpoints } from './endpoints'
import { EventLog } from './event-log'
import type { StreamPorts } from './ports'
import { StreamState } from './stream-state'
import { ERASED_TABLES, STREAM_STEPS } from './tables'
import { MAX_WAITERS, type Wait, type Waiter, Waiters } from './waiters'

/** Events are removed this long after the stream received them. */
export const EVENTS_KEPT_MS = 30 * 86_400_000

/** Events that one upkeep removes at most. If more are old, the next upkeep follows after a second. */
const REMOVED_AT_ONCE = 5000

const MAX_PAGE = 500
const MAX_WAIT_MS = 25_000

const waitInRuntime: Wait = (ms, signal) => scheduler.wait(ms, { signal })

export class StreamObject extends DurableObject<Env> {
  readonly #owner: StreamOwner
  readonly #state: StreamState
  readonly #keyTable: KeyTable
  readonly #log: EventLog
  readonly #endpointTable: Endpoints
  readonly #waiters: Waiters
  #isPrepared = false
  #alarmAtMs: number | null = null
  /** Times in a row that deliveries could not begin, which is a bug or a fault of the storage. */
  #failures = 0
  #retryAtMs: number | undefined

  /** @param wait replaced by tests only */
  constructor(ctx: DurableObjectState, env: Env, ports: () => StreamPorts, wait = waitInRuntime) {
    super(ctx, env)
    this.#owner = ownerOfStream(ctx.id.name ?? '')
    this.#state = new StreamState(ctx.storage.sql)
    this.#keyTable = new KeyTable(ctx.storage.sql)
    this.#log = new EventLog(ctx.storage.sql)
    this.#waiters = new Waiters(wait)
    this.#endpointTable = new Endpoints({
      owner: this.#owner,
      storage: ctx.storage,
      log: this.#log,
      ports,
      isKeyValid: (uuid) => this.#keys.isValid(uuid),
      now: () => Date.now(),
      setAlarm: () => this.#setAlarm(),
    })
    void ctx.blockConcurrencyWhile(async () => {
      if (isStored(ctx.storage.sql)) this.#prepare()
      this.#alarmAtMs = await ctx.storage.getAlarm()
    })
  }

  /**
   * Creates the tables. Anyone can forge a key that names an object, so the constructor, `useKey` and `read` must not
   * store anything in an object that has stored nothing yet.
   */
  #prepare(): void {
    if (this.#isPrepared) return
    applySchemaSteps(this.ctx.storage, STREAM_STEPS)
    this.#state.load()
    this.#endpointTable.load()
    this.#isPrepared = true
  }

  get #keys(): KeyTable {
    this.#prepare()
    return this.#keyTable
  }

  get #endpoints(): Endpoints {
    this.#prepare()
    return this.#endpointTable
  }

  /** Begins the stream: from now on it can be read. A repeat changes nothing. Refuses `no_stream` after an erasure. */
  open(): Result<null> {
    this.#prepare()
    if (this.#state.isErased) return refuse({ code: 'no_stream' })
    this.#state.open(Date.now())
    this.#setAlarm()
    return ok(null)
  }

  /**
   * Appends events in order. Ignores those that it has, and all of them after an erasure. A user's stream that is not open
   * keeps them too, because an event may arrive before the end of `open`.
   */
  append(events: readonly NewEvent[]): void {
    this.#prepare()
    if (this.#state.isErased) return
    const nowMs = Date.now()
    const added = this.ctx.storage.transactionSync(() => this.#log.append(events, nowMs))
    this.#state.keepUp(nowMs)
    if (added > 0) this.#waiters.wake()
    this.#runEndpoints()
    this.#setAlarm()
  }

  /**
   * Waits for an event if there is none. Refuses `no_stream`, `too_many_polls`, and `unauthenticated` if the key was
   * revoked since the request was accepted.
   */
  async read(query: EventQuery): Promise<Result<EventPage>> {
    const { after, waitMs } = query
    if (!this.#isPrepared) return refuse({ code: 'no_stream' })
    this.#setAlarm()
    const page = this.#page(query, after)
    if (!page.ok || page.value.events.length > 0 || waitMs <= 0) return page
    /** The page has reached its bound of rows, so matching events may follow. */
    if (page.value.next < this.#log.last) return page
    const waiter = this.#waiters.join(Math.min(waitMs, MAX_WAIT_MS))
    if (!waiter) return refuse({ code: 'too_many_polls', limit: MAX_WAITERS })
    try {
      return await this.#pageAfter(waiter, query, page.value.next)
    } finally {
      waiter.leave()
    }
  }

  async #pageAfter(waiter: Waiter, query: EventQuery, after: number): Promise<Result<EventPage>> {
    let page: Result<EventPage> = ok({ events: [], next: after })
    while (page.ok && page.value.events.length === 0 && !waiter.isOver()) {
      await waiter.next()
      page = this.#page(query, page.value.next)
    }
    return page
  }

  #page({ limit, types, keyUuid }: EventQuery, after: number): Result<EventPage> {
    if (!this.#isReadable()) return refuse({ code: 'no_stream' })
    if (keyUuid !== undefined && !this.#keys.isValid(keyUuid))
      return refuse({ code: 'unauthenticated', key: 'invalid' })
    const { events, readTo } = this.#log.read(after, Math.min(limit, MAX_PAGE), types)
    return ok({ events, next: readTo })
  }

  /** The deployment's stream is always open; whether it receives events depends on a setting. */
  #isReadable(): boolean {
    return this.#owner === DEPLOYMENT ? !this.#state.isErased : this.#state.isOpen
  }

  /** Also ends keys of earlier token versions. Refuses `too_many_keys`, and `no_stream` after an erasure. */
  createKey(key: NewApiKey): Result<ApiKey> {
    this.#prepare()
    if (this.#state.isErased) return refuse({ code: 'no_stream' })
    this.endKeys(key.tokenVersion)
    return this.#keys.create(key, Date.now())
  }

  /** Keys of this token version or a later one. */
  listKeys(minVersion: number): ApiKey[] {
    return this.#isPrepared ? this.#keys.list(minVersion) : []
  }

  /** Removes keys that ended with the user's sessions, and disables the endpoints that they created. */
  endKeys(minVersion: number): void {
    const keys = this.#keys
    this.ctx.storage.transactionSync(() => {
      for (const uuid of keys.removeBelow(minVersion)) this.#endpoints.disableOfKey(uuid)
    })
    this.#waiters.wake()
  }

  /** Ends a key, and disables its endpoints. Its row remains until `removeKey`. Refuses `not_found`. */
  disableKey(uuid: string): Result<null> {
    const disabled = this.#keys.disable(uuid)
    if (disabled.ok) this.#endpoints.disableOfKey(uuid)
    this.#waiters.wake()
    return disabled
  }

  removeKey(uuid: string): void {
    this.#keys.remove(uuid)
  }

  /** Finds a valid key by its hash; null if there is none. */
  useKey(hash: string): KeyHolder | null {
    if (!this.#isPrepared) return null
    return this.#keys.use(hash, Date.now())
  }

  async createEndpoint(endpoint: NewEndpoint): Promise<Result<WithSecret>> {
    this.#prepare()
    if (this.#state.isErased) return refuse({ code: 'no_stream' })
    const created = await this.#endpoints.create(endpoint)
    this.#state.keepUp(Date.now())
    this.#setAlarm()
    return created
  }

  listEndpoints(): Endpoint[] {
    return this.#isPrepared ? this.#endpoints.list() : []
  }

  findEndpoint(uuid: string): Result<Endpoint> {
    return this.#endpoints.find(uuid)
  }

  /** @param keyUuid key that changes it; null for a session */
  changeEndpoint(
    uuid: string,
    change: EndpointChange,
    keyUuid: string | null = null,
  ): Result<Endpoint> {
    return this.#endpoints.change(uuid, change, keyUuid)
  }

  removeEndpoint(uuid: string): Result<null> {
    return this.#endpoints.remove(uuid)
  }

  rotateEndpointSecret(uuid: string): Promise<Result<WithSecret>> {
    return this.#endpoints.rotateSecret(uuid)
  }

  testEndpoint(uuid: string, event: NewEvent): Promise<Result<Attempt>> {
    return this.#endpoints.sendTest(uuid, event)
  }

  attempts(uuid: string, limit: number, beforeSeq?: number): Result<Attempt[]> {
    return this.#endpoints.attempts(uuid, limit, beforeSeq)
  }

  replay(uuid: string, range: { from: number; to: number }): Result<number> {
    return this.#endpoints.replay(uuid, range)
  }

  /** Sends one event again. Refuses `not_found` also if the stream no longer has the event. */
  replayEvent(uuid: string, eventId: string): Result<number> {
    this.#prepare()
    const event = this.#log.byId(eventId)
    if (!event) return refuse({ code: 'not_found' })
    return this.#endpoints.replay(uuid, { from: event.sequence, to: event.sequence })
  }

  /** Removes everything, for the erasure of its owner. Later appends are ignored. */
  erase(): Result<null> {
    this.#prepare()
    this.ctx.storage.transactionSync(() => {
      for (const table of ERASED_TABLES) this.ctx.storage.sql.exec(`DELETE FROM ${table}`)
      this.#state.erase(Date.now())
    })
    this.#endpoints.load()
    this.#waiters.wake()
    return ok(null)
  }

  /** Must not throw: the platform would retry the alarm six times and then drop it. It waits for no delivery. */
  override async alarm(): Promise<void> {
    this.#alarmAtMs = null
    if (!this.#isPrepared) return
    this.#runEndpoints()
    await this.#upkeepIfDue()
    this.#setAlarm(Date.now() + SHORTEST_PAUSE_MS)
  }

  /** Begins due deliveries, which go on by themselves. */
  #runEndpoints(): void {
    try {
      this.#endpoints.run()
      this.#failures = 0
      this.#retryAtMs = undefined
    } catch (error) {
      logError('deliveries_not_begun', error, { stream: this.#owner })
      this.#retryAtMs = nextAttempt(this.#failures, Date.now(), STREAM_RETRIES) ?? undefined
      this.#failures += 1
    }
  }

  async #upkeepIfDue(): Promise<void> {
    const nowMs = Date.now()
    if ((this.#state.upkeepAtMs ?? Infinity) > nowMs) return
    try {
      this.#state.beginUpkeep(nowMs)
      const { storage } = this.ctx
      const isDone = storage.transactionSync(() =>
        this.#log.deleteBefore(nowMs - EVENTS_KEPT_MS, REMOVED_AT_ONCE),
      )
      await this.#endpoints.upkeep()
      const hasMore = this.#log.first < this.#log.last || this.#endpoints.list().length > 0
      const nextAtMs = hasMore ? nowMs + (isDone ? UPKEEP_INTERVAL_MS : SHORTEST_PAUSE_MS) : null
      this.#state.endUpkeep(nextAtMs)
    } catch (error) {
      logError('stream_upkeep_failed', error, { stream: this.#owner })
    }
  }

  #setAlarm(earliestMs?: number): void {
    const facts = {
      endpointsDueAtMs: this.#endpoints.dueAtMs,
      upkeepAtMs: this.#state.upkeepAtMs,
      retryAtMs: this.#retryAtMs,
    }
    const alarmMs = nextStreamAlarmMs(facts, this.#alarmAtMs, Date.now(), earliestMs)
    if (alarmMs === undefined) return
    this.#alarmAtMs = alarmMs
    void this.ctx.storage.setAlarm(alarmMs)
  }
}

/** Reports whether an earlier instance of the object has stored something. */
const isStored = (sql: SqlStorage): boolean =>
  firstValue(sql, "SELECT 1 FROM sqlite_master WHERE name = 'schema_steps'") !== undefined
