import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { kobo } from '../../src/common/money'
import { refuse } from '../../src/common/result'
import { confirmPayment } from '../../src/payments/confirm'
import { sweepPayments } from '../../src/payments/sweep'
import { newUser, walletOf } from '../support/client'
import { paidEvent, sendEvent, worldWith } from '../support/gateway'
import { operatorSender } from '../support/operators'

const UNCLEAR: [status: string, naira: number, kind: string][] = [
  ['EXPIRED', 50, 'unexpected_amount'],
  ['CANCELLED', 100, 'unexpected_amount'],
  ['FAILED', 100, 'unexpected_amount'],
  ['ABANDONED', 50, 'unexpected_amount'],
  ['PENDING', 100, 'unexpected_amount'],
  ['PARTIALLY_REFUNDED', 100, 'unexplained_refund'],
  ['SOMETHING_NEW', 100, 'unknown_status'],
  ['SOMETHING_NEW', 0, 'unknown_status'],
]

const exceptionsOf = async (subject: string) =>
  (await env.DB.prepare('SELECT * FROM exceptions WHERE subject = ?').bind(subject).all()).results

async function openPayment() {
  const world = worldWith()
  const user = await newUser(world.send)
  const { body } = await user.send('POST', '/payments', {
    body: { amount: 100, method: 'monnify' },
  })
  const reference: string = body.payment_reference
  const audit = async (repair = false) => {
    const path = `/operator/audit?limit=100&repair=${repair}`
    const { body: page } = await operatorSender(world.send)('POST', path)
    return (page.findings as { subject: string }[]).filter(({ subject }) => subject === body.uuid)
  }
  const payment = async () => (await user.send('GET', `/payments/${body.uuid}`)).body
  return { ...world, user, uuid: body.uuid, reference, audit, payment }
}

describe.each(UNCLEAR)('a transaction that is %s with %d NGN', (status, naira, kind) => {
  it('credits nothing, is recorded as an exception, appears in the audit, and is still polled', async () => {
    const { gateway, send, user, reference, audit, payment, deps } = await openPayment()
    gateway.says(reference, status, naira)
    for (let times = 1; times <= 2; times++) {
      const event = await sendEvent(send, paidEvent(reference, 100, { times }))
      expect(event).toMatchObject({ status: 200, body: { outcome: 'unchanged' } })
    }
    expect((await walletOf(user)).balance).toBe(0)
    expect(await payment()).toMatchObject({ status: 'processing', failure_reason: kind })
    expect(await exceptionsOf(reference)).toMatchObject([
      { kind, amount_kobo: naira * 100, count: 2, state: 'open', owner: null, resolution: null },
    ])
    for (const repair of [false, true])
      expect(await audit(repair)).toMatchObject([{ kind: 'unclear_transaction', repaired: false }])
    gateway.says(reference, 'PAID', 100)
    await sweepPayments({ ...deps, now: () => Date.now() + 60_000 })
    expect((await walletOf(user)).balance).toBe(100)
    expect(await payment()).toMatchObject({ status: 'completed', failure_reason: null })
    expect(await audit()).toEqual([])
  })
})

it('an amount with an unexpected status reopens a failed payment', async () => {
  const { gateway, send, user, reference, payment, deps } = await openPayment()
  gateway.says(reference, 'FAILED', 0)
  await sendEvent(send, paidEvent(reference, 100))
  expect(await payment()).toMatchObject({ status: 'failed', failure_reason: 'declined' })
  gateway.says(reference, 'FAILED', 100)
  await sendEvent(send, paidEvent(reference, 100, { again: true }))
  expect(await payment()).toMatchObject({
    status: 'processing',
    failure_reason: 'unexpected_amount',
  })
  gateway.says(reference, 'PAID', 100)
  await sweepPayments({ ...deps, now: () => Date.now() + 60_000 })
  expect((await walletOf(user)).balance).toBe(100)
})

it('an unreadable response is recorded as an exception at once, and appears in the audit', async () => {
  const { gateway, deps, reference, audit, payment } = await openPayment()
  const unreadable = refuse({ code: 'gateway_unavailable', isUnreadable: true })
  gateway.query = () => Promise.resolve(unreadable)
  expect(await confirmPayment(deps, reference)).toEqual(unreadable)
  expect(await payment()).toMatchObject({ status: 'processing' })
  expect(await exceptionsOf(reference)).toMatchObject([
    { kind: 'unreadable_answer', amount_kobo: null, state: 'open' },
  ])
  expect(await audit()).toMatchObject([{ kind: 'unclear_transaction' }])
})

it('an amount that remains on a reversed transaction is recorded as an exception', async () => {
  const { gateway, send, reference, audit, payment } = await openPayment()
  gateway.says(reference, 'REVERSED', 25)
  await sendEvent(send, paidEvent(reference, 50))
  expect(await payment()).toMatchObject({ status: 'failed', failure_reason: 'reversed' })
  expect(await exceptionsOf(reference)).toMatchObject([
    { kind: 'unexpected_amount', amount_kobo: 2500 },
  ])
  expect(await audit()).toMatchObject([{ kind: 'unclear_transaction' }])
})

it('an exception reopens only when a larger amount is at risk', async () => {
  const { gateway, send, reference } = await openPayment()
  const seen: unknown[] = []
  for (const naira of [50, 50, 20, 70]) {
    gateway.says(reference, 'SOMETHING_NEW', naira)
    await sendEvent(send, paidEvent(reference, naira, { seen: seen.length }))
    const [exception] = await exceptionsOf(reference)
    seen.push([exception?.['amount_kobo'], exception?.['state']])
    await env.DB.prepare("UPDATE exceptions SET state = 'resolved' WHERE subject = ?")
      .bind(reference)
      .run()
  }
  expect(seen).toEqual([
    [5000, 'open'],
    [5000, 'resolved'],
    [5000, 'resolved'],
    [7000, 'open'],
  ])
})

it('an exception keeps its latest time and largest amount if an earlier record arrives late', async () => {
  const { deps, reference } = await openPayment()
  const kind = 'unknown_status'
  const record = (atMs: number, amount: number | null) =>
    deps.exceptionStore.record({
      kind,
      subject: reference,
      amountKobo: amount === null ? null : kobo(amount),
      atMs,
    })
  await record(20, 5000)
  await record(10, 4000)
  await record(15, null)
  expect(await exceptionsOf(reference)).toMatchObject([
    { amount_kobo: 5000, first_at_ms: 20, last_at_ms: 20, count: 3 },
  ])
})

it('a payment that stays reversed although it was paid again is not reported as repaired', async () => {
  const { gateway, send, user, uuid, reference, audit } = await openPayment()
  gateway.says(reference, 'REVERSED', 0)
  await sendEvent(send, paidEvent(reference, 100))
  gateway.says(reference, 'PAID', 100)
  for (let times = 0; times < 2; times++)
    expect(await audit(true)).toMatchObject([
      { kind: 'paid_not_credited', subject: uuid, repaired: false },
    ])
  expect((await walletOf(user)).balance).toBe(0)
})
