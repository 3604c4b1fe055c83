import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

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
  },
  (table) => [
    uniqueIndex('users_email_key').on(table.emailKey),
    index('users_to_freeze')
      .on(table.disabledAtMs)
      .where(sql`disabled_at_ms IS NOT NULL AND frozen_at_ms IS NULL`),
  ],
)
