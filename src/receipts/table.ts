import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { WalletType } from '../wallets/core/wallet'
import type { ReceiptKind } from './core/receipt'

/**
 * Receipts, and the outbox of those that are not issued yet. The row of a payment is inserted in the batch that
 * completes the payment. Number, content and signature are null until the receipt is issued, and never change then.
 */
export const receipts = sqliteTable(
  'receipts',
  {
    /** `<kind>/<subject>`, the key under which the number is allocated. */
    id: text('id').primaryKey(),
    kind: text('kind').$type<ReceiptKind>().notNull(),
    subjectUuid: text('subject_uuid').notNull(),
    userUuid: text('user_uuid').notNull(),
    walletType: text('wallet_type').$type<WalletType>().notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    year: integer('year'),
    number: integer('number'),
    /** Canonical JSON. The signature covers it. */
    content: text('content'),
    /** ID of the key and signature of a JWS; its other parts follow from the content. */
    keyId: text('key_id'),
    signature: text('signature'),
    issuedAtMs: integer('issued_at_ms'),
    attempts: integer('attempts').notNull().default(0),
    /** Null when no further attempt is planned. */
    nextAttemptAtMs: integer('next_attempt_at_ms'),
  },
  (table) => [
    uniqueIndex('receipts_number')
      .on(table.year, table.number)
      .where(sql`number IS NOT NULL`),
    index('receipts_user')
      .on(table.userUuid, table.issuedAtMs, table.id)
      .where(sql`issued_at_ms IS NOT NULL`),
    index('receipts_next_attempt')
      .on(table.nextAttemptAtMs)
      .where(sql`next_attempt_at_ms IS NOT NULL`),
  ],
)

export type ReceiptRow = typeof receipts.$inferSelect
