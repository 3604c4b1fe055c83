import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { Complaint } from '../mail/message'

export const users = sqliteTable(
  'users',
  {
    uuid: text('uuid').primaryKey(),
    email: text('email').notNull(),
    /** Normalised address, which is unique and used for queries. */
    emailKey: text('email_key').notNull(),
    passwordHash: text('password_hash').notNull(),
    /** Raised to revoke all previous access tokens. */
    tokenVersion: integer('token_version').notNull().default(0),
    firstName: text('first_name'),
    lastName: text('last_name'),
    createdAtMs: integer('created_at_ms').notNull(),
    /** Set by an operator. A disabled account receives no tokens. */
    disabledAtMs: integer('disabled_at_ms'),
    /** Set by an operator with the freeze of both wallets. */
    frozenAtMs: integer('frozen_at_ms'),
    emailVerifiedAtMs: integer('email_verified_at_ms'),
    /** The address's last bounce or complaint. */
    emailComplaint: text('email_complaint').$type<Complaint>(),
    /** Kinds of messages that the user has switched off, as a JSON array. */
    mutedMessages: text('muted_messages'),
    language: text('language'),
    /** IANA name. */
    timeZone: text('time_zone'),
    /** Refunds that the user requests are refused until then. */
    refundsFromMs: integer('refunds_from_ms'),
    /** Set with a token version of which the wallets may not know yet. */
    revokeDueAtMs: integer('revoke_due_at_ms'),
  },
  (table) => [
    uniqueIndex('users_email_key').on(table.emailKey),
    /** For the search of operators by a prefix of a name. */
    index('users_first_name')
      .on(sql`lower(first_name)`)
      .where(sql`first_name IS NOT NULL`),
    index('users_last_name')
      .on(sql`lower(last_name)`)
      .where(sql`last_name IS NOT NULL`),
    index('users_to_freeze')
      .on(table.disabledAtMs)
      .where(sql`disabled_at_ms IS NOT NULL AND frozen_at_ms IS NULL`),
    index('users_to_revoke')
      .on(table.revokeDueAtMs)
      .where(sql`revoke_due_at_ms IS NOT NULL`),
  ],
)

/** Planned and completed erasures. Rows are kept as proof, and name no person. */
export const erasures = sqliteTable(
  'erasures',
  {
    userUuid: text('user_uuid').primaryKey(),
    /** Source of the ledger entry by which the balance is waived. */
    uuid: text('uuid').notNull(),
    waivesBalance: integer('waives_balance', { mode: 'boolean' }).notNull(),
    requestedAtMs: integer('requested_at_ms').notNull(),
    /** End of the waiting time. */
    eraseAtMs: integer('erase_at_ms').notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** Null after the erasure. */
    nextAttemptAtMs: integer('next_attempt_at_ms'),
    /** Time since which the deletion cannot be cancelled. */
    beganAtMs: integer('began_at_ms'),
    erasedAtMs: integer('erased_at_ms'),
  },
  (table) => [
    index('erasures_next_attempt')
      .on(table.nextAttemptAtMs)
      .where(sql`next_attempt_at_ms IS NOT NULL`),
  ],
)
