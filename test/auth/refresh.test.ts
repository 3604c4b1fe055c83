/** Refresh tokens: lost responses, copies, races and expiry (RFC 9700 section 4.14.2). */
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTokens } from '../../src/common/tokens/access-token'
import { linesOf, listener, logIn, me, onAnotherDevice, refresh } from '../support/accounts'
import { dumpD1 } from '../support/secrets'
import { atOnce, newUser, PASSWORD, statuses } from '../support/client'
import { worldWith } from '../support/gateway'

const START = Date.parse('2126-03-14T10:00:00Z')
const SECOND_MS = 1000
const DAY_MS = 86_400_000
const DAYS_30 = 30 * DAY_MS
const LIVES = { access: DAY_MS, refresh: 7 * DAY_MS }
const { JWT_SECRET } = env

const later = (ms: number) => vi.setSystemTime(Date.now() + ms)

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: START }))
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('a lost response', () => {
  it('can be requested again for 30 s, with the same refresh token and a valid access token', async () => {
    const { send } = worldWith()
    const user = await newUser(send)
    const lost = await refresh(send, user.refreshToken)
    later(29_999)
    const again = await refresh(send, user.refreshToken)
    expect(again.status).toBe(200)
    expect(again.body.refresh_token).toBe(lost.body.refresh_token)
    for (const { body } of [lost, again])
      expect((await me(send, body.access_token)).status).toBe(200)
    expect((await refresh(send, again.body.refresh_token)).status).toBe(200)
  })

  it('twenty concurrent refreshes with one token return one successor, which works', async () => {
    const { send } = worldWith()
    const user = await newUser(send)
    const answers = await atOnce(20, () => refresh(send, user.refreshToken))
    expect(statuses(answers)).toEqual({ 200: 20 })
    const [successor, ...others] = new Set(answers.map(({ body }) => body.refresh_token))
    expect(others).toEqual([])
    for (const { body } of answers) expect((await me(send, body.access_token)).status).toBe(200)
    const next = await atOnce(20, () => refresh(send, successor))
    expect(statuses(next)).toEqual({ 200: 20 })
    expect(new Set(next.map(({ body }) => body.refresh_token)).size).toBe(1)
  })
})

describe('a copied refresh token', () => {
  it('ends its session after the grace period: every successor is rejected, and the end is logged', async () => {
    const { told, revokeTokens } = listener()
    const { send } = worldWith({ revokeTokens })
    const user = await newUser(send)
    const elsewhere = await onAnotherDevice(send, user)
    const child = await refresh(send, user.refreshToken)
    const reused = linesOf('refresh_token_reused')
    const ended = linesOf('session_ended')
    later(30 * SECOND_MS)
    const refused = await refresh(send, user.refreshToken)
    expect(refused).toMatchObject({ status: 401, body: { code: 'invalid_token' } })
    expect((await refresh(send, child.body.refresh_token)).status).toBe(401)
    for (const token of [user.token, child.body.access_token])
      expect((await me(send, token)).status).toBe(401)

    const session = expect.any(String)
    expect(reused()).toEqual([
      { event: 'refresh_token_reused', request_id: expect.any(String), session, user: user.uuid },
    ])
    expect(ended()).toEqual([
      { event: 'session_ended', request_id: expect.any(String), session, user: user.uuid },
    ])
    const untilMs = Date.now() + DAY_MS + 60_000
    expect(told).toEqual([[user.uuid, { sessionUuid: session, untilMs }]])
    expect((await refresh(send, elsewhere.refreshToken)).status).toBe(200)
  })

  it('ends its session at once if its successor was used', async () => {
    const { send } = worldWith()
    const user = await newUser(send)
    const child = await refresh(send, user.refreshToken)
    const grandchild = await refresh(send, child.body.refresh_token)
    expect(grandchild.status).toBe(200)
    expect((await refresh(send, user.refreshToken)).status).toBe(401)
    expect((await refresh(send, grandchild.body.refresh_token)).status).toBe(401)
    expect((await me(send, grandchild.body.access_token)).status).toBe(401)
  })

  it('is detected at its second use if there is no grace period', async () => {
    const { send } = worldWith({ sessionLimits: { graceMs: 0, maxAgeMs: DAYS_30 } })
    const user = await newUser(send)
    const child = await refresh(send, user.refreshToken)
    expect((await refresh(send, user.refreshToken)).status).toBe(401)
    expect((await refresh(send, child.body.refresh_token)).status).toBe(401)
  })

  it('notifies the wallets at its next use if that failed before', async () => {
    const { told, state, revokeTokens } = listener()
    const { send } = worldWith({ revokeTokens })
    const user = await newUser(send)
    const child = await refresh(send, user.refreshToken)
    later(DAY_MS / 2)
    state.fails = true
    expect((await refresh(send, user.refreshToken)).status).toBe(500)
    expect((await refresh(send, child.body.refresh_token)).status).toBe(401)
    state.fails = false
    expect((await refresh(send, user.refreshToken)).status).toBe(401)
    expect(told).toHaveLength(1)
  })
})

describe('a session', () => {
  it('ends seven days after its last refresh', async () => {
    const { send } = worldWith()
    const user = await newUser(send)
    later(7 * DAY_MS - SECOND_MS)
    const { status, body } = await refresh(send, user.refreshToken)
    expect(status).toBe(200)
    later(7 * DAY_MS)
    expect((await refresh(send, body.refresh_token)).status).toBe(401)
  })

  it('ends thirty days after its log-in, with its access tokens, however often it is refreshed', async () => {
    const { send } = worldWith()
    const { email } = await newUser(send)
    let tokens = (await logIn(send, email)).body
    for (let day = 6; day < 30; day += 6) {
      later(6 * DAY_MS)
      tokens = (await refresh(send, tokens.refresh_token)).body
    }
    later(6 * DAY_MS - SECOND_MS)
    tokens = (await refresh(send, tokens.refresh_token)).body
    for (const path of ['/users/me', '/wallets'])
      expect((await send('GET', path, { token: tokens.access_token })).status).toBe(200)
    later(SECOND_MS)
    expect((await refresh(send, tokens.refresh_token)).status).toBe(401)
    for (const path of ['/users/me', '/wallets'])
      expect((await send('GET', path, { token: tokens.access_token })).status).toBe(401)
  })

  it('is rejected while its account is disabled, and works again afterwards', async () => {
    const { send } = worldWith()
    const user = await newUser(send)
    const disable = (atMs: number | null) =>
      env.DB.prepare('UPDATE users SET disabled_at_ms = ? WHERE uuid = ?')
        .bind(atMs, user.uuid)
        .run()
    await disable(Date.now())
    expect((await refresh(send, user.refreshToken)).status).toBe(401)
    for (const path of ['/users/me', '/payments', '/auth/sessions'])
      expect((await user.send('GET', path)).status).toBe(401)
    await disable(null)
    expect((await refresh(send, user.refreshToken)).status).toBe(200)
  })
})

describe('between the read and the write of a session', () => {
  /** @param event runs once, after the first read of a session */
  const overtakenBy = (event: () => Promise<unknown>) => {
    const { sessionStore } = worldWith().deps
    let happened = false
    return worldWith({
      sessionStore: {
        ...sessionStore,
        byUuid: async (uuid) => {
          const found = await sessionStore.byUuid(uuid)
          if (!happened) {
            happened = true
            await event()
          }
          return found
        },
      },
    }).send
  }

  it('a log-out wins: no tokens are returned', async () => {
    const { send } = worldWith()
    const user = await newUser(send)
    const overtaken = overtakenBy(() => user.send('POST', '/auth/logout'))
    expect((await refresh(overtaken, user.refreshToken)).status).toBe(401)
    expect((await refresh(send, user.refreshToken)).status).toBe(401)
  })

  it('a disabled account wins: no tokens are returned', async () => {
    const { send } = worldWith()
    const user = await newUser(send)
    const overtaken = overtakenBy(() =>
      env.DB.prepare('UPDATE users SET disabled_at_ms = 1 WHERE uuid = ?').bind(user.uuid).run(),
    )
    expect((await refresh(overtaken, user.refreshToken)).status).toBe(401)
  })

  it('a refresh wins: the slower one returns the same successor', async () => {
    const { send } = worldWith()
    const user = await newUser(send)
    let first = ''
    const overtaken = overtakenBy(async () => {
      first = (await refresh(send, user.refreshToken)).body.refresh_token
    })
    expect((await refresh(overtaken, user.refreshToken)).body.refresh_token).toBe(first)
  })

  it('two refreshes win: the slower one does not restore a used token', async () => {
    const { send } = worldWith()
    const user = await newUser(send)
    const overtaken = overtakenBy(async () => {
      const { body } = await refresh(send, user.refreshToken)
      expect((await refresh(send, body.refresh_token)).status).toBe(200)
    })
    expect((await refresh(overtaken, user.refreshToken)).status).toBe(401)
  })

  it('a new password wins: the access token has the new version', async () => {
    const { send } = worldWith()
    const user = await newUser(send)
    const overtaken = overtakenBy(() =>
      user.send('POST', '/users/me/password', {
        body: { current_password: PASSWORD, new_password: 'another good one' },
      }),
    )
    const { status, body } = await refresh(overtaken, user.refreshToken)
    expect(status).toBe(200)
    expect((await me(send, body.access_token)).status).toBe(200)
  })
})

describe('during a rotation of the secret', () => {
  const NEXT = 'hT5nB8vQ2zK7cF1yW4jR9mX3sL6pD0gU8aE5iO2k'
  const signingWith = (...secrets: [string, ...string[]]) =>
    worldWith({ tokens: createTokens(secrets, LIVES) }).send
  const stages = [
    signingWith(JWT_SECRET),
    signingWith(JWT_SECRET, NEXT),
    signingWith(NEXT, JWT_SECRET),
  ] as const

  it('no request fails in any two consecutive steps, and the old key stops working', async () => {
    const [before, accepting, rotated] = stages
    const user = await newUser(before)
    let tokens = (await logIn(before, user.email)).body
    for (const neighbours of [
      [before, accepting],
      [accepting, rotated],
    ] as const)
      for (const index of [0, 1, 0, 1]) {
        const [here, there] = [neighbours[index], neighbours[1 - index]] as const
        if (!here || !there) throw new Error('a stage is missing')
        expect((await me(here, tokens.access_token)).status).toBe(200)
        const { status, body } = await refresh(here, tokens.refresh_token)
        expect(status).toBe(200)
        expect((await refresh(there, tokens.refresh_token)).status).toBe(200)
        expect((await me(there, body.access_token)).status).toBe(200)
        tokens = body
      }
    const done = signingWith(NEXT)
    for (const token of [user.token, user.refreshToken]) {
      expect((await me(done, token)).status).toBe(401)
      expect((await refresh(done, token)).status).toBe(401)
    }
    const last = await refresh(rotated, tokens.refresh_token)
    expect((await me(done, last.body.access_token)).status).toBe(200)
    expect((await refresh(done, last.body.refresh_token)).status).toBe(200)
  })

  it('a lost response is repeated with the new key, and both tokens work', async () => {
    const [before, , rotated] = stages
    for (const chosen of [0, 1]) {
      const user = await newUser(before)
      const lost = await refresh(before, user.refreshToken)
      const again = await refresh(rotated, user.refreshToken)
      expect(again.status).toBe(200)
      const tokens = [lost, again].map(({ body }) => body.refresh_token)
      expect((await refresh(rotated, tokens[chosen])).status).toBe(200)
    }
  })
})

describe('stored data', () => {
  it('contains no token, token ID or password, neither in D1 nor in the logs', async () => {
    const log = vi.spyOn(console, 'log')
    const { send } = worldWith()
    const user = await newUser(send)
    const second = await refresh(send, user.refreshToken)
    const third = await refresh(send, second.body.refresh_token)
    const newPassword = `new ${crypto.randomUUID()}`
    const token = third.body.access_token
    const changed = await send('POST', '/users/me/password', {
      token,
      body: { current_password: PASSWORD, new_password: newPassword },
    })
    expect(changed.status).toBe(200)
    const kept = (await dumpD1()) + JSON.stringify(log.mock.calls)
    expect(kept).toContain(user.uuid)
    const tokens = [
      user.token,
      user.refreshToken,
      ...[second, third].flatMap(({ body }) => [body.access_token, body.refresh_token]),
      changed.body.access_token,
    ]
    for (const token of tokens) {
      const [, claims = '', signature] = token.split('.')
      expect(kept).not.toContain(signature)
      expect(kept).not.toContain(JSON.parse(atob(claims)).jti)
    }
    for (const password of [PASSWORD, newPassword]) expect(kept).not.toContain(password)
  })
})
