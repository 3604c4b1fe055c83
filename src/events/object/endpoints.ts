/** Endpoints of a stream: their commands, and deliveries that begin when they are due. */
import { ok, refuse, type Result } from '../../common/result'
import type { NewEvent } from '../../outbox/event'
import { checkAddress } from '../core/address'
import { disabled } from '../core/delivery'
import type { Attempt, Endpoint, EndpointChange, NewEndpoint, WithSecret } from '../core/stream'
import { AttemptTable } from './attempt-table'
import { Deliverer } from './deliverer'
import { conflict, NEW_ENDPOINT, withStatus, withValues } from './endpoint-change'
import { endpointOf, type EndpointRow, EndpointTable } from './endpoint-table'
import type { EventLog } from './event-log'
import { Notices } from './notices'
import type { StreamPorts } from './ports'
import { MAX_REPLAYS, ReplayTable } from './replays'
import { Secrets } from './secrets'
import { TestSender } from './test-sender'

/** Limit for each key, and for all sessions together. */
export const MAX_ENDPOINTS = 10
/** Limit for a stream, because endpoints of revoked keys stay for a time. */
export const MAX_ENDPOINTS_OF_STREAM = 100
const KEPT_AFTER_REVOCATION_MS = 30 * 86_400_000

export interface EndpointsOptions {
  readonly owner: string
  readonly storage: DurableObjectStorage
  readonly log: EventLog
  readonly ports: () => StreamPorts
  /** Whether an API key exists and was not revoked. */
  readonly isKeyValid: (uuid: string) => boolean
  readonly now: () => number
  /** Called when the time of the next attempt has changed. */
  readonly setAlarm: () => void
}

const NOT_FOUND = refuse({ code: 'not_found' })

export class Endpoints {
  readonly #options: EndpointsOptions
  readonly #rows: EndpointTable
  readonly #attempts: AttemptTable
  readonly #replays: ReplayTable
  readonly #deliverer: Deliverer
  readonly #notices: Notices
  readonly #secrets: Secrets
  readonly #tests: TestSender
  /** Changes when the rows are loaded again, as after an erasure. */
  #loads = 0

  constructor(options: EndpointsOptions) {
    const { sql } = options.storage
    this.#options = options
    this.#rows = new EndpointTable(sql)
    this.#attempts = new AttemptTable(sql)
    this.#replays = new ReplayTable(sql)
    const parts = { endpoints: this.#rows, attempts: this.#attempts, replays: this.#replays }
    this.#deliverer = new Deliverer({ ...options, ...parts })
    this.#notices = new Notices({ ...options, ...parts })
    this.#secrets = new Secrets({ ...options, ...parts })
    this.#tests = new TestSender({ ...options, ...parts })
  }

  /** Reads the endpoints. Runs in the constructor of the object, and after an erasure. */
  load(): void {
    this.#loads += 1
    this.#rows.load()
    this.#replays.load()
  }

  /** Earliest time at which `run` has work; `undefined` if it has none. */
  get dueAtMs(): number | undefined {
    const times = [this.#deliverer.dueAtMs ?? [], this.#notices.dueAtMs ?? []].flat()
    return times.length === 0 ? undefined : Math.min(...times)
  }

  /** Begins the deliveries that are due, one at a time for each endpoint. It does not wait for them. */
  run(): void {
    this.#deliverer.run()
    this.#notices.run()
  }

  /** Ends when no delivery is in progress. For tests and the simulation. */
  async settled(): Promise<void> {
    const inProgress = () => [...this.#deliverer.inProgress, ...this.#notices.inProgress]
    for (let left = inProgress(); left.length > 0; left = inProgress()) await Promise.all(left)
  }

  /** Seals secrets again with the current key, and removes what is old. Runs once a day. */
  async upkeep(): Promise<void> {
    const nowMs = this.#options.now()
    for (const row of this.#rows.all()) {
      const isRevoked = row.disabledReason === 'key_revoked'
      if (isRevoked && (row.disabledAtMs ?? nowMs) <= nowMs - KEPT_AFTER_REVOCATION_MS)
        this.remove(row.uuid)
      else {
        this.#attempts.upkeep(row.uuid, nowMs)
        await this.#secrets.upkeep(row)
      }
    }
  }

  /**
   * Refuses `too_many_endpoints`, `endpoint_address_refused`, and `unauthenticated` if the key was revoked since the
   * request was accepted.
   */
  async create(endpoint: NewEndpoint): Promise<Result<WithSecret>> {
    const { ports, log, isKeyValid, now } = this.#options
    const address = checkAddress(endpoint.url, ports().allowsLoopback)
    if (!address.ok) return address
    const loads = this.#loads
    const { sealed, shown } = await this.#secrets.create(endpoint.uuid)
    /** After the last `await`, so that no concurrent request changes what was checked. */
    if (loads !== this.#loads) return NOT_FOUND
    if (endpoint.keyUuid !== null && !isKeyValid(endpoint.keyUuid))
      return refuse({ code: 'unauthenticated', key: 'invalid' })
    const limit = this.#exceededLimit(endpoint.keyUuid)
    if (limit !== undefined) return refuse({ code: 'too_many_endpoints', limit })
    const { last } = log
    const { after, ...values } = endpoint
    const row = this.#rows.save({
      ...values,
      ...NEW_ENDPOINT,
      url: address.value,
      cursor: Math.min(after ?? last, last),
      secret: sealed,
      createdAtMs: now(),
    })
    this.#begin()
    return ok({ endpoint: this.#shown(row), secret: shown })
  }

  list(): Endpoint[] {
    return this.#rows.all().map((row) => this.#shown(row))
  }

  /** Refuses `not_found`. */
  find(uuid: string): Result<Endpoint> {
    const row = this.#rows.find(uuid)
    return row ? ok(this.#shown(row)) : NOT_FOUND
  }

  /**
   * An endpoint to which a key gave another address belongs to that key, so that its revocation stops deliveries there.
   * Refuses `not_found`, `endpoint_address_refused`, `endpoint_state_conflict`, and `unauthenticated` if the key was
   * revoked since the request was accepted.
   * @param keyUuid key that changes it; null for a session
   */
  change(uuid: string, change: EndpointChange, keyUuid: string | null): Result<Endpoint> {
    const { ports, storage, log, isKeyValid } = this.#options
    if (keyUuid !== null && !isKeyValid(keyUuid))
      return refuse({ code: 'unauthenticated', key: 'invalid' })
    const row = this.#rows.find(uuid)
    if (!row) return NOT_FOUND
    const address =
      change.url === undefined ? ok(row.url) : checkAddress(change.url, ports().allowsLoopback)
    if (!address.ok) return address
    const inState = withStatus(row, change.status)
    if (!inState.ok) return inState
    const values = withValues(inState.value, { ...change, url: address.value }, log.last)
    const isMovedByKey = keyUuid !== null && values.url !== row.url
    const changed = isMovedByKey ? { ...values, keyUuid } : values
    storage.transactionSync(() => {
      if (change.after !== undefined) this.#replays.remove(uuid)
      this.#rows.save(changed)
    })
    this.#begin()
    return this.find(uuid)
  }

  /** Refuses `not_found`. */
  remove(uuid: string): Result<null> {
    if (!this.#rows.find(uuid)) return NOT_FOUND
    this.#options.storage.transactionSync(() => {
      this.#attempts.remove(uuid)
      this.#replays.remove(uuid)
      this.#rows.remove(uuid)
    })
    this.#deliverer.forget(uuid)
    this.#notices.forget(uuid)
    return ok(null)
  }

  /** Disables the endpoints of a key. The owner revoked the key, so there is no notice, also not of an earlier reason. */
  disableOfKey(keyUuid: string): void {
    this.#options.storage.transactionSync(() => {
      for (const row of this.#rows.all()) {
        if (row.keyUuid !== keyUuid) continue
        this.#replays.remove(row.uuid)
        const revoked = disabled(row, 'key_revoked', this.#options.now())
        this.#rows.save({ ...revoked, noticeDueAtMs: null })
      }
    })
  }

  /** Both secrets sign for 24 hours. Refuses `not_found`. */
  async rotateSecret(uuid: string): Promise<Result<WithSecret>> {
    const { sealed, shown } = await this.#secrets.create(uuid)
    const row = this.#rows.find(uuid)
    if (!row) return NOT_FOUND
    return ok({ endpoint: this.#shown(this.#secrets.rotate(row, sealed)), secret: shown })
  }

  /**
   * Sends a sample event once, at once. It does not change the state of the endpoint. Refuses `not_found`, and
   * `endpoint_state_conflict` while another test is in progress.
   */
  async sendTest(uuid: string, event: NewEvent): Promise<Result<Attempt>> {
    const row = this.#rows.find(uuid)
    return row ? this.#tests.send(row, event) : NOT_FOUND
  }

  /** Newest first. Refuses `not_found`. @param beforeSeq exclusive */
  attempts(uuid: string, limit: number, beforeSeq?: number): Result<Attempt[]> {
    return this.#rows.find(uuid) ? ok(this.#attempts.list(uuid, limit, beforeSeq)) : NOT_FOUND
  }

  /**
   * Sends events again that the stream still has, in order. Refuses `not_found` for the endpoint or a range without
   * events, and `endpoint_state_conflict`.
   * @returns how many events the range has; types that the endpoint does not receive are left out
   */
  replay(uuid: string, { from, to }: { from: number; to: number }): Result<number> {
    const { first, last } = this.#options.log
    const row = this.#rows.find(uuid)
    const [begin, end] = [Math.max(from, first), Math.min(to, last)]
    if (!row || last === 0 || end < begin) return NOT_FOUND
    if (row.status !== 'enabled') return conflict('Only an enabled endpoint can receive a replay.')
    if (this.#replays.count(uuid) >= MAX_REPLAYS)
      return conflict(`At most ${MAX_REPLAYS} replays of an endpoint can be open.`)
    this.#replays.add(uuid, begin, end)
    this.#begin()
    return ok(end - begin + 1)
  }

  #shown(row: EndpointRow): Endpoint {
    return endpointOf(row, this.#options.now())
  }

  #begin(): void {
    this.run()
    this.#options.setAlarm()
  }

  #exceededLimit(keyUuid: string | null): number | undefined {
    const rows = this.#rows.all()
    if (rows.length >= MAX_ENDPOINTS_OF_STREAM) return MAX_ENDPOINTS_OF_STREAM
    const own = rows.filter((row) => row.keyUuid === keyUuid)
    return own.length >= MAX_ENDPOINTS ? MAX_ENDPOINTS : undefined
  }
}
