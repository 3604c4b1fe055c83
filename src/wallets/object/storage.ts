/**
 * The wallet object's rows, read and written by prepared SQL. Synchronous throughout, so that a
 * command loads, decides and saves without anything in between.
 */
import { addKobo, type Kobo, kobo } from '../../common/money'
import type { Quota } from '../../limits/policy'
import type { Change } from '../core/change'
import {
  paymentEntryPrefix,
  type PaymentTotals,
  attemptEntryPrefix,
} from '../core/payment-commands'
import { emptyLedger, type Entry } from '../core/ledger'
import type { ChangedRows } from './projection'
import type { Call, EntryView, PaymentAttempt, Transfer, WalletState } from '../core/wallet'
import { type CallPage, callsQuery, entriesQuery, type EntryPage, type Span, spanOf } from './pages'
import {
  callValues,
  entryValues,
  INSERT_CALL,
  INSERT_ENTRY,
  INSERT_REVERSAL,
  INSERT_TRANSFER,
  type Row,
  SELECT_CALLS,
  SELECT_ENTRIES,
  SELECT_REVERSALS,
  SELECT_TRANSFERS,
  toCall,
  toEntry,
  toEntryView,
  toReversal,
  toTransfer,
} from './rows'

/** Up to where D1 has a copy: of the calls by change number, of the entries by position. */
export interface Watermark {
  readonly projectedChange: number
  readonly projectedEntrySeq: number
}

/** What the object keeps beside the state: its clock and its change numbers. */
export interface WalletRow extends Watermark {
  readonly state: WalletState
  readonly clockMs: number
  readonly change: number
}

const SELECT_WALLET = `SELECT created_at_ms, clock_ms, posted_kobo, entry_seq, entry_hash, call_seq,
    change, projected_change, projected_entry_seq
  FROM wallet WHERE id = 1`
const INSERT_WALLET = `INSERT INTO wallet (id, created_at_ms, clock_ms, posted_kobo, entry_seq,
    entry_hash, call_seq, change, projected_change, projected_entry_seq)
  VALUES (1, ?, ?, 0, 0, ?, 0, 1, 0, 0)`
const ANSWER_CALL = `UPDATE calls SET status = ?, started_at_ms = ?, deadline_at_ms = ?, change = ?
  WHERE seq = ?`
const CLOSE_CALL = `UPDATE calls SET status = ?, charge_kobo = ?, ended_at_ms = ?, end_reason = ?,
    change = ?, closed_change = ?
  WHERE seq = ?`

export class WalletStorage {
  readonly #sql: SqlStorage
  /** The wallet as it was loaded or saved last; a transaction that fails forgets it. */
  #row: WalletRow | undefined
  #projectionsBegun = 0

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  #rows(query: string, ...values: SqlStorageValue[]): Row[] {
    return this.#sql.exec<Row>(query, ...values).toArray()
  }

  /** The wallet as saved, or a new one without money that begins now. */
  load(uuid: string, nowMs: number): WalletRow {
    return (this.#row ??= this.#read(uuid) ?? this.#create(uuid, nowMs))
  }

  /** Has the wallet read again: what was written has been rolled back. */
  forget(): void {
    this.#row = undefined
  }

  #read(uuid: string): WalletRow | undefined {
    const [row] = this.#rows(SELECT_WALLET)
    if (!row) return undefined
    return {
      state: {
        uuid,
        createdAtMs: row['created_at_ms'] as number,
        head: {
          seq: row['entry_seq'] as number,
          hash: row['entry_hash'] as string,
          balanceKobo: kobo(row['posted_kobo'] as number),
        },
        lastCallSeq: row['call_seq'] as number,
        openCalls: this.#rows(`${SELECT_CALLS} WHERE closed_change IS NULL ORDER BY seq`).map(
          toCall,
        ),
      },
      clockMs: row['clock_ms'] as number,
      change: row['change'] as number,
      projectedChange: row['projected_change'] as number,
      projectedEntrySeq: row['projected_entry_seq'] as number,
    }
  }

  /** A wallet is there from its first use; its first change is that it exists. */
  #create(uuid: string, nowMs: number): WalletRow {
    const head = emptyLedger(uuid)
    this.#sql.exec(INSERT_WALLET, nowMs, nowMs, head.hash)
    return {
      state: { uuid, createdAtMs: nowMs, head, lastCallSeq: 0, openCalls: [] },
      clockMs: nowMs,
      change: 1,
      projectedChange: 0,
      projectedEntrySeq: 0,
    }
  }

  /** Writes a change's rows under the next change number. */
  save(saved: WalletRow, changed: Change, nowMs: number): WalletRow {
    const { state, calls, entries, transfers, reversals } = changed
    const { head } = state
    const change = saved.change + 1
    this.#sql.exec(
      `UPDATE wallet SET clock_ms = ?, posted_kobo = ?, entry_seq = ?, entry_hash = ?, call_seq = ?,
         change = ?`,
      nowMs,
      head.balanceKobo,
      head.seq,
      head.hash,
      state.lastCallSeq,
      change,
    )
    for (const call of calls) this.#saveCall(call, saved.state.lastCallSeq, change)
    for (const entry of entries) this.#sql.exec(INSERT_ENTRY, ...entryValues(entry, change))
    for (const { uuid, to, amountKobo, status } of transfers)
      this.#sql.exec(INSERT_TRANSFER, uuid, to, amountKobo, status, change)
    for (const { paymentUuid, reference, reversedKobo, shortfallKobo } of reversals)
      this.#sql.exec(INSERT_REVERSAL, paymentUuid, reference, reversedKobo, shortfallKobo)
    return (this.#row = { ...saved, state, clockMs: nowMs, change })
  }

  #saveCall(call: Call, lastCallSeq: number, change: number): void {
    const { seq, status, chargeKobo, startedAtMs, deadlineAtMs, endedAtMs, endReason } = call
    if (seq > lastCallSeq) this.#sql.exec(INSERT_CALL, ...callValues(call, change))
    else if (chargeKobo === null)
      this.#sql.exec(ANSWER_CALL, status, startedAtMs, deadlineAtMs, change, seq)
    else this.#sql.exec(CLOSE_CALL, status, chargeKobo, endedAtMs, endReason, change, change, seq)
  }

  call(uuid: string): Call | undefined {
    return this.#rows(`${SELECT_CALLS} WHERE uuid = ?`, uuid).map(toCall)[0]
  }

  /** When the calls of a quota's window were opened, oldest first; reads one row more than these. */
  callStarts({ quota, windowMs }: Quota, nowMs: number): number[] {
    const newest = 'SELECT created_at_ms FROM calls ORDER BY seq DESC LIMIT ?'
    const starts: number[] = []
    for (const { created_at_ms } of this.#sql.exec<{ created_at_ms: number }>(newest, quota)) {
      if (created_at_ms + windowMs <= nowMs) break
      starts.push(created_at_ms)
    }
    return starts.toReversed()
  }

  calls(page: CallPage): Call[] {
    const span = this.#span('calls', 'created_at_ms', page)
    return this.#rows(...callsQuery(page, span)).map(toCall)
  }

  entry(reference: string): Entry | undefined {
    return this.#rows(`${SELECT_ENTRIES} WHERE reference = ?`, reference).map(toEntry)[0]
  }

  entries(page: EntryPage): EntryView[] {
    const span = this.#span('entries', 'posted_at_ms', page)
    return this.#rows(...entriesQuery(page, span)).map(toEntryView)
  }

  #span(table: 'calls' | 'entries', instant: string, page: CallPage | EntryPage): Span {
    const [last] = this.#rows(`SELECT MAX(seq) AS seq FROM ${table}`)
    const msOf = (seq: number) =>
      this.#rows(`SELECT ${instant} AS at_ms FROM ${table} WHERE seq = ?`, seq)[0]?.['at_ms']
    return spanOf(page, Number(last?.['seq']), (seq) => Number(msOf(seq)))
  }

  /** The entries whose reference begins so, oldest first. */
  entriesUnder(prefix: string): Entry[] {
    return this.#rows(
      `${SELECT_ENTRIES} WHERE reference BETWEEN ? AND ? ORDER BY seq`,
      prefix,
      `${prefix}~`,
    ).map(toEntry)
  }

  /** What has been posted for a payment, and under one of its references. */
  paymentTotals(name: PaymentAttempt): PaymentTotals {
    const reversals = this.#rows(
      `${SELECT_REVERSALS} WHERE payment_uuid = ?`,
      name.paymentUuid,
    ).map(toReversal)
    return {
      referenceCreditedKobo: this.#postedUnder(attemptEntryPrefix(name)),
      paymentCreditedKobo: this.#postedUnder(paymentEntryPrefix(name.paymentUuid)),
      paymentReversedKobo: addKobo(...reversals.map(({ reversedKobo }) => reversedKobo)),
      paymentShortfallKobo: addKobo(...reversals.map(({ shortfallKobo }) => shortfallKobo)),
      reversal: reversals.find(({ reference }) => reference === name.reference),
    }
  }

  #postedUnder(prefix: string): Kobo {
    const [row] = this.#rows(
      `SELECT COALESCE(SUM(amount_kobo), 0) AS posted FROM entries
         WHERE reference BETWEEN ? AND ? AND to_account = 'wallet'`,
      prefix,
      `${prefix}~`,
    )
    return kobo(row?.['posted'] as number)
  }

  transfer(uuid: string): Transfer | undefined {
    return this.#rows(`${SELECT_TRANSFERS} WHERE uuid = ?`, uuid).map(toTransfer)[0]
  }

  transfers(): Transfer[] {
    return this.#rows(SELECT_TRANSFERS).map(toTransfer)
  }

  transfersInTransit(): Transfer[] {
    return this.#rows(`${SELECT_TRANSFERS} WHERE status = 'in_transit' ORDER BY uuid`).map(
      toTransfer,
    )
  }

  markDelivered(transferUuid: string): void {
    this.#sql.exec("UPDATE transfers SET status = 'delivered' WHERE uuid = ?", transferUuid)
  }

  /** What D1 lacks of the changes up to one; reads no more than that. */
  changedRows({ projectedChange, projectedEntrySeq }: Watermark, toChange: number): ChangedRows {
    const calls = this.#rows(
      `${SELECT_CALLS} WHERE closed_change IS NULL AND change > ?1 AND change <= ?2
         UNION ALL ${SELECT_CALLS} WHERE closed_change > ?1 AND closed_change <= ?2`,
      projectedChange,
      toChange,
    )
    const entries: Entry[] = []
    const later = `${SELECT_ENTRIES} WHERE seq > ? ORDER BY seq`
    for (const row of this.#sql.exec<Row>(later, projectedEntrySeq)) {
      if ((row['change'] as number) > toChange) break
      entries.push(toEntry(row))
    }
    return {
      calls: calls.map((row) => ({ ...toCall(row), change: row['change'] as number })),
      entries,
    }
  }

  /** How often D1 was to be given everything again. */
  get projectionsBegun(): number {
    return this.#projectionsBegun
  }

  resetProjection(): void {
    this.#projectionsBegun += 1
    this.moveWatermark({ projectedChange: 0, projectedEntrySeq: 0 })
  }

  moveWatermark({ projectedChange, projectedEntrySeq }: Watermark): void {
    this.#sql.exec(
      'UPDATE wallet SET projected_change = ?, projected_entry_seq = ?',
      projectedChange,
      projectedEntrySeq,
    )
    this.#row &&= { ...this.#row, projectedChange, projectedEntrySeq }
  }
}
