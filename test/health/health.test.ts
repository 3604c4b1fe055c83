import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDeps } from '../../src/deps'
import { createProbes } from '../../src/health/probes'
import { auditByCron } from '../../src/operators/audit/audit-job'
import { createUnconfigured } from '../../src/health/unconfigured'
import { atOnce, newUser, send, sender, statuses } from '../support/client'
import { worldWith } from '../support/gateway'

const SPOKEN = 'D1_ERROR: no such table: users at db-4711.internal'

const broken = (): never => {
  throw new Error(SPOKEN)
}

/** An object whose methods all throw. */
const brokenThing = (): never => new Proxy({}, { get: () => broken }) as never

/** A database whose queries all fail with this message. */
const databaseThat = (message: string): never =>
  ({
    prepare: () => ({ bind: () => ({ first: () => Promise.reject(new Error(message)) }) }),
  }) as never

const noAnswer = () => new Promise<never>(() => undefined)

/** The service with probes of these bindings. */
const withParts = (parts: Partial<Env>) => worldWith({ probes: createProbes({ ...env, ...parts }) })

const silenced = () => vi.spyOn(console, 'error').mockImplementation(() => undefined)
let errors: ReturnType<typeof silenced>

const logged = () => errors.mock.calls.map(([line]) => JSON.parse(String(line)) as object)

beforeEach(() => {
  errors = silenced()
})
afterEach(() => {
  vi.restoreAllMocks()
})

describe('/health', () => {
  it('succeeds while database, objects and limits fail', async () => {
    const parts = { DB: brokenThing(), WALLET: brokenThing(), LIMITER: brokenThing() }
    const { send } = worldWith(createDeps({ ...env, ...parts, FLOOD_GUARD: brokenThing() }))
    expect(await send('GET', '/health')).toMatchObject({ status: 200, body: { status: 'ok' } })
    expect((await send('HEAD', '/health')).status).toBe(200)
    expect(logged()).toEqual([])
  })
})

describe('/ready', () => {
  it('succeeds while all parts work', async () => {
    expect(await send('GET', '/ready')).toMatchObject({ status: 200, body: { status: 'ready' } })
  })

  it.each([
    ['database', { DB: brokenThing() }],
    ['database', { DB: databaseThat(SPOKEN) }],
    ['objects', { LIMITER: brokenThing() }],
    ['objects', { LIMITER: { getByName: () => ({ ping: async () => broken() }) } as never }],
    ['wallets', { WALLET: brokenThing() }],
    ['wallets', { WALLET: { getByName: () => ({ ping: async () => broken() }) } as never }],
    ['polls', { CHASE: brokenThing() }],
    ['polls', { CHASE: { getByName: () => ({ ping: async () => broken() }) } as never }],
  ])('names the part that fails (%s), and only the log has the cause', async (part, parts) => {
    const answer = await withParts(parts).send('GET', '/ready')
    expect(answer.status).toBe(503)
    expect(answer.body).toEqual({
      type: '/problems/not_ready',
      title: 'The service is not ready',
      status: 503,
      detail: `These parts failed: ${part}. The log has the cause.`,
      instance: '/ready',
      code: 'not_ready',
      request_id: answer.headers.get('X-Request-Id'),
      failing: [part],
    })
    expect(logged()).toMatchObject([{ event: 'not_ready', part }])
    expect(logged()).toMatchObject([{ message: expect.stringContaining('D1_ERROR') }])
  })

  it.each([
    ['database', 'DB'],
    ['objects', 'LIMITER'],
    ['wallets', 'WALLET'],
    ['polls', 'CHASE'],
    ['flood_guard', 'FLOOD_GUARD'],
    ['quotas', 'USER_QUOTA'],
    ['quotas', 'SESSION_QUOTA'],
    ['assets', 'ASSETS'],
  ])(
    'names the %s if the binding %s is missing, and the log names the binding',
    async (part, name) => {
      const { send } = withParts({ [name]: undefined })
      expect((await send('GET', '/ready')).body.failing).toEqual([part])
      expect(logged()).toMatchObject([{ part, message: `Error: the binding ${name} is missing` }])
    },
  )

  it('does not create a wallet', async () => {
    expect((await withParts({}).send('GET', '/ready')).status).toBe(200)
    const wallet = env.WALLET.getByName('00000000-0000-0000-0000-000000000000/call_credits')
    const { rows, alarm } = await runInDurableObject(wallet, async (_, { storage }) => ({
      rows: storage.sql.exec('SELECT * FROM wallet').toArray(),
      alarm: await storage.getAlarm(),
    }))
    expect(rows).toEqual([])
    expect(alarm).toBeNull()
    expect(await env.DB.prepare('SELECT * FROM wallets').all()).toMatchObject({ results: [] })
  })

  it('names all parts that fail', async () => {
    const { send } = withParts({ DB: brokenThing(), LIMITER: brokenThing() })
    expect((await send('GET', '/ready')).body.failing).toEqual(['database', 'objects'])
  })

  it('fails without a migration of this release, and ignores later ones', async () => {
    const applied = await env.DB.prepare('SELECT * FROM d1_migrations ORDER BY id DESC').first<{
      name: string
    }>()
    await env.DB.prepare("INSERT INTO d1_migrations (name) VALUES ('9999_later.sql')").run()
    expect((await withParts({}).send('GET', '/ready')).status).toBe(200)
    await env.DB.prepare('DELETE FROM d1_migrations WHERE name = ?').bind(applied?.name).run()
    expect((await withParts({}).send('GET', '/ready')).body.failing).toEqual(['database'])
    const message = `Error: ${applied?.name} has not been applied. Run \`npm start\`, or `
    expect(logged()).toMatchObject([{ message: expect.stringContaining(message) }])
    await env.DB.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(applied?.name).run()
  })

  it('reports a database without migrations as not migrated', async () => {
    const { send } = withParts({ DB: databaseThat('D1_ERROR: no such table: d1_migrations') })
    expect((await send('GET', '/ready')).body.failing).toEqual(['database'])
    expect(logged()).toMatchObject([
      { message: expect.stringContaining('has not been applied. Run `npm start`') },
    ])
  })

  it('reports a part that does not respond within two seconds', async () => {
    const waitedMs: number[] = []
    const { send } = worldWith({
      probes: { database: noAnswer, objects: async () => undefined },
      wait: async (ms) => waitedMs.push(ms),
    })
    expect((await send('GET', '/ready')).body.failing).toEqual(['database'])
    expect(waitedMs).toEqual([2000, 2000])
  })

  it('probes once for many requests, and again after five seconds', async () => {
    let asked = 0
    let nowMs = Date.UTC(2126, 0)
    const database = async () => {
      asked += 1
      await scheduler.wait(1)
      nowMs += 1000
    }
    const { send } = worldWith({ probes: { database }, now: () => nowMs })
    expect(statuses(await atOnce(50, () => send('GET', '/ready')))).toEqual({ 200: 50 })
    nowMs += 4999
    await send('GET', '/ready')
    expect(asked).toBe(1)
    nowMs += 1
    expect(statuses(await atOnce(50, () => send('GET', '/ready')))).toEqual({ 200: 50 })
    expect(asked).toBe(2)
  })

  it('lets another request probe the parts if the first one never ends', async () => {
    const startMs = Date.UTC(2126, 0)
    let nowMs = startMs
    let asked = 0
    const database = async () => {
      asked += 1
      if (asked === 1) await noAnswer()
    }
    /** The first request never ends, because its timeout does not fire either. */
    const wait = (ms: number) => {
      nowMs += ms
      return asked === 1 && ms === 2000 ? noAnswer() : scheduler.wait(1)
    }
    const { send } = worldWith({ probes: { database }, now: () => nowMs, wait })
    void send('GET', '/ready')
    expect((await send('GET', '/ready')).status).toBe(200)
    expect(asked).toBe(2)
    /** 4 s until the second request probes, and 2 s that each of its two timeouts adds to the clock. */
    expect(nowMs - startMs).toBe(8000)
  })

  it('has the time at which the last full audit ended, and caches it', async () => {
    let nowMs = Date.UTC(2126, 0)
    const world = worldWith({ now: () => nowMs })
    const lastPass = async () =>
      (await world.send('GET', '/ready')).body.audit.last_full_pass_at as string | null
    expect(await lastPass()).toBeNull()
    await auditByCron(world.deps)
    nowMs += 4999
    expect(await lastPass()).toBeNull()
    nowMs += 1
    expect(await lastPass()).toBe('2126-01-01T00:00:00.000Z')
    expect(logged()).toEqual([])
  })

  it.each([
    ['fails', async () => broken()],
    ['takes too long', noAnswer],
  ])('succeeds without that time if reading it %s', async (_, lastAuditAtMs) => {
    const { send } = worldWith({ probes: {}, wait: async () => undefined, lastAuditAtMs })
    const { status, body } = await send('GET', '/ready')
    expect([status, body]).toEqual([200, { status: 'ready', audit: { last_full_pass_at: null } }])
    expect(logged()).toMatchObject([{ event: 'audit_progress_unknown' }])
  })

  it('is limited by IP address, like log-ins', async () => {
    const floodGuard = { limit: async () => ({ success: false }) }
    const headers = { 'CF-Connecting-IP': '203.0.113.9' }
    expect((await worldWith({ floodGuard }).send('GET', '/ready', { headers })).status).toBe(429)
  })
})

describe('a binding', () => {
  it.each(['DB', 'WALLET', 'CHASE', 'LIMITER'])(
    'named %s is required; the configuration is invalid without it',
    (name) => {
      expect(() => createDeps({ ...env, [name]: undefined })).toThrow(name)
      const { [name]: _, ...without } = { ...env } as Record<string, unknown>
      expect(() => createDeps(without as never)).toThrow(`without these bindings: ${name}`)
    },
  )

  it('that is missing is reported with the configuration, and no payment is created', async () => {
    const error = new Error('AIleana cannot start without these bindings: CHASE')
    const app = createUnconfigured(error, createProbes({ ...env, CHASE: undefined as never }))
    const send = sender(async (request) => app.fetch(request))
    expect((await send('GET', '/ready')).body.failing).toEqual(['configuration', 'polls'])
    expect((await app.request('/payments', { method: 'POST' })).status).toBe(503)
  })

  it('of the pollers that fails does not prevent a payment, and is logged', async () => {
    const { startPoller } = createDeps({ ...env, CHASE: brokenThing() })
    const world = worldWith({ startPoller })
    const user = await newUser(world.send)
    const body = { amount: 20, method: 'monnify' }
    const made = await user.send('POST', '/payments', { body })
    expect(made).toMatchObject({ status: 201, body: { status: 'processing' } })
    expect(logged()).toMatchObject([{ event: 'poller_start_failed' }])
  })
})

describe('with an invalid configuration', () => {
  it('the service reports it without values, and rejects all other requests', async () => {
    const cause = new Error('JWT_SECRET must have at least 32 bytes')
    const app = createUnconfigured(cause)
    const send = sender(async (request) => app.fetch(request))
    expect((await send('GET', '/health')).status).toBe(200)
    const asked = [
      ['GET', '/ready'],
      ['GET', '/nothing'],
    ] as const
    for (const [method, path] of asked) {
      const answer = await send(method, path)
      expect(answer).toMatchObject({ status: 503, body: { failing: ['configuration'] } })
      expect(answer.text).not.toContain('JWT')
    }
    for (const [method, path] of [
      ['POST', '/auth/login'],
      ['POST', '/webhooks/monnify'],
      ['GET', '/wallets'],
    ] as const)
      expect((await app.request(path, { method })).status).toBe(503)
    expect(logged()).toMatchObject([
      { event: 'configuration_unusable', message: expect.stringContaining('JWT_SECRET') },
      { event: 'not_ready', part: 'configuration' },
    ])
  })
})
