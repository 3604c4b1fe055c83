import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

export const users = sqliteTable(
  'users',
  {
    uuid: text('uuid').primaryKey(),
    email: text('email').notNull(),
    /** The address in the one form by which it is unique and looked up. */
    emailKey: text('email_key').notNull(),
    passwordHash: text('password_hash').notNull(),
    /** Goes up when every access token of before is to be refused. */
    tokenVersion: integer('token_version').notNull().default(0),
    firstName: text('first_name'),
    lastName: text('last_name'),
    createdAtMs: integer('created_at_ms').notNull(),
    /** Set by an operator; a disabled account gets no tokens. */
    disabledAtMs: integer('disabled_at_ms'),
  },
  (table) => [uniqueIndex('users_email_key').on(table.emailKey)],
)
