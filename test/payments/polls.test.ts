import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Gateway } from '../../src/payments/monnify/client'
import { PAYMENT_STATUSES } from '../../src/payments/core/payment'
import { pollPayment } from '../../src/payments/poll'
import { confirmPayment } from '../../src/payments/confirm'
import { sweepPayments } from '../../src/payments/sweep'
import { createDeps } from '../../src/deps'
import { newUser, type TestUser, topUp, walletOf } from '../support/client'
import { type World, worldWith } from '../support/gateway'

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.restoreAllMocks()
})

const DAY_MS = 86_400_000
const transfer = { amount: 30, method: 'wallet' }

const run = (statement: string, ...values: unknown[]) =>
  env.DB.prepare(statement)
    .bind(...values)
    .run()

const rowOf = (uuid: string) =>
  env.DB.prepare(
    'SELECT status, failure_reason, polls, next_ask_at_ms FROM payments WHERE uuid = ?',
  )
    .bind(uuid)
    .first()

const later = (world: World, ms: number) => ({ ...world.deps, now: () => Date.now() + ms })

const newestOf = async (user: TestUser) => (await user.send('GET', '/payments?limit=1')).body[0]

const pollerOf = (reference: string) => env.CHASE.getByName(reference.replace(/_a\d+$/, ''))

describe('a refused transfer', () => {
  it('wakes its poller once, is never due again, and adds no work to the sweep', async () => {
    const { startPoller } = createDeps(env)
    const world = worldWith({ startPoller })
    const user = await newUser(world.send)
    const rejected = await user.send('POST', '/payments', { body: transfer })
    expect(rejected).toMatchObject({ status: 400, body: { code: 'insufficient_funds' } })
    const payment = await newestOf(user)
    const failed = { status: 'failed', failure_reason: 'insufficient_funds', polls: 0 }
    expect(await rowOf(payment.uuid)).toEqual({ ...failed, next_ask_at_ms: null })
    const poller = pollerOf(payment.payment_reference)
    expect(await runDurableObjectAlarm(poller)).toBe(true)
    expect(await runDurableObjectAlarm(poller)).toBe(false)
    const ask = vi.spyOn(world.deps.wallets, 'send')
    for (const days of [0.01, 1, 3])
      expect(await pollPayment(later(world, days * DAY_MS), payment.payment_reference)).toBeNull()
    await sweepPayments(later(world, DAY_MS))
    expect(ask).not.toHaveBeenCalled()
    expect(await rowOf(payment.uuid)).toEqual({ ...failed, next_ask_at_ms: null })
  })

  it('is due while it is repeated, and is completed after an interruption', async () => {
    const world = worldWith()
    const user = await newUser()
    const order = { body: transfer, headers: { 'Idempotency-Key': 'k' } }
    expect((await user.send('POST', '/payments', order)).status).toBe(400)
    const { uuid, payment_reference: reference } = await newestOf(user)
    await topUp(user, 100, 'primary')
    const { paymentStore } = world.deps
    const move: typeof paymentStore.move = (moved, from, to) =>
      to.status === 'pending'
        ? paymentStore.move(moved, from, to)
        : Promise.reject(new Error('stopped'))
    const stopping = worldWith({ paymentStore: { ...paymentStore, move } })
    const stopped = await stopping.send('POST', '/payments', { ...order, token: user.token })
    expect(stopped.status).toBe(500)
    expect((await walletOf(user)).balance).toBe(30)
    expect(await rowOf(uuid)).toMatchObject({ status: 'pending', failure_reason: null })
    expect(await pollPayment(later(world, 6000), reference)).toBeNull()
    expect(await rowOf(uuid)).toMatchObject({ status: 'completed', next_ask_at_ms: null })
    const again = await user.send('POST', '/payments', order)
    expect(again).toMatchObject({ status: 201, body: { uuid, status: 'completed' } })
    expect([(await walletOf(user, 'primary')).balance, (await walletOf(user)).balance]).toEqual([
      70, 30,
    ])
  })

  it('is refused again when repeated, and is not due afterwards', async () => {
    const user = await newUser()
    const order = { body: transfer, headers: { 'Idempotency-Key': 'k' } }
    for (let times = 0; times < 3; times++)
      expect((await user.send('POST', '/payments', order)).status).toBe(400)
    const { uuid } = await newestOf(user)
    expect(await rowOf(uuid)).toMatchObject({ status: 'failed', next_ask_at_ms: null })
  })

  it('has its whole time if it is reopened long after its creation', async () => {
    const world = worldWith()
    const user = await newUser()
    const order = { body: transfer, headers: { 'Idempotency-Key': 'k' }, token: user.token }
    await user.send('POST', '/payments', order)
    const { uuid, payment_reference: reference } = await newestOf(user)
    await run('UPDATE payments SET created_at_ms = created_at_ms - 86400000 WHERE uuid = ?', uuid)
    const unreachable = worldWith({
      wallets: { send: () => Promise.reject(new Error('unreachable')) },
    })
    expect((await unreachable.send('POST', '/payments', order)).status).toBe(500)
    await pollPayment(later(world, 60_000), reference)
    expect(await rowOf(uuid)).toMatchObject({ status: 'pending' })
    await pollPayment(later(world, 16 * 60_000), reference)
    expect(await rowOf(uuid)).toMatchObject({ status: 'failed', failure_reason: 'not_executed' })
  })
})

describe.each([...PAYMENT_STATUSES, 'disputed'])('a payment that is %s', (status) => {
  it('is polled at most 34 times, whatever the gateway returns', async () => {
    const world = worldWith()
    const user = await newUser(world.send)
    const words = [
      ['PAID', 0],
      ['PENDING', 0],
      ['FAILED', 10],
      ['SOMETHING_NEW', 10],
      'unavailable',
      'throws',
    ] as const
    for (const word of words) {
      const body = { amount: 1000, method: 'monnify' }
      const { body: payment } = await user.send('POST', '/payments', { body })
      const overdue = 'UPDATE payments SET status = ?, next_ask_at_ms = 1 WHERE uuid = ?'
      await run(overdue, status, payment.uuid)
      const { gateway } = world
      gateway.isDown = word === 'unavailable'
      const broken: Gateway = {
        initialise: () => Promise.reject(new Error('not asked')),
        query: () => Promise.reject(new Error('broken')),
      }
      const deps = word === 'throws' ? { ...world.deps, gateway: broken } : world.deps
      if (typeof word !== 'string') gateway.says(payment.payment_reference, word[0], word[1])
      let polls = 0
      for (let atMs: number | null = Date.now() + 6000; atMs !== null && polls < 50; polls++) {
        const nowMs: number = atMs
        atMs = await pollPayment({ ...deps, now: () => nowMs }, payment.payment_reference)
        if (atMs !== null) expect(atMs).toBeGreaterThan(nowMs)
      }
      expect(polls, String(word)).toBeLessThanOrEqual(34)
      /** A status of a later release keeps its planned poll for that release. */
      const dueAtMs = status === 'disputed' ? 1 : null
      expect(await rowOf(payment.uuid), String(word)).toMatchObject({ next_ask_at_ms: dueAtMs })
      gateway.isDown = false
    }
  })
})

it('a payment with an unknown status is not changed, and is recorded', async () => {
  const world = worldWith()
  const user = await newUser(world.send)
  const { body } = await user.send('POST', '/payments', {
    body: { amount: 1000, method: 'monnify' },
  })
  await run("UPDATE payments SET status = 'disputed' WHERE uuid = ?", body.uuid)
  world.gateway.says(body.payment_reference, 'PAID', 1000)
  await confirmPayment(world.deps, body.payment_reference)
  expect(await rowOf(body.uuid)).toMatchObject({ status: 'disputed' })
  expect((await walletOf(user)).balance).toBe(0)
  const { results } = await run(
    'SELECT kind FROM exceptions WHERE subject = ?',
    body.payment_reference.replace(/_a1$/, ''),
  )
  expect(results).toEqual([{ kind: 'unknown_payment_state' }])
})

describe('the sweep', () => {
  it.each([60, 1200])(
    'polls another user first if one user has %i overdue payments',
    async (count) => {
      const world = worldWith()
      const [many, other] = [await newUser(world.send), await newUser(world.send)]
      const { body } = await other.send('POST', '/payments', {
        body: { amount: 1000, method: 'monnify' },
      })
      world.gateway.says(body.payment_reference, 'PAID', 1000)
      await run(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
       INSERT INTO payments (uuid, user_uuid, method, wallet_type, amount_kobo, status, reference,
           attempt, amount_paid_kobo, standing_seq, created_at_ms, next_ask_at_ms)
         SELECT ?2 || i, ?2, 'monnify', 'call_credits', 100, 'processing', 'AIL-' || ?2 || i,
           1, 0, 0, 1, i FROM n`,
        count,
        many.uuid,
      )
      await sweepPayments(later(world, 60_000))
      expect((await walletOf(other)).balance).toBe(1000)
      await run('DELETE FROM payments WHERE user_uuid = ?', many.uuid)
    },
  )
})

it('a migration ends the polls of payments that have a final status', async () => {
  const user = await newUser()
  const uuids = new Map<string, string>()
  for (const status of PAYMENT_STATUSES) {
    const { body } = await user.send('POST', '/payments', {
      body: { amount: 1000, method: 'monnify' },
    })
    uuids.set(status, body.uuid)
    await run(
      'UPDATE payments SET status = ?, next_ask_at_ms = 1 WHERE uuid = ?',
      status,
      body.uuid,
    )
  }
  const migration = env.TEST_MIGRATIONS.find(({ name }) => name.includes('polls_and_exceptions'))
  const repair = migration?.queries.find((query) => query.includes('`next_ask_at_ms` = NULL'))
  await run(repair ?? '')
  const dueAtMs = async (status: string) =>
    (await rowOf(uuids.get(status) ?? ''))?.['next_ask_at_ms']
  for (const status of PAYMENT_STATUSES)
    expect(await dueAtMs(status), status).toBe(
      ['pending', 'processing', 'expired'].includes(status) ? 1 : null,
    )
})
