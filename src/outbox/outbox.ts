/**
 * An object's outbox: rows that lead to an effect elsewhere, inserted in the transaction of their cause. Each
 * row is attempted until it is delivered or its attempts are used up, in order for each destination. A
 * destination that fails or is slow delays no other.
 */
import { logError } from '../common/log'
import { nextAttempt, type RetrySchedule } from '../common/next-attempt'
import { type Columns, integer, nullable, text } from '../common/sql/columns'
import { Selection, Table } from '../common/sql/rows'

export interface Message {
  readonly destination: string
  /** Revision of the sender. The receiver ignores a revision that it has processed. */
  readonly revision: number
  readonly body: string
}

interface OutboxRow extends Message {
  /** Orders the rows. SQLite chooses it. */
  readonly seq: number | null
  readonly failures: number
  readonly nextAttemptAtMs: number
}

const OUTBOX: Columns<OutboxRow> = {
  seq: nullable(integer('seq')),
  destination: text('destination'),
  revision: integer('revision'),
  body: text('body'),
  failures: integer('failures'),
  nextAttemptAtMs: integer('next_attempt_at_ms'),
}

/** About three hours. A receiver that is unreachable for longer must read the sender's state. */
export const OUTBOX_RETRIES: RetrySchedule = {
  firstMs: 2000,
  longestMs: 10 * 60_000,
  attempts: 24,
}

/** The alarm does not wait for a delivery in progress. It checks again after this time. */
const IN_PROGRESS_MS = 30_000

export type Send = (message: Message) => Promise<void>

export interface OutboxOptions {
  readonly sql: SqlStorage
  readonly send: Send
  readonly now: () => number
  /** By default, `outbox`. */
  readonly table?: string
  readonly retries?: RetrySchedule
  /** Delay after which the alarm delivers a row whose object stopped. By default, that of the first retry. */
  readonly recoveryMs?: number
}

export class Outbox {
  readonly #options: OutboxOptions
  readonly #retries: RetrySchedule
  readonly #rows: Table<OutboxRow>
  readonly #heads: Selection<Pick<OutboxRow, 'destination' | 'nextAttemptAtMs'>>
  readonly #isHead: string
  readonly #postpone
  /** Deliveries in progress, by destination. */
  readonly #delivering = new Map<string, Promise<void>>()
  /** Time of each destination's next attempt. Kept in memory, so that a command reads no row. */
  #nextAttempts = new Map<string, number>()

  constructor(options: OutboxOptions) {
    const { sql, table = 'outbox', retries = OUTBOX_RETRIES } = options
    const { destination, nextAttemptAtMs } = OUTBOX
    this.#options = options
    this.#retries = retries
    this.#rows = new Table(sql, table, OUTBOX)
    this.#heads = new Selection(sql, table, { destination, nextAttemptAtMs })
    /** The first row of its destination. The table is short, because delivered rows are deleted. */
    this.#isHead = `NOT EXISTS (SELECT earlier.seq FROM ${table} AS earlier
      WHERE earlier.destination = ${table}.destination AND earlier.seq < ${table}.seq)`
    this.#postpone = this.#rows.updater(['failures', 'nextAttemptAtMs'], 'WHERE seq = ?')
  }

  load(): void {
    const heads = this.#heads.all(`WHERE ${this.#isHead}`)
    this.#nextAttempts = new Map(
      heads.map(({ destination, nextAttemptAtMs }) => [destination, nextAttemptAtMs]),
    )
  }

  /** Time at which the alarm must deliver; `undefined` if the outbox is empty. */
  get nextAttemptAtMs(): number | undefined {
    if (this.#nextAttempts.size === 0) return undefined
    const nowMs = this.#options.now()
    const times = [...this.#nextAttempts].map(([destination, atMs]) =>
      atMs <= nowMs && this.#delivering.has(destination) ? nowMs + IN_PROGRESS_MS : atMs,
    )
    return Math.min(...times)
  }

  /** Inserts a row. Call it in the transaction of its cause, and `deliver` after that. */
  add(message: Message): void {
    const { now, recoveryMs = this.#retries.firstMs } = this.#options
    const nextAttemptAtMs = now() + recoveryMs
    this.#rows.insert({ ...message, seq: null, failures: 0, nextAttemptAtMs })
    if (!this.#nextAttempts.has(message.destination))
      this.#nextAttempts.set(message.destination, nextAttemptAtMs)
  }

  /**
   * Delivers new rows and those whose next attempt is due, one of each destination at a time. A failed
   * delivery does not reject the promise.
   */
  async deliver(): Promise<void> {
    for (this.#begin(); this.#delivering.size > 0; this.#begin())
      await Promise.all(this.#delivering.values())
  }

  #begin(): void {
    if (this.#nextAttempts.size === 0) return
    const due = this.#due()
    for (const row of due)
      if (!this.#delivering.has(row.destination))
        this.#delivering.set(row.destination, this.#deliverFrom(row))
    const isOverdue = (this.nextAttemptAtMs ?? Infinity) <= this.#options.now()
    if (due.length === 0 && isOverdue) this.load()
  }

  #due(): OutboxRow[] {
    const clause = `WHERE ${this.#isHead} AND (failures = 0 OR next_attempt_at_ms <= ?)`
    return this.#rows.all(clause, this.#options.now())
  }

  async #deliverFrom(first: OutboxRow): Promise<void> {
    const { destination } = first
    try {
      for (let row: OutboxRow | undefined = first; row; row = this.#nextDue(destination))
        await this.#deliverRow(row)
    } finally {
      this.#delivering.delete(destination)
      this.load()
    }
  }

  #nextDue(destination: string): OutboxRow | undefined {
    return this.#due().find((row) => row.destination === destination)
  }

  async #deliverRow(row: OutboxRow): Promise<void> {
    try {
      await this.#options.send(row)
    } catch (error) {
      this.#fail(row, error)
      return
    }
    this.#rows.delete('WHERE seq = ?', row.seq)
  }

  /** Schedules the next attempt. After the last one the row is deleted, so that no row remains forever. */
  #fail({ seq, failures, destination }: OutboxRow, error: unknown): void {
    const nextAttemptAtMs = nextAttempt(failures, this.#options.now(), this.#retries)
    logError(nextAttemptAtMs === null ? 'delivery_abandoned' : 'delivery_failed', error, {
      destination,
    })
    if (nextAttemptAtMs === null) this.#rows.delete('WHERE seq = ?', seq)
    else this.#postpone({ failures: failures + 1, nextAttemptAtMs }, seq)
  }
}
