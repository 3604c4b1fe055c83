import { describe, expect, it, vi } from 'vitest'
import { parseList } from 'structured-headers'
import { env } from 'cloudflare:workers'
import { createDeps } from '../../src/deps'
import { useClock } from '../support/clock'
import { atOnce, dial, newUser, statuses, topUp, walletOf } from '../support/client'
import { worldWith } from '../support/gateway'

useClock()

const { callLimits } = createDeps(env)
const starts = { ...callLimits.starts, quota: 3, windowMs: 60_000 }
const world = worldWith({ callLimits: { ...callLimits, maxOpenCalls: 100, starts } })

const userOf = async () => {
  const user = await newUser()
  await topUp(user, 1000)
  return {
    ...user,
    send: ((...[method, path, options]) =>
      world.send(method, path, { token: user.token, ...options })) as typeof user.send,
  }
}

/** Parameters of a limit's header. */
const limitStateOf = (headers: Headers) => {
  const [[name, parameters]] = parseList(headers.get('RateLimit') ?? '') as unknown as [
    [string, Map<string, number>],
  ]
  return { name, remaining: parameters.get('r'), seconds: parameters.get('t') }
}

describe('the calls of a user', () => {
  it('are limited: the fourth in a minute is refused, holds nothing, and says when to retry', async () => {
    const user = await userOf()
    for (const remaining of [2, 1, 0]) {
      const { status, headers } = await dial(user)
      expect([status, limitStateOf(headers).remaining]).toEqual([201, remaining])
      vi.setSystemTime(Date.now() + 10_000)
    }
    const refused = await dial(user)
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
    expect(refused.headers.get('RateLimit-Policy')).toBe('"calls";q=3;w=60')
    expect(limitStateOf(refused.headers)).toEqual({ name: 'calls', remaining: 0, seconds: 30 })
    expect(await walletOf(user)).toMatchObject({ held: 30 })
    vi.setSystemTime(Date.now() + 29_999)
    expect((await dial(user)).status).toBe(429)
    vi.setSystemTime(Date.now() + 1)
    expect((await dial(user)).status).toBe(201)
  })

  it('are counted exactly, even if twenty start at once', async () => {
    const user = await userOf()
    expect(statuses(await atOnce(20, () => dial(user)))).toEqual({ 201: 3, 429: 17 })
  })

  it('do not count repeats with a key, refusals, or other users', async () => {
    const [user, other] = [await userOf(), await userOf()]
    const headers = { 'Idempotency-Key': 'k' }
    for (let times = 0; times < 5; times++) expect((await dial(user, { headers })).status).toBe(201)
    await user.send('POST', '/calls', { body: { recipient_phone: '112' } })
    expect(limitStateOf((await dial(user)).headers).remaining).toBe(1)
    expect(limitStateOf((await dial(other)).headers).remaining).toBe(2)
  })

  it('can be answered and ended even beyond the limit', async () => {
    const user = await userOf()
    const calls = await atOnce(3, () => dial(user))
    for (const { body } of calls) {
      expect((await user.send('PATCH', `/calls/${body.uuid}/answer`)).status).toBe(200)
      expect((await user.send('PATCH', `/calls/${body.uuid}/end`)).status).toBe(200)
    }
  })
})
