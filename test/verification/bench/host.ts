/**
 * Process that runs the service's bundle and the floor, each on its own runtime, until its parent ends. It is
 * separate from the load, so that the log and the gateway do not slow the load.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/d1'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions as optionsOf } from 'wrangler'
import { sessions } from '../../../src/auth/table'
import { users } from '../../../src/users/table'
import { createMonnify } from './monnify'
import { childrenOf } from './processes'
import type { Hosted, HostOrder } from './hosts'

const ROOT = join(import.meta.dirname, '../../..')
const ROWS_AT_ONCE = 500
const running: Miniflare[] = []

type WorkerOptions = ReturnType<typeof optionsOf>['workerOptions']

/** @returns the Worker's own socket, without Miniflare's Worker in front, and its runtime */
async function run(
  name: string,
  script: string,
  worker: WorkerOptions,
  { storage, inspectorPort }: { storage: string; inspectorPort?: number | undefined },
) {
  const before = childrenOf(process.pid)
  const options = convertV4MiniflareOptions({
    host: '127.0.0.1',
    port: 0,
    workers: [
      {
        ...worker,
        name,
        modules: [{ type: 'ESModule', path: 'index.js', contents: script }],
        unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
      },
    ],
  })
  const runtime = new Miniflare({
    ...options,
    resourcePersistencePath: join(storage, name),
    ...(inspectorPort !== undefined && { inspectorPort }),
  })
  running.push(runtime)
  await runtime.ready
  const { origin } = await runtime.unsafeGetDirectURL(name)
  const pid = childrenOf(process.pid).find((child) => !before.includes(child))
  return { runtime, hosted: { url: origin, pid } satisfies Hosted }
}

/** Raises the quotas, because the load has few users. */
const lifted = (quotas: object): object =>
  Object.fromEntries(
    Object.entries(quotas).map(([name, quota]: [string, object]) => [
      name,
      { ...quota, simple: { limit: 1e9, period: 60 } },
    ]),
  )

async function runService(order: HostOrder): Promise<Hosted> {
  const { workerOptions } = optionsOf(join(ROOT, 'wrangler.toml'))
  const script = readFileSync(join(order.bundle, 'index.js'), 'utf8')
  const monnify = createMonnify()
  const { runtime, hosted } = await run(
    'service',
    script,
    {
      ...workerOptions,
      bindings: order.vars,
      ratelimits: lifted(workerOptions['ratelimits'] as object),
      outboundService: (request: unknown) => monnify(request as Request) as never,
    },
    order,
  )
  const d1 = await runtime.getD1Database('DB')
  const migrations = join(ROOT, 'migrations')
  for (const name of readdirSync(migrations)
    .filter((file) => file.endsWith('.sql'))
    .sort())
    for (const statement of readFileSync(join(migrations, name), 'utf8').split(
      '--> statement-breakpoint',
    ))
      await d1.prepare(statement).run()
  await admit(drizzle(d1), order.users)
  return hosted
}

/** Inserts users and sessions like registration and log-in, without a second of hashing for each. */
async function admit(db: ReturnType<typeof drizzle>, admitted: HostOrder['users']): Promise<void> {
  const createdAtMs = Date.now()
  const expiresAtMs = createdAtMs + 86_400_000
  for (let from = 0; from < admitted.length; from += ROWS_AT_ONCE) {
    const some = admitted.slice(from, from + ROWS_AT_ONCE)
    const userRows = some.map(({ userUuid: uuid }) => {
      const email = `${uuid}@example.com`
      return { uuid, email, emailKey: email, passwordHash: 'none', createdAtMs }
    })
    const sessionRows = some.map(({ userUuid, sessionUuid: uuid }) => ({
      uuid,
      userUuid,
      refreshTokenHash: 'none',
      createdAtMs,
      lastUsedAtMs: createdAtMs,
      expiresAtMs,
    }))
    const [first, ...rest] = [
      ...userRows.map((row) => db.insert(users).values(row)),
      ...sessionRows.map((row) => db.insert(sessions).values(row)),
    ]
    if (first) await db.batch([first, ...rest])
  }
}

async function runFloor({ storage, floorKey }: HostOrder): Promise<Hosted> {
  const { workerOptions } = optionsOf(join(ROOT, 'wrangler.toml'))
  const { compatibilityDate, compatibilityFlags } = workerOptions
  const source = readFileSync(join(import.meta.dirname, 'floor-worker.ts'), 'utf8')
  const { runtime, hosted } = await run(
    'floor',
    stripTypeScriptTypes(source),
    {
      compatibilityDate,
      compatibilityFlags,
      bindings: { KEY: floorKey },
      d1Databases: ['DB'],
      durableObjects: { FLOOR: { className: 'Floor', useSQLite: true } },
    },
    { storage },
  )
  const d1 = await runtime.getD1Database('DB')
  await d1.batch([
    d1.prepare('CREATE TABLE rows (seq INTEGER PRIMARY KEY)'),
    d1.prepare('INSERT INTO rows VALUES (1)'),
  ])
  return hosted
}

async function stop({ bundle, storage }: HostOrder): Promise<never> {
  await Promise.allSettled(running.map((runtime) => runtime.dispose()))
  for (const folder of [bundle, storage]) rmSync(folder, { recursive: true, force: true })
  process.exit()
}

async function start(order: HostOrder): Promise<void> {
  process.once('disconnect', () => void stop(order))
  process.send?.({ service: await runService(order), floor: await runFloor(order) })
}

process.once('message', (order: HostOrder) => void start(order))
