/** Attempts to deliver: at least the last thousand of each endpoint, for at most 30 days. */
import { type Columns, integer, nullable, text, word } from '../../common/sql/columns'
import { firstValue, Table } from '../../common/sql/rows'
import type { Attempt, AttemptCause, AttemptFault } from '../core/stream'

export const ATTEMPTS_KEPT = 1000
/** Attempts between two deletions of old ones, because each deletion reads every attempt that stays. */
const SHORTENED_EVERY = 100
const KEPT_MS = 30 * 86_400_000

/** SQLite chooses the number of a new row. */
type AttemptRow = Omit<Attempt, 'seq'> & { readonly seq: number | null }

const ATTEMPT: Columns<AttemptRow> = {
  seq: nullable(integer('seq')),
  endpointUuid: text('endpoint_uuid'),
  cause: word<AttemptCause>('cause'),
  eventId: text('event_id'),
  eventType: text('event_type'),
  sequence: nullable(integer('sequence')),
  atMs: integer('at_ms'),
  durationMs: integer('duration_ms'),
  status: nullable(integer('status')),
  fault: nullable(word<AttemptFault>('fault')),
  response: text('response'),
}

const NEWEST = 'WHERE endpoint_uuid = ? AND seq < ? ORDER BY seq DESC LIMIT ?'
const BEYOND = `WHERE endpoint_uuid = ? AND seq <= (SELECT seq FROM attempts WHERE endpoint_uuid = ?
  ORDER BY seq DESC LIMIT 1 OFFSET ${ATTEMPTS_KEPT})`

export type NewAttempt = Omit<Attempt, 'seq'>

export class AttemptTable {
  readonly #sql: SqlStorage
  readonly #rows: Table<AttemptRow>
  readonly #added = new Map<string, number>()

  constructor(sql: SqlStorage) {
    this.#sql = sql
    this.#rows = new Table(sql, 'attempts', ATTEMPT)
  }

  add(attempt: NewAttempt): Attempt {
    const { endpointUuid } = attempt
    this.#rows.insert({ ...attempt, seq: null })
    const seq = Number(firstValue(this.#sql, 'SELECT last_insert_rowid()'))
    const added = (this.#added.get(endpointUuid) ?? 0) + 1
    this.#added.set(endpointUuid, added % SHORTENED_EVERY)
    if (added === SHORTENED_EVERY) this.#shorten(endpointUuid)
    return { ...attempt, seq }
  }

  /** Newest first. @param beforeSeq exclusive */
  list(endpointUuid: string, limit: number, beforeSeq = Number.MAX_SAFE_INTEGER): Attempt[] {
    return this.#rows.all(NEWEST, endpointUuid, beforeSeq, limit).map(stored)
  }

  upkeep(endpointUuid: string, nowMs: number): void {
    this.#shorten(endpointUuid)
    this.#rows.delete('WHERE endpoint_uuid = ? AND at_ms < ?', endpointUuid, nowMs - KEPT_MS)
  }

  remove(endpointUuid: string): void {
    this.#rows.delete('WHERE endpoint_uuid = ?', endpointUuid)
    this.#added.delete(endpointUuid)
  }

  #shorten(endpointUuid: string): void {
    this.#rows.delete(BEYOND, endpointUuid, endpointUuid)
  }
}

const stored = (row: AttemptRow): Attempt => ({ ...row, seq: row.seq ?? 0 })
