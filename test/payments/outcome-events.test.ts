/** Events of streams about the outcomes of payments. */
import { beforeAll, describe, expect, it } from 'vitest'
import { DEPLOYMENT } from '../../src/outbox/event'
import { confirmPayment } from '../../src/payments/confirm'
import { pollPayment } from '../../src/payments/poll'
import { sweepPayments } from '../../src/payments/sweep'
import { atOnce, newUser, topUp } from '../support/client'
import { at, pass, useClock } from '../support/clock'
import { costOf, installCounters } from '../support/counts'
import { type EventWorld, eventWorld, storedEvents, streamingUser } from '../support/event-world'
import { paidEvent, sendEvent } from '../support/gateway'

useClock()
beforeAll(installCounters)

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

async function openPayment(world: EventWorld = eventWorld(), amount = 1000) {
  const user = await streamingUser(world)
  const made = await user.send('POST', '/payments', { body: { amount, method: 'monnify' } })
  const { uuid, payment_reference: reference } = made.body as Record<string, string>
  const events = async () => {
    await world.deliver()
    return world.streams.events(user.uuid)
  }
  const types = async () => (await events()).map(({ type }) => type)
  return { world, user, uuid: uuid ?? '', reference: reference ?? '', events, types }
}

type Opened = Awaited<ReturnType<typeof openPayment>>

/** Confirms by events, verifications and polls, twenty times at once. Meanwhile calls change the wallet. */
async function confirmTwentyTimes({ world, user, reference }: Opened, paidNaira: number) {
  await atOnce(20, async (index) => {
    if (index % 4 === 0) await topUp(user, 10)
    if (index % 3 === 0) await sendEvent(world.send, paidEvent(reference, paidNaira))
    else if (index % 3 === 1) await user.send('POST', `/payments/verify/${reference}`)
    else await pollPayment(world.deps, reference)
  })
  await confirmPayment(world.deps, reference)
}

describe('a payment with a stream', () => {
  it.each([
    ['PAID', 1000, 'payment.completed', 'completed', null],
    ['OVERPAID', 1200, 'payment.completed', 'completed', null],
    ['PARTIALLY_PAID', 400, 'payment.partially_paid', 'processing', 'partially_paid'],
    ['FAILED', 0, 'payment.failed', 'failed', 'declined'],
    ['CANCELLED', 0, 'payment.cancelled', 'cancelled', 'cancelled_by_customer'],
    ['ABANDONED', 0, 'payment.cancelled', 'cancelled', 'abandoned_by_customer'],
    ['EXPIRED', 0, 'payment.expired', 'expired', 'checkout_expired'],
  ])(
    'that is %s with %i NGN has one event %s, confirmed twenty times at once',
    async (says, naira, type, status, failure_reason) => {
      const opened = await openPayment(eventWorld({ hasDeploymentEvents: true }))
      const { world, user, uuid, reference, events } = opened
      world.gateway.says(reference, says, naira)
      await confirmTwentyTimes(opened, naira)
      const [event, ...others] = await events()
      expect(others).toEqual([])
      expect(event).toEqual({
        id: expect.stringMatching(/^evt_[0-9a-f]{32}$/),
        type,
        version: 1,
        atMs: Date.now(),
        data: {
          user_uuid: user.uuid,
          payment_uuid: uuid,
          payment_reference: reference,
          wallet: 'call_credits',
          method: 'monnify',
          status,
          amount: 1000,
          amount_paid: naira,
          currency: 'NGN',
          failure_reason,
        },
      })
      const ofDeployment = world.streams
        .events(DEPLOYMENT)
        .filter(({ data }) => data['payment_uuid'] === uuid)
      expect(ofDeployment).toEqual([event])
      const appended = world.streams.appends.filter(({ owner }) => owner === user.uuid)
      expect(appended).toEqual([{ owner: user.uuid, ids: [event?.id] }])
    },
  )

  it('has an event for each outcome, in order, although each is confirmed five times', async () => {
    const { world, user, reference, events } = await openPayment()
    for (const [says, naira] of [
      ['FAILED', 0],
      ['PARTIALLY_PAID', 400],
      ['PARTIALLY_PAID', 600],
      ['PAID', 1000],
      ['REVERSED', 0],
    ] as const) {
      world.gateway.says(reference, says, naira)
      for (let time = 0; time < 5; time++) await confirmPayment(world.deps, reference)
    }
    const facts = (await events()).map(({ type, data }) => [type, data['amount_paid']])
    expect(facts).toEqual([
      ['payment.failed', 0],
      ['payment.partially_paid', 400],
      ['payment.partially_paid', 600],
      ['payment.completed', 1000],
      ['payment.reversed', 0],
    ])
    expect(new Set((await events()).map(({ id }) => id)).size).toBe(5)
    expect(world.stored.filter((uuid) => uuid === user.uuid)).toHaveLength(5)
  })

  it('that is closed although a part was paid has an event for both', async () => {
    const { world, reference, events } = await openPayment()
    world.gateway.says(reference, 'PARTIALLY_PAID', 400)
    await confirmPayment(world.deps, reference)
    at(25 * HOUR_MS)
    await confirmPayment(world.deps, reference)
    await confirmPayment(world.deps, reference)
    expect((await events()).map(({ type, data }) => [type, data['status']])).toEqual([
      ['payment.partially_paid', 'processing'],
      ['payment.expired', 'expired'],
    ])
  })

  it('that Monnify does not know has an event when it expires', async () => {
    const { world, reference, types } = await openPayment()
    at(46 * MINUTE_MS)
    await sweepPayments(world.deps)
    await confirmPayment(world.deps, reference)
    expect(await types()).toEqual(['payment.expired'])
  })

  it('has no event for an outcome that a later one has overtaken', async () => {
    const { world, user, uuid, reference, types } = await openPayment()
    const { paymentStore } = world.deps
    const read = await paymentStore.byUuid(uuid)
    world.gateway.says(reference, 'PAID', 1000)
    await confirmPayment(world.deps, reference)
    await world.deliver()
    world.gateway.says(reference, 'FAILED', 0)
    const lagging = { ...paymentStore, byReference: async () => read }
    await confirmPayment({ ...world.deps, paymentStore: lagging }, reference)
    expect(await types()).toEqual(['payment.completed'])
    const shown = await user.send('GET', `/payments/${uuid}`)
    expect(shown.body.status).toBe('completed')
  })

  it('has the event again under the same ID if D1 is restored to an earlier state', async () => {
    const { world, uuid, reference, types } = await openPayment()
    const read = await world.deps.paymentStore.byUuid(uuid)
    world.gateway.says(reference, 'PAID', 1000)
    await confirmPayment(world.deps, reference)
    await world.deliver()
    await world.deps.paymentStore.move(uuid, ['completed'], read ?? {})
    await confirmPayment(world.deps, reference)
    expect(await types()).toEqual(['payment.completed'])
    expect(world.streams.appends).toHaveLength(2)
  })

  it('has an event if Monnify refuses the checkout', async () => {
    const world = eventWorld()
    const user = await streamingUser(world)
    const request = {
      body: { amount: 100, method: 'monnify' },
      headers: { 'Idempotency-Key': 'a key' },
    }
    world.gateway.isDown = true
    for (let attempt = 0; attempt < 2; attempt++)
      expect((await user.send('POST', '/payments', request)).status).toBe(502)
    world.gateway.isDown = false
    expect((await user.send('POST', '/payments', request)).status).toBe(201)
    await world.deliver()
    const facts = world.streams
      .events(user.uuid)
      .map(({ type, data }) => [type, data['payment_reference'], data['failure_reason']])
    expect(facts).toEqual([
      ['payment.failed', expect.stringMatching(/_a1$/), 'gateway_unavailable'],
      ['payment.failed', expect.stringMatching(/_a2$/), 'gateway_unavailable'],
    ])
  })
})

describe('a transfer between wallets with a stream', () => {
  const body = { amount: 8, method: 'wallet' }

  it('has one event, whatever is repeated', async () => {
    const world = eventWorld()
    const user = await streamingUser(world)
    await topUp(user, 15, 'primary')
    const headers = { 'Idempotency-Key': 'a key' }
    const [made] = await atOnce(10, () => user.send('POST', '/payments', { body, headers }))
    const reference = made?.body.payment_reference
    await atOnce(10, () => confirmPayment(world.deps, reference))
    await world.deliver()
    const events = world.streams.events(user.uuid)
    expect(events).toMatchObject([
      {
        type: 'payment.completed',
        data: {
          payment_reference: reference,
          method: 'wallet',
          status: 'completed',
          amount: 8,
          amount_paid: 8,
        },
      },
    ])
  })

  it('has an event for each refusal, and for the success that follows', async () => {
    const world = eventWorld()
    const user = await streamingUser(world)
    const headers = { 'Idempotency-Key': 'a key' }
    const send = () => user.send('POST', '/payments', { body, headers })
    expect((await send()).status).toBe(400)
    pass(1000)
    expect((await send()).status).toBe(400)
    await topUp(user, 15, 'primary')
    pass(1000)
    expect((await send()).body.status).toBe('completed')
    await world.deliver()
    const events = world.streams.events(user.uuid).filter(({ data }) => data['method'] === 'wallet')
    expect(events.map(({ type, data }) => [type, data['failure_reason']])).toEqual([
      ['payment.failed', 'insufficient_funds'],
      ['payment.failed', 'insufficient_funds'],
      ['payment.completed', null],
    ])
  })

  it('that was never sent has an event when it fails', async () => {
    const unreachable = { send: () => Promise.reject(new Error('unreachable')) }
    const user = await streamingUser(eventWorld())
    const stopped = eventWorld({}, { wallets: unreachable })
    await stopped.send('POST', '/payments', { body, token: user.token })
    pass(HOUR_MS)
    const world = eventWorld()
    await sweepPayments(world.deps)
    await world.deliver()
    expect(world.streams.events(user.uuid)).toMatchObject([
      { type: 'payment.failed', data: { failure_reason: 'not_executed' } },
    ])
  })
})

describe('the event of a payment', () => {
  it('is delivered by the cron job if the request was killed after its batch', async () => {
    const { world, user, reference, types } = await openPayment()
    world.gateway.says(reference, 'PAID', 1000)
    await confirmPayment(world.deps, reference)
    expect(world.stored).toEqual([user.uuid])
    expect(await storedEvents(user.uuid)).toHaveLength(1)
    pass(MINUTE_MS)
    expect(await types()).toEqual(['payment.completed'])
    expect(await storedEvents(user.uuid)).toEqual([])
  })

  it('is delivered once if the request was killed after its append', async () => {
    const { world, user, reference, types } = await openPayment()
    world.gateway.says(reference, 'PAID', 1000)
    await confirmPayment(world.deps, reference)
    world.streams.isResponseLost = true
    await world.deliverOf(user.uuid)
    world.streams.isResponseLost = false
    pass(MINUTE_MS)
    expect(await types()).toEqual(['payment.completed'])
  })

  it('is stored with the status: a crash before the batch loses neither', async () => {
    const { world, user, reference, types } = await openPayment()
    world.gateway.says(reference, 'PAID', 1000)
    const updateStatus = () => Promise.reject(new Error('killed before the batch'))
    const paymentStore = { ...world.deps.paymentStore, updateStatus }
    await expect(confirmPayment({ ...world.deps, paymentStore }, reference)).rejects.toThrow(
      'killed',
    )
    expect(await storedEvents(user.uuid)).toEqual([])
    await confirmPayment(world.deps, reference)
    expect(await types()).toEqual(['payment.completed'])
  })

  it('is not stored without a stream, and costs no extra row', async () => {
    const written = async (world: EventWorld, user: Awaited<ReturnType<typeof newUser>>) => {
      const body = { amount: 1000, method: 'monnify' }
      const { payment_reference: reference } = (await user.send('POST', '/payments', { body })).body
      world.gateway.says(reference, 'PAID', 1000)
      const { d1Rows } = await costOf(() => confirmPayment(world.deps, reference))
      return d1Rows?.written ?? NaN
    }
    const world = eventWorld()
    const plain = await newUser(world.send)
    const { paymentStore } = world.deps
    /** As the previous release updates a payment. */
    const before: EventWorld = {
      ...world,
      deps: {
        ...world.deps,
        paymentStore: {
          ...paymentStore,
          updateStatus: (read, update, rows) =>
            paymentStore.updateStatus(read, update, { ...rows, events: [] }),
        },
      },
    }
    const rowsBefore = await written(before, plain)
    expect(await written(world, plain)).toBe(rowsBefore)
    expect(world.stored).toEqual([])
    expect(await storedEvents(plain.uuid)).toEqual([])
    /** A row and its entries in two indexes. */
    const perStream = 3
    expect(await written(world, await streamingUser(world))).toBe(rowsBefore + perStream)
    const both = eventWorld({ hasDeploymentEvents: true })
    expect(await written(both, await streamingUser(both))).toBe(rowsBefore + 2 * perStream)
  })
})
