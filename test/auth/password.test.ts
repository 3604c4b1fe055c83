import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { linesOf, listener, logIn, me, onAnotherDevice, refresh } from '../support/accounts'
import { atOnce, newUser, PASSWORD, type Send, send, type TestUser } from '../support/client'
import { createDeps } from '../../src/deps'
import { worldWith } from '../support/gateway'

const NEW_PASSWORD = 'another good one'

afterEach(() => void vi.restoreAllMocks())

const change = (user: Pick<TestUser, 'send'>, from = PASSWORD, to = NEW_PASSWORD) =>
  user.send('POST', '/users/me/password', { body: { current_password: from, new_password: to } })

const hashOf = ({ uuid }: TestUser) =>
  worldWith()
    .deps.userStore.byUuid(uuid)
    .then((user) => user?.passwordHash)

describe('a new password', () => {
  it.each(['before', 'after'])(
    'returns no token if another device ends the session just %s the change',
    async (when) => {
      const user = await newUser()
      const other = await onAnotherDevice(send, user)
      const { sessionStore } = createDeps(env)
      const endOthers: typeof sessionStore.endOthers = async (request) => {
        const isChange = request.password !== undefined
        if (isChange && when === 'before') await other.send('POST', '/auth/logout-all')
        const ended = await sessionStore.endOthers(request)
        if (isChange && when === 'after') await sessionStore.revoke(request.keptUuid, Date.now())
        return ended
      }
      const world = worldWith({ sessionStore: { ...sessionStore, endOthers } })
      const body = { current_password: PASSWORD, new_password: 'quite another horse' }
      const answer = await world.send('POST', '/users/me/password', { token: user.token, body })
      expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
      const works = when === 'before' ? PASSWORD : 'quite another horse'
      expect((await logIn(send, user.email, works)).status).toBe(200)
    },
  )

  it('replaces the old one, ends other sessions, and revokes earlier access tokens', async () => {
    const { told, revokeTokens } = listener()
    const world = worldWith({ revokeTokens })
    const user = await newUser(world.send)
    const thief = await onAnotherDevice(world.send, user)
    const lines = linesOf('password_changed')
    const changed = await change(user)
    expect(changed).toMatchObject({
      status: 200,
      body: { access_token: expect.any(String) },
    })
    expect(Object.keys(changed.body)).toEqual(['access_token'])
    expect(told).toEqual([[user.uuid, { minVersion: 1 }]])
    expect(lines()).toEqual([
      {
        event: 'password_changed',
        request_id: expect.any(String),
        user: user.uuid,
        session: expect.any(String),
      },
    ])

    for (const { token } of [user, thief]) expect((await me(send, token)).status).toBe(401)
    expect((await refresh(send, thief.refreshToken)).status).toBe(401)
    expect((await me(send, changed.body.access_token)).status).toBe(200)
    const refreshed = await refresh(send, user.refreshToken)
    expect((await me(send, refreshed.body.access_token)).status).toBe(200)

    expect((await logIn(send, user.email)).status).toBe(401)
    expect((await logIn(send, user.email, NEW_PASSWORD)).status).toBe(200)
  })

  it('must meet the rules of registration', async () => {
    const user = await newUser()
    for (const password of ['1234567', 'x'.repeat(257), `${'x'.repeat(8)}\ud800`])
      expect(await change(user, PASSWORD, password)).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/new_password' }] },
      })
    expect((await user.send('GET', '/users/me')).status).toBe(200)
  })

  it('is rejected if the current one is wrong, and nothing changes', async () => {
    const { told, revokeTokens } = listener()
    const world = worldWith({ revokeTokens })
    const user = await newUser(world.send)
    const elsewhere = await onAnotherDevice(world.send, user)
    const before = await hashOf(user)
    expect(await change(user, 'not the password')).toMatchObject({
      status: 400,
      body: { code: 'wrong_password' },
    })
    expect(await hashOf(user)).toBe(before)
    expect(told).toEqual([])
    for (const { token } of [user, elsewhere]) expect((await me(send, token)).status).toBe(200)
  })

  it('can be sent again after a lost response, and changes nothing more', async () => {
    const user = await newUser()
    await change(user)
    const { body } = await refresh(send, user.refreshToken)
    const lines = linesOf('password_changed')
    const again: Send = (method, path, options) =>
      send(method, path, { token: body.access_token, ...options })
    const changed = await change({ send: again })
    expect(changed.status).toBe(200)
    for (const token of [body.access_token, changed.body.access_token])
      expect((await me(send, token)).status).toBe(200)
    expect(lines()).toEqual([])
  })

  it('notifies the wallets when the request is repeated after a failure', async () => {
    const { told, state, revokeTokens } = listener()
    const world = worldWith({ revokeTokens })
    const user = await newUser(world.send)
    state.fails = true
    expect((await change(user)).status).toBe(500)
    const { body } = await refresh(world.send, user.refreshToken)
    const again: Send = (method, path, options) =>
      world.send(method, path, { token: body.access_token, ...options })
    expect((await change({ send: again })).status).toBe(500)
    state.fails = false
    expect((await change({ send: again })).status).toBe(200)
    expect(told).toEqual([[user.uuid, { minVersion: 1 }]])
  })

  it('is set by only one of two devices at once, and the other is logged out', async () => {
    const user = await newUser()
    const elsewhere = await onAnotherDevice(send, user)
    const passwords = ['the first new one', 'the second new one']
    const devices = [user, elsewhere]
    const answers = await atOnce(2, (index) =>
      change(devices[index] ?? user, PASSWORD, passwords[index] ?? ''),
    )
    const won = answers.findIndex(({ status }) => status === 200)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect([400, 401]).toContain(answers[1 - won]?.status)
    expect((await logIn(send, user.email, passwords[won])).status).toBe(200)
    expect((await logIn(send, user.email, passwords[1 - won])).status).toBe(401)
    expect((await me(send, answers[won]?.body.access_token)).status).toBe(200)
    expect((await refresh(send, devices[1 - won]?.refreshToken ?? '')).status).toBe(401)
  })

  it('is rejected if another device set one meanwhile, whose session continues', async () => {
    const user = await newUser()
    const { userStore } = worldWith().deps
    let first = ''
    const overtaken = worldWith({
      userStore: {
        ...userStore,
        byUuid: async (uuid) => {
          const found = await userStore.byUuid(uuid)
          first = (await change(user)).body.access_token
          return found
        },
      },
    }).send
    const elsewhere = await onAnotherDevice(send, user)
    const second: Send = (method, path, options) =>
      overtaken(method, path, { token: elsewhere.token, ...options })
    expect(await change({ send: second }, PASSWORD, 'the second new one')).toMatchObject({
      status: 401,
      body: { code: 'unauthenticated' },
    })
    expect((await me(send, first)).status).toBe(200)
    expect((await refresh(send, user.refreshToken)).status).toBe(200)
  })

  it('is rejected if another was set meanwhile, and ends no session opened since then', async () => {
    const user = await newUser()
    const { userStore } = worldWith().deps
    const overtaken = worldWith({
      userStore: {
        ...userStore,
        byUuid: async (uuid) => {
          const found = await userStore.byUuid(uuid)
          await change(user)
          await logIn(send, user.email, NEW_PASSWORD)
          return found
        },
      },
    }).send
    const body = { current_password: PASSWORD, new_password: 'the second new one' }
    const second = await overtaken('POST', '/users/me/password', { token: user.token, body })
    expect(second).toMatchObject({ status: 400, body: { code: 'wrong_password' } })
    const live = env.DB.prepare(
      'SELECT COUNT(*) AS n FROM sessions WHERE user_uuid = ? AND revoked_at_ms IS NULL',
    )
    expect(await live.bind(user.uuid).first('n')).toBe(2)
  })

  it('returns a token that a log-out everywhere immediately afterwards revokes too', async () => {
    const user = await newUser()
    const { sessionStore } = worldWith().deps
    const endOthers: typeof sessionStore.endOthers = async (request) => {
      const ended = await sessionStore.endOthers(request)
      const { password: _, ...everywhere } = request
      await sessionStore.endOthers(everywhere)
      return ended
    }
    const world = worldWith({ sessionStore: { ...sessionStore, endOthers } })
    const asked: Send = (method, path, options) =>
      world.send(method, path, { token: user.token, ...options })
    const changed = await change({ send: asked })
    expect(changed.status).toBe(200)
    expect((await me(send, changed.body.access_token)).status).toBe(401)
  })

  it('prevents a log-in that has already checked the old one', async () => {
    const user = await newUser()
    const { sessionStore } = worldWith().deps
    const overtaken = worldWith({
      sessionStore: {
        ...sessionStore,
        insert: async (session, tokenVersion, notice) => {
          expect((await change(user)).status).toBe(200)
          return sessionStore.insert(session, tokenVersion, notice)
        },
      },
    }).send
    expect((await logIn(overtaken, user.email)).status).toBe(401)
  })
})
