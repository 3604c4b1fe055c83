import { sql } from 'drizzle-orm'
import {
  check,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import { users } from '../users/table'
import type { WalletType } from '../wallets/core/wallet'
import type { PaymentMethod, PaymentStatus } from './core/payment'

/**
 * Payments that nothing was received for and that are not polled any more; the index of those that
 * retention looks at has the same words.
 */
export const IS_UNPAID = `status IN ('failed', 'cancelled', 'expired') AND amount_paid_kobo = 0
  AND standing_seq = 0 AND next_ask_at_ms IS NULL
  AND COALESCE(failure_reason, '') NOT IN ('currency_mismatch', 'reference_mismatch',
    'unexpected_amount', 'unknown_status')`.replaceAll(/\s+/g, ' ')

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
    /** While an attempt is being opened, nobody else opens one. */
    attemptBeganAtMs: integer('attempt_began_at_ms'),
    monnifyReference: text('monnify_reference'),
    checkoutUrl: text('checkout_url'),
    amountPaidKobo: integer('amount_paid_kobo').notNull(),
    /** The wallet's ledger position that `amountPaidKobo` is true of. */
    creditedEntrySeq: integer('standing_seq').notNull(),
    failureReason: text('failure_reason'),
    /** When Monnify is asked again; null when nothing more is to be found out. */
    nextPollAtMs: integer('next_ask_at_ms'),
    /** Scheduled polls since the present attempt began. */
    polls: integer('polls').notNull().default(0),
    idempotencyKey: text('idempotency_key'),
    fingerprint: text('fingerprint'),
    createdAtMs: integer('created_at_ms').notNull(),
    completedAtMs: integer('completed_at_ms'),
  },
  (table) => [
    uniqueIndex('payments_reference').on(table.reference),
    uniqueIndex('payments_idempotency_key').on(table.userUuid, table.idempotencyKey),
    index('payments_monnify_reference').on(sql`monnify_reference COLLATE NOCASE`),
    index('payments_user').on(table.userUuid, table.createdAtMs, table.uuid),
    index('payments_user_status').on(table.userUuid, table.status, table.createdAtMs, table.uuid),
    index('payments_unpaid').on(table.createdAtMs).where(sql.raw(IS_UNPAID)),
    index('payments_next_ask')
      .on(table.nextPollAtMs)
      .where(sql`next_ask_at_ms IS NOT NULL`),
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
export const webhookEvents = sqliteTable(
  'webhook_events',
  {
    /** SHA-256 of the body's bytes: Monnify's events have no id of their own. */
    bodyHash: text('body_hash').primaryKey(),
    body: text('body').notNull(),
    eventType: text('event_type'),
    paymentReference: text('payment_reference'),
    timesReceived: integer('times_received').notNull(),
    receivedAtMs: integer('received_at_ms').notNull(),
    triedAtMs: integer('tried_at_ms').notNull(),
    /** What came of it; null while nothing has. */
    outcome: text('outcome'),
    /** Attempts by the sweep, and when the next one is due; null when there is none. */
    tries: integer('tries').notNull().default(0),
    nextTryAtMs: integer('next_try_at_ms'),
  },
  (table) => [
    index('webhook_events_next_try')
      .on(table.nextTryAtMs)
      .where(sql`next_try_at_ms IS NOT NULL`),
    index('webhook_events_open')
      .on(table.triedAtMs)
      .where(sql`outcome IS NULL OR outcome = 'unknown_reference'`),
    index('webhook_events_payment').on(table.paymentReference),
    index('webhook_events_body')
      .on(table.receivedAtMs)
      .where(sql`outcome IS NOT NULL AND body <> ''`),
  ],
)

/** Where exceptions were kept before `exceptions/table.ts`; nothing reads or writes it any more. */
export const paymentExceptions = sqliteTable(
  'payment_exceptions',
  {
    kind: text('kind').notNull(),
    reference: text('reference').notNull(),
    paymentUuid: text('payment_uuid'),
    notedAtMs: integer('noted_at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.reference] })],
)

/**
 * Unpaid payments that retention has taken out of `payments`: as much of each as late money needs to
 * be credited under the same uuid. The migration makes this table WITHOUT ROWID.
 */
export const retiredPayments = sqliteTable('retired_payments', {
  reference: text('reference').primaryKey(),
  uuid: text('uuid').notNull(),
  userUuid: text('user_uuid').notNull(),
  method: text('method').$type<PaymentMethod>().notNull(),
  walletType: text('wallet_type').$type<WalletType>().notNull(),
  amountKobo: integer('amount_kobo').notNull(),
  attempt: integer('attempt').notNull(),
  createdAtMs: integer('created_at_ms').notNull(),
})
