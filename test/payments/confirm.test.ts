import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createPaymentPoller } from '../../src/payments/poller-object'
import { pollPayment } from '../../src/payments/poll'
import { confirmPayment } from '../../src/payments/confirm'
import { sweepPayments } from '../../src/payments/sweep'
import { createDeps } from '../../src/deps'
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { atOnce, newUser, type TestUser, topUp, walletOf } from '../support/client'
import { type World, worldWith } from '../support/gateway'

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const later = (world: World, ms: number) => ({ ...world.deps, now: () => Date.now() + ms })
/** Far in the future, so that no alarm fires by itself. */
const LATER = Date.parse('2126-03-14T10:00:00.000Z')
const monnify = { amount: 1000, method: 'monnify' }
const exceptionsOf = async (reference: string) =>
  (await env.DB.prepare('SELECT * FROM exceptions WHERE subject = ?').bind(reference).all()).results

const duePollOf = (uuid: string) =>
  env.DB.prepare('SELECT next_ask_at_ms FROM payments WHERE uuid = ?')
    .bind(uuid)
    .first('next_ask_at_ms')

/** Polls at each instant that the previous poll returned. @returns these instants */
async function pollUntilDone(
  deps: World['deps'],
  reference: string,
  fromMs: number,
): Promise<number[]> {
  const polled: number[] = []
  for (let atMs: number | null = fromMs + 5000; atMs !== null && polled.length < 100;) {
    const nowMs = atMs
    polled.push(nowMs)
    atMs = await pollPayment({ ...deps, now: () => nowMs }, reference)
  }
  return polled
}

const statusOf = async (user: TestUser, uuid: string) =>
  (await user.send('GET', `/payments/${uuid}`)).body

describe('S2: with the gateway down', () => {
  it('a top-up returns 502, and the same key retries with a new attempt', async () => {
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

  it('a verification returns 502, and the sweep confirms the payment later', async () => {
    const world = worldWith()
    const user = await newUser(world.send)
    const { body } = await user.send('POST', '/payments', { body: monnify })
    world.gateway.says(body.payment_reference, 'PAID', 1000)
    world.gateway.isDown = true
    expect((await user.send('POST', `/payments/verify/${body.payment_reference}`)).status).toBe(502)
    await sweepPayments(later(world, 60_000))
    expect((await walletOf(user)).balance).toBe(0)
    world.gateway.isDown = false
    await sweepPayments(later(world, 20 * 60_000))
    expect((await walletOf(user)).balance).toBe(1000)
    expect(await statusOf(user, body.uuid)).toMatchObject({ status: 'completed' })
  })
})

describe('S28: an unused checkout', () => {
  it('expires after its window, unless Monnify is unavailable, and late money is credited', async () => {
    const world = worldWith()
    const user = await newUser(world.send)
    const { body } = await user.send('POST', '/payments', { body: monnify })
    const hourLater = later(world, 3_600_000)
    world.gateway.isDown = true
    await sweepPayments(hourLater)
    expect(await statusOf(user, body.uuid)).toMatchObject({ status: 'processing' })
    world.gateway.isDown = false
    await sweepPayments(later(world, 2 * 3_600_000))
    expect(await statusOf(user, body.uuid)).toMatchObject({
      status: 'expired',
      failure_reason: 'checkout_expired',
    })
    world.gateway.says(body.payment_reference, 'PAID', 1000)
    await sweepPayments(later(world, 30 * 3_600_000))
    expect(await statusOf(user, body.uuid)).toMatchObject({
      status: 'completed',
      failure_reason: null,
    })
    expect((await walletOf(user)).balance).toBe(1000)
  })

  it('does not keep the sweep from a paid one, even if sixty are unused', async () => {
    const world = worldWith()
    const user = await newUser(world.send)
    const unpaid = await atOnce(60, () => user.send('POST', '/payments', { body: monnify }))
    const { body } = await user.send('POST', '/payments', { body: monnify })
    world.gateway.says(body.payment_reference, 'PAID', 1000)
    expect(unpaid).toHaveLength(60)
    for (let minutes = 1; minutes <= 3; minutes++)
      await sweepPayments(later(world, minutes * 60_000))
    expect((await walletOf(user)).balance).toBe(1000)
  })
})

describe('the poller', () => {
  it('polls at the planned times until the payment is completed, then stops', async () => {
    const world = worldWith()
    const user = await newUser(world.send)
    const { body } = await user.send('POST', '/payments', { body: monnify })
    const reference: string = body.payment_reference
    const madeAtMs = Date.parse(body.created_at)
    const first = await pollPayment({ ...world.deps, now: () => madeAtMs + 6000 }, reference)
    expect(first).toBeGreaterThanOrEqual(madeAtMs + 10_000)
    expect(first).toBeLessThanOrEqual(madeAtMs + 11_000)
    world.gateway.says(reference, 'PAID', 1000)
    expect(await pollPayment({ ...world.deps, now: () => madeAtMs + 11_000 }, reference)).toBeNull()
    expect((await walletOf(user)).balance).toBe(1000)
  })

  it('credits a payment by its alarm, without a webhook or a client', async () => {
    const user = await newUser()
    const { body } = await user.send('POST', '/payments', { body: monnify })
    const poller = env.CHASE.getByName(body.payment_reference.replace(/_a1$/, ''))
    const alarmMs = await runInDurableObject(poller, (_, { storage }) => storage.getAlarm())
    expect(alarmMs).toBeGreaterThan(Date.parse(body.created_at) + 4999)
    expect(await runDurableObjectAlarm(poller)).toBe(true)
    expect(await statusOf(user, body.uuid)).toMatchObject({ status: 'completed' })
    expect((await walletOf(user)).balance).toBe(1000)
    expect(await runDurableObjectAlarm(poller)).toBe(false)
  })

  it('polls an unpaid payment 34 times in some four days, then stops', async () => {
    const world = worldWith()
    const user = await newUser(world.send)
    const { body } = await user.send('POST', '/payments', { body: monnify })
    const polled = await pollUntilDone(
      world.deps,
      body.payment_reference,
      Date.parse(body.created_at) + 1000,
    )
    expect(polled).toHaveLength(34)
    expect(polled.at(-1)).toBeLessThan(Date.now() + 4.2 * 86_400_000)
    expect(await statusOf(user, body.uuid)).toMatchObject({ status: 'expired' })
    expect(await exceptionsOf(body.payment_reference)).toEqual([])
    expect(await duePollOf(body.uuid)).toBeNull()
  })

  it('polls as often if the gateway never responds, then records an exception', async () => {
    const world = worldWith()
    const user = await newUser(world.send)
    const { body } = await user.send('POST', '/payments', { body: monnify })
    world.gateway.isDown = true
    const polled = await pollUntilDone(
      world.deps,
      body.payment_reference,
      Date.parse(body.created_at) + 1000,
    )
    expect(polled).toHaveLength(34)
    expect(await exceptionsOf(body.payment_reference)).toMatchObject([
      { kind: 'never_answered', state: 'open', count: 1 },
    ])
  })
})

describe('repeated failures', () => {
  it('delay the next poll more each time, and do not delay other payments', async () => {
    const world = worldWith()
    const broken = { ask: () => Promise.reject(new Error('the wallet throws')) }
    const [user, other] = [await newUser(world.send), await newUser(world.send)]
    const bad = await atOnce(50, () => user.send('POST', '/payments', { body: monnify }))
    for (const { body } of bad) world.gateway.says(body.payment_reference, 'PAID', 1000)
    const { body: good } = await other.send('POST', '/payments', { body: monnify })
    world.gateway.says(good.payment_reference, 'PAID', 1000)
    const wallets: typeof world.deps.wallets = {
      send: (name, command) =>
        name.userUuid === user.uuid ? broken.ask() : world.deps.wallets.send(name, command),
    }
    const failing = { ...world.deps, wallets }
    const nowMs = Date.now() + 60_000
    const next = await pollPayment({ ...failing, now: () => nowMs }, bad[0]?.body.payment_reference)
    expect(next).toBeGreaterThanOrEqual(nowMs + 10_000)
    for (let minutes = 1; minutes <= 2; minutes++)
      await sweepPayments({ ...failing, now: () => Date.now() + minutes * 120_000 })
    expect((await walletOf(other)).balance).toBe(1000)
  })

  it('of the status update do not cause an immediate poll', async () => {
    const world = worldWith()
    const user = await newUser(world.send)
    const { body } = await user.send('POST', '/payments', { body: monnify })
    const nowMs = Date.now() + 3_600_000
    const updateStatus = () => Promise.reject(new Error('D1 is down'))
    const paymentStore = { ...world.deps.paymentStore, updateStatus }
    const deps = { ...world.deps, paymentStore, now: () => nowMs }
    expect(await pollPayment(deps, body.payment_reference)).toBeGreaterThan(nowMs)
  })

  it('of polls that cannot begin delay the alarm more each time, until the last one', async () => {
    const poller = env.CHASE.getByName(crypto.randomUUID())
    await runInDurableObject(poller, async (_, state) => {
      let isDown = true
      const poll = () => (isDown ? Promise.reject(new Error('D1 is down')) : Promise.resolve(LATER))
      const object = new (createPaymentPoller(poll))(state, env)
      const delays: number[] = []
      for (let failures = 0; failures < 20; failures++) {
        await object.alarm()
        delays.push(Math.round(((await state.storage.getAlarm()) ?? 0) - Date.now()) / 1000)
      }
      expect(delays.map((seconds) => Math.ceil(seconds)).slice(0, 4)).toEqual([10, 20, 40, 80])
      expect(Math.ceil(delays.at(-1) ?? 0)).toBe(21_600)
      await object.alarm()
      expect(await state.storage.getAlarm()).toBeNull()
      await object.alarm()
      isDown = false
      await object.alarm()
      expect(await state.storage.getAlarm()).toBe(LATER)
      isDown = true
      await object.alarm()
      const afterSuccess = ((await state.storage.getAlarm()) ?? 0) - Date.now()
      expect(Math.ceil(afterSuccess / 1000)).toBe(10)
      await state.storage.deleteAll()
    })
  })

  it('do not cause a fast loop if the read row is stale', async () => {
    const world = worldWith()
    const user = await newUser(world.send)
    const { body } = await user.send('POST', '/payments', { body: monnify })
    const read = await world.deps.paymentStore.byUuid(body.uuid)
    const byReference = async () => read && { ...read, nextPollAtMs: 1 }
    const lagging = { ...world.deps, paymentStore: { ...world.deps.paymentStore, byReference } }
    const next = await pollPayment(lagging, body.payment_reference)
    expect(next).toBeGreaterThan(Date.now())
  })

  it("of a transfer's delivery do not cause a fast loop", async () => {
    const world = worldWith()
    const user = await newUser()
    await topUp(user, 100, 'primary')
    const { body } = await user.send('POST', '/payments', {
      body: { amount: 30, method: 'wallet' },
    })
    const inTransit: typeof world.deps.wallets = {
      send: () => Promise.resolve({ ok: true, value: { status: 'in_transit' } }) as Promise<never>,
    }
    await env.DB.prepare(
      "UPDATE payments SET status = 'processing', next_ask_at_ms = 1 WHERE uuid = ?",
    )
      .bind(body.uuid)
      .run()
    const next = await pollPayment({ ...world.deps, wallets: inTransit }, body.payment_reference)
    expect(next).toBeGreaterThan(Date.now())
  })
})

describe('a checkout that opens late', () => {
  it.each([50 * 60_000, 30 * 3_600_000])(
    '%i ms after the first attempt has its whole window, and is polled',
    async (ms) => {
      const world = worldWith()
      const user = await newUser(world.send)
      const request = { body: monnify, headers: { 'Idempotency-Key': 'k' } }
      world.gateway.isDown = true
      await user.send('POST', '/payments', request)
      const startedAtMs: number[] = []
      const nowMs = Date.now() + ms
      const late = worldWith({
        now: () => nowMs,
        startPoller: async (_, atMs) => void startedAtMs.push(atMs),
        tokens: {
          ...world.deps.tokens,
          verifyAccess: (token) => world.deps.tokens.verifyAccess(token, Date.now()),
        },
      })
      const { body } = await late.send('POST', '/payments', { ...request, token: user.token })
      expect(startedAtMs[0]).toBeGreaterThanOrEqual(nowMs + 5000)
      await confirmPayment({ ...late.deps, now: () => nowMs + 60_000 }, body.payment_reference)
      expect(await statusOf(user, body.uuid)).toMatchObject({ status: 'processing' })
      late.gateway.says(body.payment_reference, 'PAID', 1000)
      const hourLater = { ...late.deps, now: () => nowMs + 3_600_000 }
      await pollPayment(hourLater, body.payment_reference.replace(/_a2$/, ''))
      expect((await walletOf(user)).balance).toBe(1000)
    },
  )
})

describe('a payment whose request stopped before the first attempt', () => {
  it('expires after its window, and a repeat with its key opens a checkout', async () => {
    const world = worldWith()
    const store = world.deps.paymentStore
    const dying = worldWith({
      paymentStore: { ...store, beginAttempt: () => Promise.reject(new Error('died')) },
    })
    const user = await newUser(world.send)
    const request = { body: monnify, headers: { 'Idempotency-Key': 'k' } }
    expect((await dying.send('POST', '/payments', { ...request, token: user.token })).status).toBe(
      500,
    )
    await sweepPayments(later(world, 3_600_000))
    expect((await user.send('GET', '/payments')).body).toMatchObject([{ status: 'expired' }])
    expect(await user.send('POST', '/payments', request)).toMatchObject({
      status: 201,
      body: { status: 'processing' },
    })
  })
})

describe('an overtaken query', () => {
  it('does not undo a checkout that opened meanwhile', async () => {
    const world = worldWith()
    const user = await newUser(world.send)
    const { body } = await user.send('POST', '/payments', { body: monnify })
    const store = world.deps.paymentStore
    const before = await store.byUuid(body.uuid)
    if (!before) throw new Error('no payment')
    const stale = { ...store, byReference: async () => ({ ...before, status: 'pending' as const }) }
    await confirmPayment({ ...world.deps, paymentStore: stale }, body.payment_reference)
    expect(await statusOf(user, body.uuid)).toMatchObject({ status: 'processing' })
  })
})

describe('an earlier attempt', () => {
  it('that was paid later is found by the poller', async () => {
    const world = worldWith()
    const user = await newUser(world.send)
    const request = { body: monnify, headers: { 'Idempotency-Key': 'k' } }
    world.gateway.isDown = true
    await user.send('POST', '/payments', request)
    world.gateway.isDown = false
    const { body } = await user.send('POST', '/payments', request)
    world.gateway.says(body.payment_reference.replace(/_a2$/, '_a1'), 'PAID', 1000)
    await pollPayment(world.deps, body.payment_reference.replace(/_a2$/, ''))
    expect((await walletOf(user)).balance).toBe(1000)
    expect(await statusOf(user, body.uuid)).toMatchObject({ status: 'completed' })
  })
})

describe('a reversal', () => {
  it('of money that was spent is recorded, even if nothing can be debited', async () => {
    const world = worldWith()
    const user = await newUser(world.send)
    const { body } = await user.send('POST', '/payments', {
      body: { ...monnify, wallet: 'primary' },
    })
    world.gateway.says(body.payment_reference, 'PAID', 1000)
    await confirmPayment(world.deps, body.payment_reference)
    await user.send('POST', '/payments', { body: { amount: 1000, method: 'wallet' } })
    world.gateway.says(body.payment_reference, 'REVERSED', 0)
    await confirmPayment(world.deps, body.payment_reference)
    expect(await statusOf(user, body.uuid)).toMatchObject({
      status: 'failed',
      failure_reason: 'reversed',
    })
    expect(await exceptionsOf(body.payment_reference)).toMatchObject([
      { kind: 'reversal_shortfall' },
    ])
  })

  it('debits both wallets, records what was spent or moved, and is not undone by an older status', async () => {
    const world = worldWith()
    const user = await newUser(world.send)
    const { body } = await user.send('POST', '/payments', {
      body: { ...monnify, wallet: 'primary' },
    })
    const reference: string = body.payment_reference
    world.gateway.says(reference, 'PAID', 1000)
    await confirmPayment(world.deps, reference)
    await user.send('POST', '/payments', { body: { amount: 300, method: 'wallet' } })
    world.gateway.says(reference, 'REVERSED', 0)
    await confirmPayment(world.deps, reference)
    expect((await walletOf(user, 'primary')).balance).toBe(0)
    expect(await statusOf(user, body.uuid)).toMatchObject({
      status: 'failed',
      failure_reason: 'reversed',
      amount_paid: 0,
    })
    world.gateway.says(reference, 'PAID', 1000)
    await confirmPayment(world.deps, reference)
    for (const type of ['primary', 'call_credits'])
      expect(await walletOf(user, type)).toMatchObject({ balance: 0, debt: 0 })
    expect(await statusOf(user, body.uuid)).toMatchObject({
      status: 'failed',
      failure_reason: 'reversed',
    })
    expect(await exceptionsOf(reference)).toMatchObject([
      { kind: 'reversal_shortfall', amount_kobo: 30_000, state: 'open' },
    ])
  })
})

describe('an exception', () => {
  it.each([
    ['currency_mismatch', { currency: 'USD' }],
    ['reference_mismatch', { paymentReference: 'AIL-other_a1' }],
  ])('for %s is recorded once and counted, and nothing is credited', async (kind, rest) => {
    const world = worldWith()
    const user = await newUser(world.send)
    const { body } = await user.send('POST', '/payments', { body: monnify })
    world.gateway.says(body.payment_reference, 'PAID', 1000, rest)
    for (let times = 0; times < 3; times++) await confirmPayment(world.deps, body.payment_reference)
    expect((await walletOf(user)).balance).toBe(0)
    expect(await statusOf(user, body.uuid)).toMatchObject({
      status: 'processing',
      failure_reason: kind,
    })
    expect(await exceptionsOf(body.payment_reference)).toMatchObject([
      { kind, amount_kobo: 100_000, count: 3, state: 'open' },
    ])
  })
})

describe('several attempts at a payment', () => {
  it('are all credited, and their amounts add up in the payment', async () => {
    const world = worldWith()
    const user = await newUser(world.send)
    const request = { body: monnify, headers: { 'Idempotency-Key': 'k' } }
    world.gateway.isDown = true
    await user.send('POST', '/payments', request)
    world.gateway.isDown = false
    const { body } = await user.send('POST', '/payments', request)
    const [first, second] = ['_a1', '_a2'].map((end) => body.payment_reference.replace(/_a2$/, end))
    world.gateway.says(first, 'PAID', 1000)
    world.gateway.says(second, 'PAID', 1000)
    await confirmPayment(world.deps, first)
    await confirmPayment(world.deps, second)
    expect((await walletOf(user)).balance).toBe(2000)
    expect(await statusOf(user, body.uuid)).toMatchObject({
      status: 'completed',
      amount_paid: 2000,
    })
  })

  it('that never existed are not queried', async () => {
    const world = worldWith()
    const user = await newUser(world.send)
    const { body } = await user.send('POST', '/payments', { body: monnify })
    const never = body.payment_reference.replace(/_a1$/, '_a2')
    world.gateway.says(never, 'PAID', 1000)
    expect((await user.send('POST', `/payments/verify/${never}`)).body).toMatchObject({
      status: 'processing',
    })
    expect((await walletOf(user)).balance).toBe(0)
  })

  it('are not opened by concurrent requests: one opens, the others get its response', async () => {
    const world = worldWith()
    const user = await newUser(world.send)
    let opened = 0
    const slow = worldWith({
      gateway: {
        query: () => Promise.reject(new Error('not asked')),
        initialise: async (checkout) => {
          opened += 1
          await scheduler.wait(50)
          return world.gateway.initialise(checkout)
        },
      },
    })
    const headers = { 'Idempotency-Key': 'k' }
    const made = await atOnce(10, () =>
      slow.send('POST', '/payments', { body: monnify, headers, token: user.token }),
    )
    expect(opened).toBe(1)
    expect(new Set(made.map(({ text }) => text)).size).toBe(1)
    expect(made[0]?.body.payment_reference).toMatch(/_a1$/)
  })

  it('are refused as in progress if opening one takes too long', async () => {
    const world = worldWith()
    const user = await newUser(world.send)
    const stuck = worldWith({
      wait: () => Promise.resolve(),
      gateway: {
        query: () => Promise.reject(new Error('not asked')),
        initialise: () => Promise.reject(new Error('stopped')),
      },
    })
    const request = { body: monnify, headers: { 'Idempotency-Key': 'k' }, token: user.token }
    expect((await stuck.send('POST', '/payments', request)).status).toBe(500)
    const second = await stuck.send('POST', '/payments', request)
    expect(second).toMatchObject({ status: 409, body: { code: 'request_in_progress' } })
    const afterLease = worldWith({ now: () => Date.now() + 60_000 })
    const third = await afterLease.send('POST', '/payments', request)
    expect(third.body.payment_reference).toMatch(/_a2$/)
  })
})

describe('S11: a crash between the credit and the status update', () => {
  it('credits the payment once, and the next confirmation updates it', async () => {
    const world = worldWith()
    const store = world.deps.paymentStore
    const stopping = worldWith({
      gateway: world.gateway,
      paymentStore: { ...store, updateStatus: () => Promise.reject(new Error('stopped')) },
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

describe('S28: an outdated status', () => {
  it('does not change a completed payment', async () => {
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
          await confirmPayment(world.deps, reference)
          return word
        },
      },
    }
    await confirmPayment(overtaken, reference)
    expect(await statusOf(user, body.uuid)).toMatchObject({
      status: 'completed',
      amount_paid: 1000,
    })
  })
})

describe('S12: an interrupted wallet payment', () => {
  const body = { amount: 30, method: 'wallet' }

  it('is completed by the sweep if it stopped after the debit', async () => {
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

  it('fails in the sweep if it stopped before the debit, and a repeat completes it', async () => {
    const world = worldWith()
    const unreachable = worldWith({
      wallets: { send: () => Promise.reject(new Error('unreachable')) },
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

  it('moves money once if another request with its key overtook a refusal', async () => {
    const world = worldWith()
    const user = await newUser()
    const headers = { 'Idempotency-Key': 'k' }
    await topUp(user, 20, 'primary')
    expect((await user.send('POST', '/payments', { body, headers })).status).toBe(400)
    await topUp(user, 80, 'primary')
    const first = await user.send('POST', '/payments', { body, headers })
    await world.deps.paymentStore.move(first.body.uuid, ['completed'], { status: 'failed' })
    const second = await user.send('POST', '/payments', { body, headers })
    expect(second.body).toMatchObject({ uuid: first.body.uuid, status: 'completed' })
    expect((await walletOf(user, 'primary')).balance).toBe(70)
  })

  it('is completed by a repeat with its key if it stopped before the debit', async () => {
    const unreachable = worldWith({
      wallets: { send: () => Promise.reject(new Error('unreachable')) },
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
  it("payments go to Monnify's live URL, not to a simulator", async () => {
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
    const paths = [
      '',
      '/',
      '/clock.js',
      '/events',
      '/events/1/resend',
      '/faults',
      '/checkout/MNFY%7C1',
      '/checkout/MNFY%7C1/pay',
      '/api/v1/auth/login',
      '/api/v1/merchant/transactions/init-transaction',
      '/api/v2/merchant/transactions/query',
      '/api/v2/transactions/MNFY%7C1',
    ]
    for (const path of paths)
      for (const method of ['GET', 'POST'])
        expect((await live.send(method, `/simulator${path}`)).status, path).toBe(404)
  })
})
