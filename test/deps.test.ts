import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createDeps } from '../src/deps'
import worker from '../src/index'
import { newUser } from './support/client'
import { worldWith } from './support/gateway'

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.restoreAllMocks()
})

const depsWith = (settings: Record<string, string>) => createDeps({ ...env, ...settings })

it('each setting reaches its module', () => {
  const deps = depsWith({
    REFRESH_GRACE: '7s',
    SESSION_MAX_AGE: '9d',
    CALL_MAX_OPEN: '3',
    CALL_MAX_DURATION: '2h',
    MONNIFY_WEBHOOK_ADDRESSES: '35.242.133.146',
    DEFAULT_COUNTRY: 'GH',
  })
  expect(deps).toMatchObject({
    sessionLimits: { graceMs: 7000, maxAgeMs: 9 * 86_400_000 },
    callLimits: { maxOpenCalls: 3, maxDurationMs: 7_200_000, ringTimeoutMs: 60_000 },
    webhookIps: ['35.242.133.146'],
    defaultCountry: 'GH',
  })
})

it('the terms of receipts follow from the settings, and development needs no key', async () => {
  const deps = depsWith({
    VAT_RATE: '7.5',
    VAT_POINT: 'usage',
    RECEIPT_ISSUER: 'Example Ltd; TIN 12345678-0001 ;1 Marina Road, Lagos',
  })
  expect(deps.receiptTerms).toEqual({
    vatRate: 750,
    vatPoint: 'usage',
    issuer: ['Example Ltd', 'TIN 12345678-0001', '1 Marina Road, Lagos'],
  })
  expect(depsWith({}).receiptTerms).toEqual({ vatRate: undefined, vatPoint: 'topup', issuer: [] })
  expect(deps.signer.canSign).toBe(true)
  expect(depsWith({ MONNIFY_SIMULATOR: 'off' }).signer.canSign).toBe(false)
  const RECEIPT_KEY = 'MC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH'
  const [own] = await deps.signer.publicKeys()
  const { signer } = depsWith({ RECEIPT_KEY, RECEIPT_KEYS_PREVIOUS: own?.x ?? '' })
  expect((await signer.publicKeys()).map(({ x }) => x)).toEqual([
    '6kpsY-KcUgq-9VB7Ey7F-ZVHdq6-vnuSQh7qaRRG0iw',
    own?.x,
  ])
})

it('the gateway receives the account and the return URL', async () => {
  const requests: Request[] = []
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init)
    requests.push(request)
    const responseBody = { accessToken: 'T', expiresIn: 3600 }
    return Response.json({ requestSuccessful: true, responseBody })
  })
  const { MONNIFY_SIMULATOR: _, ...production } = env as typeof env & { MONNIFY_SIMULATOR: string }
  const { gateway } = createDeps({
    ...production,
    MONNIFY_CONTRACT_CODE: '77',
    PAYMENT_REDIRECT_URL: 'https://shop.example/return',
  } as typeof env)
  const customer = { name: 'Ngozi', email: 'ngozi@example.com' }
  const order = { paymentReference: 'AIL-1', amountKobo: 5000, description: null, customer }
  await gateway.initialise(order as Parameters<typeof gateway.initialise>[0])
  expect(await requests[1]?.json()).toMatchObject({
    contractCode: '77',
    redirectUrl: 'https://shop.example/return',
  })
})

it('the previous secret verifies tokens, and the current one signs them', async () => {
  const [old, fresh] = ['q'.repeat(32) + '7Vd2mXw9', 'z'.repeat(32) + 'T4bYz8Nc']
  const caller = { userUuid: crypto.randomUUID(), sessionUuid: crypto.randomUUID() }
  const period = { issuedAtMs: Date.now(), expiresAtMs: Date.now() + 60_000 }
  const signed = async (secret: string) =>
    depsWith({ JWT_SECRET: secret }).tokens.signAccess({ ...caller, tokenVersion: 0 }, period)
  const rotated = depsWith({ JWT_SECRET: fresh, JWT_SECRET_PREVIOUS: old }).tokens
  for (const secret of [old, fresh])
    expect(await rotated.verifyAccess(await signed(secret), Date.now())).toMatchObject({
      value: caller,
    })
})

it('the current and the previous key of the gateway verify webhooks', () => {
  const [old, fresh] = ['OLD4M8W2Q6T1R9Y3U5P7', 'NEW4M8W2Q6T1R9Y3U5P7']
  const rotated = { MONNIFY_SECRET_KEY: fresh, MONNIFY_SECRET_KEY_PREVIOUS: old }
  expect(depsWith(rotated).webhookSecrets).toEqual([fresh, old])
  expect(depsWith({ MONNIFY_SECRET_KEY: fresh }).webhookSecrets).toEqual([fresh])
})

it('the cron job removes expired rows, and polls overdue payments', async () => {
  const { send } = worldWith({ hashPassword: () => 'none', verifyPassword: () => true })
  const user = await newUser(send)
  const { body } = await user.send('POST', '/payments', {
    body: { amount: 100, method: 'monnify' },
  })
  await env.DB.batch([
    env.DB.prepare('UPDATE sessions SET expires_at_ms = 1 WHERE user_uuid = ?').bind(user.uuid),
    env.DB.prepare('UPDATE payments SET next_ask_at_ms = 1 WHERE uuid = ?').bind(body.uuid),
  ])
  await worker.scheduled({ cron: '*/5 * * * *' } as ScheduledController)
  const count = (sql: string, value: string) => env.DB.prepare(sql).bind(value).first('n')
  expect(await count('SELECT COUNT(*) AS n FROM sessions WHERE user_uuid = ?', user.uuid)).toBe(0)
  expect(
    await count('SELECT next_ask_at_ms > 1 AS n FROM payments WHERE uuid = ?', body.uuid),
  ).toBe(1)
})
