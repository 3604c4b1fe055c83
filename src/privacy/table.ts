import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

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
