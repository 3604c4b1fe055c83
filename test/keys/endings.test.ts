/** Ways in which a key ends: at once, in each object, with its sockets and the tokens that it received. */
import { evictAllDurableObjects } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { sweepRevocations } from '../../src/auth/revocation'
import { USER_SCOPES } from '../../src/keys/scopes'
import { eraseAccounts } from '../../src/privacy/erase'
import { onAnotherDevice } from '../support/accounts'
import { dial, newUser, PASSWORD, send, type TestUser, userWithCredit } from '../support/client'
import { pass, useClock } from '../support/clock'
import { confirmed } from '../support/confirmation'
import { worldWith } from '../support/gateway'
import { newDeploymentKey, newKeyOf, revoke, type TestKey } from '../support/keys'
import { watch } from '../support/live'
import { forgot, mailWorld, type MailWorld, reset } from '../support/mail'
import { operatorSender } from '../support/operators'

useClock()

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const act = (action: string) => (user: TestUser, world: MailWorld) =>
  operatorSender(world.send)('POST', `/operator/customers/${user.uuid}/actions`, {
    body: { action, reason: 'a stolen phone' },
  })

/** Each way to end all sessions of a user. */
const endings: Record<string, (user: TestUser, world: MailWorld) => Promise<unknown>> = {
  'a log-out everywhere': (user) => user.send('POST', '/auth/logout-all'),
  'a new password': (user) =>
    user.send('POST', '/users/me/password', {
      body: { current_password: PASSWORD, new_password: 'quite another horse' },
    }),
  'a password reset': async (user, world) => {
    await forgot(world, user.email)
    const token = await world.linkTo(user.email, /Set a new password/)
    return reset(world, token, 'quite another horse')
  },
  'the end of all sessions by an operator': act('end_sessions'),
  'the end of all sessions of all users, and the cron job': async (_, world) => {
    for (let after: string | null = ''; after !== null;)
      after = (await operatorSender(world.send)('POST', `/operator/token-versions?after=${after}`))
        .body.next
    await sweepRevocations(world.deps)
  },
  'an account disabled by an operator': act('disable'),
  'an erasure': async (user, world) => {
    const { status } = await user.send('DELETE', '/users/me?waive_balance=true', {
      headers: await confirmed(user),
    })
    expect(status).toBeLessThan(300)
    pass(15 * DAY_MS)
    await eraseAccounts(world.deps)
  },
}

const rowsIn = async (owner: string) =>
  (await env.STREAM.getByName(`user/${owner}`).listKeys(0)).length

describe.each(Object.entries(endings))('after %s', (_, end) => {
  it('a key is rejected on each route, by the wallets themselves too, even after a restart', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    const key = await newKeyOf(user, USER_SCOPES, world.send)
    for (const path of ['/calls', '/wallets', '/payments'])
      expect((await key.send('GET', path)).status, path).toBe(200)
    await end(user, world)
    for (const restart of [false, true]) {
      if (restart) await evictAllDurableObjects()
      for (const path of ['/calls', '/wallets', '/payments', '/tariff?phone=%2B2348031234567'])
        expect((await key.send('GET', path)).status, path).toBe(401)
    }
  })
})

describe('after the end of all sessions', () => {
  it('new keys work, and the ended ones are not listed and take no room', async () => {
    const user = await newUser()
    for (let count = 0; count < 20; count += 1) await newKeyOf(user, ['calls:read'])
    await user.send('POST', '/auth/logout-all')
    const again = await onAnotherDevice(send, user)
    expect((await again.send('GET', '/keys')).body).toEqual([])
    pass(HOUR_MS)
    const key = await newKeyOf(await onAnotherDevice(send, user))
    expect((await key.send('GET', '/calls')).status).toBe(200)
    expect(await rowsIn(user.uuid)).toBe(1)
  })

  it('the stream removes the keys at once, if there is one', async () => {
    for (const hasStream of [true, false]) {
      const user = await newUser()
      await newKeyOf(user, hasStream ? ['events:read'] : ['calls:read'])
      await user.send('POST', '/auth/logout-all')
      expect(await rowsIn(user.uuid)).toBe(hasStream ? 0 : 1)
    }
  })

  it('of another user, a key still works', async () => {
    const [user, other] = [await newUser(), await newUser()]
    const key = await newKeyOf(other)
    await user.send('POST', '/auth/logout-all')
    expect((await key.send('GET', '/calls')).status).toBe(200)
  })
})

it('a key outlives the session that created it', async () => {
  const user = await newUser()
  const key = await newKeyOf(user)
  await user.send('POST', '/auth/logout')
  pass(30 * DAY_MS)
  for (const path of ['/calls', '/payments']) expect((await key.send('GET', path)).status).toBe(200)
})

/** The service of a Worker that still believes in a key. */
const believing = (user: TestUser, { uuid: keyUuid, token }: TestKey) => {
  const found = { owner: user.uuid, keyUuid, scopes: USER_SCOPES, tokenVersion: 0 }
  const world = worldWith({ verifyKey: async () => found })
  return (method: string, path: string) => world.send(method, path, { token })
}

const pathOf = (url: string): string => url.replace(/^wss?:\/\/[^/]+/, '')

describe('a key that is revoked during a call', () => {
  it('is rejected by the Worker, and by the wallet if the Worker does not check', async () => {
    const user = await userWithCredit(50)
    const [key, other] = [await newKeyOf(user), await newKeyOf(user)]
    const call = (await dial({ ...user, send: key.send })).body.uuid
    expect((await key.send('PATCH', `/calls/${call}/answer`)).status).toBe(200)
    const unchecked = believing(user, key)
    expect((await unchecked('GET', `/calls/${call}`)).status).toBe(200)
    await revoke(user, key.uuid)
    const end = `/calls/${call}/end`
    expect((await key.send('PATCH', end)).status).toBe(401)
    for (const path of ['/calls', `/calls/${call}`, '/wallets', '/tariff?phone=%2B2348031234567'])
      expect((await unchecked('GET', path)).status, path).toBe(401)
    expect((await unchecked('PATCH', end)).status).toBe(401)
    expect((await other.send('PATCH', end)).body).toMatchObject({ status: 'completed' })
  })

  it('loses its sockets; its tickets and its signaling URL open none, for as long as they last', async () => {
    const user = await userWithCredit(50)
    const [key, other] = [await newKeyOf(user), await newKeyOf(user)]
    const asKey = { ...user, send: key.send }
    const { body: call } = await dial(asKey)
    const subscriber = await watch(asKey, call.uuid)
    const kept = await watch({ ...user, send: other.send }, call.uuid)
    const { body: ticket } = await key.send('POST', `/calls/${call.uuid}/ticket`)
    expect((await send('GET', pathOf(call.signaling_url))).status).toBe(426)
    await revoke(user, key.uuid)
    expect(await subscriber.closed).toBe(1008)
    expect(kept.socket.readyState).toBe(WebSocket.OPEN)
    const upgrade = { headers: { Upgrade: 'websocket' } }
    expect((await send('GET', pathOf(ticket.url), upgrade)).status).toBe(401)
    for (const days of [0, 1, 6]) {
      pass(days * DAY_MS)
      /** Another revocation removes revoked tokens that have expired. */
      const another = { sessionUuid: crypto.randomUUID(), untilMs: Date.now() + 1 }
      await env.WALLET.getByName(`${user.uuid}/call_credits`).revokeTokens(another)
      expect((await send('GET', pathOf(call.signaling_url))).body.code).toBe('unauthenticated')
    }
  })
})

describe('a key that only reads calls', () => {
  it('receives a signaling URL without a ticket, which opens no connection', async () => {
    const user = await userWithCredit(20)
    const { body: call } = await dial(user)
    const reader = await newKeyOf(user, ['calls:read'])
    const { body: shown } = await reader.send('GET', `/calls/${call.uuid}`)
    const { body: listed } = await reader.send('GET', '/calls')
    for (const { signaling_url: url } of [shown, ...listed]) {
      expect(new URL(url).searchParams.get('ticket')).toBe('')
      expect((await send('GET', pathOf(url))).status).toBe(401)
    }
    const writer = await newKeyOf(user, ['calls:read', 'calls:write'])
    const { body } = await writer.send('GET', `/calls/${call.uuid}`)
    expect((await send('GET', pathOf(body.signaling_url))).status).toBe(426)
  })
})

describe('a key of the deployment', () => {
  it('is revoked, and then rejected', async () => {
    const world = worldWith({ hasDeploymentEvents: true })
    const key = await newDeploymentKey(world)
    expect(await world.deps.verifyKey(key.token)).toMatchObject({ owner: 'deployment' })
    const asAdmin = operatorSender(world.send)
    const revoked = await asAdmin('POST', `/operator/api-keys/${key.uuid}/revoke`, {
      body: { reason: 'rotation' },
    })
    expect(revoked.status).toBe(200)
    expect(await world.deps.verifyKey(key.token)).toBeUndefined()
  })
})
