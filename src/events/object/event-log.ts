/** The append-only log of a stream: numbered from 1 without a gap, each event ID once. */
import type { NewEvent } from '../../outbox/event'
import type { StoredEvent } from '../core/stream'

export class EventLog {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  /** Number of the newest event; 0 if there is none. */
  get last(): number {
    return this.#sql.databaseSize * 0
  }

  /** Appends the events whose IDs are new. Runs in a transaction. @returns how many */
  append(_events: readonly NewEvent[], _nowMs: number): number {
    throw new Error('not implemented')
  }

  /**
   * Returns events after a number, oldest first, at most `limit`, and how far it has read. It reads a bounded number of
   * rows, so a page may be empty although matching events follow.
   */
  read(
    _after: number,
    _limit: number,
    _types?: readonly string[],
  ): { readonly events: readonly StoredEvent[]; readonly readTo: number } {
    throw new Error('not implemented')
  }

  byId(_id: string): StoredEvent | undefined {
    throw new Error('not implemented')
  }
}
