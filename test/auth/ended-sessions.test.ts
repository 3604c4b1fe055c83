import { env } from 'cloudflare:workers'
import { evictAllDurableObjects } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { createApp } from '../../src/app'
import { createDeps } from '../../src/deps'
import { onAnotherDevice, refresh } from '../support/accounts'
import {
  dial,
  newUser,
  PASSWORD,
  send,
  sender,
  type TestUser,
  userWithCredit,
} from '../support/client'
import { sampleOf, secured } from '../support/documented'
import { watch } from '../support/live'

/** Each way to end the session of the user's own token. */
const endings: Record<string, (user: TestUser) => Promise<unknown>> = {
  'a log-out': (user) => user.send('POST', '/auth/logout'),
  'a log-out everywhere': (user) => user.send('POST', '/auth/logout-all'),
  'a log-out everywhere, from another device': async (user) =>
    (await onAnotherDevice(send, user)).send('POST', '/auth/logout-all'),
  'a new password, from another device': async (user) =>
    (await onAnotherDevice(send, user)).send('POST', '/users/me/password', {
      body: { current_password: PASSWORD, new_password: 'quite another horse' },
    }),
  'being ended from another device': async (user) => {
    const other = await onAnotherDevice(send, user)
    const { body } = await user.send('GET', '/auth/sessions')
    const own = body.find(({ current }: { current: boolean }) => current)
    return other.send('DELETE', `/auth/sessions/${own.uuid}`)
  },
  'the reuse of its first refresh token': async (user) => {
    const { body } = await refresh(send, user.refreshToken)
    await refresh(send, body.refresh_token)
    return refresh(send, user.refreshToken)
  },
}

describe.each(Object.entries(endings))('after %s', (_, endSession) => {
  it('every route treats the access token as missing, even after a restart of the objects', async () => {
    const user = await newUser()
    await endSession(user)
    for (const restart of [false, true]) {
      if (restart) await evictAllDurableObjects()
      for (const operation of secured) {
        const { method, path, body } = sampleOf(operation)
        const ended = await user.send(method, path, { body })
        const none = await send(method, path, { body })
        const { request_id: _ended, ...said } = ended.body
        const { request_id: _none, ...saidToNone } = none.body
        expect(said, `${method} ${path}`).toEqual(saidToNone)
        expect(ended.status, `${method} ${path}`).toBe(401)
      }
    }
  })
})

describe('an ended session', () => {
  it('does not affect another session, which can answer and end the call', async () => {
    const user = await userWithCredit(20)
    const other = await onAnotherDevice(send, user)
    const call = (await dial(user)).body.uuid
    await user.send('POST', '/auth/logout')
    expect((await user.send('PATCH', `/calls/${call}/answer`)).status).toBe(401)
    expect((await other.send('PATCH', `/calls/${call}/answer`)).status).toBe(200)
    expect((await other.send('PATCH', `/calls/${call}/end`)).body).toMatchObject({ cost: 1 })
  })

  it('stays ended if the wallet receives an older revocation later', async () => {
    const user = await newUser()
    await user.send('POST', '/auth/logout-all')
    const second = await onAnotherDevice(send, user)
    await second.send('POST', '/auth/logout-all')
    const wallet = env.WALLET.getByName(`${user.uuid}/call_credits`)
    await wallet.revokeTokens({ minVersion: 1 })
    for (const ended of [user, second]) expect((await ended.send('GET', '/calls')).status).toBe(401)
    expect((await (await onAnotherDevice(send, user)).send('GET', '/calls')).status).toBe(200)
  })

  it('disconnects its subscribers, and its tickets open no socket', async () => {
    const user = await userWithCredit(20)
    const other = await onAnotherDevice(send, user)
    const call = (await dial(user)).body.uuid
    const [subscriber, kept] = [await watch(user, call), await watch(other, call)]
    const { body: ticket } = await user.send('POST', `/calls/${call}/ticket`)
    await user.send('POST', '/auth/logout')
    expect(await subscriber.closed).toBe(1008)
    expect(kept.socket.readyState).toBe(WebSocket.OPEN)
    const path = ticket.url.replace(/^ws:\/\/[^/]+/, '')
    const late = await send('GET', path, { headers: { Upgrade: 'websocket' } })
    expect(late.status).toBe(401)
  })
})

describe('calls and wallets', () => {
  it('distinguish ended and active sessions without reading D1', async () => {
    const user = await userWithCredit(20)
    const other = await onAnotherDevice(send, user)
    await user.send('POST', '/auth/logout')
    const DB = new Proxy({} as D1Database, {
      get: () => () => {
        throw new Error('D1 is down')
      },
    })
    const app = createApp(createDeps({ ...env, DB }))
    const withoutD1 = sender(async (request) => app.fetch(request))
    for (const operation of secured.filter(({ tags }) =>
      tags.some((tag) => /Calls|Wallets/.test(tag)),
    )) {
      const { method, path, body } = sampleOf(operation)
      const ask = async (token: string) => (await withoutD1(method, path, { token, body })).status
      expect(await ask(user.token), `${method} ${path}`).toBe(401)
      expect([200, 201, 404], `${method} ${path}`).toContain(await ask(other.token))
    }
  })
})
