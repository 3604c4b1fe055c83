/** Compares a wallet's tables with the auditor's own wallet. */
import { createHash } from 'node:crypto'
import { endsUntil } from './meter'
import { hold, Violation } from './violation'
import type { ModelCall, ModelEntry, WalletModel } from './wallet-model'

export type Rows = (query: string, ...values: (string | number)[]) => Record<string, unknown>[]

export const ACCOUNTS: Record<string, readonly [from: string, to: string]> = {
  top_up: ['gateway', 'wallet'],
  surplus: ['gateway', 'wallet'],
  reversal: ['wallet', 'gateway'],
  transfer_out: ['wallet', 'transfer'],
  transfer_in: ['transfer', 'wallet'],
  call_charge: ['wallet', 'revenue'],
  refund: ['wallet', 'refund'],
  refund_paid: ['refund', 'gateway'],
  refund_returned: ['refund', 'wallet'],
  refund_bounced: ['gateway', 'refund'],
  gateway_refund: ['wallet', 'gateway'],
  debt: ['debt', 'gateway'],
  debt_payment: ['wallet', 'debt'],
  debt_waiver: ['goodwill', 'debt'],
  debt_taken_over: ['debt', 'transfer'],
  goodwill: ['goodwill', 'wallet'],
  goodwill_out: ['wallet', 'transfer'],
  goodwill_in: ['transfer', 'wallet'],
  balance_waiver: ['wallet', 'waived'],
  correction_in: ['corrections', 'wallet'],
  correction_out: ['wallet', 'corrections'],
}

const NAMESPACE = Buffer.from('b3d6ff9c4f0c4f6e9a395d1f2a7c8e10', 'hex')

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

export const uuidOf = ({ userUuid, type }: WalletModel): string =>
  namedUuid(NAMESPACE, `${userUuid}/${type}`)

/** Version 5 (RFC 9562 section 5.5). */
export function namedUuid(namespace: Buffer, name: string): string {
  const bytes = createHash('sha1').update(namespace).update(name).digest()
  bytes[6] = ((bytes[6] ?? 0) % 16) + 0x50
  bytes[8] = ((bytes[8] ?? 0) % 64) + 0x80
  return bytes.toString('hex', 0, 16).replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
}

/** Seal of an entry, over the previous seal. */
function sealOf(previousHash: string, entry: ModelEntry): string {
  const [from, to] = ACCOUNTS[entry.kind] ?? ['', '']
  const { seq, kind, amountKobo, balanceKobo, reference, sourceUuid, postedAtMs } = entry
  const content = [seq, kind, from, to, amountKobo, balanceKobo, reference, sourceUuid, postedAtMs]
  return sha256(JSON.stringify([previousHash, ...content]))
}

type Columns = Record<string, unknown>

function same(where: string, row: Columns | undefined, expected: Columns): void {
  for (const [column, value] of Object.entries(expected))
    if (row?.[column] !== value)
      throw new Violation(`${where}: ${column} is ${String(row?.[column])}, not ${String(value)}`)
}

export function entryColumns(entry: ModelEntry, previousHash: string): Columns & { hash: string } {
  const [from, to] = ACCOUNTS[entry.kind] ?? ['', '']
  return {
    seq: entry.seq,
    kind: entry.kind,
    from_account: from,
    to_account: to,
    amount_kobo: entry.amountKobo,
    balance_kobo: entry.balanceKobo,
    reference: entry.reference,
    source_uuid: entry.sourceUuid,
    posted_at_ms: entry.postedAtMs,
    previous_hash: previousHash,
    hash: sealOf(previousHash, entry),
  }
}

export const callColumns = (call: ModelCall): Columns => ({
  uuid: call.uuid,
  status: call.status,
  hold_kobo: call.holdKobo,
  charge_kobo: call.chargeKobo,
  created_at_ms: call.createdAtMs,
  started_at_ms: call.startedAtMs,
  ended_at_ms: call.endedAtMs,
  end_reason: call.endReason,
})

/** Columns that D1 does not have. */
const roomColumns = ({ roomSinceMs, invitedAtMs, acceptanceUuid }: ModelCall): Columns => ({
  room_since_ms: roomSinceMs,
  invited_at_ms: invitedAtMs,
  acceptance_uuid: acceptanceUuid,
})

/** Compares the wallet's row, and everything since an entry and a revision. */
export function compareFrom(rows: Rows, wallet: WalletModel, change: number, lastSeq: number) {
  const [row] = rows('SELECT * FROM wallet')
  const where = `wallet ${wallet.userUuid}/${wallet.type}`
  const entries = rows('SELECT * FROM entries WHERE seq > ? ORDER BY seq', lastSeq)
  const expected = wallet.entries.slice(lastSeq)
  hold(
    entries.length === expected.length,
    () =>
      `${where}: ${entries.length} new entries, expected ${expected.map(({ kind, amountKobo }) => `${kind} ${amountKobo}`).join(', ') || 'none'}`,
  )
  const [before] = lastSeq > 0 ? rows('SELECT hash FROM entries WHERE seq = ?', lastSeq) : []
  let hash = (before?.['hash'] as string | undefined) ?? sha256(uuidOf(wallet))
  for (const [index, entry] of expected.entries()) {
    const columns = entryColumns(entry, hash)
    same(`${where}, entry ${entry.seq}`, entries[index], columns)
    hash = columns.hash
  }
  same(where, row, {
    posted_kobo: wallet.postedKobo,
    entry_seq: wallet.entries.length,
    entry_hash: hash,
    call_seq: wallet.calls.length,
    change: wallet.change,
    clock_ms: wallet.clockMs,
    created_at_ms: wallet.createdAtMs,
    goodwill_kobo: wallet.goodwillKobo,
    debt_kobo: wallet.debtKobo,
    debt_source_uuid: wallet.debtSourceUuid,
    frozen_at_ms: wallet.frozenAtMs,
    erased_at_ms: wallet.erasedAtMs,
  })
  for (const call of rows('SELECT * FROM calls WHERE change > ?', change)) {
    const known = wallet.calls[Number(call['seq']) - 1]
    same(
      `${where}, call ${String(call['seq'])}`,
      call,
      known ? { ...callColumns(known), ...roomColumns(known) } : { seq: null },
    )
  }
  compareCounts(rows, wallet, where)
}

function compareCounts(rows: Rows, wallet: WalletModel, where: string): void {
  const [counts] = rows(
    `SELECT (SELECT COUNT(*) FROM calls WHERE charge_kobo IS NULL) AS open,
       (SELECT COUNT(*) FROM idempotency_keys) AS keys, (SELECT COUNT(*) FROM reversals) AS reversals,
       (SELECT COUNT(*) FROM transfers) AS transfers,
       (SELECT COUNT(*) FROM collections) AS collections`,
  )
  same(where, counts, {
    open: wallet.open.length,
    keys: wallet.keys.length,
    reversals: wallet.reversals.size,
    transfers: wallet.sent.size,
    collections: wallet.collections.size,
  })
}

/** Compares every row, and recalculates all balances and seals. */
export function compareAll(rows: Rows, wallet: WalletModel): void {
  if (!wallet.exists) return
  const where = `wallet ${wallet.userUuid}/${wallet.type}`
  compareFrom(rows, wallet, 0, 0)
  let balanceKobo = 0
  for (const entry of rows(
    'SELECT from_account, to_account, amount_kobo FROM entries ORDER BY seq',
  )) {
    const amountKobo = Number(entry['amount_kobo'])
    if (entry['to_account'] === 'wallet') balanceKobo += amountKobo
    if (entry['from_account'] === 'wallet') balanceKobo -= amountKobo
    hold(balanceKobo >= 0, () => `${where} was below zero`)
  }
  hold(balanceKobo === wallet.postedKobo, () => `${where} is not the fold of its entries`)
  const [calls] = rows('SELECT COUNT(*) AS calls FROM calls')
  same(where, calls, { calls: wallet.calls.length })
  for (const [reference, { reversedKobo }] of wallet.reversals) {
    const [row] = rows('SELECT * FROM reversals WHERE reference = ?', reference)
    same(`${where}, reversal`, row, { taken_kobo: reversedKobo, short_kobo: 0 })
  }
  for (const { key, fingerprint } of wallet.keys) {
    const [row] = rows('SELECT fingerprint FROM idempotency_keys WHERE key = ?', key)
    same(`${where}, key`, row, { fingerprint })
  }
  const [charges] = rows(
    `SELECT COALESCE(SUM(charge_kobo), 0) AS charged, (SELECT COALESCE(SUM(amount_kobo), 0)
       FROM entries WHERE kind = 'call_charge') AS posted FROM calls`,
  )
  same(`${where}, charges`, charges, { charged: charges?.['posted'] })
}

/** Next time at which something is due for a wallet. */
export const nextDueMs = ({ postedKobo, open, settledMs }: WalletModel): number => {
  const [end] = endsUntil(postedKobo, open, settledMs, Infinity, ({ length }) => length > 0)
  if (!end) return Infinity
  return end.reason === 'credit_exhausted' ? end.endedAtMs + 1 : end.endedAtMs
}
