/**
 * An object's outbox: rows that lead to an effect elsewhere, inserted in the transaction of their cause. Each
 * row is attempted until it is delivered or its attempts are used up, in order for each destination. A
 * destination that fails delays no other.
 */
import { logError } from '../common/log'
import { nextAttempt, type RetrySchedule } from '../common/next-attempt'
import { type Columns, integer, nullable, text } from '../common/sql/columns'
import { firstValue, Table } from '../common/sql/rows'

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

/** The first row of each destination. The table is short, because delivered rows are deleted. */
const FIRST_ROWS = `NOT EXISTS (SELECT earlier.seq FROM outbox AS earlier
  WHERE earlier.destination = outbox.destination AND earlier.seq < outbox.seq)`
const DUE = `WHERE ${FIRST_ROWS} AND (failures = 0 OR next_attempt_at_ms <= ?)`
const NEXT_ATTEMPT = `SELECT MIN(next_attempt_at_ms) FROM outbox WHERE ${FIRST_ROWS}`

export type Send = (message: Message) => Promise<void>

export class Outbox {
  readonly #sql: SqlStorage
  readonly #rows: Table<OutboxRow>
  readonly #postpone
  readonly #send: Send
  readonly #now: () => number
  #delivering: Promise<void> | undefined
  /** Kept in memory, so that a command reads no row. */
  #nextAttemptAtMs: number | undefined

  constructor(sql: SqlStorage, send: Send, now: () => number) {
    this.#sql = sql
    this.#rows = new Table(sql, 'outbox', OUTBOX)
    this.#postpone = this.#rows.updater(['failures', 'nextAttemptAtMs'], 'WHERE seq = ?')
    this.#send = send
    this.#now = now
  }

  load(): void {
    const atMs = firstValue(this.#sql, NEXT_ATTEMPT)
    this.#nextAttemptAtMs = typeof atMs === 'number' ? atMs : undefined
  }

  /** Time at which the alarm must deliver; `undefined` if the outbox is empty. */
  get nextAttemptAtMs(): number | undefined {
    return this.#nextAttemptAtMs
  }

  /** Inserts a row. Call it in the transaction of its cause, and `deliver` after that. */
  add(message: Message): void {
    const nextAttemptAtMs = this.#now() + OUTBOX_RETRIES.firstMs
    this.#rows.insert({ ...message, seq: null, failures: 0, nextAttemptAtMs })
    this.#nextAttemptAtMs = Math.min(this.#nextAttemptAtMs ?? Infinity, nextAttemptAtMs)
  }

  /**
   * Delivers new rows and those whose next attempt is due, one of each destination at a time. A failed
   * delivery does not reject the promise.
   */
  deliver(): Promise<void> {
    if (this.#delivering) return this.#delivering
    const due = this.#nextAttemptAtMs === undefined ? [] : this.#due()
    return due.length === 0 ? Promise.resolve() : (this.#delivering = this.#deliverFrom(due))
  }

  #due(): OutboxRow[] {
    return this.#rows.all(DUE, this.#now())
  }

  async #deliverFrom(due: readonly OutboxRow[]): Promise<void> {
    try {
      for (let rows = due; rows.length > 0; rows = this.#due())
        await Promise.all(rows.map((row) => this.#deliverRow(row)))
    } finally {
      this.#delivering = undefined
      this.load()
    }
  }

  async #deliverRow(row: OutboxRow): Promise<void> {
    try {
      await this.#send(row)
    } catch (error) {
      this.#fail(row, error)
      return
    }
    this.#rows.delete('WHERE seq = ?', row.seq)
  }

  /** Schedules the next attempt. After the last one the row is deleted, so that no row remains forever. */
  #fail({ seq, failures, destination }: OutboxRow, error: unknown): void {
    const nextAttemptAtMs = nextAttempt(failures, this.#now(), OUTBOX_RETRIES)
    logError(nextAttemptAtMs === null ? 'delivery_abandoned' : 'delivery_failed', error, {
      destination,
    })
    if (nextAttemptAtMs === null) this.#rows.delete('WHERE seq = ?', seq)
    else this.#postpone({ failures: failures + 1, nextAttemptAtMs }, seq)
  }
}
