/**
 * The wallet object's rows, read and written by prepared SQL. Synchronous throughout, so that a
 * command loads, decides and saves without anything in between.
 */
import type { Idempotency } from '../common/idempotency'
import { addKobo, type Kobo, kobo } from '../common/money'
import type { Quota } from '../limits/policy'
import type { Change } from './change'
import { paymentPrefix, type ReceiptFacts, receiptPrefix } from './decide-receipt'
import { emptyLedger, type Entry } from './ledger'
import type { ChangedRows } from './projection'
import type { Call, EntryView, ReceiptName, Transfer, WalletState } from './wallet'
import { type CallPage, callsQuery, entriesQuery, type EntryPage } from './wallet-pages'
import {
  callValues,
  entryValues,
  type Row,
  toCall,
  toEntry,
  toEntryView,
  toReversal,
  toTransfer,
} from './wallet-rows'

/** What the object keeps beside the state: its clock and its change numbers. */
export interface WalletRow {
  readonly state: WalletState
  readonly clockMs: number
  readonly change: number
  readonly projectedChange: number
}

export interface RememberedAnswer {
  readonly fingerprint: string
  readonly answer: string
}

/** What admits a watcher to a call's events, once. */
export interface Ticket {
  readonly id: string
  readonly expiresAtMs: number
}

const SAVE_CALL = `INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (seq) DO UPDATE SET status = excluded.status, charge_kobo = excluded.charge_kobo,
    deadline_at_ms = excluded.deadline_at_ms, started_at_ms = excluded.started_at_ms,
    ended_at_ms = excluded.ended_at_ms, end_reason = excluded.end_reason, change = excluded.change`
const SAVE_ENTRY = 'INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
const SAVE_TRANSFER = 'INSERT INTO transfers VALUES (?, ?, ?, ?, ?)'
const SAVE_REVERSAL = 'INSERT INTO reversals VALUES (?, ?, ?, ?)'

export class WalletStorage {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  #rows(query: string, ...values: SqlStorageValue[]): Row[] {
    return this.#sql.exec<Row>(query, ...values).toArray()
  }

  /** The wallet as saved, or a new one without money that begins now. */
  load(uuid: string, nowMs: number): WalletRow {
    const [row] = this.#rows('SELECT * FROM wallet WHERE id = 1')
    if (!row) return this.#create(uuid, nowMs)
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
        openCalls: this.#rows('SELECT * FROM calls WHERE charge_kobo IS NULL ORDER BY seq').map(
          toCall,
        ),
      },
      clockMs: row['clock_ms'] as number,
      change: row['change'] as number,
      projectedChange: row['projected_change'] as number,
    }
  }

  /** A wallet is there from its first use; its first change is that it exists. */
  #create(uuid: string, nowMs: number): WalletRow {
    const { hash } = emptyLedger(uuid)
    this.#sql.exec('INSERT INTO wallet VALUES (1, ?, ?, 0, 0, ?, 0, 1, 0)', nowMs, nowMs, hash)
    return this.load(uuid, nowMs)
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
    for (const call of calls) this.#sql.exec(SAVE_CALL, ...callValues(call, change))
    for (const entry of entries) this.#sql.exec(SAVE_ENTRY, ...entryValues(entry, change))
    for (const { uuid, to, amountKobo, status } of transfers)
      this.#sql.exec(SAVE_TRANSFER, uuid, to, amountKobo, status, change)
    for (const { paymentUuid, reference, takenKobo, shortKobo } of reversals)
      this.#sql.exec(SAVE_REVERSAL, paymentUuid, reference, takenKobo, shortKobo)
    return { ...saved, state, clockMs: nowMs, change }
  }

  call(uuid: string): Call | undefined {
    return this.#rows('SELECT * FROM calls WHERE uuid = ?', uuid).map(toCall)[0]
  }

  /** When the calls of a quota's window were opened, oldest first; reads one row more than these. */
  callStarts({ quota, windowMs }: Quota, nowMs: number): number[] {
    const starts: number[] = []
    const [newest] = this.#rows('SELECT MAX(seq) AS seq FROM calls')
    for (let seq = Number(newest?.['seq']); seq > 0 && starts.length < quota; seq--) {
      const [row] = this.#rows('SELECT created_at_ms FROM calls WHERE seq = ?', seq)
      const startMs = row?.['created_at_ms'] as number
      if (startMs + windowMs <= nowMs) break
      starts.unshift(startMs)
    }
    return starts
  }

  calls(page: CallPage): Call[] {
    return this.#rows(...callsQuery(page)).map(toCall)
  }

  entry(reference: string): Entry | undefined {
    return this.#rows('SELECT * FROM entries WHERE reference = ?', reference).map(toEntry)[0]
  }

  entries(page: EntryPage): EntryView[] {
    return this.#rows(...entriesQuery(page)).map(toEntryView)
  }

  /** The entries whose reference begins so, oldest first. */
  entriesUnder(prefix: string): Entry[] {
    return this.#rows(
      'SELECT * FROM entries WHERE reference BETWEEN ? AND ? ORDER BY seq',
      prefix,
      `${prefix}~`,
    ).map(toEntry)
  }

  /** What has been posted for a payment, and under one of its references. */
  receiptFacts(name: ReceiptName): ReceiptFacts {
    const reversals = this.#rows(
      'SELECT * FROM reversals WHERE payment_uuid = ?',
      name.paymentUuid,
    ).map(toReversal)
    return {
      referenceCreditedKobo: this.#postedUnder(receiptPrefix(name)),
      paymentCreditedKobo: this.#postedUnder(paymentPrefix(name.paymentUuid)),
      paymentTakenKobo: addKobo(...reversals.map(({ takenKobo }) => takenKobo)),
      paymentShortKobo: addKobo(...reversals.map(({ shortKobo }) => shortKobo)),
      reversal: reversals.find(({ reference }) => reference === name.reference),
    }
  }

  #postedUnder(prefix: string): Kobo {
    const [row] = this.#rows(
      'SELECT COALESCE(SUM(amount_kobo), 0) AS posted FROM entries WHERE reference BETWEEN ? AND ?',
      prefix,
      `${prefix}~`,
    )
    return kobo(row?.['posted'] as number)
  }

  transfer(uuid: string): Transfer | undefined {
    return this.#rows('SELECT * FROM transfers WHERE uuid = ?', uuid).map(toTransfer)[0]
  }

  transfers(): Transfer[] {
    return this.#rows('SELECT * FROM transfers').map(toTransfer)
  }

  transfersInTransit(): Transfer[] {
    return this.#rows("SELECT * FROM transfers WHERE status = 'in_transit' ORDER BY uuid").map(
      toTransfer,
    )
  }

  markDelivered(transferUuid: string): void {
    this.#sql.exec("UPDATE transfers SET status = 'delivered' WHERE uuid = ?", transferUuid)
  }

  recall(key: string): RememberedAnswer | undefined {
    const [row] = this.#rows('SELECT fingerprint, answer FROM idempotency_keys WHERE key = ?', key)
    return row && { fingerprint: row['fingerprint'] as string, answer: row['answer'] as string }
  }

  remember({ key, fingerprint }: Idempotency, answer: string, nowMs: number): void {
    this.#sql.exec(
      'INSERT INTO idempotency_keys (key, fingerprint, answer, created_at_ms) VALUES (?, ?, ?, ?)',
      key,
      fingerprint,
      answer,
      nowMs,
    )
  }

  /** Forgets the oldest keys that were used before an instant, a bounded number at a time. */
  forgetKeysBefore(beforeMs: number): void {
    this.#sql.exec(
      `DELETE FROM idempotency_keys WHERE created_at_ms < ?
         AND seq IN (SELECT seq FROM idempotency_keys ORDER BY seq LIMIT 100)`,
      beforeMs,
    )
  }

  /** Notes a ticket as used. @returns whether it had not been; one that has expired may be forgotten */
  useTicket({ id, expiresAtMs }: Ticket, nowMs: number): boolean {
    this.#sql.exec('DELETE FROM used_tickets WHERE expires_at_ms < ?', nowMs)
    const used = 'INSERT INTO used_tickets VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING id'
    return this.#rows(used, id, expiresAtMs).length === 1
  }

  /** The rows of the next `changes` change numbers after the watermark. */
  changedRows(afterChange: number, toChange: number): ChangedRows {
    const rowsOf = (table: 'calls' | 'entries') =>
      this.#rows(`SELECT * FROM ${table} WHERE change > ? AND change <= ?`, afterChange, toChange)
    return {
      calls: rowsOf('calls').map((row) => ({ ...toCall(row), change: row['change'] as number })),
      entries: rowsOf('entries').map(toEntry),
    }
  }

  moveWatermark(projectedChange: number): void {
    this.#sql.exec('UPDATE wallet SET projected_change = ?', projectedChange)
  }
}
