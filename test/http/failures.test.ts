import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDeps, type Deps } from '../../src/deps'
import { dial, PASSWORD, topUp, userWithCredit, walletOf } from '../support/client'
import { paidEvent, sendEvent, worldWith } from '../support/gateway'

const SPOKEN = 'SELECT * FROM users WHERE token = eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln'

const broken = (): never => {
  throw new Error(SPOKEN, { cause: new TypeError(`at /src/secret.ts: ${SPOKEN}`) })
}

/** An object whose methods all throw. */
const brokenThing = (): never => new Proxy({}, { get: () => broken }) as never

const email = () => `user-${crypto.randomUUID()}@example.com`

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.restoreAllMocks()
})

type Request = [method: string, path: string, body?: object]

/** The service's layers, each with a request that needs it. */
const layers: Record<string, [replaced: () => Partial<Deps>, request: Request]> = {
  'the limiter': [
    () => ({ limiter: brokenThing() }),
    ['POST', '/auth/login', { email: email(), password: PASSWORD }],
  ],
  'the password hash': [
    () => ({ verifyPassword: broken }),
    ['POST', '/auth/login', { email: email(), password: PASSWORD }],
  ],
  'the users in D1': [() => ({ userStore: brokenThing() }), ['GET', '/users/me']],
  'the sessions in D1': [() => ({ sessionStore: brokenThing() }), ['GET', '/auth/sessions']],
  'the payments in D1': [() => ({ paymentStore: brokenThing() }), ['GET', '/payments']],
  'the wallet object': [() => ({ wallets: { send: broken } }), ['GET', '/wallets']],
  'the gateway': [
    () => ({ gateway: brokenThing() }),
    ['POST', '/payments', { amount: 50, method: 'monnify' }],
  ],
}

describe('a fault in', () => {
  it.each(Object.entries(layers))('%s reveals only a request ID', async (_, [replace, request]) => {
    const user = await userWithCredit(10)
    const { send } = worldWith(replace())
    const [method, path, body] = request
    const answer = await send(method, path, { token: user.token, body })
    expect(answer.status).toBe(500)
    expect(answer.body).toEqual({
      type: '/problems/internal_error',
      title: 'The server encountered an unexpected error',
      status: 500,
      detail:
        'The service logged the cause under this request ID. Retry later, or contact support.',
      instance: path,
      code: 'internal_error',
      request_id: answer.headers.get('X-Request-Id'),
    })
  })

  it('the wallet object is logged with the request ID, and without the token in its message', async () => {
    const user = await userWithCredit(10)
    const { send } = worldWith({ wallets: { send: broken } })
    const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const answer = await send('GET', '/wallets', { token: user.token })
    const [line] = errors.mock.calls.map(([text]) => JSON.parse(String(text)))
    expect(line).toMatchObject({
      event: 'unexpected_error',
      request_id: answer.body.request_id,
      message: expect.stringContaining('token = [token]'),
    })
  })
})

const brokenD1 = () => createDeps({ ...env, DB: brokenThing() })

describe('while D1 is unavailable', () => {
  it('no one is logged in, registered or credited, and the event can be sent again', async () => {
    const user = await userWithCredit(10)
    const world = worldWith({ startPoller: async () => undefined })
    const payment = await world.send('POST', '/payments', {
      token: user.token,
      body: { amount: 500, method: 'monnify' },
    })
    const reference = payment.body.payment_reference
    const down = worldWith({ ...brokenD1(), gateway: world.gateway })
    world.gateway.says(reference, 'PAID', 500)
    const asked: Request[] = [
      ['POST', '/auth/login', { email: user.email, password: PASSWORD }],
      ['POST', '/auth/refresh', { refresh_token: user.refreshToken }],
      ['POST', '/users/register', { email: email(), password: PASSWORD }],
      ['POST', `/payments/verify/${reference}`],
      ['POST', '/payments', { amount: 500, method: 'monnify' }],
    ]
    for (const [method, path, body] of asked)
      expect((await down.send(method, path, { token: user.token, body })).status, path).toBe(500)
    expect((await sendEvent(down.send, paidEvent(reference, 500))).status).toBe(500)
    expect((await walletOf(user)).balance).toBe(10)

    expect((await sendEvent(world.send, paidEvent(reference, 500))).status).toBe(200)
    expect((await walletOf(user)).balance).toBe(510)
  })

  it('calls can be started and ended, and wallets can be read', async () => {
    const user = await userWithCredit(10)
    const { send } = worldWith(brokenD1())
    const as = { token: user.token }
    const call = await send('POST', '/calls', { ...as, body: { recipient_phone: '08031234567' } })
    expect(call.status).toBe(201)
    expect((await send('GET', '/wallets', as)).body[1]).toMatchObject({ balance: 0, held: 10 })
    expect((await send('PATCH', `/calls/${call.body.uuid}/end`, as)).status).toBe(200)
  })
})

describe('while wallets are unavailable', () => {
  it('no call starts, no money moves, and the event and the log-out can be repeated', async () => {
    const user = await userWithCredit(10)
    const call = (await dial(user)).body.uuid
    const world = worldWith()
    const payment = await world.send('POST', '/payments', {
      token: user.token,
      body: { amount: 500, method: 'monnify' },
    })
    const reference = payment.body.payment_reference
    world.gateway.says(reference, 'PAID', 500)
    const wallets = { send: broken }
    const down = worldWith({ wallets, revokeTokens: broken, gateway: world.gateway })
    const asked: Request[] = [
      ['POST', '/calls', { recipient_phone: '+2348031234567' }],
      ['PATCH', `/calls/${call}/answer`],
      ['PATCH', `/calls/${call}/end`],
      ['POST', `/payments/verify/${reference}`],
      ['POST', '/auth/logout'],
    ]
    for (const [method, path, body] of asked)
      expect((await down.send(method, path, { token: user.token, body })).status, path).toBe(500)
    expect((await sendEvent(down.send, paidEvent(reference, 500))).status).toBe(500)
    expect(await walletOf(user)).toMatchObject({ balance: 0, held: 10 })
    expect((await user.send('GET', `/calls/${call}`)).body.status).toBe('initiated')

    await sendEvent(world.send, paidEvent(reference, 500))
    expect(await walletOf(user)).toMatchObject({ balance: 500, held: 10 })
    await topUp(user, 10)
    expect((await user.send('POST', '/auth/logout')).status).toBe(204)
  })
})
