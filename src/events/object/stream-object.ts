/**
 * The stream object: an owner's API keys, the log of events, and the endpoints that receive them. Wallets and D1's outbox
 * append events at least once; the log has each ID once. The alarm begins due deliveries and removes old rows.
 */
import { DurableObject } from 'cloudflare:workers'
import { ok, refuse, type Result } from '../../common/result'
import { applySchemaSteps } from '../../common/sql/schema-steps'
import { KeyTable } from '../../keys/object/key-table'
import type { NewEvent } from '../../outbox/event'
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
} from '../core/stream'
import { Endpoints, type WithSecret } from './endpoints'
import { EventLog } from './event-log'
import type { StreamPorts } from './ports'
import { STREAM_STEPS } from './tables'

export class StreamObject extends DurableObject<Env> {
  readonly #keys: KeyTable
  readonly #log: EventLog
  readonly #endpoints: Endpoints

  constructor(ctx: DurableObjectState, env: Env, ports: () => StreamPorts) {
    super(ctx, env)
    this.#keys = new KeyTable(ctx.storage.sql)
    this.#log = new EventLog(ctx.storage.sql)
    this.#endpoints = new Endpoints({
      owner: ownerOf(ctx.id.name ?? ''),
      storage: ctx.storage,
      log: this.#log,
      ports,
      now: () => Date.now(),
      setAlarm: () => this.#setAlarm(),
    })
    void ctx.blockConcurrencyWhile(async () => {
      applySchemaSteps(ctx.storage, STREAM_STEPS)
      this.#endpoints.load()
    })
  }

  /** Begins the stream: from now on it keeps what is appended. A repeat changes nothing. */
  open(): void {}

  /** Appends events in order. Ignores those that it has, and all of them after an erasure. */
  append(_events: readonly NewEvent[]): void {}

  /** Waits for an event if there is none. Refuses `no_stream` and `too_many_polls`. */
  async read(_query: EventQuery): Promise<Result<EventPage>> {
    return refuse({ code: 'no_stream' })
  }

  /** Refuses `too_many_keys`. */
  createKey(key: NewApiKey): Result<ApiKey> {
    return this.#keys.create(key, Date.now())
  }

  listKeys(): ApiKey[] {
    return this.#keys.list()
  }

  /** Also disables the endpoints that the key created. Refuses `not_found`. */
  revokeKey(uuid: string): Result<null> {
    const revoked = this.#keys.revoke(uuid)
    if (revoked.ok) this.#endpoints.disableOfKey(uuid)
    return revoked
  }

  /** Finds a valid key by its hash; null if there is none. */
  useKey(hash: string): KeyHolder | null {
    return this.#keys.use(hash, Date.now())
  }

  createEndpoint(endpoint: NewEndpoint): Promise<Result<WithSecret>> {
    return this.#endpoints.create(endpoint)
  }

  listEndpoints(): Endpoint[] {
    return this.#endpoints.list()
  }

  findEndpoint(uuid: string): Result<Endpoint> {
    return this.#endpoints.find(uuid)
  }

  changeEndpoint(uuid: string, change: EndpointChange): Result<Endpoint> {
    return this.#endpoints.change(uuid, change)
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
    const event = this.#log.byId(eventId)
    if (!event) return refuse({ code: 'not_found' })
    return this.#endpoints.replay(uuid, { from: event.sequence, to: event.sequence })
  }

  /** Removes everything, for the erasure of its owner. Later appends are ignored. */
  erase(): Result<null> {
    return ok(null)
  }

  override async alarm(): Promise<void> {}

  #setAlarm(): void {}
}

const USER_PREFIX = 'user/'

/** Name of the object: `user/<UUID>`, or `deployment`. */
export const streamName = (owner: string): string =>
  owner === 'deployment' ? owner : `${USER_PREFIX}${owner}`

const ownerOf = (name: string): string =>
  name.startsWith(USER_PREFIX) ? name.slice(USER_PREFIX.length) : name
