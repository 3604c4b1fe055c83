/** Row of a pending receipt. Payments insert it in the batch that completes them. */
import type { SQL } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { selectValues } from '../common/sql/select-values'
import type { WalletType } from '../wallets/core/wallet'
import { receiptId, type ReceiptSubject } from './core/receipt'
import { type ReceiptRow, receipts } from './table'

export interface NewReceipt extends ReceiptSubject {
  readonly userUuid: string
  readonly walletType: WalletType
  readonly createdAtMs: number
}

/** Interface by which payments trigger the issue of a receipt. After a failure, the cron job issues it. */
export interface ReceiptPort {
  /** Issues a receipt in the background. */
  readonly issueReceipt: (id: string) => void
}

/** Until then, the cron job leaves a new row to the request that inserted it. */
const FIRST_ATTEMPT_MS = 30_000

export const pendingRow = (receipt: NewReceipt): ReceiptRow => ({
  id: receiptId(receipt),
  kind: receipt.kind,
  subjectUuid: receipt.subjectUuid,
  userUuid: receipt.userUuid,
  walletType: receipt.walletType,
  createdAtMs: receipt.createdAtMs,
  year: null,
  number: null,
  content: null,
  keyId: null,
  signature: null,
  issuedAtMs: null,
  attempts: 0,
  nextAttemptAtMs: receipt.createdAtMs + FIRST_ATTEMPT_MS,
})

/** Statement for the batch of the receipt's cause. It inserts nothing if `condition` is false or the row exists. */
export const insertReceiptIf = (db: DrizzleD1Database, receipt: NewReceipt, condition: SQL) =>
  db
    .insert(receipts)
    .select(selectValues(receipts, pendingRow(receipt), condition))
    .onConflictDoNothing()
