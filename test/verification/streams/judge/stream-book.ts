/** The judge's books of one stream: what sources committed, and what the stream has made of it. */
import { hold } from '../../simulation/auditor/violation'

export const RETENTION_MS = 30 * 86_400_000

export interface CommittedEvent {
  readonly id: string
  readonly type: string
  readonly version: number
  readonly atMs: number
  readonly data: Readonly<Record<string, unknown>>
}

/** A stored row, as SQL returns it. */
export type EventRow = Readonly<Record<string, unknown>>

interface Committed {
  readonly event: CommittedEvent
  readonly source: string
  /** Counts the events of a source from 0. */
  readonly position: number
  sequence: number | undefined
}

export interface KnownEvent {
  readonly sequence: number
  readonly event: CommittedEvent
  readonly receivedAtMs: number
}

/** An event as readers and receivers see it. */
export interface SeenEvent extends Omit<CommittedEvent, 'atMs'> {
  readonly sequence: number
  readonly atMs: number
}

export const sameData = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

export class StreamBook {
  readonly name: string
  /** By number, from 1. */
  readonly known: KnownEvent[] = []
  readonly #committed = new Map<string, Committed>()
  readonly #sourceCounts = new Map<string, number>()
  /** The next event of a source that the stream may append. */
  readonly #sourceNext = new Map<string, number>()

  constructor(name: string) {
    this.name = name
  }

  get last(): number {
    return this.known.length
  }

  get committedCount(): number {
    return this.#committed.size
  }

  commit(source: string, event: CommittedEvent): void {
    const position = this.#sourceCounts.get(source) ?? 0
    this.#sourceCounts.set(source, position + 1)
    this.#committed.set(event.id, { event, source, position, sequence: undefined })
  }

  /** Reads rows that the stream has appended since. They continue the numbers. */
  appended(rows: readonly EventRow[]): void {
    for (const row of rows) this.#append(row)
  }

  #append(row: EventRow): void {
    const { name } = this
    const sequence = Number(row['sequence'])
    const id = String(row['id'])
    hold(sequence === this.last + 1, () => `${name}: ${sequence} follows ${this.last}`)
    const committed = this.#committed.get(id)
    if (!committed) throw new Error(`${name}: ${id} was never committed`)
    hold(committed.sequence === undefined, () => `${name}: ${id} is there twice`)
    const { event, source, position } = committed
    const expected = this.#sourceNext.get(source) ?? 0
    hold(position === expected, () => `${name}: events of ${source} changed their order`)
    this.#sourceNext.set(source, position + 1)
    committed.sequence = sequence
    const receivedAtMs = Number(row['received_at_ms'])
    this.known.push({ sequence, event, receivedAtMs })
    this.#compareRow(row, event)
  }

  #compareRow(row: EventRow, event: CommittedEvent): void {
    const isSame =
      row['id'] === event.id &&
      row['type'] === event.type &&
      row['version'] === event.version &&
      row['at_ms'] === event.atMs &&
      sameData(JSON.parse(String(row['data'])), event.data)
    hold(isSame, () => `${this.name}: the row of ${event.id} differs from what was committed`)
  }

  /** The stream has accepted these events, so it must have them. */
  accepted(ids: readonly string[]): void {
    for (const id of ids)
      hold(
        this.#committed.get(id)?.sequence !== undefined,
        () => `${this.name}: ${id} was accepted, but is not in the stream`,
      )
  }

  isExpired({ receivedAtMs }: KnownEvent, nowMs: number): boolean {
    return receivedAtMs + RETENTION_MS <= nowMs
  }

  /** All rows that the stream has now. None is missing before its time. */
  stored(rows: readonly EventRow[], nowMs: number): void {
    const byNumber = new Map(rows.map((row) => [Number(row['sequence']), row]))
    for (const known of this.known) {
      const row = byNumber.get(known.sequence)
      byNumber.delete(known.sequence)
      if (row) this.#compareRow(row, known.event)
      else hold(this.isExpired(known, nowMs), () => `${this.name}: ${known.sequence} is gone`)
    }
    hold(byNumber.size === 0, () => `${this.name}: it has numbers that it did not give`)
  }

  /** Compares an event that somebody received with the one of its number. */
  compare(seen: SeenEvent, who: string): void {
    const event = this.known[seen.sequence - 1]?.event
    hold(event !== undefined, () => `${who}: ${this.name} has no number ${seen.sequence}`)
    const isSame =
      event?.id === seen.id &&
      event.type === seen.type &&
      event.version === seen.version &&
      event.atMs === seen.atMs &&
      sameData(event.data, seen.data)
    hold(isSame, () => `${who}: ${this.name} ${seen.sequence} is not what was committed`)
  }

  /** At rest, every committed event is in the stream. */
  checkComplete(): void {
    for (const [id, { sequence }] of this.#committed)
      hold(sequence !== undefined, () => `${this.name}: ${id} is lost`)
  }
}
