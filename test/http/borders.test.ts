import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createApp } from '../../src/app'
import { depthOf } from '../../src/http/input/depth'
import { createDeps } from '../../src/deps'
import { newUser, ORIGIN, send } from '../support/client'
import { fill, operations } from '../support/documented'
import { sendEvent } from '../support/gateway'

const ALLOWED = 'https://app.example.com'
const app = createApp({
  ...createDeps(env),
  allowedOrigins: { listed: [ALLOWED], loopback: false },
})

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a page of another origin', () => {
  const ask = (method: string, path: string, headers: Record<string, string>) =>
    app.fetch(new Request(`${ORIGIN}${path}`, { method, headers }))
  const preflight = (origin: string, method: string) => ({
    Origin: origin,
    'Access-Control-Request-Method': method,
    'Access-Control-Request-Headers': 'authorization,content-type,idempotency-key',
  })

  /** The public keys are for every page. */
  const guarded = operations.filter(({ operationId }) => operationId !== 'listPublicKeys')

  it.each(guarded)('can send $method $path only if its origin is allowed', async (route) => {
    const path = fill(route.path, crypto.randomUUID())
    const allowed = await ask('OPTIONS', path, preflight(ALLOWED, route.method))
    expect(allowed.status).toBe(204)
    expect(allowed.headers.get('Access-Control-Allow-Origin')).toBe(ALLOWED)
    expect(allowed.headers.get('Access-Control-Allow-Methods')).toContain(route.method)
    expect(allowed.headers.get('Access-Control-Allow-Headers')).toContain('Idempotency-Key')
    for (const origin of [
      'https://evil.example',
      'null',
      `${ALLOWED}.evil.example`,
      'http://app.example.com',
    ]) {
      const before = await ask('OPTIONS', path, preflight(origin, route.method))
      expect(before.headers.get('Access-Control-Allow-Origin'), origin).toBeNull()
      expect(await before.json(), origin).toMatchObject({
        code: 'origin_refused',
        detail: expect.stringContaining('ALLOWED_ORIGINS'),
      })
      const answer = await ask(route.method, path, { Origin: origin })
      expect(answer.headers.get('Access-Control-Allow-Origin'), origin).toBeNull()
    }
  })

  it.each([
    ['http://localhost:5173', true],
    ['capacitor://localhost', false],
    ['javascript://localhost/x', false],
    ['http://127.0.0.1:3000', true],
    ['https://[::1]:8443', true],
    ['http://localhost.evil.example', false],
    ['http://127.0.0.1.evil.example', false],
    ['https://evil.example', false],
    ['null', false],
    ['', false],
  ])('%j may send requests in development: %j', async (origin, isAllowed) => {
    const development = createApp(createDeps(Object.assign({}, env, { MONNIFY_SIMULATOR: 'on' })))
    const production = createApp({
      ...createDeps(env),
      allowedOrigins: { listed: [], loopback: false },
    })
    const statusOf = async ({ fetch }: typeof app) => {
      const headers = preflight(origin, 'POST')
      const sent = new Request(`${ORIGIN}/calls`, { method: 'OPTIONS', headers })
      return (await fetch(sent)).status
    }
    expect(await statusOf(development)).toBe(isAllowed ? 204 : 403)
    expect(await statusOf(production)).toBe(403)
  })

  it('can read exposed headers and cannot use credentials; responses vary by origin', async () => {
    const { headers } = await ask('GET', '/wallets', { Origin: ALLOWED })
    expect(headers.get('Access-Control-Allow-Origin')).toBe(ALLOWED)
    expect(headers.get('Access-Control-Allow-Credentials')).toBeNull()
    expect(headers.get('Vary')).toContain('Origin')
    expect(headers.get('Access-Control-Expose-Headers')?.split(',').toSorted()).toEqual([
      'Idempotent-Replayed',
      'Link',
      'Location',
      'RateLimit',
      'RateLimit-Policy',
      'Retry-After',
      'X-Request-Id',
    ])
  })

  it('S40: gets no CORS headers if no origin is configured', async () => {
    const answer = await send('GET', '/openapi.json', { headers: { Origin: ALLOWED } })
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBeNull()
    expect(
      (await send('OPTIONS', '/auth/login', { headers: preflight(ALLOWED, 'POST') })).status,
    ).toBe(403)
  })
})

describe('a body', () => {
  const withLength = (length: number) => JSON.stringify({ email: 'x'.repeat(length - 12) })

  it('with one byte too many is rejected, with or without a stated length', async () => {
    const limit = 64 * 1024
    expect((await send('POST', '/auth/login', { body: withLength(limit) })).status).toBe(400)
    expect((await send('POST', '/auth/login', { body: withLength(limit + 1) })).status).toBe(413)
    const chunks = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(withLength(limit + 1)))
        controller.close()
      },
    })
    const headers = { 'Content-Type': 'application/json' }
    const request = new Request(`${ORIGIN}/auth/login`, { method: 'POST', headers, body: chunks })
    expect((await app.fetch(request)).status).toBe(413)
  })

  it('of an event can have up to 256 KiB', async () => {
    const event = (length: number) =>
      send('POST', '/webhooks/monnify', {
        body: 'x'.repeat(length),
        headers: { 'Content-Type': 'application/json', 'monnify-signature': 'x' },
      })
    expect((await event(256 * 1024)).status).toBe(401)
    expect((await event(256 * 1024 + 1)).status).toBe(413)
  })

  it.each([
    ['{}', 1],
    ['[[[]]]', 3],
    ['{"a":[{"b":[]}]}', 4],
    ['"[[[["', 0],
    ['{"a":"\\"[["}', 1],
    ['{"a\\\\":[[]]}', 3],
  ])('%s has %i levels', (json, depth) => {
    expect(depthOf(json)).toBe(depth)
  })

  it('can be nested sixteen levels deep, and no deeper', async () => {
    const user = await newUser()
    const nested = (depth: number) =>
      `{"recipient_phone":"+2348031234567","recipient_name":${'['.repeat(depth)}${']'.repeat(depth)}}`
    const headers = { 'Content-Type': 'application/json' }
    const detailOf = async (depth: number) =>
      (await user.send('POST', '/calls', { body: nested(depth), headers })).body.detail
    expect(await detailOf(15)).toContain('recipient_name')
    expect(await detailOf(16)).toContain('more than 16 levels deep')
    expect(await detailOf(30_000)).toContain('more than 16 levels deep')
  })
})

describe('the log', () => {
  it('has one line of JSON per request, whatever line breaks and secrets the request contains', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
    const user = await newUser()
    log.mockClear()
    const evil = 'x%0A%7B%22event%22%3A%22login_succeeded%22%7D'
    await user.send('GET', `/calls/${evil}?cursor=${evil}&phone=%2B2348031234567`, {
      headers: { 'User-Agent': `a "b" {"event":"x"}`, 'X-Request-Id': 'mine' },
    })
    expect(log.mock.calls).toHaveLength(1)
    const [[line]] = log.mock.calls as [[string]]
    expect(line).not.toContain('\n')
    expect(JSON.parse(line)).toEqual({
      event: 'request',
      request_id: 'mine',
      method: 'GET',
      route: '/calls/:uuid',
      status: 400,
      code: 'validation_failed',
      duration_ms: expect.any(Number),
      user: user.uuid,
    })
  })

  it('has a line for a request that can change state, and none for a successful read', async () => {
    const user = await newUser()
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
    await user.send('GET', '/wallets')
    expect(log).not.toHaveBeenCalled()
    await user.send('POST', '/auth/logout')
    const events = log.mock.calls.map(([line]) => JSON.parse(String(line)).event)
    expect(events).toContain('request')
  })

  it('has a separate event for a request without access', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
    await send('GET', '/wallets')
    await send('POST', '/webhooks/monnify', { body: '{}' })
    await sendEvent(send, {}, '0'.repeat(128))
    const page = { Upgrade: 'websocket', Origin: 'https://evil.example' }
    await send('GET', `/calls/${crypto.randomUUID()}/events`, { headers: page })
    const events = log.mock.calls.map(([line]) => JSON.parse(String(line)))
    expect(events).toMatchObject([
      { event: 'access_refused', code: 'unauthenticated', status: 401 },
      { event: 'access_refused', code: 'invalid_signature', status: 401 },
      { event: 'access_refused', code: 'invalid_signature', status: 401 },
      { event: 'access_refused', code: 'origin_refused', status: 403 },
    ])
  })
})
