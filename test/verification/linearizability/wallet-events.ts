/**
 * All changes of a wallet, from its books: each with its possible requests and revisions. A change without a
 * request is a finding, and so is a successful request without a change. Pure.
 */
import type { Operation, WalletHistory } from './history.ts'
import type { RealTime } from './real-time.ts'
import type { CallRecord, LedgerEntry } from '../books/records.ts'

export interface WalletEvent {
  readonly kind: 'start' | 'answer' | 'end' | 'clock' | 'entry'
  readonly name: string
  /** Time of the wallet's clock; for a call that the clock ended, when it was due. */
  readonly atMs: number
  /** First possible revision. */
  readonly from: number
  readonly to: number
  readonly call?: CallRecord
  readonly entry?: LedgerEntry
}

export interface WalletEvents {
  readonly events: readonly WalletEvent[]
  readonly findings: readonly string[]
}

type Window = Pick<WalletEvent, 'from' | 'to'>

const ENDED_BY_CLOCK = new Set(['no_answer', 'max_duration', 'credit_exhausted'])

const isMade = ({ outcome, replayed }: Operation): boolean => outcome === 'ok' && !replayed

/** The revision in the response, or any that real time allows. */
const windowOf = ({ floor }: RealTime, operation: Operation): Window =>
  operation.position === undefined
    ? { from: floor(operation) + 1, to: Infinity }
    : { from: operation.position, to: operation.position }

class Collector {
  readonly findings: string[] = []
  readonly events: WalletEvent[] = []
  readonly #history: WalletHistory
  readonly #realTime: RealTime

  constructor(history: WalletHistory, realTime: RealTime) {
    this.#history = history
    this.#realTime = realTime
  }

  #asked(kind: Operation['kind'], about: string): Operation[] {
    return this.#history.operations.filter((op) => op.kind === kind && op.about === about)
  }

  /** Possible revisions of a change that one of the requests made. A response states its revision. */
  #windowOf(name: string, operations: readonly Operation[]): Window | undefined {
    const answered = operations.filter(isMade)
    const unknown = operations.filter(({ outcome }) => outcome === 'unknown')
    if (answered.length + unknown.length === 0) {
      this.findings.push(`${name}: an effect that nobody asked for`)
      return undefined
    }
    const last = Math.min(...answered.map(({ position = Infinity }) => position))
    const froms = unknown.map((operation) => windowOf(this.#realTime, operation).from)
    if (froms.length > 0) return { from: Math.min(...froms, last), to: last }
    const isInTime = answered.some(
      (operation) => operation.position === last && this.#realTime.floor(operation) < last,
    )
    if (!isInTime) this.findings.push(`${name}: position ${last} was answered before it was asked`)
    return { from: last, to: last }
  }

  call(call: CallRecord): void {
    const { uuid, tag, createdAtMs, startedAtMs, endedAtMs, endReason } = call
    const add = (kind: WalletEvent['kind'], atMs: number, window: Window, entry?: LedgerEntry) =>
      this.events.push({
        kind,
        name: `${kind} of ${tag}`,
        atMs,
        ...window,
        call,
        ...(entry && { entry }),
      })
    const started = this.#windowOf(`start of ${tag}`, this.#asked('start', tag))
    if (started) add('start', createdAtMs, started)
    const answered =
      startedAtMs !== null && this.#windowOf(`answer of ${tag}`, this.#asked('answer', uuid))
    if (startedAtMs !== null && answered) add('answer', startedAtMs, answered)
    if (endedAtMs === null) return
    const entry = this.#history.books.wallets.call_credits.entries.find(
      ({ kind, sourceUuid }) => kind === 'call_charge' && sourceUuid === uuid,
    )
    if (endReason !== null && ENDED_BY_CLOCK.has(endReason)) {
      const dueAtMs = endReason === 'credit_exhausted' ? endedAtMs + 1 : endedAtMs
      add('clock', dueAtMs, { from: 1, to: Infinity }, entry)
      return
    }
    const asked = this.#asked('end', uuid).filter(({ reason }) => reason === endReason)
    const ended = this.#windowOf(`end of ${tag}`, asked)
    if (ended) add('end', endedAtMs, ended, entry)
  }

  /** Credit of a payment, at any time after its request. */
  payment(entry: LedgerEntry): void {
    const { kind, seq, sourceUuid, postedAtMs: atMs } = entry
    const name = `${kind} in entry ${seq}`
    const payment = this.#history.books.payments.find(({ uuid }) => uuid === sourceUuid)
    const asked = payment && [
      ...this.#asked('pay', payment.tag),
      ...this.#asked('transfer', payment.tag),
    ]
    const possible = asked?.filter(({ outcome }) => outcome !== 'refused')
    if (!payment || !possible || possible.length === 0) {
      this.findings.push(`${name}: an effect that nobody asked for`)
      return
    }
    const { floor, ceiling } = this.#realTime
    const told = [...possible, ...this.#asked('verify', sourceUuid)].filter(
      ({ shown }) => shown?.payment?.status === 'completed',
    )
    const from = Math.min(...possible.map(floor)) + 1
    const to = Math.min(...told.map(ceiling))
    this.events.push({ kind: 'entry', name, atMs, from, to, entry })
  }

  /** Checks that a successful result is in the books, as returned. */
  answered({ kind, about, outcome, shown }: Operation): void {
    if (outcome !== 'ok' || !shown?.call) return
    const told = shown.call
    const now = this.#history.books.calls.find(({ uuid }) => uuid === told.uuid)
    if (!now) this.findings.push(`${kind} of ${about}: the call is lost`)
    else if (told.startedAtMs !== null && told.startedAtMs !== now.startedAtMs)
      this.findings.push(`${kind} of ${about}: its start is lost`)
    else if (told.endedAtMs !== null && JSON.stringify(told) !== JSON.stringify(now))
      this.findings.push(`${kind} of ${about}: its end is lost`)
  }
}

const repeated = (tags: readonly string[]): string[] =>
  tags.filter((tag, index) => tags.indexOf(tag) !== index)

export function eventsOf(history: WalletHistory, realTime: RealTime): WalletEvents {
  const collector = new Collector(history, realTime)
  const { books, type } = history
  if (type === 'call_credits') {
    for (const operation of history.operations) collector.answered(operation)
    for (const call of books.calls) collector.call(call)
    const made = [...books.calls, ...books.payments].map(({ tag }) => tag)
    for (const tag of repeated(made)) collector.findings.push(`${tag} is there twice`)
  }
  for (const entry of books.wallets[type].entries)
    if (entry.kind !== 'call_charge') collector.payment(entry)
  return { events: collector.events, findings: collector.findings }
}
