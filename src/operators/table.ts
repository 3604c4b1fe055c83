import { sql } from 'drizzle-orm'
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

export type AdjustmentKind = 'goodwill' | 'debt_waiver' | 'correction_in' | 'correction_out'

/** Money that operators gave, waived or corrected. The amount is positive whatever the kind. The row is inserted before the wallet is adjusted. */
export const adjustments = sqliteTable(
  'adjustments',
  {
    uuid: text('uuid').primaryKey(),
    kind: text('kind').$type<AdjustmentKind>().notNull(),
    userUuid: text('user_uuid').notNull(),
    walletType: text('wallet_type').notNull(),
    amountKobo: integer('amount_kobo').notNull(),
    reason: text('reason').notNull(),
    operator: text('operator').notNull(),
    idempotencyKey: text('idempotency_key').notNull(),
    fingerprint: text('fingerprint').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    /** Null until the wallet has posted it. */
    postedAtMs: integer('posted_at_ms'),
  },
  (table) => [
    uniqueIndex('adjustments_idempotency_key').on(table.idempotencyKey),
    index('adjustments_user').on(table.userUuid, table.createdAtMs),
    index('adjustments_created').on(table.createdAtMs),
    check(
      'adjustments_amount',
      sql`typeof(${table.amountKobo}) = 'integer' AND ${table.amountKobo} > 0`,
    ),
  ],
)

/** Progress of the audit that the cron job runs, in one row. */
export const auditProgress = sqliteTable(
  'audit_progress',
  {
    id: integer('id').primaryKey(),
    /** The last user who was audited or skipped; empty between two passes. */
    afterUuid: text('after_uuid').notNull(),
    passBeganAtMs: integer('pass_began_at_ms').notNull(),
    lastPassBeganAtMs: integer('last_pass_began_at_ms'),
    lastPassEndedAtMs: integer('last_pass_ended_at_ms'),
    lastPassFindings: integer('last_pass_findings'),
    /** Findings of the running pass. */
    findings: integer('findings').notNull().default(0),
    /** Runs in a row that began with the same user, and failed or were interrupted. */
    failures: integer('failures').notNull().default(0),
  },
  (table) => [check('audit_progress_one', sql`${table.id} = 1`)],
)
