/** What happens to a payment when the gateway, the wallet or D1 fails on the way. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { settlePayment, sweepPayments } from '../../src/payments/settle'
import { createDeps } from '../../src/deps'
import { env } from 'cloudflare:workers'
import { newUser, type TestUser, topUp, walletOf } from '../support/client'
import { type World, worldWith } from '../support/gateway'

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const later = (world: World, ms: number) => ({ ...world.deps, now: () => Date.now() + ms })
const monnify = { amount: 1000, method: 'monnify' }
const statusOf = async (user: TestUser, uuid: string) =>
  (await user.send('GET', `/payments/${uuid}`)).body

describe('S2: with the gateway down', () => {
  it('a top-up says so, and the same key tries again under a new attempt', async () => {
    const { gateway, send } = worldWith()
    const user = await newUser(send)
    const request = { body: monnify, headers: { 'Idempotency-Key': 'k' } }
    gateway.isDown = true
    const failed = await user.send('POST', '/payments', request)
    expect(failed).toMatchObject({ status: 502, body: { code: 'gateway_unavailable' } })
    const [listed] = (await user.send('GET', '/payments')).body
    expect(listed).toMatchObject({
      status: 'failed',
      failure_reason: 'gateway_unavailable',
      checkout_url: null,
    })
    gateway.isDown = false
    const made = await user.send('POST', '/payments', request)
    expect(made).toMatchObject({ status: 201, body: { uuid: listed.uuid, status: 'processing' } })
    expect(made.body.payment_reference).toBe(listed.payment_reference.replace(/_a1$/, '_a2'))
    gateway.says(made.body.payment_reference, 'PAID', 1000)
    await user.send('POST', `/payments/verify/${made.body.payment_reference}`)
    expect((await walletOf(user)).balance).toBe(1000)
  })

  it('a verify says so, and the sweep finds out later', async () => {
    const world = worldWith()
    const user = await newUser(world.send)
    const { body } = await user.send('POST', '/payments', { body: monnify })
    world.gateway.says(body.payment_reference, 'PAID', 1000)
    world.gateway.isDown = true
    expect((await user.send('POST', `/payments/verify/${body.payment_reference}`)).status).toBe(502)
    await sweepPayments(later(world, 60_000))
    expect((await walletOf(user)).balance).toBe(0)
    world.gateway.isDown = false
    await sweepPayments(later(world, 60_000))
    expect((await walletOf(user)).balance).toBe(1000)
    expect(await statusOf(user, body.uuid)).toMatchObject({ status: 'completed' })
  })
})

describe('S28: a checkout that nobody uses', () => {
  it('expires after a day, unless Monnify cannot be asked, and late money is credited', async () => {
    const world = worldWith()
    const user = await newUser(world.send)
    const { body } = await user.send('POST', '/payments', { body: monnify })
    const dayLater = later(world, 25 * 3_600_000)
    world.gateway.isDown = true
    await sweepPayments(dayLater)
    expect(await statusOf(user, body.uuid)).toMatchObject({ status: 'processing' })
    world.gateway.isDown = false
    await sweepPayments(dayLater)
    expect(await statusOf(user, body.uuid)).toMatchObject({
      status: 'expired',
      failure_reason: 'checkout_expired',
    })
    world.gateway.says(body.payment_reference, 'PAID', 1000)
    await user.send('POST', `/payments/verify/${body.payment_reference}`)
    expect(await statusOf(user, body.uuid)).toMatchObject({
      status: 'completed',
      failure_reason: null,
    })
    expect((await walletOf(user)).balance).toBe(1000)
  })
})

describe('S11: stopped between credit and mark', () => {
  it('the payment is credited once, and marked by whoever asks next', async () => {
    const world = worldWith()
    const store = world.deps.paymentStore
    const stopping = worldWith({
      gateway: world.gateway,
      paymentStore: { ...store, move: () => Promise.reject(new Error('stopped')) },
    })
    const user = await newUser(world.send)
    const { body } = await user.send('POST', '/payments', { body: monnify })
    world.gateway.says(body.payment_reference, 'PAID', 1000)
    const path = `/payments/verify/${body.payment_reference}`
    const stopped = await stopping.send('POST', path, { token: user.token })
    expect(stopped).toMatchObject({ status: 500, body: { code: 'internal_error' } })
    expect(stopped.text).not.toContain('stopped')
    expect((await walletOf(user)).balance).toBe(1000)
    expect(await statusOf(user, body.uuid)).toMatchObject({ status: 'processing' })
    await sweepPayments(later(world, 60_000))
    expect((await walletOf(user)).balance).toBe(1000)
    expect(await statusOf(user, body.uuid)).toMatchObject({
      status: 'completed',
      amount_paid: 1000,
    })
  })
})

describe('S28: a word that is overtaken', () => {
  it('does not take a payment out of completed', async () => {
    const world = worldWith()
    const user = await newUser(world.send)
    const { body } = await user.send('POST', '/payments', { body: monnify })
    const reference: string = body.payment_reference
    const overtaken = {
      ...world.deps,
      gateway: {
        initialise: () => Promise.reject(new Error('not asked')),
        query: async () => {
          world.gateway.says(reference, 'FAILED', 0)
          const word = await world.gateway.query(reference)
          world.gateway.says(reference, 'PAID', 1000)
          await settlePayment(world.deps, reference)
          return word
        },
      },
    }
    await settlePayment(overtaken, reference)
    expect(await statusOf(user, body.uuid)).toMatchObject({
      status: 'completed',
      amount_paid: 1000,
    })
  })
})

describe('S12: a wallet payment that is stopped on its way', () => {
  const body = { amount: 30, method: 'wallet' }

  it('after the debit is completed by the sweep', async () => {
    const world = worldWith()
    const store = world.deps.paymentStore
    const stopping = worldWith({
      paymentStore: { ...store, move: () => Promise.reject(new Error('stopped')) },
    })
    const user = await newUser()
    await topUp(user, 100, 'primary')
    const stopped = await stopping.send('POST', '/payments', { body, token: user.token })
    expect(stopped.status).toBe(500)
    const [payment] = (await user.send('GET', '/payments?limit=1')).body
    expect(payment.status).toBe('pending')
    await sweepPayments(later(world, 60_000))
    expect(await statusOf(user, payment.uuid)).toMatchObject({
      status: 'completed',
      amount_paid: 30,
    })
    expect([(await walletOf(user, 'primary')).balance, (await walletOf(user)).balance]).toEqual([
      70, 30,
    ])
  })

  it('before the debit is given up by the sweep, and the key is free again', async () => {
    const world = worldWith()
    const unreachable = worldWith({
      wallets: { ask: () => Promise.reject(new Error('unreachable')) },
    })
    const user = await newUser()
    await topUp(user, 100, 'primary')
    const headers = { 'Idempotency-Key': 'k' }
    expect(
      (await unreachable.send('POST', '/payments', { body, headers, token: user.token })).status,
    ).toBe(500)
    const [payment] = (await user.send('GET', '/payments?limit=1')).body
    await sweepPayments(later(world, 60_000))
    expect(await statusOf(user, payment.uuid)).toMatchObject({ status: 'pending' })
    await sweepPayments(later(world, 3_600_000))
    expect(await statusOf(user, payment.uuid)).toMatchObject({
      status: 'failed',
      failure_reason: 'not_executed',
    })
    expect((await walletOf(user, 'primary')).balance).toBe(100)
    expect((await user.send('POST', '/payments', { body, headers })).body).toMatchObject({
      status: 'completed',
    })
    expect((await walletOf(user, 'primary')).balance).toBe(70)
  })

  it('before the debit goes on when the same key comes again', async () => {
    const unreachable = worldWith({
      wallets: { ask: () => Promise.reject(new Error('unreachable')) },
    })
    const user = await newUser()
    await topUp(user, 100, 'primary')
    const headers = { 'Idempotency-Key': 'k' }
    await unreachable.send('POST', '/payments', { body, headers, token: user.token })
    const again = await user.send('POST', '/payments', { body, headers })
    expect(again.body).toMatchObject({ status: 'completed' })
    expect([(await walletOf(user, 'primary')).balance, (await walletOf(user)).balance]).toEqual([
      70, 30,
    ])
  })
})

describe('without the local development variable', () => {
  it("no simulator answers, and a payment goes to Monnify's live address", async () => {
    const asked: Request[] = []
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      asked.push(new Request(input, init))
      return new Response('error code: 502', { status: 502 })
    })
    const { MONNIFY_SIMULATOR: _, ...production } = env as typeof env & {
      MONNIFY_SIMULATOR: string
    }
    const { gateway, ...deps } = createDeps(production)
    expect(deps.simulator).toBeUndefined()
    const live = worldWith({ ...deps, gateway })
    const user = await newUser(live.send)
    expect((await user.send('POST', '/payments', { body: monnify })).status).toBe(502)
    expect(asked.map(({ url }) => url)).toEqual(['https://api.monnify.com/api/v1/auth/login'])
    for (const path of [
      '',
      '/',
      '/checkout/MNFY%7C1',
      '/api/v1/auth/login',
      '/api/v2/merchant/transactions/query',
    ])
      for (const method of ['GET', 'POST'])
        expect((await live.send(method, `/simulator${path}`)).status, path).toBe(404)
  })
})
