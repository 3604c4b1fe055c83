import type { Quota } from '../../../limits/policy'
import type { Call } from '../../core/wallet'
import {
  type Columns,
  integer,
  json,
  kobo,
  nullable,
  text,
  word,
} from '../../../common/sql/columns'
import { type CallPage, callsClause, type Span, spanOf } from './pages'
import { firstValue, Selection, Table } from '../../../common/sql/rows'

const CALL: Columns<Call> = {
  seq: integer('seq'),
  uuid: text('uuid'),
  recipientPhone: text('recipient_phone'),
  recipientName: nullable(text('recipient_name')),
  type: word('type'),
  status: word('status'),
  rate: json('rate'),
  ticket: text('ticket'),
  holdKobo: kobo('hold_kobo'),
  chargeKobo: nullable(kobo('charge_kobo')),
  createdAtMs: integer('created_at_ms'),
  deadlineAtMs: integer('deadline_at_ms'),
  startedAtMs: nullable(integer('started_at_ms')),
  endedAtMs: nullable(integer('ended_at_ms')),
  endReason: nullable(word('end_reason')),
  roomSinceMs: nullable(integer('room_since_ms')),
  invitedAtMs: nullable(integer('invited_at_ms')),
  acceptanceUuid: nullable(text('acceptance_uuid')),
}

/** Call with the revision that last changed it. */
export interface CallRow extends Call {
  readonly revision: number
  /** Null while the call is open. */
  readonly closedRevision: number | null
}

const CALL_ROW: Columns<CallRow> = {
  ...CALL,
  revision: integer('change'),
  closedRevision: nullable(integer('closed_change')),
}

/** Recipient of a call, for joins with rows that may have no call. */
export const RECIPIENT = {
  recipientPhone: nullable(CALL.recipientPhone),
  recipientName: CALL.recipientName,
}

/** Position and end of a call; `endedAtMs` is null while it is open. */
export type EndedCall = Pick<Call, 'seq' | 'uuid' | 'endedAtMs'>

export class CallTable {
  readonly #sql: SqlStorage
  readonly #rows: Table<CallRow>
  readonly #change
  readonly #close
  readonly #blank
  readonly #calls: Selection<Call>
  readonly #starts: Selection<Pick<Call, 'createdAtMs'>>
  readonly #ends: Selection<EndedCall>

  constructor(sql: SqlStorage) {
    const { seq, uuid, endedAtMs } = CALL
    this.#sql = sql
    this.#rows = new Table(sql, 'calls', CALL_ROW)
    this.#change = this.#rows.updater(
      [
        'status',
        'startedAtMs',
        'deadlineAtMs',
        'roomSinceMs',
        'invitedAtMs',
        'acceptanceUuid',
        'revision',
      ],
      'WHERE seq = ?',
    )
    this.#close = this.#rows.updater(
      [
        'status',
        'chargeKobo',
        'startedAtMs',
        'endedAtMs',
        'endReason',
        'revision',
        'closedRevision',
      ],
      'WHERE seq = ?',
    )
    this.#blank = this.#rows.updater(
      ['recipientPhone', 'recipientName'],
      'WHERE seq > ? AND seq <= ?',
    )
    this.#calls = new Selection(sql, 'calls', CALL)
    this.#starts = new Selection(sql, 'calls', { createdAtMs: CALL.createdAtMs })
    this.#ends = new Selection(sql, 'calls', { seq, uuid, endedAtMs })
  }

  /** Inserts a new call, or updates the columns that an open call, or its end, changes. */
  save(call: Call, isNew: boolean, revision: number): void {
    if (isNew) this.#rows.insert({ ...call, revision, closedRevision: null })
    else if (call.chargeKobo === null) this.#change({ ...call, revision }, call.seq)
    else this.#close({ ...call, revision, closedRevision: revision }, call.seq)
  }

  /** Blanks the recipients of the calls after one position, up to another. */
  blank(afterSeq: number, toSeq: number): void {
    this.#blank({ recipientPhone: '', recipientName: null }, afterSeq, toSeq)
  }

  /** The next calls, oldest first. */
  after(seq: number, limit: number): EndedCall[] {
    return this.#ends.all('WHERE seq > ? ORDER BY seq LIMIT ?', seq, limit)
  }

  /** Open calls, oldest first. */
  open(): Call[] {
    return this.#calls.all('WHERE closed_change IS NULL ORDER BY seq')
  }

  byUuid(uuid: string): Call | undefined {
    return this.#calls.first('WHERE uuid = ?', uuid)
  }

  page(page: CallPage): Call[] {
    return this.#calls.all(...callsClause(page, this.#span(page)))
  }

  #span(page: CallPage): Span {
    const lastSeq = firstValue(this.#sql, 'SELECT MAX(seq) FROM calls')
    return spanOf(page, Number(lastSeq), (seq) =>
      Number(this.#starts.first('WHERE seq = ?', seq)?.createdAtMs),
    )
  }

  /** Start times of the calls within a quota's window, oldest first. Reads at most one row more. */
  starts({ quota, windowMs }: Quota, nowMs: number): number[] {
    const starts: number[] = []
    for (const { createdAtMs } of this.#starts.each('ORDER BY seq DESC LIMIT ?', quota)) {
      if (createdAtMs + windowMs <= nowMs) break
      starts.push(createdAtMs)
    }
    return starts.toReversed()
  }

  /** Ends of the calls within a quota's window that were accepted, and then lost or not connected, oldest first. */
  lost({ quota, windowMs }: Quota, nowMs: number): number[] {
    const ends = this.#ends.all(
      `WHERE acceptance_uuid IS NOT NULL AND end_reason IN ('lost', 'failed') AND ended_at_ms > ?
         ORDER BY ended_at_ms DESC LIMIT ?`,
      nowMs - windowMs,
      quota,
    )
    return ends.map(({ endedAtMs }) => endedAtMs ?? 0).toReversed()
  }

  /** Calls whose last revision is above `afterRevision` and at most `toRevision`. */
  changed(afterRevision: number, toRevision: number): CallRow[] {
    return this.#rows.all(
      `WHERE closed_change IS NULL AND change > ?1 AND change <= ?2
         UNION ALL ${this.#rows.select} WHERE closed_change > ?1 AND closed_change <= ?2`,
      afterRevision,
      toRevision,
    )
  }
}
