/**
 * The append-only log of a stream: numbered from 1 without a gap, each event ID once. Each event costs two written rows,
 * its own and the one of the unique index. Types that this release does not know are stored and returned as they are.
 */
import { type Columns, integer, json, text } from '../../common/sql/columns'
import { firstValue, Table } from '../../common/sql/rows'
import type { NewEvent } from '../../outbox/event'
import type { StoredEvent } from '../core/stream'

interface EventRow extends StoredEvent {
  readonly receivedAtMs: number
}

const EVENT: Columns<EventRow> = {
  sequence: integer('sequence'),
  id: text('id'),
  type: text('type'),
  version: integer('version'),
  atMs: integer('at_ms'),
  data: json('data'),
  receivedAtMs: integer('received_at_ms'),
}

/** Rows that a page reads at most, whatever its types leave out. */
export const ROWS_READ_AT_ONCE = 1000

const FIRST = 'SELECT MIN(sequence) FROM events'
const LAST = 'SELECT MAX(sequence) FROM events'
const AFTER = `WHERE sequence > ? ORDER BY sequence LIMIT ${ROWS_READ_AT_ONCE}`
/** First row of a range that is young enough to stay. */
const FIRST_YOUNG = `SELECT sequence FROM events
  WHERE sequence >= ? AND sequence <= ? AND received_at_ms >= ? ORDER BY sequence LIMIT 1`

export class EventLog {
  readonly #sql: SqlStorage
  readonly #rows: Table<EventRow>

  constructor(sql: SqlStorage) {
    this.#sql = sql
    this.#rows = new Table(sql, 'events', EVENT)
  }

  /** Number of the newest event; 0 if there is none. */
  get last(): number {
    return Number(firstValue(this.#sql, LAST) ?? 0)
  }

  /** Number of the oldest event that is still kept; 0 if there is none. */
  get first(): number {
    return Number(firstValue(this.#sql, FIRST) ?? 0)
  }

  /** Appends the events whose IDs are new. Runs in a transaction. @returns how many */
  append(events: readonly NewEvent[], nowMs: number): number {
    const { last } = this
    let sequence = last
    for (const event of events) {
      const row = { ...event, sequence: sequence + 1, receivedAtMs: nowMs }
      if (this.#rows.insertIfNew(row, 'id')) sequence += 1
    }
    return sequence - last
  }

  /**
   * Returns events after a number, oldest first, at most `limit`, and how far it has read. It reads a bounded number of
   * rows, so a page may be empty although matching events follow.
   */
  read(
    after: number,
    limit: number,
    types?: readonly string[],
  ): { readonly events: readonly StoredEvent[]; readonly readTo: number } {
    const wanted = types && new Set(types)
    const events: StoredEvent[] = []
    let readTo = after
    for (const row of this.#rows.each(AFTER, after)) {
      readTo = row.sequence
      if (!wanted || wanted.has(row.type)) events.push(eventOf(row))
      if (events.length >= limit) break
    }
    return { events, readTo }
  }

  byId(id: string): StoredEvent | undefined {
    const row = this.#rows.first('WHERE id = ?', id)
    return row && eventOf(row)
  }

  /**
   * Deletes events that were received before a time, the oldest first. The newest event always stays, so that its number
   * is never used again.
   * @param limit how many it reads and deletes at most
   * @returns whether none is left that must go
   */
  deleteBefore(beforeMs: number, limit: number): boolean {
    const { first, last } = this
    if (first === last) return true
    const end = Math.min(first + limit, last)
    const young = firstValue(this.#sql, FIRST_YOUNG, first, end - 1, beforeMs)
    const kept = typeof young === 'number' ? young : end
    if (kept > first) this.#rows.delete('WHERE sequence < ?', kept)
    return kept < end || kept === last
  }
}

const eventOf = ({ sequence, id, type, version, atMs, data }: EventRow): StoredEvent => ({
  sequence,
  id,
  type,
  version,
  atMs,
  data,
})
