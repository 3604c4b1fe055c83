import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
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

export const LINK_PURPOSES = ['reset', 'verify', 'change', 'undo'] as const
export type LinkPurpose = (typeof LINK_PURPOSES)[number]

/** Links in e-mails. Only the hash of a link's token is stored. */
export const links = sqliteTable(
  'links',
  {
    /** The message that has the link. */
    messageId: text('message_id').primaryKey(),
    /** SHA-256 of the token. */
    tokenHash: text('token_hash').notNull(),
    purpose: text('purpose').$type<LinkPurpose>().notNull(),
    userUuid: text('user_uuid')
      .notNull()
      .references(() => users.uuid),
    /** Address that the link confirms; for `undo`, the one that it restores. */
    email: text('email').notNull(),
    emailKey: text('email_key').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    expiresAtMs: integer('expires_at_ms').notNull(),
    usedAtMs: integer('used_at_ms'),
  },
  (table) => [
    uniqueIndex('links_token').on(table.tokenHash),
    index('links_user').on(table.userUuid, table.purpose),
    index('links_reserved')
      .on(table.emailKey)
      .where(sql`purpose = 'undo'`),
    index('links_expiry').on(table.expiresAtMs),
  ],
)

export const passkeys = sqliteTable(
  'passkeys',
  {
    /** In base64url. */
    credentialId: text('credential_id').primaryKey(),
    /** ID of the passkey in the API. */
    uuid: text('uuid').notNull(),
    userUuid: text('user_uuid')
      .notNull()
      .references(() => users.uuid),
    /** COSE key in base64url. */
    publicKey: text('public_key').notNull(),
    /** Signature counter of the last use; 0 for an authenticator without one. */
    counter: integer('counter').notNull(),
    /** JSON array. */
    transports: text('transports').notNull(),
    isBackedUp: integer('is_backed_up', { mode: 'boolean' }).notNull(),
    /** Given by the user. */
    name: text('name').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    lastUsedAtMs: integer('last_used_at_ms'),
  },
  (table) => [
    uniqueIndex('passkeys_uuid').on(table.uuid),
    index('passkeys_user').on(table.userUuid, table.createdAtMs),
  ],
)

export const recoveryCodes = sqliteTable(
  'recovery_codes',
  {
    userUuid: text('user_uuid')
      .notNull()
      .references(() => users.uuid),
    /** SHA-256 of the code in its canonical form. */
    codeHash: text('code_hash').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    usedAtMs: integer('used_at_ms'),
  },
  (table) => [primaryKey({ columns: [table.userUuid, table.codeHash] })],
)

/** Used challenges of passkeys, until they expire. */
export const usedChallenges = sqliteTable(
  'used_challenges',
  {
    id: text('id').primaryKey(),
    expiresAtMs: integer('expires_at_ms').notNull(),
  },
  (table) => [index('used_challenges_expiry').on(table.expiresAtMs)],
)
