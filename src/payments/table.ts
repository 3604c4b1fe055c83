import { sql } from 'drizzle-orm'
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { users } from '../users/table'
import type { WalletType } from '../wallets/wallet'
import type { PaymentMethod, PaymentStatus } from './payment'

export const payments = sqliteTable(
  'payments',
  {
    uuid: text('uuid').primaryKey(),
    userUuid: text('user_uuid')
      .notNull()
      .references(() => users.uuid),
    method: text('method').$type<PaymentMethod>().notNull(),
    walletType: text('wallet_type').$type<WalletType>().notNull(),
    amountKobo: integer('amount_kobo').notNull(),
    description: text('description'),
    status: text('status').$type<PaymentStatus>().notNull(),
    /** Ours. At Monnify each attempt has its own: this, and the attempt's number. */
    reference: text('reference').notNull(),
    attempt: integer('attempt').notNull(),
    monnifyReference: text('monnify_reference'),
    checkoutUrl: text('checkout_url'),
    amountPaidKobo: integer('amount_paid_kobo').notNull(),
    failureReason: text('failure_reason'),
    idempotencyKey: text('idempotency_key'),
    fingerprint: text('fingerprint'),
    createdAtMs: integer('created_at_ms').notNull(),
    completedAtMs: integer('completed_at_ms'),
  },
  (table) => [
    uniqueIndex('payments_reference').on(table.reference),
    uniqueIndex('payments_idempotency_key').on(table.userUuid, table.idempotencyKey),
    index('payments_user').on(table.userUuid, table.createdAtMs, table.uuid),
    index('payments_open')
      .on(table.createdAtMs)
      .where(sql`status IN ('pending', 'processing')`),
    check(
      'payments_amount',
      sql`typeof(${table.amountKobo}) = 'integer' AND ${table.amountKobo} > 0`,
    ),
    check(
      'payments_paid',
      sql`typeof(${table.amountPaidKobo}) = 'integer' AND ${table.amountPaidKobo} >= 0`,
    ),
  ],
)

/** Every event with a good signature, stored before anything is done about it. */
export const webhookEvents = sqliteTable('webhook_events', {
  /** SHA-256 of the body's bytes: Monnify's events have no id of their own. */
  bodyHash: text('body_hash').primaryKey(),
  body: text('body').notNull(),
  eventType: text('event_type'),
  paymentReference: text('payment_reference'),
  timesReceived: integer('times_received').notNull(),
  receivedAtMs: integer('received_at_ms').notNull(),
  outcome: text('outcome'),
})
