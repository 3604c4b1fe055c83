import type { Quota } from '../../../limits/policy'
import type { Call } from '../../core/wallet'
import { type Columns, integer, json, kobo, nullable, text, word } from './columns'
import { type CallPage, callsClause, type Span, spanOf } from './pages'
import { firstValue, Selection, Table } from './rows'

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

export class CallTable {
  readonly #sql: SqlStorage
  readonly #rows: Table<CallRow>
  readonly #answer
  readonly #close
  readonly #calls: Selection<Call>
  readonly #starts: Selection<Pick<Call, 'createdAtMs'>>

  constructor(sql: SqlStorage) {
    this.#sql = sql
    this.#rows = new Table(sql, 'calls', CALL_ROW)
    this.#answer = this.#rows.updater(
      ['status', 'startedAtMs', 'deadlineAtMs', 'revision'],
      'WHERE seq = ?',
    )
    this.#close = this.#rows.updater(
      ['status', 'chargeKobo', 'endedAtMs', 'endReason', 'revision', 'closedRevision'],
      'WHERE seq = ?',
    )
    this.#calls = new Selection(sql, 'calls', CALL)
    this.#starts = new Selection(sql, 'calls', { createdAtMs: CALL.createdAtMs })
  }

  /** Inserts a new call, or updates the columns that an answer or an end changes. */
  save(call: Call, isNew: boolean, revision: number): void {
    const { seq, status, chargeKobo, startedAtMs, deadlineAtMs, endedAtMs, endReason } = call
    if (isNew) this.#rows.insert({ ...call, revision, closedRevision: null })
    else if (chargeKobo === null) this.#answer({ status, startedAtMs, deadlineAtMs, revision }, seq)
    else {
      const closed = {
        status,
        chargeKobo,
        endedAtMs,
        endReason,
        revision,
        closedRevision: revision,
      }
      this.#close(closed, seq)
    }
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
