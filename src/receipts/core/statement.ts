/** Entries and signed head of a statement. Entries have the fields that the seal covers, and name no person. Pure. */
import { formatNaira } from '../../common/money.ts'
import type { Entry, LedgerHead } from '../../wallets/core/ledger.ts'

export type StatementEntry = {
  readonly seq: number
  readonly kind: string
  readonly from: string
  readonly to: string
  readonly amount: string
  readonly balance: string
  readonly reference: string
  readonly source_uuid: string
  readonly posted_at: string
  readonly previous_hash: string
  readonly hash: string
}

/** Position, seal and balance after an entry. */
export type StatementPoint = {
  readonly seq: number
  readonly hash: string
  readonly balance: string
}

export type StatementHead = {
  readonly type: 'statement'
  readonly version: 1
  readonly wallet_uuid: string
  readonly currency: 'NGN'
  readonly from: string | null
  readonly to: string | null
  /** The entry before the first one of the statement; position 0 is the empty ledger. */
  readonly opening: StatementPoint
  readonly closing: StatementPoint
  /** Last entry of the ledger when the statement was read. */
  readonly ledger: StatementPoint
  /** Number of entries. */
  readonly entries: number
  readonly issued_at: string
}

export const presentEntry = (entry: Entry): StatementEntry => ({
  seq: entry.seq,
  kind: entry.kind,
  from: entry.from,
  to: entry.to,
  amount: formatNaira(entry.amountKobo),
  balance: formatNaira(entry.balanceKobo),
  reference: entry.reference,
  source_uuid: entry.sourceUuid,
  posted_at: new Date(entry.postedAtMs).toISOString(),
  previous_hash: entry.previousHash,
  hash: entry.hash,
})

export const presentPoint = ({ seq, hash, balanceKobo }: LedgerHead): StatementPoint => ({
  seq,
  hash,
  balance: formatNaira(balanceKobo),
})
