import { describe, expect, it, vi } from 'vitest'
import { fixedTariff } from '../support/tariffs'
import { costOf, installCounters } from '../support/counts'
import { at, pass, START, useClock } from '../support/clock'
import { csvOf, publish, staffOf, tariffWorld } from '../support/tariff-world'

useClock()

const MINUTE_MS = 60_000
const cacheOf = (answer: { headers: Headers }) => answer.headers.get('Cache-Control')
const fromOf = (body: { countries: { country: string; audio_from: number }[] }, country: string) =>
  body.countries.find((one) => one.country === country)?.audio_from

describe('the public rates', () => {
  it('are listed by country without an account, and read no D1', async () => {
    await installCounters()
    const { send } = tariffWorld()
    const costs = await costOf(async () => {
      const { status, body, headers } = await send('GET', '/rates')
      expect(status).toBe(200)
      expect(body.version).toBe(2)
      expect(body.prefixes).toEqual([])
      expect(body.countries.length).toBeGreaterThan(240)
      expect(fromOf(body, 'NG')).toBe(10)
      expect(cacheOf({ headers })).toBe('public, max-age=60')
    })
    expect(costs).toMatchObject({ objectRequests: 1, d1Rows: null })
  })

  it('of a country have all its prefixes, in pages', async () => {
    const world = tariffWorld()
    const rows = Array.from({ length: 20_000 }, (_, i) => ({
      id: `r${i}`,
      prefix: `+234${10_000 + i}`,
      kobo_per_minute: 1000 + i,
    }))
    const { send } = world.isolate({ tariff: fixedTariff({ id: 'a', version: 9, rates: rows }) })
    const all = await send('GET', '/rates')
    expect(all.text.length).toBeLessThan(50_000)
    const prefixes: string[] = []
    let path: string | undefined = '/rates?country=NG&limit=100'
    for (let pages = 0; path !== undefined && pages < 3; pages++) {
      const page = await send('GET', path)
      expect(page.body.countries).toMatchObject([
        { country: 'NG', calling_code: '234', audio_from: 10 },
      ])
      prefixes.push(...page.body.prefixes.map(({ prefix }: { prefix: string }) => prefix))
      path = /<(.*)>/.exec(page.headers.get('Link') ?? '')?.[1]
    }
    expect(prefixes).toEqual(rows.slice(0, 300).map(({ prefix }) => prefix))
  })

  it('of a code without a country are none', async () => {
    const { status, body } = await tariffWorld().send('GET', '/rates?country=XX')
    expect([status, body.countries, body.prefixes]).toEqual([200, [], []])
  })

  it.each([
    ['?country=ng', '/country'],
    ['?country=Nigeria', '/country'],
    ['?limit=1000', '/limit'],
    ['/minutes?phone=08031234567', '/amount'],
    ['/minutes?phone=08031234567&amount=0', '/amount'],
    ['/minutes?phone=08031234567&amount=1.005', '/amount'],
    ['/minutes?phone=08031234567&amount=-5', '/amount'],
    ['/minutes?phone=08031234567&amount=100000000', '/amount'],
    ['/minutes?amount=500', '/phone'],
    ['/minutes?amount=500&phone=123', '/phone'],
  ])('reject %s with the name of the field', async (path, pointer) => {
    const { status, body } = await tariffWorld().send('GET', `/rates${path}`)
    expect([status, body.errors[0].pointer]).toEqual([400, pointer])
  })

  it('are limited by IP address', async () => {
    const { send } = tariffWorld().isolate({
      floodGuard: { limit: () => Promise.resolve({ success: false }) },
    })
    const headers = { 'CF-Connecting-IP': '192.0.2.7' }
    for (const path of ['/rates', '/rates/minutes?amount=500&phone=08031234567'])
      expect((await send('GET', path, { headers })).status).toBe(429)
  })
})

describe('the minutes of an amount', () => {
  it.each([
    ['500', '08031234567', 3000, 50],
    ['10', '%2B2348031234567', 60, 1],
    ['9.99', '%2B2348031234567', 0, 0],
    ['15.50', '%2B2348031234567', 90, 1],
  ])('%s NGN to %s are %i s, or %i whole minutes', async (amount, phone, seconds, minutes) => {
    const { send } = tariffWorld()
    const { status, body } = await send('GET', `/rates/minutes?amount=${amount}&phone=${phone}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      recipient_phone: '+2348031234567',
      type: 'audio',
      amount: Number(amount),
      seconds,
      minutes,
      hold: 10,
      rate: { id: 'standard/everywhere' },
    })
  })

  it('to a destination without a price are refused', async () => {
    const { send } = tariffWorld()
    const { body } = await send('GET', '/rates/minutes?amount=500&phone=%2B870773123456')
    expect(body.code).toBe('destination_not_allowed')
  })
})

describe('a cached price', () => {
  it('is never older than the next change, and its time left shrinks', async () => {
    const world = tariffWorld()
    const read = () => world.send('GET', '/rates?country=NG')
    await publish(await staffOf(world), csvOf({ '+': 1300 }), START + 10 * MINUTE_MS)
    expect(cacheOf(await read())).toBe('public, max-age=60')
    pass(20_000)
    expect(cacheOf(await read())).toBe('public, max-age=40')
    expect(world.cache.hits).toBe(1)
    at(10 * MINUTE_MS - 30_000)
    const last = await read()
    expect(cacheOf(last)).toBe('public, max-age=30')
    expect(last.body).toMatchObject({
      version: 2,
      valid_until: new Date(START + 10 * MINUTE_MS).toISOString(),
    })
    at(10 * MINUTE_MS - 500)
    expect(cacheOf(await read())).toBe('no-store')
    at(10 * MINUTE_MS)
    expect((await read()).body).toMatchObject({ version: 1, valid_until: null })
    expect(fromOf((await read()).body, 'NG')).toBe(13)
  })

  it('is one for all spellings of a request, and for all isolates', async () => {
    const world = tariffWorld()
    await world.send('GET', '/rates/minutes?amount=500&phone=08031234567&type=audio')
    const other = world.isolate()
    const path = '/rates/minutes?phone=%2B234%20803%20123%204567&amount=500&utm=1'
    expect((await other.send('GET', path)).body.seconds).toBe(3000)
    expect(world.cache.hits).toBe(1)
    await other.send('GET', '/rates/minutes?amount=500&phone=08031234567&type=video')
    expect(world.cache.hits).toBe(1)
  })

  it('is calculated if the cache fails', async () => {
    const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const fail = () => Promise.reject(new Error('no cache'))
    const { send } = tariffWorld().isolate({ edgeCache: { match: fail, put: fail } })
    expect((await send('GET', '/rates')).status).toBe(200)
    expect(errors).toHaveBeenCalled()
  })
})
