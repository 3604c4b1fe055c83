import { sql } from 'drizzle-orm'
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { Role } from './permissions'

/** Operators. A row without a password and without a passkey belongs to an invitation that is still open. */
export const operators = sqliteTable(
  'operators',
  {
    uuid: text('uuid').primaryKey(),
    name: text('name').notNull(),
    email: text('email').notNull(),
    emailKey: text('email_key').notNull(),
    role: text('role').$type<Role>().notNull(),
    passwordHash: text('password_hash'),
    /** TOTP secret, encrypted with a key that is derived from `JWT_SECRET`. */
    totpSealed: text('totp_sealed'),
    /** Time step of the last accepted code (RFC 6238). Each code is accepted once. */
    totpStep: integer('totp_step').notNull().default(0),
    /** UUID of the operator who invited this one; null for a bootstrap. */
    invitedBy: text('invited_by'),
    createdAtMs: integer('created_at_ms').notNull(),
    disabledAtMs: integer('disabled_at_ms'),
  },
  (table) => [uniqueIndex('operators_email').on(table.emailKey)],
)

export const operatorInvitations = sqliteTable(
  'operator_invitations',
  {
    /** SHA-256 of the token in the link. */
    tokenHash: text('token_hash').primaryKey(),
    operatorUuid: text('operator_uuid')
      .notNull()
      .references(() => operators.uuid),
    /** TOTP secret that the page shows, encrypted like the operator's. */
    totpSealed: text('totp_sealed').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    expiresAtMs: integer('expires_at_ms').notNull(),
    usedAtMs: integer('used_at_ms'),
  },
  (table) => [
    index('operator_invitations_operator').on(table.operatorUuid),
    index('operator_invitations_expiry').on(table.expiresAtMs),
  ],
)

export const operatorPasskeys = sqliteTable(
  'operator_passkeys',
  {
    /** In base64url. */
    credentialId: text('credential_id').primaryKey(),
    operatorUuid: text('operator_uuid')
      .notNull()
      .references(() => operators.uuid),
    /** COSE key in base64url. */
    publicKey: text('public_key').notNull(),
    /** Signature counter of the last use; 0 for an authenticator without one. */
    counter: integer('counter').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    lastUsedAtMs: integer('last_used_at_ms'),
  },
  (table) => [index('operator_passkeys_operator').on(table.operatorUuid)],
)

export type OperatorSessionKind = 'session' | 'key'

/** Sessions of the pages and of the command line, and keys of the command line. Only hashes of tokens are stored. */
export const operatorSessions = sqliteTable(
  'operator_sessions',
  {
    uuid: text('uuid').primaryKey(),
    /** SHA-256 of the token. */
    tokenHash: text('token_hash').notNull(),
    operatorUuid: text('operator_uuid')
      .notNull()
      .references(() => operators.uuid),
    kind: text('kind').$type<OperatorSessionKind>().notNull(),
    /** Name of a key, or device of a session. */
    name: text('name'),
    place: text('place'),
    createdAtMs: integer('created_at_ms').notNull(),
    /** Written at most once a minute. */
    lastUsedAtMs: integer('last_used_at_ms').notNull(),
    expiresAtMs: integer('expires_at_ms').notNull(),
    endedAtMs: integer('ended_at_ms'),
  },
  (table) => [
    uniqueIndex('operator_sessions_token').on(table.tokenHash),
    index('operator_sessions_operator').on(table.operatorUuid, table.expiresAtMs),
    index('operator_sessions_expiry').on(table.expiresAtMs),
    check('operator_sessions_kind', sql`${table.kind} IN ('session', 'key')`),
  ],
)

/** Bootstrap secrets that were used. Each secret works once. */
export const operatorBootstraps = sqliteTable('operator_bootstraps', {
  /** SHA-256 of the secret. */
  secretHash: text('secret_hash').primaryKey(),
  operatorUuid: text('operator_uuid').notNull(),
  usedAtMs: integer('used_at_ms').notNull(),
})
