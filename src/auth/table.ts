import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { users } from '../users/table'

export const sessions = sqliteTable(
  'sessions',
  {
    uuid: text('uuid').primaryKey(),
    userUuid: text('user_uuid')
      .notNull()
      .references(() => users.uuid),
    /** SHA-256 of the id of the valid refresh token. */
    refreshTokenHash: text('refresh_token_hash').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    /** When that refresh token was issued. */
    lastUsedAtMs: integer('last_used_at_ms').notNull(),
    /** When that refresh token and the session expire. */
    expiresAtMs: integer('expires_at_ms').notNull(),
    revokedAtMs: integer('revoked_at_ms'),
    device: text('device'),
    place: text('place'),
  },
  (table) => [
    index('sessions_user').on(table.userUuid),
    index('sessions_live')
      .on(table.userUuid, table.expiresAtMs)
      .where(sql`revoked_at_ms IS NULL`),
    index('sessions_expiry').on(table.expiresAtMs),
  ],
)
