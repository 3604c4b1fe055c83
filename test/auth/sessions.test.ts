import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { linesOf, listener, logIn, me, onAnotherDevice, refresh } from '../support/accounts'
import { atOnce, newUser, send, sender, statuses, type TestUser } from '../support/client'
import { worldWith } from '../support/gateway'

const START = Date.parse('2126-03-14T10:00:00Z')

const freeze = () => void vi.useFakeTimers({ toFake: ['Date'], now: START })

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const disable = ({ uuid }: TestUser) =>
  env.DB.prepare('UPDATE users SET disabled_at_ms = 1 WHERE uuid = ?').bind(uuid).run()

const sessionsOf = async (user: TestUser) => (await user.send('GET', '/auth/sessions')).body
const currentOf = async (user: TestUser): Promise<string> =>
  (await sessionsOf(user)).find(({ current }: { current: boolean }) => current).uuid

/** Reports which of a user's tokens still work. */
const powersOf = async ({ token, refreshToken }: TestUser) => ({
  access: (await me(send, token)).status,
  refresh: (await refresh(send, refreshToken)).status,
})

describe('log-out', () => {
  it('ends the session of the token, and no other', async () => {
    const user = await newUser()
    const elsewhere = await onAnotherDevice(send, user)
    const uuid = await currentOf(user)
    const ended = linesOf('session_ended')
    const answer = await user.send('POST', '/auth/logout')
    expect(answer).toMatchObject({ status: 204, text: '' })
    expect(await powersOf(user)).toEqual({ access: 401, refresh: 401 })
    expect(await powersOf(elsewhere)).toEqual({ access: 200, refresh: 200 })
    expect((await user.send('POST', '/auth/logout')).status).toBe(401)
    expect(ended()).toEqual([
      { event: 'session_ended', request_id: expect.any(String), session: uuid, user: user.uuid },
    ])
  })

  it('notifies the wallets first, and can be repeated if that fails', async () => {
    freeze()
    const { told, state, revokeTokens } = listener()
    const world = worldWith({ revokeTokens })
    const user = await newUser(world.send)
    const sessionUuid = await currentOf(user)
    state.fails = true
    expect((await user.send('POST', '/auth/logout')).status).toBe(500)
    expect((await user.send('GET', '/users/me')).status).toBe(200)
    state.fails = false
    expect((await user.send('POST', '/auth/logout')).status).toBe(204)
    expect(told).toEqual([[user.uuid, { sessionUuid, untilMs: START + 86_400_000 + 60_000 }]])
  })

  it('is done once by twenty concurrent requests with one token', async () => {
    const user = await newUser()
    const ended = linesOf('session_ended')
    const answers = await atOnce(20, () => user.send('POST', '/auth/logout'))
    expect(Object.keys(statuses(answers)).every((status) => ['204', '401'].includes(status))).toBe(
      true,
    )
    expect(ended()).toHaveLength(1)
    expect(await powersOf(user)).toEqual({ access: 401, refresh: 401 })
  })

  it('during a refresh leaves no valid token', async () => {
    for (let round = 0; round < 5; round += 1) {
      const user = await newUser()
      const [, ...refreshed] = await Promise.all([
        user.send('POST', '/auth/logout'),
        ...Array.from({ length: 5 }, () => refresh(send, user.refreshToken)),
      ])
      for (const { status, body } of refreshed) {
        if (status !== 200) continue
        expect((await me(send, body.access_token)).status).toBe(401)
        expect((await refresh(send, body.refresh_token)).status).toBe(401)
      }
      expect(await powersOf(user)).toEqual({ access: 401, refresh: 401 })
    }
  })
})

describe('log-out everywhere', () => {
  it('ends all sessions of the user and no others, and a new log-in works', async () => {
    const { told, revokeTokens } = listener()
    const world = worldWith({ revokeTokens })
    const [user, stranger] = [await newUser(world.send), await newUser(world.send)]
    const devices = [user, ...(await atOnce(3, () => onAnotherDevice(world.send, user)))]
    const sessionUuid = await currentOf(user)
    expect(await user.send('POST', '/auth/logout-all')).toMatchObject({ status: 204, text: '' })
    for (const device of devices)
      expect(await powersOf(device)).toEqual({ access: 401, refresh: 401 })
    expect(await powersOf(stranger)).toEqual({ access: 200, refresh: 200 })
    expect(told).toEqual([
      [user.uuid, { minVersion: 1 }],
      [user.uuid, { sessionUuid, untilMs: expect.any(Number) }],
    ])
    const anew = await onAnotherDevice(world.send, user)
    expect(await powersOf(anew)).toEqual({ access: 200, refresh: 200 })
    expect(await sessionsOf(anew)).toHaveLength(1)
  })

  it('can be repeated after a refresh if the wallets could not be notified', async () => {
    const { told, state, revokeTokens } = listener()
    const world = worldWith({ revokeTokens })
    const user = await newUser(world.send)
    const elsewhere = await onAnotherDevice(world.send, user)
    state.fails = true
    expect((await user.send('POST', '/auth/logout-all')).status).toBe(500)
    expect(await powersOf(elsewhere)).toEqual({ access: 401, refresh: 401 })
    expect((await me(send, user.token)).status).toBe(401)
    const { body } = await refresh(world.send, user.refreshToken)
    state.fails = false
    const again = await world.send('POST', '/auth/logout-all', { token: body.access_token })
    expect(again.status).toBe(204)
    expect(told[0]).toEqual([user.uuid, { minVersion: 2 }])
    expect((await refresh(send, body.refresh_token)).status).toBe(401)
  })

  it('is one transaction: if the sessions cannot be ended, the version is unchanged', async () => {
    const user = await newUser()
    await onAnotherDevice(send, user)
    await env.DB.prepare(
      `CREATE TRIGGER broken BEFORE UPDATE OF revoked_at_ms ON sessions
       BEGIN SELECT RAISE(ABORT, 'broken'); END`,
    ).run()
    expect((await user.send('POST', '/auth/logout-all')).status).toBe(500)
    await env.DB.prepare('DROP TRIGGER broken').run()
    expect((await user.send('GET', '/users/me')).status).toBe(200)
    expect((await user.send('POST', '/auth/logout-all')).status).toBe(204)
  })

  it('a log-in to an account that is disabled meanwhile is rejected', async () => {
    const user = await newUser()
    const { sessionStore } = worldWith().deps
    const overtaken = worldWith({
      sessionStore: {
        ...sessionStore,
        insert: async (session, tokenVersion, notice) => {
          await disable(user)
          return sessionStore.insert(session, tokenVersion, notice)
        },
      },
    }).send
    expect(await logIn(overtaken, user.email)).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials' },
    })
    const sessions = env.DB.prepare('SELECT COUNT(*) AS n FROM sessions WHERE user_uuid = ?')
    expect(await sessions.bind(user.uuid).first('n')).toBe(1)
  })

  it('prevents a log-in that has already checked the password', async () => {
    const user = await newUser()
    const { sessionStore } = worldWith().deps
    const overtaken = worldWith({
      sessionStore: {
        ...sessionStore,
        insert: async (session, tokenVersion, notice) => {
          expect((await user.send('POST', '/auth/logout-all')).status).toBe(204)
          return sessionStore.insert(session, tokenVersion, notice)
        },
      },
    }).send
    expect(await logIn(overtaken, user.email)).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials' },
    })
    expect(await sessionsOf(await onAnotherDevice(send, user))).toHaveLength(1)
  })
})

describe('the list of sessions', () => {
  it('has device and place, most recently used first, and marks the current session', async () => {
    freeze()
    const { deps } = worldWith()
    const { createApp } = await import('../../src/app')
    const app = createApp(deps)
    const lagos = sender(async (request) =>
      app.fetch(new Request(request, { cf: { city: 'Lagos', country: 'NG' } })),
    )
    const user = await newUser(lagos)
    vi.setSystemTime(START + 60_000)
    const phone = await logIn(lagos, user.email, undefined, { 'User-Agent': 'Phone 1.0' })
    vi.setSystemTime(START + 120_000)
    const { body } = await refresh(lagos, user.refreshToken)
    vi.setSystemTime(START + 180_000)

    const listed = await lagos('GET', '/auth/sessions', { token: body.access_token })
    const day = 86_400_000
    const time = (ms: number) => new Date(START + ms).toISOString()
    const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/)
    const place = 'Lagos, NG'
    expect(listed.body).toEqual([
      {
        uuid,
        device: null,
        place,
        created_at: time(0),
        last_used_at: time(120_000),
        expires_at: time(120_000 + 7 * day),
        current: true,
      },
      {
        uuid,
        device: 'Phone 1.0',
        place,
        created_at: time(60_000),
        last_used_at: time(60_000),
        expires_at: time(60_000 + 7 * day),
        current: false,
      },
    ])
    const asPhone = await lagos('GET', '/auth/sessions', { token: phone.body.access_token })
    expect(asPhone.body.map(({ current }: { current: boolean }) => current)).toEqual([false, true])
  })

  it('has at most a hundred sessions, none of them ended or expired', async () => {
    freeze()
    const user = await newUser()
    const uuid = await currentOf(user)
    const copy = (columns: string, count: number) =>
      env.DB.prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
         INSERT INTO sessions (uuid, user_uuid, refresh_token_hash, created_at_ms, last_used_at_ms,
           expires_at_ms, revoked_at_ms, device, place)
         SELECT '00000000-0000-4000-8000-' || substr(hex(randomblob(6)), 1, 12), user_uuid, refresh_token_hash,
           created_at_ms, last_used_at_ms - i, ${columns}, device, place FROM sessions, n WHERE uuid = ?`,
      )
        .bind(uuid)
        .run()
    await copy('expires_at_ms, 1', 3)
    await copy(`${START}, NULL`, 3)
    expect(await sessionsOf(user)).toHaveLength(1)
    await copy('expires_at_ms - i, NULL', 120)
    const listed = await user.send('GET', '/auth/sessions')
    expect(listed.text.match(/"uuid"/g)).toHaveLength(100)
    expect(listed.body[0].current).toBe(true)
  })
})

describe('a listed session', () => {
  it('can be ended from another one', async () => {
    const { told, revokeTokens } = listener()
    const world = worldWith({ revokeTokens })
    const user = await newUser(world.send)
    const lost = await onAnotherDevice(world.send, user)
    const sessionUuid = await currentOf(lost)
    const path = `/auth/sessions/${sessionUuid}`
    expect(await user.send('DELETE', path)).toMatchObject({ status: 204, text: '' })
    expect(await powersOf(lost)).toEqual({ access: 401, refresh: 401 })
    expect(told).toEqual([[user.uuid, { sessionUuid, untilMs: expect.any(Number) }]])
    expect((await user.send('DELETE', path)).status).toBe(404)
    expect(await powersOf(user)).toEqual({ access: 200, refresh: 200 })
  })

  it('is kept if the wallets could not be notified, so that it can be ended again', async () => {
    const { state, revokeTokens } = listener()
    const world = worldWith({ revokeTokens })
    const user = await newUser(world.send)
    const lost = await onAnotherDevice(world.send, user)
    const path = `/auth/sessions/${await currentOf(lost)}`
    state.fails = true
    expect((await user.send('DELETE', path)).status).toBe(500)
    state.fails = false
    expect((await user.send('DELETE', path)).status).toBe(204)
  })

  it('of another user is not found, and continues', async () => {
    const { told, revokeTokens } = listener()
    const world = worldWith({ revokeTokens })
    const [owner, other] = [await newUser(world.send), await newUser(world.send)]
    const path = `/auth/sessions/${await currentOf(owner)}`
    expect((await other.send('DELETE', path)).status).toBe(404)
    expect(told).toEqual([])
    expect(await powersOf(owner)).toEqual({ access: 200, refresh: 200 })
  })
})
