/**
 * Judges streams and deliveries from what sources committed, what the stream returned to its readers, and what the
 * receivers received. It imports nothing of the service.
 */
import { hold } from '../../simulation/auditor/violation'
import { type Attempt, EndpointBook, type Moment, type Types } from './endpoint-book'
import { wrongSignature } from './signature'
import {
  type CommittedEvent,
  type EventRow,
  type SeenEvent,
  sameData,
  StreamBook,
} from './stream-book'

export interface Received {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly redirect: string
}

interface Payload {
  readonly id: string
  readonly type: string
  readonly version: number
  readonly sequence: number | null
  readonly timestamp: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface Query {
  readonly beganAtMs: number
  readonly after: number
  readonly limit: number
  readonly types?: Types | undefined
}

/** How the service describes an endpoint to its owner. */
export interface ReportedEndpoint {
  readonly status: string
  readonly disabledReason: string | null
}

const PHONE_FIELD = 'recipient_phone'

export class Judge {
  readonly streams = new Map<string, StreamBook>()
  readonly endpoints = new Map<number, EndpointBook>()
  readonly counts = { events: 0, appended: 0, attempts: 0, acknowledged: 0, pages: 0 }
  worstLagMs = 0
  /** The numbers above a number that a stream's table has now. */
  readonly #rowsAfter: (stream: string, sequence: number) => EventRow[]

  constructor(rowsAfter: (stream: string, sequence: number) => EventRow[]) {
    this.#rowsAfter = rowsAfter
  }

  stream(name: string): StreamBook {
    let stream = this.streams.get(name)
    if (!stream) this.streams.set(name, (stream = new StreamBook(name)))
    return stream
  }

  commit(streams: readonly string[], source: string, event: CommittedEvent): void {
    this.counts.events += 1
    for (const name of streams) this.stream(name).commit(source, event)
  }

  /** Reads what the stream has committed since. */
  read(name: string): StreamBook {
    const stream = this.stream(name)
    const rows = this.#rowsAfter(name, stream.last)
    stream.appended(rows)
    this.counts.appended += rows.length
    return stream
  }

  addEndpoint(stream: string, number: number, types: Types, includesPhone: boolean): EndpointBook {
    const endpoint = new EndpointBook(this.stream(stream), number, types, includesPhone)
    this.endpoints.set(number, endpoint)
    return endpoint
  }

  /** A request has left for a receiver. */
  begin(number: number, received: Received, moment: Moment): Attempt {
    const endpoint = this.endpoints.get(number)
    if (!endpoint) throw new Error(`a request to a receiver that is not known: ${number}`)
    this.counts.attempts += 1
    const { name } = endpoint
    hold(received.method === 'POST', () => `${name}: ${received.method}`)
    hold(received.redirect === 'manual', () => `${name}: redirects are followed`)
    const payload = JSON.parse(received.body) as Payload
    this.#checkHeaders(endpoint, received, payload, moment.nowMs)
    const sequence = this.#sequenceOf(endpoint, payload)
    return endpoint.begin(sequence, moment)
  }

  #checkHeaders(
    { name, secrets, isUncertain, unknownUntilMs }: EndpointBook,
    { headers, body }: Received,
    { id }: Payload,
    nowMs: number,
  ): void {
    const timestamp = headers['webhook-timestamp'] ?? ''
    hold(headers['webhook-id'] === id, () => `${name}: the header's id is not the event's`)
    const isNow = Number(timestamp) === Math.floor(nowMs / 1000)
    hold(isNow, () => `${name}: ${timestamp} is not the time of the attempt`)
    if (isUncertain) return
    const signatures = headers['webhook-signature'] ?? ''
    const wrong = wrongSignature(
      { id, timestamp, body, signatures },
      secrets,
      nowMs,
      nowMs <= unknownUntilMs,
    )
    hold(wrong === undefined, () => `${name}: ${wrong}`)
  }

  /** Compares the payload with what was committed. @returns the number; undefined for a test */
  #sequenceOf(endpoint: EndpointBook, payload: Payload): number | undefined {
    const { [PHONE_FIELD]: _, ...data } = payload.data
    const hasPhone = PHONE_FIELD in payload.data
    hold(!hasPhone || endpoint.includesPhone || endpoint.isUncertain, () => {
      return `${endpoint.name}: a phone number that it did not ask for`
    })
    if (endpoint.tests.has(payload.id)) {
      const isSame = sameData(endpoint.tests.get(payload.id), data)
      hold(isSame, () => `${endpoint.name}: another test than was asked for`)
      return undefined
    }
    const { id, type, version } = payload
    const sequence = Number(payload.sequence)
    const atMs = Date.parse(payload.timestamp)
    endpoint.stream.compare({ id, type, version, sequence, atMs, data }, endpoint.name)
    return sequence
  }

  /** The receiver responded 2xx, and the service had to accept it. */
  acknowledge(attempt: Attempt, moment: Moment, isWhole = true): void {
    this.counts.acknowledged += 1
    const { endpoint, sequence } = attempt
    endpoint.acknowledge(attempt, moment, isWhole)
    const known = sequence === undefined ? undefined : endpoint.stream.known[sequence - 1]
    if (known) this.worstLagMs = Math.max(this.worstLagMs, moment.nowMs - known.receivedAtMs)
  }

  page(
    name: string,
    { beganAtMs, after, limit, types = null }: Query,
    { events, next }: { readonly events: readonly SeenEvent[]; readonly next: number },
    nowMs: number,
  ): void {
    this.counts.pages += 1
    const stream = this.read(name)
    const who = `a reader after ${after}`
    hold(events.length <= limit, () => `${who}: too many events`)
    hold(next >= after, () => `${who}: the cursor goes back`)
    const [first] = events
    const arrivedAtMs = first ? (stream.known[first.sequence - 1]?.receivedAtMs ?? 0) : nowMs
    hold(Math.max(arrivedAtMs, beganAtMs) === nowMs || !first, () => `${who}: it waits too long`)
    let previous = after
    for (const event of events) {
      stream.compare(event, who)
      this.#checkSkipped(stream, previous, event.sequence, types, nowMs)
      previous = event.sequence
    }
    hold(next >= previous, () => `${who}: the cursor is before the last event`)
    this.#checkSkipped(stream, previous, Math.min(next, stream.last) + 1, types, nowMs)
    const before = stream.known.filter(({ receivedAtMs }) => receivedAtMs < nowMs).length
    const isStuck = next === after && this.#countIn(stream, after, before + 1, types, nowMs) > 0
    hold(!isStuck, () => `${who}: events are overlooked`)
  }

  #checkSkipped(stream: StreamBook, after: number, before: number, types: Types, nowMs: number) {
    const skipped = this.#countIn(stream, after, before, types, nowMs)
    hold(skipped === 0, () => `a reader missed ${skipped} between ${after} and ${before}`)
  }

  #countIn(stream: StreamBook, after: number, before: number, types: Types, nowMs: number): number {
    return stream.known
      .slice(after, Math.max(after, before - 1))
      .filter((known) => types === null || types.includes(known.event.type))
      .filter((known) => !stream.isExpired(known, nowMs)).length
  }

  /** At rest: what the service reports of an endpoint has a cause, and enabled ones have everything. */
  checkAtRest(number: number, reported: ReportedEndpoint | undefined, nowMs: number): void {
    const endpoint = this.endpoints.get(number)
    if (!endpoint) return
    const { name, isRemoved, isBlocked, hasEnded, limits } = endpoint
    if (hasEnded) {
      const isKept = reported !== undefined && reported.disabledReason !== 'key_revoked'
      return hold(!isKept, () => `${name}: its key was revoked`)
    }
    hold(isRemoved === (reported === undefined), () => `${name}: removed or not?`)
    if (reported?.status === 'enabled') {
      hold(!isBlocked, () => `${name}: it is enabled, but was paused`)
      return endpoint.checkComplete(nowMs)
    }
    if (reported?.status !== 'disabled') return hold(isBlocked, () => `${name}: it is not enabled`)
    const { disabledReason } = reported
    const hasFailed = disabledReason === 'failing' && limits.mayBeDisabled
    const isGone = disabledReason === 'gone' && endpoint.mayBeGone
    hold(hasFailed || isGone, () => `${name}: disabled (${disabledReason}) without a cause`)
  }
}
