/** A later release's schema step. It adds to each table everything that a step may add. */
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { WALLET_TYPES } from '../../src/wallets/core/wallet'

const TABLES = `SELECT name FROM sqlite_master WHERE type = 'table'
  AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf_%' ESCAPE '\\' AND name <> 'd1_migrations'`

/** Columns to add: joined tables get each other's columns, and statements must stay unambiguous. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  calls: ['kind', 'source_uuid', 'posted_at_ms', 'amount_kobo', 'reference'],
  entries: ['uuid', 'recipient_phone', 'recipient_name', 'created_at_ms', 'status'],
  sessions: ['token_version', 'disabled_at_ms', 'password_hash'],
  users: ['user_uuid', 'refresh_token_hash', 'revoked_at_ms', 'expires_at_ms', 'last_used_at_ms'],
}

const laterStep = (tables: readonly string[]): string[] => [
  ...tables.flatMap((table) => [
    `ALTER TABLE ${table} ADD COLUMN later_note TEXT`,
    `ALTER TABLE ${table} ADD COLUMN later_count INTEGER NOT NULL DEFAULT 7`,
    ...(SHARED[table] ?? []).map((column) => `ALTER TABLE ${table} ADD COLUMN ${column} TEXT`),
    `CREATE INDEX later_${table} ON ${table} (later_count)`,
  ]),
  'CREATE TABLE later_rows (seq INTEGER PRIMARY KEY, note TEXT NOT NULL)',
]

export async function addLaterStepToD1(): Promise<void> {
  const { results } = await env.DB.prepare(TABLES).all<{ name: string }>()
  const statements = laterStep(results.map(({ name }) => name))
  await env.DB.batch(statements.map((statement) => env.DB.prepare(statement)))
}

/** Applies the step to a user's wallets before their first command. */
export async function addLaterStepToWallets(userUuid: string): Promise<void> {
  for (const type of WALLET_TYPES)
    await runInDurableObject(env.WALLET.getByName(`${userUuid}/${type}`), (_, { storage }) => {
      const tables = storage.sql.exec<{ name: string }>(TABLES).toArray()
      for (const statement of laterStep(tables.map(({ name }) => name))) storage.sql.exec(statement)
      storage.sql.exec('INSERT INTO schema_steps (step) SELECT COUNT(*) FROM schema_steps')
    })
}
