/** Runs a bundle of the service on a folder. Another release can run on the same folder later. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gunzipSync } from 'node:zlib'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions as optionsOf } from 'wrangler'
import { tokenHashOf } from '../../src/operators/access/authenticate'
import { SESSION_LIFETIME_MS } from '../../src/operators/access/session'
import type { WalletName } from '../../src/wallets/core/wallet'
import { walletStub, type WalletStub } from '../../src/wallets/object/client'
import { createMonnify, MONNIFY_URL } from '../verification/bench/monnify'

const ROOT = join(import.meta.dirname, '../..')
const NAME = 'service'

export const OPERATOR_TOKEN = 'p4Jm9sQv7Lx2Zc8Rt1Yb6Nw3Ke5Hg0Uf'
const MONEY_TOKEN = 'm4Jm9sQv7Lx2Zc8Rt1Yb6Nw3Ke5Hg0Uf'
export const MONNIFY_SECRET_KEY = 'ZK4M8W2Q6T1R9Y3U5P7S'

/** The present release ignores both tokens of operators; the previous one reads them. */
const BINDINGS = {
  JWT_SECRET: 'q7Vd2mXw9LrT4bYz8NcJ5hKs1PfG6uAe3RtWxQ0o',
  OPERATOR_TOKEN,
  OPERATOR_MONEY_TOKEN: MONEY_TOKEN,
  MONNIFY_API_KEY: 'MK_TEST_UNIT',
  MONNIFY_SECRET_KEY,
  MONNIFY_CONTRACT_CODE: '1000200030',
  MONNIFY_BASE_URL: MONNIFY_URL,
  /** The previous release ignores it. */
  RECEIPT_KEY: 'MC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH',
  /** The minimum makes each call cost at least a naira, however fast the test is. */
  TARIFF: {
    id: 'rollback',
    version: 1,
    rates: [{ id: 'all', prefix: '+', kobo_per_minute: 1000, minimum_seconds: 6 }],
  },
}

export const previousRelease = (): string =>
  gunzipSync(readFileSync(join(ROOT, 'test/releases/previous.js.gz'))).toString()

/** References of payments that banks have reversed. */
export const reversed = new Set<string>()
const monnify = createMonnify(reversed)

export interface Release {
  readonly url: string
  readonly database: D1Database
  readonly wallet: (name: WalletName) => WalletStub
  readonly stop: () => Promise<void>
}

export async function run(script: string, storage: string): Promise<Release> {
  const { workerOptions } = optionsOf(join(ROOT, 'wrangler.toml'))
  const runtime = new Miniflare({
    ...convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      workers: [
        {
          ...workerOptions,
          name: NAME,
          modules: [{ type: 'ESModule', path: 'index.js', contents: script }],
          bindings: BINDINGS,
          outboundService: (request: unknown) => monnify(request as Request) as never,
        },
      ],
    }),
    resourcePersistencePath: storage,
  })
  const url = await runtime.ready
  const database = await runtime.getD1Database('DB')
  const wallets = (await runtime.getDurableObjectNamespace('WALLET')) as unknown as Env['WALLET']
  const wallet = (name: WalletName) => walletStub(wallets, name)
  return { url: url.origin, database, wallet, stop: () => runtime.dispose() }
}

/** Inserts an admin whose session has the token that the previous release reads from its settings. */
async function insertOperator(database: D1Database): Promise<void> {
  const nowMs = Date.now()
  const uuid = crypto.randomUUID()
  await database.batch([
    database
      .prepare(
        `INSERT INTO operators (uuid, name, email, email_key, role, created_at_ms)
           VALUES (?1, 'Rollback', ?1, ?1, 'admin', ?2)`,
      )
      .bind(uuid, nowMs),
    database
      .prepare(
        `INSERT INTO operator_sessions (uuid, token_hash, operator_uuid, kind, created_at_ms, last_used_at_ms,
           expires_at_ms) VALUES (?1, ?2, ?1, 'session', ?3, ?3, ?4)`,
      )
      .bind(uuid, tokenHashOf(OPERATOR_TOKEN), nowMs, nowMs + SESSION_LIFETIME_MS),
  ])
}

/** Wrangler's table of applied migrations. */
const APPLIED =
  'CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)'

/** Migrates D1 to the current schema, and inserts an operator. A rollback keeps both. */
export async function migrate(database: D1Database): Promise<void> {
  await database.prepare(APPLIED).run()
  const folder = join(ROOT, 'migrations')
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'))
  for (const file of files.toSorted()) {
    const statements = readFileSync(join(folder, file), 'utf8').split('--> statement-breakpoint')
    for (const statement of statements) await database.prepare(statement).run()
    await database.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(file).run()
  }
  await insertOperator(database)
}

/** The runtime stores an alarm twice: in a list for each class, and with its object. */
const ALARMS = {
  _cf_ALARM: 'UPDATE _cf_ALARM SET scheduled_time = ?',
  _cf_METADATA: 'UPDATE _cf_METADATA SET value = ? WHERE key = 1 AND value IS NOT NULL',
}

/** Opens the database of each object of a stopped release. */
function forEachObject(storage: string, use: (database: DatabaseSync) => void): void {
  const files = readdirSync(storage, { recursive: true, encoding: 'utf8' })
  for (const file of files.filter((name) =>
    /service-(Wallet|PaymentChase).*\.sqlite$/.test(name),
  )) {
    const database = new DatabaseSync(join(storage, file))
    use(database)
    database.close()
  }
}

const has = (database: DatabaseSync, table: string): boolean =>
  database.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(table) !== undefined

/** Makes all alarms of a stopped release due, so that they fire when the next release starts. */
export function makeAlarmsDue(storage: string): void {
  const dueNs = BigInt(Date.now() - 1000) * 1_000_000n
  forEachObject(storage, (database) => {
    for (const [table, update] of Object.entries(ALARMS))
      if (has(database, table)) database.prepare(update).run(dueNs)
  })
}

/** Moves the deadline of an answered call to one second after its start. */
export function expireCall(storage: string, uuid: string): void {
  forEachObject(storage, (database) => {
    if (has(database, 'calls'))
      database
        .prepare('UPDATE calls SET deadline_at_ms = started_at_ms + 1000 WHERE uuid = ?')
        .run(uuid)
  })
}

/** Inserts an event for a stream into the wallets of a stopped release whose events reach one. */
export function leaveEvent(storage: string, destination: string): void {
  forEachObject(storage, (database) => {
    if (has(database, 'event_outbox'))
      database
        .prepare(
          `INSERT INTO event_outbox (destination, revision, body, failures, next_attempt_at_ms)
             SELECT ?, change, '[]', 1, ? FROM wallet WHERE streamed_since_ms IS NOT NULL`,
        )
        .run(destination, Date.now())
  })
}

/** Number of events that wait in all wallets. */
export function countEvents(storage: string): number {
  let events = 0
  forEachObject(storage, (database) => {
    if (!has(database, 'event_outbox')) return
    const row = database.prepare('SELECT COUNT(*) AS events FROM event_outbox').get()
    events += Number(row?.['events'])
  })
  return events
}
