import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { type Item, parseList } from 'structured-headers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Deps } from '../../src/deps'
import { createPolicies } from '../../src/limits/catalogue'
import { consume as decide } from '../../src/limits/policy'
import { createLimiterClient, type LimiterClient } from '../../src/limits/service'
import { UNKNOWN_USER_HASH } from '../../src/users/password'
import {
  type Answer,
  atOnce,
  dial,
  newUser,
  PASSWORD,
  type Send,
  statuses,
} from '../support/client'
import { worldWith as scriptedWorldWith } from '../support/gateway'

/** Replaces the real hash, which takes 200 ms. Tests read the number and the arguments of its calls. */
const hashes = vi.fn<(password: string, hash: string) => boolean>(
  (password, hash) => password === PASSWORD && hash !== UNKNOWN_USER_HASH,
)

const worldWith = (replaced: Partial<Deps> = {}) =>
  scriptedWorldWith({ verifyPassword: hashes, ...replaced })

const START = Date.UTC(2126, 0, 1)
const MINUTE_MS = 60_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  hashes.mockClear()
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const wait = (ms: number) => vi.setSystemTime(Date.now() + ms)

const MINUTE = { quota: 3, windowMs: MINUTE_MS }

/** Small quotas, which a test can use up. Guesses have their default. */
const policies = createPolicies({
  loginClientIp: MINUTE,
  refresh: MINUTE,
  register: MINUTE,
  exports: MINUTE,
  payments: MINUTE,
  verify: MINUTE,
  passwords: MINUTE,
  calls: MINUTE,
  lostCalls: MINUTE,
  mails: MINUTE,
  freeGuesses: 5,
})

const open = { limit: async () => ({ success: true }) }

const freshEmail = () => `user-${crypto.randomUUID()}@example.com`

/** A different IP address for each number. */
const address = (index: number) => `203.${index >> 16}.${(index >> 8) & 255}.${index & 255}`

let nextAddress = 1
const freshAddress = () => address(nextAddress++)

const logIn = (send: Send, email: string, password: string, from?: string): Promise<Answer> =>
  send('POST', '/auth/login', {
    body: { email, password },
    headers: from ? { 'CF-Connecting-IP': from } : {},
  })

/** Uses up the free guesses at an account, so that later log-ins must wait. */
const guessFiveTimes = (send: Send, email: string) =>
  atOnce(5, () => logIn(send, email, 'a wrong guess', freshAddress()))

const parameters = (answer: Answer, header: string): Record<string, Record<string, unknown>> => {
  const list = parseList(answer.headers.get(header) ?? '') as Item[]
  return Object.fromEntries(list.map(([name, values]) => [name, Object.fromEntries(values)]))
}

describe('guesses at one account', () => {
  it('reach the hash five times, even a thousand at once from a thousand IP addresses', async () => {
    const { deps } = worldWith()
    /** Decides the first try from an IP address without an object: a thousand objects take too long. */
    const consume: LimiterClient['consume'] = async (policy, subject) =>
      policy.name === 'login-address'
        ? decide(policy, [], Date.now())
        : deps.limiter.consume(policy, subject)
    const { send } = worldWith({ limiter: { ...deps.limiter, consume } })
    const { email } = await newUser(send)
    hashes.mockClear()
    const answers = await atOnce(1000, () => logIn(send, email, 'a guess', freshAddress()))
    expect(hashes).toHaveBeenCalledTimes(5)
    expect(statuses(answers)).toEqual({ 401: 5, 429: 995 })
  }, 60_000)

  it('reach the hash at most fifteen times in five minutes, and the owner can still log in', async () => {
    const { send } = worldWith()
    const { email } = await newUser(send)
    hashes.mockClear()
    for (let guess = 0; guess < 300; guess++) {
      await logIn(send, email, `guess ${guess}`)
      wait(1000)
    }
    expect(hashes.mock.calls.length).toBeLessThanOrEqual(15)
    const refused = await logIn(send, email, PASSWORD)
    expect(refused.status).toBe(429)
    wait(Number(refused.headers.get('Retry-After')) * 1000)
    expect((await logIn(send, email, PASSWORD)).status).toBe(200)
  })

  it("do not affect the owner's sessions and calls", async () => {
    const { send, gateway } = worldWith()
    const owner = await newUser(send)
    const payment = await owner.send('POST', '/payments', {
      body: { amount: 100, method: 'monnify' },
    })
    gateway.says(payment.body.payment_reference, 'PAID', 100)
    await owner.send('POST', `/payments/verify/${payment.body.payment_reference}`)
    const call = await dial(owner)
    await guessFiveTimes(send, owner.email)
    expect((await logIn(send, owner.email, PASSWORD)).status).toBe(429)

    const refreshed = await send('POST', '/auth/refresh', {
      body: { refresh_token: owner.refreshToken },
      headers: { 'CF-Connecting-IP': freshAddress() },
    })
    expect(refreshed.status).toBe(200)
    const token = refreshed.body.access_token
    expect((await owner.send('PATCH', `/calls/${call.body.uuid}/end`, { token })).status).toBe(200)
    expect((await dial(owner, { token })).status).toBe(201)
  })

  it('the right password is rejected during the wait, without a hash or a longer wait', async () => {
    const { send } = worldWith()
    const { email } = await newUser(send)
    await guessFiveTimes(send, email)
    hashes.mockClear()
    for (let ms = 0; ms < 1000; ms += 100) {
      const refused = await logIn(send, email, PASSWORD, freshAddress())
      expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
      wait(100)
    }
    expect(hashes).not.toHaveBeenCalled()
    expect((await logIn(send, email, PASSWORD)).status).toBe(200)
  })

  it('are cleared by a successful log-in', async () => {
    const { send } = worldWith()
    const { email } = await newUser(send)
    for (let times = 0; times < 3; times++) {
      await atOnce(4, () => logIn(send, email, 'mistyped'))
      const entered = await logIn(send, email, PASSWORD)
      expect(parameters(entered, 'RateLimit')).toMatchObject({ 'login-account': { r: 5 } })
    }
  })

  it('are counted for the account in any letter case', async () => {
    const { send } = worldWith()
    const { email } = await newUser(send)
    await guessFiveTimes(send, email)
    expect((await logIn(send, email.toUpperCase(), 'a guess')).status).toBe(429)
    expect((await logIn(send, ` ${email}`, 'a guess')).status).toBe(429)
  })

  it('count as wrong if their result is lost', async () => {
    const { send, deps } = worldWith()
    const { email } = await newUser(send)
    const broken = worldWith({
      userStore: { ...deps.userStore, byEmailKey: () => Promise.reject(new Error('D1 is away')) },
    })
    const answers = await atOnce(5, () => logIn(broken.send, email, PASSWORD))
    expect(statuses(answers)).toEqual({ 500: 5 })
    expect((await logIn(send, email, PASSWORD)).status).toBe(429)
  })

  it('S33: do not reveal whether the account exists, by body, headers, hashes or limit', async () => {
    const { send } = worldWith()
    const { email } = await newUser(send)
    const tell = async (who: string) => {
      hashes.mockClear()
      const said = []
      for (let guess = 0; guess < 6; guess++) {
        const { status, body, headers } = await logIn(send, who, 'a guess', freshAddress())
        const { request_id: _, ...problem } = body
        const { 'x-request-id': __, ...sent } = Object.fromEntries(headers)
        const costs = hashes.mock.calls.map(([, hash]) => hash.split('$').slice(0, 4).join('$'))
        said.push({ status, problem, sent, costs })
      }
      return said
    }
    const known = await tell(email)
    expect(known.map(({ status, costs }) => [status, costs.length])).toEqual([
      [401, 1],
      [401, 2],
      [401, 3],
      [401, 4],
      [401, 5],
      [429, 5],
    ])
    expect(await tell(freshEmail())).toEqual(known)
  })

  it('never reach the hash while the limiter fails', async () => {
    const { send, deps } = worldWith()
    const { email } = await newUser(send)
    const consume = () => Promise.reject(new Error('the limiter is away'))
    const failing = worldWith({ limiter: { ...deps.limiter, consume } })
    hashes.mockClear()
    expect((await logIn(failing.send, email, PASSWORD)).status).toBe(500)
    expect((await logIn(failing.send, email, PASSWORD, freshAddress())).status).toBe(500)
    expect(hashes).not.toHaveBeenCalled()
  })

  it('a log-in succeeds even if the limiter cannot record it', async () => {
    const { send, deps } = worldWith()
    const { email } = await newUser(send)
    const forgive = () => Promise.reject(new Error('the limiter is away'))
    const failing = worldWith({ limiter: { ...deps.limiter, forgive } })
    expect((await logIn(failing.send, email, PASSWORD)).status).toBe(200)
  })
})

describe('guesses at the password in an open session', () => {
  it('reach the hash five times, and the right password must wait too', async () => {
    const user = await newUser()
    const change = (current_password: string) =>
      user.send('POST', '/users/me/password', {
        body: { current_password, new_password: 'a third horse' },
      })
    for (let guess = 0; guess < 5; guess++)
      expect((await change(`a wrong ${guess}`)).status).toBe(400)
    expect((await change(PASSWORD)).status).toBe(429)
    wait(16 * MINUTE_MS)
    expect((await change(PASSWORD)).status).toBe(200)
  })
})

describe('guesses from one IP address', () => {
  it('at a thousand accounts reach the hash twenty times a minute', async () => {
    const { send } = worldWith({ floodGuard: open })
    const from = freshAddress()
    const spray = () => atOnce(1000, () => logIn(send, freshEmail(), 'a guess', from))
    expect(statuses(await spray())).toEqual({ 401: 20, 429: 980 })
    expect(hashes).toHaveBeenCalledTimes(20)
    wait(MINUTE_MS - 1)
    expect((await logIn(send, freshEmail(), 'a guess', from)).status).toBe(429)
    wait(1)
    expect(statuses(await spray())).toEqual({ 401: 20, 429: 980 })
    expect(hashes).toHaveBeenCalledTimes(40)
  }, 60_000)

  it('do not count for an account once the IP address has reached its limit', async () => {
    const { send } = worldWith({ policies })
    const { email } = await newUser(send)
    const from = freshAddress()
    await atOnce(100, () => logIn(send, email, 'a guess', from))
    expect((await logIn(send, email, PASSWORD, freshAddress())).status).toBe(200)
  })

  it('are counted per IPv6 /64 network, and not by headers that the client sets', async () => {
    const { send } = worldWith({ policies })
    const from = (last: string, claimed = '') =>
      send('POST', '/auth/login', {
        body: { email: freshEmail(), password: 'a guess' },
        headers: {
          'CF-Connecting-IP': `2001:db8:0:1::${last}`,
          'X-Forwarded-For': claimed,
          Forwarded: `for=${claimed}`,
        },
      })
    for (const last of ['1', 'ffff', 'abcd:1']) expect((await from(last)).status).toBe(401)
    expect((await from('4')).status).toBe(429)
    expect((await from('5', freshAddress())).status).toBe(429)
    expect((await logIn(send, freshEmail(), 'x', '2001:db8:0:2::1')).status).toBe(401)
  })

  it.each([undefined, '127.0.0.1', '::1'])(
    'are not counted without Cloudflare in front: client IP %s',
    async (from) => {
      const { send } = worldWith({ policies })
      const answers = await atOnce(10, () => logIn(send, freshEmail(), 'a guess', from))
      expect(statuses(answers)).toEqual({ 401: 10 })
    },
  )
})

/** Limited requests. Those of one `begin` share an IP address or user, and succeed if allowed. */
const limited: [policy: string, begin: (send: Send) => Promise<() => Promise<Answer>>][] = [
  [
    'login-address',
    async (send) => {
      const [{ email }, from] = [await newUser(send), freshAddress()]
      return () => logIn(send, email, PASSWORD, from)
    },
  ],
  [
    'register',
    async (send) => {
      const headers = { 'CF-Connecting-IP': freshAddress() }
      return () =>
        send('POST', '/users/register', {
          body: { email: freshEmail(), password: PASSWORD },
          headers,
        })
    },
  ],
  [
    'refresh',
    async (send) => {
      const headers = { 'CF-Connecting-IP': freshAddress() }
      let { refreshToken: refresh_token } = await newUser(send)
      return async () => {
        const answer = await send('POST', '/auth/refresh', { body: { refresh_token }, headers })
        if (answer.status === 200) refresh_token = answer.body.refresh_token
        return answer
      }
    },
  ],
  [
    'payments',
    async (send) => {
      const user = await newUser(send)
      return () => user.send('POST', '/payments', { body: { amount: 50, method: 'monnify' } })
    },
  ],
  [
    'verify',
    async (send) => {
      const user = await newUser(send)
      const body = { amount: 50, method: 'monnify' }
      const payment = await user.send('POST', '/payments', { body })
      return () => user.send('POST', `/payments/verify/${payment.body.payment_reference}`)
    },
  ],
  [
    'passwords',
    async (send) => {
      let { token } = await newUser(send)
      const body = { current_password: PASSWORD, new_password: PASSWORD }
      return async () => {
        const answer = await send('POST', '/users/me/password', { token, body })
        if (answer.status === 200) token = answer.body.access_token
        return answer
      }
    },
  ],
]

describe.each(limited)('the limit %s', (policy, begin) => {
  it('allows three requests a minute, rejects the fourth, and reports when to retry', async () => {
    const { send } = worldWith({ policies })
    const request = await begin(send)
    for (const left of [2, 1, 0]) {
      const answer = await request()
      expect(answer.status).toBeLessThan(300)
      expect(parameters(answer, 'RateLimit-Policy')[policy]).toEqual({ q: 3, w: 60 })
      expect(parameters(answer, 'RateLimit')[policy]).toMatchObject({ r: left })
      wait(10_500)
    }
    const refused = await request()
    expect(refused).toMatchObject({
      status: 429,
      body: { code: 'rate_limited', 'violated-policies': [policy] },
    })
    expect(parameters(refused, 'RateLimit-Policy')[policy]).toEqual({ q: 3, w: 60 })
    expect(parameters(refused, 'RateLimit')[policy]).toEqual({ r: 0, t: 29 })
    expect(refused.headers.get('Retry-After')).toBe('29')
    wait(29_000)
    expect((await request()).status).toBeLessThan(300)
  })

  it('applies to one subject only', async () => {
    const { send } = worldWith({ policies })
    const [one, other] = [await begin(send), await begin(send)]
    const answers = await atOnce(20, one)
    expect(statuses(answers)[429]).toBe(17)
    expect((await other()).status).toBeLessThan(300)
  })
})

it('a request with an invalid body counts, and its response reports the limit', async () => {
  const { send } = worldWith({ policies })
  const headers = { 'CF-Connecting-IP': freshAddress() }
  const invalid = await send('POST', '/users/register', { body: {}, headers })
  expect(invalid.status).toBe(400)
  expect(parameters(invalid, 'RateLimit')).toMatchObject({ register: { r: 2 } })
})

it('the API document declares 429 for log-in, refresh, registration and payments', async () => {
  const { send } = worldWith()
  const { paths } = (await send('GET', '/openapi.json')).body
  for (const path of ['/auth/login', '/auth/refresh', '/users/register', '/payments'])
    expect(Object.keys(paths[path].post.responses), path).toContain('429')
})

it('payments are limited when they are created, not when they are read', async () => {
  const { send } = worldWith({ policies })
  const user = await newUser(send)
  await atOnce(4, () => user.send('POST', '/payments', { body: {} }))
  expect((await user.send('POST', '/payments', { body: {} })).status).toBe(429)
  expect((await user.send('GET', '/payments')).status).toBe(200)
})

describe('a limiter', () => {
  const policy = policies.register
  const limiter = () => env.LIMITER.getByName(`register/${crypto.randomUUID()}`)

  it('keeps its counts when its object is evicted', async () => {
    const stub = limiter()
    for (let times = 0; times < 3; times++) expect((await stub.consume(policy)).allowed).toBe(true)
    await evictDurableObject(stub)
    expect((await stub.consume(policy)).allowed).toBe(false)
  })

  it('sets its alarm by the last allowed use; a rejected one does not extend the wait', async () => {
    const stub = limiter()
    for (let times = 0; times < 3; times++) await stub.consume(policy)
    wait(30_000)
    expect((await stub.consume(policy)).allowed).toBe(false)
    const alarmAtMs = runInDurableObject(stub, (_, { storage }) => storage.getAlarm())
    expect(await alarmAtMs).toBe(START + MINUTE_MS)
  })

  it('counts each policy separately, also for the same subject', async () => {
    const client = createLimiterClient(env.LIMITER)
    const subject = crypto.randomUUID()
    for (let times = 0; times < 3; times++) await client.consume(policies.register, subject)
    expect((await client.consume(policies.register, subject)).allowed).toBe(false)
    expect((await client.consume(policies.refresh, subject)).limitState.remaining).toBe(2)
    await client.forgive(policies.refresh, subject)
    expect((await client.consume(policies.refresh, subject)).limitState.remaining).toBe(2)
    expect((await client.consume(policies.register, subject)).allowed).toBe(false)
  })

  it('deletes its storage after its window, and not before', async () => {
    const stub = limiter()
    for (let times = 0; times < 3; times++) await stub.consume(policy)
    expect(await runDurableObjectAlarm(stub)).toBe(true)
    expect((await stub.consume(policy)).allowed).toBe(false)
    wait(MINUTE_MS)
    expect(await runDurableObjectAlarm(stub)).toBe(true)
    const left = await runInDurableObject(stub, async (_, { storage }) => [
      ...storage.kv.list(),
      await storage.getAlarm(),
    ])
    expect(left).toEqual([null])
  })
})

describe('the flood guard', () => {
  it('rejects requests above its limit before any other check', async () => {
    const { send } = worldWith({ floodGuard: { limit: async () => ({ success: false }) } })
    for (const path of ['/auth/login', '/auth/refresh', '/users/register']) {
      const headers = { 'CF-Connecting-IP': freshAddress() }
      const refused = await send('POST', path, { body: {}, headers })
      expect(refused).toMatchObject({ status: 429, body: { 'violated-policies': ['flood'] } })
      expect(parameters(refused, 'RateLimit')).toEqual({ flood: { r: 0, t: 60 } })
    }
  })

  it('counts by IP address', async () => {
    const keys: string[] = []
    const limit = async ({ key }: { key: string }) => ({ success: keys.push(key) > 0 })
    const { send } = worldWith({ floodGuard: { limit } })
    await logIn(send, freshEmail(), 'a guess', '2001:db8:0:7::1')
    await logIn(send, freshEmail(), 'a guess')
    expect(keys).toEqual(['2001:db8:0:7::/64'])
  })

  it('that fails allows requests, which the exact limits still check', async () => {
    const limit = () => Promise.reject(new Error('the guard is away'))
    const { send } = worldWith({ policies, floodGuard: { limit } })
    const from = freshAddress()
    const answers = await atOnce(10, () => logIn(send, freshEmail(), 'a guess', from))
    expect(statuses(answers)).toEqual({ 401: 3, 429: 7 })
  })
})

it('the log has log-ins and limits, without IP address, e-mail address or password', async () => {
  const { send } = worldWith({ policies })
  const { email } = await newUser(send)
  const from = '198.51.100.77'
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  await logIn(send, email, 'a wrong guess', from)
  await logIn(send, email, PASSWORD, from)
  await atOnce(5, () => logIn(send, email, 'a wrong guess', from))
  const lines = log.mock.calls.map(([line]) => String(line))
  const events = lines
    .map((line) => JSON.parse(line))
    .filter(({ event }) => event !== 'request' && event !== 'access_refused')
  const account = expect.stringMatching(/^[0-9a-f]{16}$/)
  const request_id = expect.any(String)
  expect(events.slice(0, 5)).toEqual([
    { event: 'login_refused', request_id, account, reason: 'invalid_credentials' },
    { event: 'logged_in', request_id, session: expect.any(String), user: expect.any(String) },
    { event: 'login_succeeded', request_id, account },
    expect.anything(),
    expect.anything(),
  ])
  expect(events).toContainEqual({
    event: 'limit_reached',
    request_id,
    policy: 'login-address',
    subject: account,
  })
  for (const secret of [from, email, email.split('@')[0] ?? '', PASSWORD, 'a wrong guess'])
    expect(lines.join('\n')).not.toContain(secret)
})
