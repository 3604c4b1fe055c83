/** Export and erasure of a user's stream. */
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { ok, refuse } from '../../src/common/result'
import type { ApiKey, Endpoint, EventQuery, StoredEvent } from '../../src/events/core/stream'
import type { StreamOf, StreamStub } from '../../src/events/object/client'
import { eraseAccounts } from '../../src/privacy/erase'
import { repeatErasures } from '../../src/privacy/repeat'
import { newUser, type TestUser } from '../support/client'
import { pass, useClock } from '../support/clock'
import { confirmed } from '../support/confirmation'
import { mailWorld, type MailWorld } from '../support/mail'
import { useNoAccounts } from '../support/no-accounts'

useClock()
useNoAccounts()

const DAY_MS = 24 * 3_600_000
const WAIT_MS = 14 * DAY_MS

const KEY: ApiKey = {
  uuid: '3f0b8c1e-6f64-4e0a-9b1c-2f4f8f3f7a55',
  name: 'Accounting',
  scopes: ['events:read'],
  createdAtMs: 0,
  lastUsedAtMs: null,
}

const ENDPOINT: Endpoint = {
  uuid: '0b6f6a0e-6a0f-4f0c-8f6d-3d6c3c1c8a11',
  keyUuid: KEY.uuid,
  url: 'https://example.com/events',
  description: null,
  types: ['payment.completed'],
  includePhone: false,
  status: 'disabled',
  disabledReason: 'gone',
  cursor: 7,
  failures: 0,
  failingSinceMs: null,
  nextAttemptAtMs: null,
  previousSecretUntilMs: null,
  createdAtMs: 0,
}

const eventOf = (sequence: number): StoredEvent => ({
  sequence,
  id: `evt_${String(sequence).padStart(32, '0')}`,
  type: 'payment.completed',
  version: 1,
  atMs: 0,
  data: { amount: 12.5, failure_reason: null },
})

/** A stream with events up to a number, which pages of its own size show. */
function streamWith(last: number, pageSize = Infinity): StreamStub {
  return {
    listKeys: async () => [KEY],
    listEndpoints: async () => [ENDPOINT],
    read: async ({ after, limit, waitMs }: EventQuery) => {
      expect(waitMs).toBe(0)
      const size = Math.max(0, Math.min(limit, pageSize, last - after))
      const events = Array.from({ length: size }, (_, index) => eventOf(after + 1 + index))
      return ok({ events, next: after + size })
    },
  } as unknown as StreamStub
}

const without: StreamStub = {
  listKeys: async () => [],
  listEndpoints: async () => [],
  read: async () => refuse({ code: 'no_stream' }),
} as unknown as StreamStub

async function exported(stream: StreamStub) {
  const owners: string[] = []
  const streamOf: StreamOf = (owner) => {
    owners.push(owner)
    return stream
  }
  const { send } = mailWorld({ streamOf })
  const user = await newUser(send)
  const { body } = await user.send('GET', '/users/me/export')
  expect(new Set(owners)).toEqual(new Set([user.uuid]))
  return body
}

describe("the export of a user's stream", () => {
  it('has API keys, endpoints and events, without secrets', async () => {
    const body = await exported(streamWith(1))
    const time = '1970-01-01T00:00:00.000Z'
    expect(body.api_keys).toEqual([
      {
        uuid: KEY.uuid,
        name: 'Accounting',
        scopes: ['events:read'],
        created_at: time,
        last_used_at: null,
      },
    ])
    expect(body.endpoints).toEqual([
      {
        uuid: ENDPOINT.uuid,
        url: 'https://example.com/events',
        description: null,
        types: ['payment.completed'],
        include_phone: false,
        status: 'disabled',
        disabled_reason: 'gone',
        after: ENDPOINT.cursor,
        failures: ENDPOINT.failures,
        failing_since: null,
        next_attempt_at: null,
        previous_secret_until: null,
        created_at: time,
      },
    ])
    expect(body.events).toEqual([
      {
        id: 'evt_00000000000000000000000000000001',
        type: 'payment.completed',
        version: 1,
        sequence: 1,
        timestamp: time,
        data: { amount: 12.5, failure_reason: null },
      },
    ])
  })

  it.each([
    [1203, Infinity],
    [1000, Infinity],
    [47, 10],
  ])('continues over the pages of %i events, without a gap', async (last, pageSize) => {
    const { events } = await exported(streamWith(last, pageSize))
    expect(events.map(({ sequence }: { sequence: number }) => sequence)).toEqual(
      Array.from({ length: last }, (_, index) => index + 1),
    )
  })

  it('is empty without a stream', async () => {
    expect(await exported(without)).toMatchObject({ api_keys: [], endpoints: [], events: [] })
  })
})

async function leavingWorld(erase: () => Promise<unknown>): Promise<MailWorld> {
  const streamOf: StreamOf = (owner) =>
    ({
      erase: async () => {
        erased.push(owner)
        return erase()
      },
    }) as unknown as StreamStub
  return mailWorld({ streamOf })
}

const erased: string[] = []

async function leave(world: MailWorld): Promise<TestUser> {
  const user = await newUser(world.send)
  await user.send('DELETE', '/users/me', { headers: await confirmed(user) })
  await world.deps.eventOutbox.openStream(user.uuid, 1)
  for (const owner of [user.uuid, 'deployment', 'another user'])
    await env.DB.prepare(
      `INSERT INTO event_outbox (owner, id, type, version, at_ms, data, next_attempt_at_ms)
        VALUES (?, ?, 't', 1, 0, '{}', 0)`,
    )
      .bind(owner, crypto.randomUUID())
      .run()
  pass(WAIT_MS)
  erased.length = 0
  return user
}

const left = async (user: TestUser) => {
  const { results } = await env.DB.prepare('SELECT owner FROM event_outbox WHERE owner = ?')
    .bind(user.uuid)
    .all()
  return {
    events: results.length,
    hasStream: await mailWorld().deps.eventOutbox.hasStream(user.uuid),
  }
}

const othersEvents = async () =>
  (
    await env.DB.prepare(
      "SELECT seq FROM event_outbox WHERE owner IN ('deployment', 'another user')",
    ).all()
  ).results.length

describe("the erasure of a user's stream", () => {
  it('removes the stream, its row and its events, and those of no other owner', async () => {
    const world = await leavingWorld(async () => ok(null))
    const others = await othersEvents()
    const user = await leave(world)
    await eraseAccounts(world.deps)
    expect(erased).toEqual([user.uuid])
    expect(await left(user)).toEqual({ events: 0, hasStream: false })
    expect(await othersEvents()).toBe(others + 2)
    expect(await world.deps.erasureStore.of(user.uuid)).toMatchObject({ erasedAtMs: Date.now() })
  })

  it('is repeated until the stream object has done it', async () => {
    let failures = 3
    const world = await leavingWorld(async () => {
      if (failures-- > 0) throw new Error('the stream does not respond')
      return ok(null)
    })
    const user = await leave(world)
    for (let attempt = 0; attempt < 3; attempt++) {
      await eraseAccounts(world.deps)
      expect(await world.deps.erasureStore.of(user.uuid)).toMatchObject({ erasedAtMs: null })
      expect((await left(user)).hasStream).toBe(true)
      pass(DAY_MS)
    }
    await eraseAccounts(world.deps)
    expect(erased).toHaveLength(4)
    expect(await left(user)).toEqual({ events: 0, hasStream: false })
  })

  it('is repeated after a restore of the stream object', async () => {
    const world = await leavingWorld(async () => ok(null))
    const user = await leave(world)
    const other = await newUser(world.send)
    await eraseAccounts(world.deps)
    expect(await repeatErasures(world.deps, '', 100)).toMatchObject({ repeated: [] })
    expect(erased).toEqual([user.uuid, user.uuid])
    expect(erased).not.toContain(other.uuid)
  })

  it('is repeated after a restore of D1', async () => {
    const world = await leavingWorld(async () => ok(null))
    const user = await leave(world)
    const row = await world.deps.userStore.byUuid(user.uuid)
    await eraseAccounts(world.deps)
    await env.DB.batch([
      env.DB.prepare('DELETE FROM erasures'),
      env.DB.prepare('UPDATE users SET email_key = ?, disabled_at_ms = NULL WHERE uuid = ?').bind(
        row?.emailKey,
        user.uuid,
      ),
    ])
    await world.deps.eventOutbox.openStream(user.uuid, 1)
    expect(await repeatErasures(world.deps, '', 100)).toMatchObject({ repeated: [user.uuid] })
    await eraseAccounts(world.deps)
    expect(erased).toEqual([user.uuid, user.uuid])
    expect(await left(user)).toEqual({ events: 0, hasStream: false })
  })
})
