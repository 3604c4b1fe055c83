/**
 * The object's SQLite rows as the values that the rules know, and back. Statements name their columns, so
 * that a column that a later release adds changes nothing here.
 */
import { type Kobo, kobo } from '../../common/money'
import type { Account, Entry, PostingKind } from '../core/ledger'
import type { Rate } from '../core/metering'
import type {
  Call,
  CallStatus,
  CallType,
  EndReason,
  EntryView,
  Reversal,
  Transfer,
  WalletType,
} from '../core/wallet'

export type Row = Record<string, SqlStorageValue>

const CALL = `seq, uuid, recipient_phone, recipient_name, type, status, rate, ticket, hold_kobo,
  charge_kobo, created_at_ms, deadline_at_ms, started_at_ms, ended_at_ms, end_reason, change`
const ENTRY = `seq, kind, from_account, to_account, amount_kobo, balance_kobo, reference, source_uuid,
  posted_at_ms, previous_hash, hash, change`
const TRANSFER = 'uuid, to_type, amount_kobo, status'
const REVERSAL = 'payment_uuid, reference, taken_kobo, short_kobo'

const insertInto = (table: string, columns: string): string =>
  `INSERT INTO ${table} (${columns}) VALUES (${columns.replaceAll(/\w+/g, '?')})`

export const INSERT_CALL = insertInto('calls', CALL)
export const INSERT_ENTRY = insertInto('entries', ENTRY)
export const INSERT_TRANSFER = insertInto('transfers', `${TRANSFER}, change`)
export const INSERT_REVERSAL = insertInto('reversals', REVERSAL)

export const SELECT_CALLS = `SELECT ${CALL} FROM calls`
export const SELECT_ENTRIES = `SELECT ${ENTRY} FROM entries`
export const SELECT_TRANSFERS = `SELECT ${TRANSFER} FROM transfers`
export const SELECT_REVERSALS = `SELECT ${REVERSAL} FROM reversals`

/** Each entry with the recipient of the call that it charges. */
export const SELECT_ENTRY_VIEWS = `SELECT ${ENTRY.replaceAll(/\w+/g, 'entries.$&')},
    calls.recipient_phone, calls.recipient_name
  FROM entries LEFT JOIN calls ON calls.uuid = entries.source_uuid`

export const toCall = (row: Row): Call => ({
  seq: row['seq'] as number,
  uuid: row['uuid'] as string,
  recipientPhone: row['recipient_phone'] as string,
  recipientName: row['recipient_name'] as string | null,
  type: row['type'] as CallType,
  status: row['status'] as CallStatus,
  rate: JSON.parse(row['rate'] as string) as Rate,
  ticket: row['ticket'] as string,
  holdKobo: kobo(row['hold_kobo'] as number),
  chargeKobo: row['charge_kobo'] as Kobo | null,
  createdAtMs: row['created_at_ms'] as number,
  deadlineAtMs: row['deadline_at_ms'] as number,
  startedAtMs: row['started_at_ms'] as number | null,
  endedAtMs: row['ended_at_ms'] as number | null,
  endReason: row['end_reason'] as EndReason | null,
})

export const callValues = (call: Call, change: number): SqlStorageValue[] => [
  call.seq,
  call.uuid,
  call.recipientPhone,
  call.recipientName,
  call.type,
  call.status,
  JSON.stringify(call.rate),
  call.ticket,
  call.holdKobo,
  call.chargeKobo,
  call.createdAtMs,
  call.deadlineAtMs,
  call.startedAtMs,
  call.endedAtMs,
  call.endReason,
  change,
]

export const toEntry = (row: Row): Entry => ({
  seq: row['seq'] as number,
  kind: row['kind'] as PostingKind,
  from: row['from_account'] as Account,
  to: row['to_account'] as Account,
  amountKobo: kobo(row['amount_kobo'] as number),
  balanceKobo: kobo(row['balance_kobo'] as number),
  reference: row['reference'] as string,
  sourceUuid: row['source_uuid'] as string,
  postedAtMs: row['posted_at_ms'] as number,
  previousHash: row['previous_hash'] as string,
  hash: row['hash'] as string,
})

export const toEntryView = (row: Row): EntryView => ({
  ...toEntry(row),
  recipientPhone: row['recipient_phone'] as string | null,
  recipientName: row['recipient_name'] as string | null,
})

export const entryValues = (entry: Entry, change: number): SqlStorageValue[] => [
  entry.seq,
  entry.kind,
  entry.from,
  entry.to,
  entry.amountKobo,
  entry.balanceKobo,
  entry.reference,
  entry.sourceUuid,
  entry.postedAtMs,
  entry.previousHash,
  entry.hash,
  change,
]

export const toTransfer = (row: Row): Transfer => ({
  uuid: row['uuid'] as string,
  to: row['to_type'] as WalletType,
  amountKobo: kobo(row['amount_kobo'] as number),
  status: row['status'] as Transfer['status'],
})

export const toReversal = (row: Row): Reversal => ({
  paymentUuid: row['payment_uuid'] as string,
  reference: row['reference'] as string,
  reversedKobo: kobo(row['taken_kobo'] as number),
  shortfallKobo: kobo(row['short_kobo'] as number),
})
