import { sql } from 'drizzle-orm'
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { RefundMethod, RefundStatus } from './core/refund'

/** Refunds that were requested here. They are paid by Monnify, or by hand. */
export const refunds = sqliteTable(
  'refunds',
  {
    uuid: text('uuid').primaryKey(),
    paymentUuid: text('payment_uuid').notNull(),
    userUuid: text('user_uuid').notNull(),
    /** Reference that Monnify receives. It is the same in each retry. */
    reference: text('reference').notNull(),
    /** Attempt of the payment whose money is refunded, and Monnify's reference of it. */
    paymentReference: text('payment_reference').notNull(),
    transactionReference: text('transaction_reference').notNull(),
    method: text('method').$type<RefundMethod>().notNull(),
    amountKobo: integer('amount_kobo').notNull(),
    status: text('status').$type<RefundStatus>().notNull(),
    reason: text('reason').notNull(),
    /** Name of the operator; null if the user requested the refund. */
    operator: text('operator'),
    /** Proof of a refund that was paid by hand. */
    evidence: text('evidence'),
    /** Account that receives the refund if the paying one cannot, as JSON. */
    destination: text('destination'),
    failureReason: text('failure_reason'),
    /** Number of tries. */
    tries: integer('tries').notNull(),
    /** Null when no further try is planned. */
    nextTryAtMs: integer('next_try_at_ms'),
    idempotencyKey: text('idempotency_key'),
    fingerprint: text('fingerprint'),
    createdAtMs: integer('created_at_ms').notNull(),
    completedAtMs: integer('completed_at_ms'),
  },
  (table) => [
    uniqueIndex('refunds_reference').on(table.reference),
    uniqueIndex('refunds_idempotency_key').on(table.userUuid, table.idempotencyKey),
    index('refunds_payment').on(table.paymentUuid, table.createdAtMs),
    index('refunds_user').on(table.userUuid, table.createdAtMs),
    index('refunds_operator')
      .on(table.createdAtMs)
      .where(sql`operator IS NOT NULL`),
    index('refunds_next_try')
      .on(table.nextTryAtMs)
      .where(sql`next_try_at_ms IS NOT NULL`),
    check(
      'refunds_amount',
      sql`typeof(${table.amountKobo}) = 'integer' AND ${table.amountKobo} > 0`,
    ),
  ],
)
