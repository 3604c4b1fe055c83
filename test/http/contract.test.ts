/** Conventions that apply to every route in the OpenAPI document. */
import { beforeAll, describe, expect, it } from 'vitest'
import {
  dial,
  newUser,
  send,
  type TestUser,
  topUp,
  userWithCredit,
  walletOf,
} from '../support/client'
import { document, fill, isSecured, operations, sampleOf, secured } from '../support/documented'

const withJsonBody = operations.filter(
  ({ requestBody, path }) => requestBody && path !== '/webhooks/monnify',
)

describe('the OpenAPI document', () => {
  it('is OpenAPI 3.1, is the same at its old path, and has the routes of the contract', async () => {
    expect(document.openapi).toBe('3.1.0')
    expect((await send('GET', '/api-json')).body).toEqual(document)
    expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'DELETE /auth/sessions/{uuid}',
      'DELETE /endpoints/{uuid}',
      'DELETE /keys/{uuid}',
      'DELETE /users/me',
      'DELETE /users/me/deletion',
      'DELETE /users/me/passkeys/{uuid}',
      'GET /.well-known/jwks.json',
      'GET /auth/sessions',
      'GET /calls',
      'GET /calls/{uuid}',
      'GET /calls/{uuid}/events',
      'GET /endpoints',
      'GET /endpoints/{uuid}',
      'GET /endpoints/{uuid}/attempts',
      'GET /events',
      'GET /health',
      'GET /keys',
      'GET /payments',
      'GET /payments/{uuid}',
      'GET /payments/{uuid}/receipt',
      'GET /payments/{uuid}/refunds',
      'GET /rates',
      'GET /rates/minutes',
      'GET /ready',
      'GET /receipts',
      'GET /signaling/{uuid}',
      'GET /tariff',
      'GET /users/me',
      'GET /users/me/deletion',
      'GET /users/me/export',
      'GET /users/me/passkeys',
      'GET /wallets',
      'GET /wallets/{uuid}',
      'GET /wallets/{uuid}/statement',
      'GET /wallets/{uuid}/transactions',
      'PATCH /calls/{uuid}/answer',
      'PATCH /calls/{uuid}/end',
      'PATCH /endpoints/{uuid}',
      'PATCH /users/me',
      'POST /auth/forgot',
      'POST /auth/login',
      'POST /auth/logout',
      'POST /auth/logout-all',
      'POST /auth/passkey',
      'POST /auth/passkey/options',
      'POST /auth/refresh',
      'POST /auth/reset',
      'POST /auth/undo',
      'POST /auth/verify',
      'POST /calls',
      'POST /calls/{uuid}/invitation',
      'POST /calls/{uuid}/receipt',
      'POST /calls/{uuid}/ticket',
      'POST /endpoints',
      'POST /endpoints/{uuid}/replay',
      'POST /endpoints/{uuid}/secret',
      'POST /endpoints/{uuid}/test',
      'POST /keys',
      'POST /payments',
      'POST /payments/verify/{paymentReference}',
      'POST /payments/{uuid}/refunds',
      'POST /users/me/confirmation',
      'POST /users/me/confirmation/options',
      'POST /users/me/email',
      'POST /users/me/passkey/options',
      'POST /users/me/passkeys',
      'POST /users/me/password',
      'POST /users/me/recovery-codes',
      'POST /users/me/verification',
      'POST /users/register',
      'POST /webhooks/monnify',
    ])
  })

  it.each(operations)('describes $method $path and its responses', (operation) => {
    expect(operation).toMatchObject({
      operationId: expect.any(String),
      summary: expect.any(String),
      description: expect.any(String),
      tags: [expect.any(String)],
    })
    const [access, key] = operation.security
    expect(operation.security).toEqual([
      key ? { bearerAuth: [] } : access,
      ...(key ? [{ apiKey: [expect.any(String)] }] : []),
    ])
    expect(access).toEqual(expect.any(Object))
    expect(() => sampleOf(operation)).not.toThrow()
    expect(Object.keys(operation.responses)).toContain('500')
    if (isSecured(operation)) expect(Object.keys(operation.responses)).toContain('401')
  })

  it('is shown at /api, without scripts or styles from other hosts', async () => {
    const page = await send('GET', '/api')
    expect(page.headers.get('Content-Type')).toContain('text/html')
    expect(page.headers.get('Content-Security-Policy')).toContain("script-src 'self'")
    const sources = page.text.match(/(?<=(?:src|href)=")\/[^"]+(?=")/g) ?? []
    expect(sources).toHaveLength(4)
    for (const path of sources) expect((await send('GET', path)).status, path).toBe(200)
    expect(page.text).not.toMatch(/https?:/)
    expect((await send('GET', '/api/assets/index.html')).status).toBe(404)
  })
})

describe("S37: another user's resource appears not to exist", () => {
  let owned: Record<string, string>
  let other: TestUser
  const MISSING: Record<string, string> = {
    wallets: crypto.randomUUID(),
    payments: crypto.randomUUID(),
    calls: crypto.randomUUID(),
    auth: crypto.randomUUID(),
    verify: `AIL-${'0'.repeat(32)}_a1`,
  }
  const kindOf = (path: string) =>
    path.includes('/verify/') ? 'verify' : (path.split('/')[1] ?? '')

  beforeAll(async () => {
    const owner = await userWithCredit(100)
    other = await newUser()
    const payment = await owner.send('POST', '/payments', {
      body: { amount: 50, method: 'monnify' },
    })
    owned = {
      wallets: (await walletOf(owner)).uuid,
      payments: payment.body.uuid,
      calls: (await dial(owner)).body.uuid,
      auth: (await owner.send('GET', '/auth/sessions')).body[0].uuid,
      verify: payment.body.payment_reference,
    }
  })

  it.each(secured.filter(({ path }) => path.includes('{')))(
    'on $method $path',
    async (operation) => {
      const { method, path } = operation
      const kind = kindOf(path)
      const sample = sampleOf(operation)
      const ask = async (id: string) => {
        const { status, body, headers } = await other.send(method, fill(path, id), {
          ...(sample.body && { body: sample.body }),
        })
        const { request_id: _, instance: __, ...said } = body
        /** Each request changes the rate-limit state, which does not depend on the owner. */
        const { 'x-request-id': ___, ratelimit: ____, ...sent } = Object.fromEntries(headers)
        return {
          status,
          said: JSON.stringify(said),
          sent: { ...sent, 'content-length': undefined },
        }
      }
      const theirs = await ask(owned[kind] ?? '')
      expect(theirs.status).toBe(404)
      expect(theirs).toEqual(await ask(MISSING[kind] ?? ''))
    },
  )
})

describe('without a valid access token', () => {
  it.each(secured)('$method $path returns 401', async ({ method, path }) => {
    const user = await newUser()
    const id = crypto.randomUUID()
    for (const Authorization of [
      '',
      'Basic YTpi',
      'Bearer ',
      'Bearer x.y.z',
      `Bearer ${user.refreshToken}`,
    ]) {
      const refused = await send(method, fill(path, id), {
        headers: Authorization ? { Authorization } : {},
      })
      expect(refused, Authorization).toMatchObject({
        status: 401,
        body: { code: 'unauthenticated' },
      })
    }
  })
})

describe('S38: malformed ids', () => {
  const paths = secured.filter(({ path }) => path.includes('{uuid}'))
  it.each(paths)('are rejected on $method $path', async ({ method, path }) => {
    const user = await newUser()
    for (const id of [
      '1',
      'x',
      '%00',
      'null',
      `${crypto.randomUUID()}0`,
      '%E0%A4%A',
      "'%20OR%201=1",
    ]) {
      const refused = await user.send(method, fill(path, id))
      expect(refused.status, id).toBeGreaterThanOrEqual(400)
      expect(refused.status, id).toBeLessThan(500)
    }
  })
})

describe('a body', () => {
  it.each(withJsonBody)('of $method $path is validated', async (operation) => {
    const { method, path, body } = sampleOf(operation)
    const isEmpty = Object.keys(body ?? {}).length === 0
    const user = await newUser()
    const json = { 'Content-Type': 'application/json' }
    const cases: [
      status: number,
      code: string,
      options: { body?: unknown; headers?: Record<string, string> },
    ][] = [
      [400, 'malformed_json', { body: '{"amount":', headers: json }],
      [400, 'malformed_json', { body: '', headers: json }],
      [400, 'validation_failed', { body: '[]' }],
      [400, 'validation_failed', { body: 'null' }],
      [400, 'validation_failed', { body: isEmpty ? '1' : '{}' }],
      [400, 'validation_failed', { body: { unknown_field: 1 } }],
      [400, 'validation_failed', { body: '['.repeat(1000) + ']'.repeat(1000) }],
      [413, 'payload_too_large', { body: `"${'x'.repeat(2_000_000)}"` }],
      [415, 'unsupported_media_type', { body: '{}', headers: { 'Content-Type': 'text/plain' } }],
      [
        415,
        'unsupported_media_type',
        { body: 'a=1', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
      ],
    ]
    for (const [status, code, options] of cases) {
      const refused = await user.send(method, path, options)
      expect(refused, `${code} ${String(options.body).slice(0, 30)}`).toMatchObject({
        status,
        body: { code },
      })
    }
    if (isEmpty) return
    expect(await user.send(method, path)).toMatchObject({
      status: 400,
      body: { code: 'validation_failed' },
    })
  })

  const OURS = [
    'id',
    'uuid',
    'user_uuid',
    'balance',
    'status',
    'amount_paid',
    'token_version',
    'role',
    'created_at',
    '__proto__',
    'constructor',
  ]

  it.each(withJsonBody)(
    'of $method $path with fields that only the service sets changes nothing',
    async (operation) => {
      const user = await userWithCredit(50)
      const stateOf = async () =>
        Promise.all(
          ['/users/me', '/wallets', '/calls', '/payments', '/auth/sessions'].map(
            async (path) => (await user.send('GET', path)).text,
          ),
        )
      const before = await stateOf()
      const { method, path, body } = sampleOf(operation)
      for (const field of OURS) {
        const text = JSON.stringify({ [field]: '1', ...body })
        const headers = { 'Content-Type': 'application/json' }
        const refused = await user.send(method, path, { body: text, headers })
        expect(refused, field).toMatchObject({
          status: 400,
          body: { code: 'validation_failed', errors: [{ pointer: `/${field}` }] },
        })
      }
      expect(await stateOf()).toEqual(before)
    },
  )

  it.each([
    ['S43: +12', '+12'],
    ['S43: 112', '112'],
    ['S43: 911', '911'],
    ['a foreign number without a plus', '442079460958'],
    ['letters', '+23480312345AB'],
    ['too many digits', '+2348031234567890123'],
    ['a number too short for its country', '+23480312'],
    ['an unknown country', '+9991234567'],
    ['an empty string', ''],
    ['a number instead of a string', 2348031234567],
    ['null', null],
    ['SQL', '+234803;DROP TABLE calls'],
  ])('with %s for a phone number is rejected', async (_, recipient_phone) => {
    const user = await newUser()
    const refused = await user.send('POST', '/calls', { body: { recipient_phone } })
    expect(refused).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/recipient_phone' }] },
    })
  })
})

describe('every response', () => {
  it('to an unknown path is a 404, and to an unsupported method a 405 with Allow', async () => {
    const user = await topUpUser()
    for (const path of ['/nothing', '/calls/', '/users', '/signalling', '/.env', '/openapi.yaml'])
      expect((await user.send('GET', path)).status, path).toBe(404)
    const allowed: [method: string, path: string, allow: string][] = [
      ['DELETE', '/calls', 'POST, GET, HEAD'],
      ['PUT', `/wallets/${crypto.randomUUID()}`, 'GET, HEAD'],
      ['GET', '/auth/login', 'POST'],
      ['POST', '/users/me', 'PATCH, DELETE, GET, HEAD'],
      ['GET', `/calls/${crypto.randomUUID()}/end`, 'PATCH'],
      ['GET', '/webhooks/monnify', 'POST'],
      ['DELETE', '/openapi.json', 'GET, HEAD'],
    ]
    for (const [method, path, allow] of allowed) {
      const refused = await user.send(method, path)
      expect(refused.status, `${method} ${path}`).toBe(405)
      expect(refused.headers.get('Allow')?.split(', ').sort()).toEqual(allow.split(', ').sort())
    }
  })

  it("has the client's request ID if it is valid, and a new one otherwise", async () => {
    const given = await send('GET', '/wallets', { headers: { 'X-Request-Id': 'mine-1' } })
    expect(given.headers.get('X-Request-Id')).toBe('mine-1')
    for (const bad of ['a b', 'x'.repeat(256), '{"a":1}'])
      expect(
        (await send('GET', '/wallets', { headers: { 'X-Request-Id': bad } })).headers.get(
          'X-Request-Id',
        ),
      ).not.toBe(bad)
  })

  it('that is a problem has a type that resolves to its description', async () => {
    const { body } = await send('GET', '/wallets')
    expect(await send('GET', body.type)).toMatchObject({
      status: 200,
      body: { code: 'unauthenticated', status: 401 },
    })
    expect((await send('GET', '/problems/constructor')).status).toBe(404)
  })
})

async function topUpUser(): Promise<TestUser> {
  const user = await newUser()
  await topUp(user, 20)
  return user
}
