import { describe, expect, it } from 'vitest'
import { newKey } from '../../src/keys/key'
import { onAnotherDevice } from '../support/accounts'
import {
  type Answer,
  asker,
  atOnce,
  dial,
  newUser,
  type RequestOptions,
  statuses,
  type TestUser,
  userWithCredit,
} from '../support/client'
import { secured, sampleOf } from '../support/documented'
import { worldWith } from '../support/gateway'
import { newKeyOf } from '../support/keys'

const CARRIER = { 'CF-Connecting-IP': '198.51.100.7' }

/** Replaces the real hash, which takes 200 ms and has its own tests. */
const UNHASHED = { hashPassword: () => 'none', verifyPassword: () => true }

/** @param limit allowed requests per key */
function counter(limit: number) {
  const counts = new Map<string, number>()
  const binding = {
    limit: async ({ key }: RateLimitOptions) => {
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      return { success: count <= limit }
    },
  }
  return { counts, binding }
}

/** The service with these limits per IP address, session and user; without a limit by default. */
function countedWorld(limits: { address?: number; session?: number; user?: number } = {}) {
  const [address, session, user] = [limits.address, limits.session, limits.user].map((limit) =>
    counter(limit ?? 1e9),
  )
  if (!address || !session || !user) throw new Error('three limits have three counters')
  const bindings = {
    ...UNHASHED,
    floodGuard: address.binding,
    sessionQuota: session.binding,
    userQuota: user.binding,
  }
  return { ...worldWith(bindings), address, session, user }
}

/** Routes that read the caller's objects and not D1. */
const OBJECTS_ONLY = /^\/(calls|wallets|tariff)(?!.*\/(?:invitation|receipt)$)/

describe('a request', () => {
  it.each(secured.map((operation) => [`${operation.method} ${operation.path}`, operation]))(
    'counts for user and session if it reads D1, and for its IP without a valid token: %s',
    async (_, operation) => {
      if (typeof operation === 'string') throw new Error('not an operation')
      const { deps, send, address, session, user } = countedWorld()
      const token = await deps.tokens.signAccess(
        { userUuid: 'somebody', sessionUuid: 'a session', tokenVersion: 0 },
        { issuedAtMs: Date.now(), expiresAtMs: Date.now() + 60_000 },
      )
      const { method, path, body } = sampleOf(operation)
      await send(method, path, { token, body, headers: CARRIER })
      const isCounted = !OBJECTS_ONLY.test(operation.path)
      expect([...session.counts]).toEqual(isCounted ? [['a session', 1]] : [])
      expect([...user.counts]).toEqual(isCounted ? [['somebody', 1]] : [])
      expect([...address.counts]).toEqual([])
      for (const wrong of [undefined, `${token}x`])
        await send(method, path, { token: wrong, body, headers: CARRIER })
      expect([...address.counts]).toEqual([[CARRIER['CF-Connecting-IP'], 2]])
    },
  )

  it('to refresh counts for the session of its refresh token, not for the IP address', async () => {
    const { send, address, session } = countedWorld()
    const { refreshToken: refresh_token } = await newUser(send)
    const refresh = (body: unknown) => send('POST', '/auth/refresh', { body, headers: CARRIER })
    expect((await refresh({ refresh_token })).status).toBe(200)
    expect([...address.counts.values()]).toEqual([])
    expect([...session.counts.values()]).toEqual([1])
    for (const wrong of [{ refresh_token: 'x.y.z' }, { refresh_token: 7 }, null, '{'])
      expect((await refresh(wrong)).status).not.toBe(200)
    expect([...address.counts.values()]).toEqual([4])
  })
})

describe('a request with an API key', () => {
  it('counts for its IP address until the key was verified, then for the key and its user', async () => {
    const { send, address, session, user: users } = countedWorld()
    const user = await newUser(send)
    const key = await newKeyOf(user, ['payments:read', 'calls:read'], send)
    const clear = () => [address, session, users].forEach(({ counts }) => counts.clear())
    const ask = (path: string) => key.send('GET', path, { headers: CARRIER })
    clear()
    expect((await ask('/payments')).status).toBe(200)
    expect([...address.counts.values(), ...session.counts.values()]).toEqual([1])
    expect([...users.counts]).toEqual([])
    clear()
    expect((await ask('/payments')).status).toBe(200)
    expect((await ask('/calls')).status).toBe(200)
    expect([...address.counts]).toEqual([])
    expect([...session.counts]).toEqual([[key.uuid, 1]])
    expect([...users.counts]).toEqual([[user.uuid, 1]])
  })

  it('counts for its IP address if the key is forged, so that nobody uses up the quota of another user', async () => {
    const { send, address, session, user: users } = countedWorld({ address: 5 })
    const user = await newUser(send)
    for (const { counts } of [address, session, users]) counts.clear()
    const answers = await atOnce(10, () =>
      send('GET', '/payments', { token: newKey(user.uuid), headers: CARRIER }),
    )
    expect(statuses(answers)).toEqual({ 401: 5, 429: 5 })
    expect([...session.counts, ...users.counts]).toEqual([])
  })
})

it('a refresh token in the body of another route counts for the IP address', async () => {
  const { send, address, session } = countedWorld()
  const { refreshToken: refresh_token } = await newUser(send)
  address.counts.clear()
  for (const path of ['/auth/login', '/users/register'])
    await send('POST', path, { body: { refresh_token }, headers: CARRIER })
  expect([...address.counts.values()]).toEqual([2])
  expect([...session.counts]).toEqual([])
})

describe('behind one IP address', () => {
  it('a flood without tokens does not affect requests with a token', async () => {
    const { send } = countedWorld({ address: 3 })
    const user = await newUser(send)
    const other = await onAnotherDevice(send, user)
    const flood = await atOnce(10, () => send('GET', '/payments', { headers: CARRIER }))
    expect(statuses(flood)).toEqual({ 401: 3, 429: 7 })
    const requests: [method: string, path: string, options?: RequestOptions][] = [
      ['GET', '/users/me'],
      ['GET', '/auth/sessions'],
      ['POST', '/auth/refresh', { body: { refresh_token: user.refreshToken } }],
      ['GET', '/payments'],
    ]
    for (const [method, path, options] of requests) {
      const answer = await user.send(method, path, { ...options, headers: CARRIER })
      expect(answer.status, path).toBe(200)
    }
    expect((await other.send('POST', '/auth/logout', { headers: CARRIER })).status).toBe(204)
  })
})

it('a session that refreshes too often does not affect others behind its IP address', async () => {
  const { deps } = countedWorld()
  const refreshOnce = { ...deps.policies.refresh, quota: 1 }
  const { send } = worldWith({ ...UNHASHED, policies: { ...deps.policies, refresh: refreshOnce } })
  const refresh = async ({ refreshToken: refresh_token }: TestUser) =>
    (await send('POST', '/auth/refresh', { body: { refresh_token }, headers: CARRIER })).status
  const [one, other] = [await newUser(send), await newUser(send)]
  const sameUser = await onAnotherDevice(send, one)
  const answers = [one, one, other, sameUser].map((user) => () => refresh(user))
  const statusesInTurn: number[] = []
  for (const ask of answers) statusesInTurn.push(await ask())
  expect(statusesInTurn).toEqual([200, 429, 200, 200])
})

describe('a session that has used up its quota', () => {
  it("is rejected with the limit's name, and does not affect the user's other sessions", async () => {
    const { send } = countedWorld({ session: 3, user: 6 })
    const user = await newUser(send)
    const other = await onAnotherDevice(send, user)
    const reads = await atOnce(20, () => user.send('GET', '/users/me'))
    expect(statuses(reads)).toEqual({ 200: 3, 429: 17 })
    const refused = await user.send('GET', '/payments')
    expect(refused.body['violated-policies']).toEqual(['session'])
    expect(refused.headers.get('RateLimit-Policy')).toBe('"session";q=300;w=60')
    expect((await other.send('POST', '/auth/logout-all')).status).toBe(204)
  })

  it('can still start, answer and end calls', async () => {
    const { send } = countedWorld({ session: 2 })
    const { token, ...rest } = await userWithCredit(50)
    const user: TestUser = {
      ...rest,
      token,
      send: (method, path, options) => send(method, path, { token, ...options }),
    }
    expect(statuses(await atOnce(3, () => user.send('GET', '/users/me')))).toEqual({
      200: 2,
      429: 1,
    })
    const call = await dial(user)
    expect(call.status).toBe(201)
    for (const step of ['answer', 'end'])
      expect((await user.send('PATCH', `/calls/${call.body.uuid}/${step}`)).status).toBe(200)
    for (const path of ['/calls', '/wallets'])
      expect((await user.send('GET', path)).status).toBe(200)
  })
})

it("the sessions of a user share the user's quota", async () => {
  const { send } = countedWorld({ session: 10, user: 12 })
  const user = await newUser(send)
  const other = await onAnotherDevice(send, user)
  expect(statuses(await atOnce(9, () => user.send('GET', '/users/me')))).toEqual({ 200: 9 })
  const others = await atOnce(9, () => other.send('GET', '/users/me'))
  expect(statuses(others)).toEqual({ 200: 3, 429: 6 })
  expect(others.at(-1)?.body['violated-policies']).toEqual(['user'])
})

it('a quota that fails allows requests', async () => {
  const broken = { limit: () => Promise.reject(new Error('the counter is away')) }
  const { send } = worldWith({ ...UNHASHED, sessionQuota: broken, userQuota: broken })
  expect((await (await newUser(send)).send('GET', '/users/me')).status).toBe(200)
})

describe("with the platform's counters", () => {
  /** Counters restart each minute, which may happen once during the test. */
  const WINDOWS = 2

  it("1,500 reads in a user's three sessions reach D1 600 times a minute; others are unaffected", async () => {
    const world = worldWith(UNHASHED)
    let d1Reads = 0
    const findLive = async () => ((d1Reads += 1) > 0 ? { isFrozen: false } : undefined)
    const { send: held } = world
    const user = await newUser(held)
    const { fetch } = worldWith({ findLive })
    const ask = asker(fetch)
    const sessions: TestUser[] = [user]
    while (sessions.length < 3) sessions.push(await onAnotherDevice(held, user))
    const read = ({ token }: TestUser) => ask('GET', '/auth/sessions', { token })
    const answers: Answer[][] = []
    for (const session of sessions) answers.push(await atOnce(500, () => read(session)))
    for (const each of answers) expect(statuses(each)[200] ?? 0).toBeLessThanOrEqual(300 * WINDOWS)
    const total = statuses(answers.flat())
    expect(total[200]).toBeGreaterThanOrEqual(600)
    expect(total[200]).toBeLessThanOrEqual(600 * WINDOWS)
    expect(total).toEqual({ 200: d1Reads, 429: 1500 - d1Reads })
    const another = await newUser(held)
    const reads = await atOnce(100, () => read(another))
    expect(statuses(reads)).toEqual({ 200: 100 })
  })
})

describe('a forged event', () => {
  it('is rejected by IP address beyond the limit, before its signature is checked', async () => {
    const { send, address } = countedWorld({ address: 3 })
    const forge = () =>
      send('POST', '/webhooks/monnify', {
        body: {},
        headers: { ...CARRIER, 'monnify-signature': '0'.repeat(128) },
      })
    expect(statuses(await atOnce(10, forge))).toEqual({ 401: 3, 429: 7 })
    expect([...address.counts.values()]).toEqual([10])
  })

  it('is also limited if IP addresses are listed, unless it comes from a listed one', async () => {
    const { send: _, ...world } = countedWorld({ address: 3 })
    const listed = '203.0.113.9'
    const { send } = worldWith({
      floodGuard: world.address.binding,
      webhookIps: [listed],
    })
    const forge = (from: string) => () =>
      send('POST', '/webhooks/monnify', { body: {}, headers: { 'CF-Connecting-IP': from } })
    expect(statuses(await atOnce(10, forge(CARRIER['CF-Connecting-IP'])))).toEqual({
      403: 3,
      429: 7,
    })
    expect(statuses(await atOnce(10, forge(listed)))).toEqual({ 401: 10 })
  })
})
