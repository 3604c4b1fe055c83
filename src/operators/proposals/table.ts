import { sql } from 'drizzle-orm'
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

const PROPOSAL_KINDS = ['refund', 'goodwill', 'correction', 'debt_waiver'] as const
export type ProposalKind = (typeof PROPOSAL_KINDS)[number]

/**
 * `pending`: waits for a second operator. `approved`: to be executed. `executed`: the wallet was changed. `refused`: the
 * wallet or the refund refused it.
 */
export const PROPOSAL_STATES = [
  'pending',
  'approved',
  'executed',
  'refused',
  'rejected',
  'withdrawn',
] as const
export type ProposalState = (typeof PROPOSAL_STATES)[number]

/**
 * Amounts that operators move. Checks and triggers of the database reject an approval by the maker, a change of what
 * was proposed, and a second decision.
 */
export const proposals = sqliteTable(
  'proposals',
  {
    uuid: text('uuid').primaryKey(),
    kind: text('kind').$type<ProposalKind>().notNull(),
    userUuid: text('user_uuid').notNull(),
    /** Absolute amount. */
    amountKobo: integer('amount_kobo').notNull(),
    /** Canonical JSON of what is proposed. */
    body: text('body').notNull(),
    /** JSON of the bank account of a refund; removed when the proposal is decided or executed. */
    destination: text('destination'),
    /** SHA-256 of the body, the UUID and the maker. The approval names it. */
    hash: text('hash').notNull(),
    maker: text('maker').notNull(),
    reason: text('reason').notNull(),
    needsApproval: integer('needs_approval', { mode: 'boolean' }).notNull(),
    state: text('state').$type<ProposalState>().notNull(),
    checker: text('checker'),
    decisionReason: text('decision_reason'),
    decidedAtMs: integer('decided_at_ms'),
    executedAtMs: integer('executed_at_ms'),
    /** Code of a refusal, or UUID of the refund or adjustment. */
    outcome: text('outcome'),
    /** Tries to execute it. */
    failures: integer('failures').notNull().default(0),
    nextTryAtMs: integer('next_try_at_ms'),
    idempotencyKey: text('idempotency_key').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    expiresAtMs: integer('expires_at_ms').notNull(),
  },
  (table) => [
    uniqueIndex('proposals_idempotency_key').on(table.maker, table.idempotencyKey),
    index('proposals_state').on(table.state, table.createdAtMs),
    index('proposals_user').on(table.userUuid, table.createdAtMs),
    index('proposals_maker').on(table.maker, table.createdAtMs),
    index('proposals_due')
      .on(table.nextTryAtMs)
      .where(sql`state = 'approved'`),
    check(
      'proposals_amount',
      sql`typeof(${table.amountKobo}) = 'integer' AND ${table.amountKobo} > 0`,
    ),
    check(
      'proposals_two_operators',
      sql`${table.checker} IS NULL OR ${table.checker} <> ${table.maker}`,
    ),
    check(
      'proposals_approved',
      sql`${table.needsApproval} = 0 OR ${table.checker} IS NOT NULL
        OR ${table.state} NOT IN ('approved', 'executed', 'refused')`,
    ),
  ],
)
