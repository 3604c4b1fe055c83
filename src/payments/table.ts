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
import type { NoticeCause } from './core/polls'

/**
 * Payments that received nothing and are no longer polled. The index `payments_unpaid` has the same
 * condition, because SQLite uses it only for a query with the same terms.
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
    /** Without the suffix of an attempt, which Monnify receives (`_a1`). */
    reference: text('reference').notNull(),
    attempt: integer('attempt').notNull(),
    /** While the attempt is pending, no other request begins one until its lease ends. */
    attemptBeganAtMs: integer('attempt_began_at_ms'),
    monnifyReference: text('monnify_reference'),
    checkoutUrl: text('checkout_url'),
    amountPaidKobo: integer('amount_paid_kobo').notNull(),
    /** Position of the wallet's ledger at which `amountPaidKobo` was read. */
    creditedEntrySeq: integer('standing_seq').notNull(),
    failureReason: text('failure_reason'),
    /** Null when no further poll is planned. */
    nextPollAtMs: integer('next_ask_at_ms'),
    /** Polls that the previous release would have made since the current attempt began. */
    polls: integer('polls').notNull().default(0),
    idempotencyKey: text('idempotency_key'),
    fingerprint: text('fingerprint'),
    createdAtMs: integer('created_at_ms').notNull(),
    completedAtMs: integer('completed_at_ms'),
    refundedKobo: integer('refunded_kobo').notNull().default(0),
    /** Position of the wallet's ledger at which `refundedKobo` was read. */
    refundedEntrySeq: integer('refunded_seq').notNull().default(0),
    /** Time at which a completed payment is queried again; null when no further check is planned. */
    nextCheckAtMs: integer('next_check_at_ms'),
    /** First news of money that the gateway has not confirmed yet. */
    noticedAtMs: integer('noticed_at_ms'),
    noticeCause: text('notice_cause').$type<NoticeCause>(),
    /** First news of the money that was credited; null without any. It stays, unlike `noticedAtMs`. */
    knownAtMs: integer('known_at_ms'),
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
    index('payments_completed')
      .on(table.completedAtMs, table.uuid)
      .where(sql`completed_at_ms IS NOT NULL`),
    index('payments_next_check')
      .on(table.nextCheckAtMs)
      .where(sql`next_check_at_ms IS NOT NULL`),
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

/** Every event with a valid signature, stored before it is processed. */
export const webhookEvents = sqliteTable(
  'webhook_events',
  {
    /** SHA-256 of the body's bytes, because Monnify's events have no id. */
    bodyHash: text('body_hash').primaryKey(),
    body: text('body').notNull(),
    eventType: text('event_type'),
    paymentReference: text('payment_reference'),
    timesReceived: integer('times_received').notNull(),
    receivedAtMs: integer('received_at_ms').notNull(),
    triedAtMs: integer('tried_at_ms').notNull(),
    /** Null until the event is processed. */
    outcome: text('outcome'),
    /** Attempts by the sweep. The time of the next one is null when none is planned. */
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

/** Refunds that Monnify reports as completed and that the service did not order. */
export const gatewayRefunds = sqliteTable(
  'gateway_refunds',
  {
    refundReference: text('refund_reference').primaryKey(),
    transactionReference: text('transaction_reference').notNull(),
    /** Reference of the payment's attempt. */
    paymentReference: text('payment_reference').notNull(),
    amountKobo: integer('amount_kobo').notNull(),
    notedAtMs: integer('noted_at_ms').notNull(),
  },
  (table) => [
    index('gateway_refunds_payment').on(table.paymentReference),
    check(
      'gateway_refunds_amount',
      sql`typeof(${table.amountKobo}) = 'integer' AND ${table.amountKobo} > 0`,
    ),
  ],
)

/** Replaced by `exceptions/table.ts`. Nothing reads or writes it, but migrations only add. */
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
 * Unpaid payments that retention removed from `payments`, with the columns that are needed to credit late
 * money under the same UUID. The migration creates this table WITHOUT ROWID.
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
