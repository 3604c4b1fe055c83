/**
 * Tables of the projection; no other code writes them. The migration creates them WITHOUT ROWID, which
 * drizzle cannot express, so that each projected row costs one row written.
 */
import { sql } from 'drizzle-orm'
import { check, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const wallets = sqliteTable(
  'wallets',
  {
    uuid: text('uuid').primaryKey(),
    userUuid: text('user_uuid').notNull(),
    type: text('type').notNull(),
    currency: text('currency').notNull(),
    postedKobo: integer('posted_kobo').notNull(),
    entrySeq: integer('entry_seq').notNull(),
    entryHash: text('entry_hash').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    revision: integer('change').notNull(),
  },
  (table) => [
    check(
      'wallets_posted',
      sql`typeof(${table.postedKobo}) = 'integer' AND ${table.postedKobo} >= 0`,
    ),
  ],
)

/**
 * Entries of a payment's credits and returns. The index `transactions_payment` has the same condition, because SQLite
 * uses it only for a query with the same terms.
 */
export const IS_PAYMENT_MONEY = `kind IN ('top_up', 'surplus', 'reversal', 'debt', 'gateway_refund',
  'refund', 'refund_returned')`.replaceAll(/\s+/g, ' ')

export const transactions = sqliteTable(
  'transactions',
  {
    walletUuid: text('wallet_uuid').notNull(),
    seq: integer('seq').notNull(),
    kind: text('kind').notNull(),
    fromAccount: text('from_account').notNull(),
    toAccount: text('to_account').notNull(),
    amountKobo: integer('amount_kobo').notNull(),
    balanceKobo: integer('balance_kobo').notNull(),
    reference: text('reference').notNull(),
    sourceUuid: text('source_uuid').notNull(),
    postedAtMs: integer('posted_at_ms').notNull(),
    previousHash: text('previous_hash').notNull(),
    hash: text('hash').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.walletUuid, table.seq] }),
    index('transactions_posted').on(table.postedAtMs),
    index('transactions_payment').on(table.sourceUuid).where(sql.raw(IS_PAYMENT_MONEY)),
    check(
      'transactions_amount',
      sql`typeof(${table.amountKobo}) = 'integer' AND ${table.amountKobo} > 0`,
    ),
    check(
      'transactions_balance',
      sql`typeof(${table.balanceKobo}) = 'integer' AND ${table.balanceKobo} >= 0`,
    ),
  ],
)

export const callSessions = sqliteTable(
  'call_sessions',
  {
    uuid: text('uuid').primaryKey(),
    walletUuid: text('wallet_uuid').notNull(),
    recipientPhone: text('recipient_phone').notNull(),
    recipientName: text('recipient_name'),
    type: text('type').notNull(),
    status: text('status').notNull(),
    rate: text('rate').notNull(),
    holdKobo: integer('hold_kobo').notNull(),
    chargeKobo: integer('charge_kobo'),
    createdAtMs: integer('created_at_ms').notNull(),
    startedAtMs: integer('started_at_ms'),
    endedAtMs: integer('ended_at_ms'),
    endReason: text('end_reason'),
    revision: integer('change').notNull(),
  },
  (table) => [
    index('call_sessions_wallet').on(table.walletUuid),
    index('call_sessions_created').on(table.createdAtMs),
  ],
)
