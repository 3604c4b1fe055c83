/**
 * Delivers events, one at a time for each endpoint and in order. The time of the next attempt is stored before a request
 * leaves, and the cursor moves in the transaction that stores the success. An object that stops in between sends the event
 * again, with the same ID. The output gate holds each request until the rows before it are durable.
 */
import { logError } from '../../common/log'
import { nextAttempt } from '../../common/next-attempt'
import { afterAttempt, DELIVERY_RETRIES, leased, outcomeOf, type Outcome } from '../core/delivery'
import type { AttemptTable, NewAttempt } from './attempt-table'
import type { EndpointRow, EndpointTable } from './endpoint-table'
import type { EventLog } from './event-log'
import type { StreamPorts } from './ports'
import { prepare } from './prepare'
import { Queue, type Work } from './queue'
import type { ReplayTable } from './replays'
import { type Letter, noReply, type Reply, send } from './sender'

/** Events that one run delivers to an endpoint at most; the alarm goes on. It bounds the requests of an invocation. */
const EVENTS_OF_A_RUN = 40

export interface DelivererOptions {
  readonly storage: DurableObjectStorage
  readonly log: EventLog
  readonly endpoints: EndpointTable
  readonly attempts: AttemptTable
  readonly replays: ReplayTable
  readonly ports: () => StreamPorts
  readonly now: () => number
  readonly setAlarm: () => void
}

export class Deliverer {
  readonly #options: DelivererOptions
  readonly #queue: Queue
  readonly #inProgress = new Map<string, Promise<void>>()
  /** Failures of the service itself, by endpoint. A new object begins at zero. */
  readonly #ownFailures = new Map<string, number>()

  constructor(options: DelivererOptions) {
    this.#options = options
    this.#queue = new Queue(options.log, options.replays)
  }

  get inProgress(): readonly Promise<void>[] {
    return [...this.#inProgress.values()]
  }

  /** Earliest time at which a delivery must begin; `undefined` if none must. */
  get dueAtMs(): number | undefined {
    const { endpoints, log, now } = this.#options
    const rows = endpoints.all().filter(({ status }) => status === 'enabled')
    if (rows.length === 0) return undefined
    const { last } = log
    const times = rows.map((row) => this.#dueAtMs(row, last, now()))
    const earliestMs = Math.min(...times)
    return earliestMs === Infinity ? undefined : earliestMs
  }

  /** Begins the deliveries that are due, and waits for none. */
  run(): void {
    const { endpoints, log, now } = this.#options
    const rows = endpoints.all().filter(({ status }) => status === 'enabled')
    if (rows.length === 0) return
    const { last } = log
    for (const row of rows) if (this.#dueAtMs(row, last, now()) <= now()) this.#begin(row)
  }

  forget(uuid: string): void {
    this.#ownFailures.delete(uuid)
    this.#queue.forget(uuid)
  }

  /** Never now while a delivery is in progress: there is at most one, and its lease is what the alarm waits for. */
  #dueAtMs(row: EndpointRow, last: number, nowMs: number): number {
    if (this.#inProgress.has(row.uuid)) return Math.max(row.nextAttemptAtMs ?? nowMs, nowMs + 1000)
    return row.nextAttemptAtMs ?? (this.#queue.hasWork(row, last) ? nowMs : Infinity)
  }

  #begin(row: EndpointRow): void {
    const { storage, setAlarm } = this.#options
    const work = storage.transactionSync(() => this.#lease(row))
    if (!work) return
    const delivery = this.#deliver(row.uuid, work)
      .finally(() => this.#inProgress.delete(row.uuid))
      .then(setAlarm)
      .catch((error: unknown) => logError('delivery_stopped', error, { destination: row.uuid }))
    this.#inProgress.set(row.uuid, delivery)
  }

  /** Chooses an event and stores the lease of its attempt. Runs in a transaction. */
  #lease(row: EndpointRow): Work | undefined {
    const { endpoints, now } = this.#options
    const { row: moved, work, hasMore } = this.#queue.choose(row)
    if (work) endpoints.save(leased(moved, now()))
    else endpoints.save({ ...moved, nextAttemptAtMs: hasMore ? now() : null })
    return work
  }

  async #deliver(uuid: string, first: Work): Promise<void> {
    let work: Work | undefined = first
    for (let event = 1; work && event <= EVENTS_OF_A_RUN; event++)
      work = await this.#attempt(uuid, work, event < EVENTS_OF_A_RUN)
  }

  /** @returns the next event, leased, after a success */
  async #attempt(uuid: string, work: Work, goesOn: boolean): Promise<Work | undefined> {
    const { endpoints, ports, now } = this.#options
    const atMs = now()
    const letter = await this.#prepare(uuid, work)
    const row = endpoints.find(uuid)
    if (!row) return undefined
    if (!isCurrent(row, work) || row.status !== 'enabled') return this.#release(row)
    const reply = letter ? await send(ports(), letter) : noReply('internal')
    return this.#record(uuid, work, { atMs, reply, goesOn })
  }

  async #prepare(uuid: string, { event }: Work): Promise<Letter | undefined> {
    const { endpoints, ports, now } = this.#options
    const row = endpoints.find(uuid)
    if (!row) return undefined
    try {
      return await prepare(ports(), row, event, event.sequence, now)
    } catch (error) {
      logError('delivery_not_prepared', error, { destination: uuid })
      return undefined
    }
  }

  /** The owner changed the endpoint before the request left: the alarm chooses again. */
  #release(row: EndpointRow): undefined {
    const { endpoints, now } = this.#options
    if (row.status === 'enabled') endpoints.save({ ...row, nextAttemptAtMs: now() })
  }

  #record(
    uuid: string,
    work: Work,
    { atMs, reply, goesOn }: { atMs: number; reply: Reply; goesOn: boolean },
  ): Work | undefined {
    const { storage, endpoints, attempts, now } = this.#options
    const row = endpoints.find(uuid)
    if (!row) return undefined
    const nowMs = now()
    return storage.transactionSync(() => {
      attempts.add(attemptOf(uuid, work, reply, { atMs, durationMs: nowMs - atMs }))
      if (!isCurrent(row, work)) return this.#release(row)
      const outcome = this.#outcomeOf(uuid, reply, nowMs)
      this.#moveReplay(work, outcome)
      const after = this.#after(row, work, outcome)
      if (outcome.kind === 'delivered' && after.status === 'enabled' && goesOn)
        return this.#lease(after)
      endpoints.save(after)
      return undefined
    })
  }

  #after(row: EndpointRow, { event, replay }: Work, outcome: Outcome): EndpointRow {
    const { replays, now } = this.#options
    const isDelivered = outcome.kind === 'delivered'
    const cursor = isDelivered && !replay ? event.sequence : row.cursor
    const after = afterAttempt({ ...row, cursor }, outcome, now(), Math.random())
    if (after.status !== 'disabled' || row.status === 'disabled') return after
    replays.remove(row.uuid)
    return { ...after, noticeDueAtMs: now() }
  }

  #moveReplay({ replay, event }: Work, { kind }: Outcome): void {
    const { replays } = this.#options
    if (replay === undefined || replays.first(replay.endpointUuid)?.seq !== replay.seq) return
    if (kind === 'delivered') replays.passTo(replay, event.sequence)
    else if (kind === 'failed') replays.fail(replay, event.sequence)
  }

  #outcomeOf(uuid: string, reply: Reply, nowMs: number): Outcome {
    if (reply.fault !== 'internal') {
      this.#ownFailures.delete(uuid)
      return outcomeOf(reply, nowMs)
    }
    const failures = this.#ownFailures.get(uuid) ?? 0
    this.#ownFailures.set(uuid, failures + 1)
    const retryAtMs = nextAttempt(failures, nowMs, DELIVERY_RETRIES, Math.random()) ?? nowMs
    return { kind: 'not_sent', retryAtMs }
  }
}

const isCurrent = (row: EndpointRow, { url, cursor }: Work): boolean =>
  row.url === url && row.cursor === cursor

const attemptOf = (
  endpointUuid: string,
  { event, replay }: Work,
  { status, fault, response }: Reply,
  times: { readonly atMs: number; readonly durationMs: number },
): NewAttempt => ({
  endpointUuid,
  cause: replay ? 'replay' : 'delivery',
  eventId: event.id,
  eventType: event.type,
  sequence: event.sequence,
  ...times,
  status,
  fault,
  response,
})
