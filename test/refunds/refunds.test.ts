import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { kobo } from '../../src/common/money'
import { ok, refuse } from '../../src/common/result'
import type { GatewayRefund, RefundGateway } from '../../src/payments/monnify/refunds'
import { checkGatewayRefunds } from '../../src/payments/check'
import { sweepPayments } from '../../src/payments/sweep'
import { sweepRefunds } from '../../src/refunds/pay'
import { auditUser } from '../../src/operators/audit/service'
import { newUser, type TestUser } from '../support/client'
import { requestRefund } from '../support/confirmation'
import { paidEvent, sendEvent, worldWith } from '../support/gateway'

const DAY_MS = 86_400_000

/** Monnify's refunds, as a test sets them. */
class ScriptedRefunds implements RefundGateway {
  readonly refunds: GatewayRefund[] = []

  async orderRefund({
    refundReference,
    transactionReference,
    amountKobo,
  }: Omit<GatewayRefund, 'status'>) {
    this.refunds.unshift({ refundReference, transactionReference, amountKobo, status: 'open' })
    return { kind: 'accepted' as const }
  }

  async queryRefund(reference: string) {
    return ok(this.refunds.find(({ refundReference }) => refundReference === reference))
  }

  async listRefunds(page: number, size: number) {
    return ok(this.refunds.slice(page * size, (page + 1) * size))
  }

  decide(status: GatewayRefund['status']): void {
    for (const [index, refund] of this.refunds.entries())
      this.refunds[index] = { ...refund, status }
  }

  /** A refund made in the dashboard. */
  made(attempt: string, naira: number, refundReference = `TRFD|${crypto.randomUUID()}`): string {
    const transactionReference = `MNFY|${attempt}`
    const amountKobo = kobo(naira * 100)
    this.refunds.unshift({ refundReference, transactionReference, amountKobo, status: 'completed' })
    return refundReference
  }
}

const refundGateway = new ScriptedRefunds()
const clock = { nowMs: Date.now() }
const world = worldWith({ refundGateway, now: () => clock.nowMs })

interface Paid {
  readonly user: TestUser
  readonly uuid: string
  readonly reference: string
}

async function paid(naira: number, given?: TestUser): Promise<Paid> {
  const user = given ?? (await newUser(world.send))
  const body = { amount: naira, method: 'monnify' }
  const { body: payment } = await user.send('POST', '/payments', { body })
  world.gateway.says(payment.payment_reference, 'PAID', naira)
  await sendEvent(world.send, paidEvent(payment.payment_reference, naira))
  return { user, uuid: payment.uuid, reference: payment.payment_reference }
}

const credits = async (user: TestUser) =>
  (await user.send('GET', '/wallets')).body.find(
    ({ type }: { type: string }) => type === 'call_credits',
  )

const refundEvent = (
  refundReference: string,
  attempt: string,
  eventType = 'SUCCESSFUL_REFUND',
) => ({
  eventType,
  eventData: {
    refundReference,
    transactionReference: `MNFY|${attempt}`,
    refundAmount: '10:00',
    refundStatus: 'COMPLETED',
  },
})

const exceptionsOf = async (subject: string) =>
  (
    await env.DB.prepare('SELECT kind FROM exceptions WHERE subject = ?').bind(subject).all()
  ).results.map((row) => row['kind'])

const exception = (kind: string, subject: string) =>
  env.DB.prepare(
    'SELECT amount_kobo, state, count, note FROM exceptions WHERE kind = ? AND subject = ?',
  )
    .bind(kind, subject)
    .first()

/** Makes the service confirm the payment again. */
const confirmAgain = (reference: string) =>
  sendEvent(world.send, paidEvent(reference, 100, { nonce: crypto.randomUUID() }))

/** Refunds the whole payment on request of its user. @returns the refund's reference */
async function refundAll({ user, uuid }: Paid, amount: number): Promise<string> {
  await requestRefund(user, uuid, amount)
  return refundGateway.refunds[0]?.refundReference ?? ''
}

describe('a refund by the payer', () => {
  it('debits the wallet at once, and is completed when Monnify confirms it', async () => {
    const { user, uuid } = await paid(500)
    const path = `/payments/${uuid}/refunds`
    const headers = { 'Idempotency-Key': 'once' }
    const { status, body: refund } = await requestRefund(user, uuid, 150, headers)
    expect(status).toBe(201)
    expect(refund).toMatchObject({ amount: 150, status: 'processing', payment_uuid: uuid })
    const again = await requestRefund(user, uuid, 150, headers)
    expect(again.headers.get('Idempotent-Replayed')).toBe('true')
    expect(again.body.uuid).toBe(refund.uuid)
    expect((await credits(user)).balance).toBe(350)
    refundGateway.decide('completed')
    const { refundReference = '' } = refundGateway.refunds[0] ?? {}
    await sendEvent(world.send, refundEvent(refundReference, 'any'))
    expect((await user.send('GET', path)).body).toMatchObject([{ status: 'completed' }])
    expect((await user.send('GET', `/payments/${uuid}`)).body).toMatchObject({
      status: 'completed',
      amount_paid: 500,
      refunded_amount: 150,
    })
    refundGateway.decide('failed')
    await sendEvent(world.send, refundEvent(refundReference, 'any', 'FAILED_REFUND'))
    expect((await credits(user)).balance).toBe(500)
    expect((await user.send('GET', path)).body).toMatchObject([
      { status: 'failed', failure_reason: 'gateway_failed' },
    ])
    expect((await user.send('GET', `/payments/${uuid}`)).body.refunded_amount).toBe(0)
  })

  it('of the whole payment can be repeated with its key; another amount with that key is refused', async () => {
    const { user, uuid } = await paid(500)
    const ask = (amount: number) => requestRefund(user, uuid, amount, { 'Idempotency-Key': 'all' })
    const first = await ask(500)
    const again = await ask(500)
    expect([first.status, again.status]).toEqual([201, 201])
    expect(again.body).toEqual(first.body)
    expect(again.headers.get('Idempotent-Replayed')).toBe('true')
    expect(await ask(499)).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    })
    expect((await credits(user)).balance).toBe(0)
  })

  it.each([
    ['less than 100 NGN', 99, 409, 'refund_not_allowed'],
    ['more than the payment', 501, 400, 'refund_exceeds_payment'],
    ['nothing', 0, 400, 'validation_failed'],
  ])('of %s is refused', async (_, amount, status, code) => {
    const { user, uuid } = await paid(500)
    const refused = await requestRefund(user, uuid, amount)
    expect(refused).toMatchObject({ status, body: { code } })
    expect((await credits(user)).balance).toBe(500)
  })

  it('is refused for spent money, for the payment of another user, and after the window', async () => {
    const { user, uuid } = await paid(500)
    const path = `/payments/${uuid}/refunds`
    const other = await newUser(world.send)
    expect((await requestRefund(other, uuid, 150)).status).toBe(404)
    expect((await other.send('GET', path)).status).toBe(404)
    for (let count = 0; count < 4; count++)
      await user.send('POST', '/calls', { body: { recipient_phone: '+2348031234567' } })
    expect((await requestRefund(user, uuid, 461)).body).toMatchObject({
      code: 'insufficient_funds',
    })
    clock.nowMs += 15 * DAY_MS
    vi.setSystemTime(clock.nowMs)
    const { access_token: token } = (
      await world.send('POST', '/auth/refresh', { body: { refresh_token: user.refreshToken } })
    ).body
    vi.useRealTimers()
    const body = { amount: 150, reason: 'Paid twice' }
    const late = await world.send('POST', path, { body, ...(token && { token }) })
    expect([401, 409]).toContain(late.status)
    clock.nowMs = Date.now()
  })
})

describe('a refund in the dashboard', () => {
  it('is debited after its event, which names no payment', async () => {
    const { user, uuid, reference } = await paid(100)
    const refund = refundGateway.made(reference, 30)
    for (const _ of ['event', 'duplicate'])
      expect((await sendEvent(world.send, refundEvent(refund, reference))).body.outcome).toBe(
        'settled',
      )
    expect((await credits(user)).balance).toBe(70)
    expect((await user.send('GET', `/payments/${uuid}`)).body).toMatchObject({
      status: 'completed',
      refunded_amount: 30,
    })
  })

  it('whose event was lost is found by the cron job', async () => {
    const { user, reference } = await paid(100)
    refundGateway.made(reference, 100)
    await checkGatewayRefunds(world.deps)
    await checkGatewayRefunds(world.deps)
    expect((await credits(user)).balance).toBe(0)
  })

  it('that could not be confirmed is debited by the next check', async () => {
    const { user, reference } = await paid(100)
    refundGateway.made(reference, 30)
    const query = vi.spyOn(world.gateway, 'query')
    query.mockResolvedValue(refuse({ code: 'gateway_unavailable' }))
    await checkGatewayRefunds(world.deps)
    query.mockRestore()
    expect((await credits(user)).balance).toBe(100)
    await sweepPayments(world.deps)
    expect((await credits(user)).balance).toBe(70)
  })

  it('that the status reports is found in the list, and debits only its own amount', async () => {
    const { user, reference } = await paid(100)
    refundGateway.made(reference, 40)
    world.gateway.says(reference, 'REFUNDED', 60)
    await sendEvent(world.send, paidEvent(reference, 100))
    expect((await credits(user)).balance).toBe(60)
  })

  it('that the status reports but the list lacks is an exception, unless nothing of the payment is left', async () => {
    const { user, reference } = await paid(100)
    world.gateway.says(reference, 'REFUNDED', 50)
    await sendEvent(world.send, paidEvent(reference, 100))
    expect((await credits(user)).balance).toBe(100)
    expect(await exceptionsOf(reference)).toEqual(['unexplained_refund'])
    world.gateway.says(reference, 'REFUNDED', 0)
    await sendEvent(world.send, paidEvent(reference, 100, { again: true }))
    expect((await credits(user)).balance).toBe(0)
  })

  it('of money that an ordered refund had paid out is debited after the bank returned that refund', async () => {
    const { user, uuid, reference } = await paid(500)
    await requestRefund(user, uuid, 500)
    refundGateway.decide('completed')
    const { refundReference: own = '' } = refundGateway.refunds[0] ?? {}
    await sendEvent(world.send, refundEvent(own, reference))
    refundGateway.decide('failed')
    const dashboard = refundGateway.made(reference, 100)
    await sendEvent(world.send, refundEvent(dashboard, reference))
    expect(await exceptionsOf(reference)).toEqual(['excess_refund'])
    await sendEvent(world.send, refundEvent(own, reference, 'FAILED_REFUND'))
    await sweepPayments(world.deps)
    expect((await credits(user)).balance).toBe(400)
  })

  it.each([
    ['REVERSED', 0, 0],
    ['REFUNDED', 250, 250],
  ])('and then %s leaves %d NGN, and the audit finds no difference', async (status, left, kept) => {
    const { user, uuid, reference } = await paid(500)
    await requestRefund(user, uuid, 150)
    const { refundReference: own = '' } = refundGateway.refunds[0] ?? {}
    refundGateway.decide('completed')
    await sendEvent(world.send, refundEvent(own, reference))
    await sendEvent(world.send, refundEvent(refundGateway.made(reference, 100), reference))
    world.gateway.says(reference, status, left)
    await sendEvent(world.send, paidEvent(reference, 500, { again: true }))
    expect((await credits(user)).balance).toBe(kept)
    const { findings } = await auditUser(world.deps, user.uuid, { repair: false, sinceMs: 0 })
    expect(findings).toEqual([])
  })

  it.each(['event', 'list'])(
    'that failed after it was completed (%s) is an exception, once',
    async (by) => {
      const { user, reference } = await paid(100)
      const refund = refundGateway.made(reference, 40)
      await sendEvent(world.send, refundEvent(refund, reference))
      expect((await credits(user)).balance).toBe(60)
      refundGateway.decide('failed')
      if (by === 'event')
        await sendEvent(world.send, refundEvent(refund, reference, 'FAILED_REFUND'))
      for (const _ of ['run', 'repeat']) await checkGatewayRefunds(world.deps)
      expect(await exception('gateway_refund_failed', refund)).toEqual({
        amount_kobo: 4000,
        state: 'open',
        count: 1,
        note: `Refund of ${reference}`,
      })
      expect((await credits(user)).balance).toBe(60)
    },
  )

  it('that failed without having been completed is no exception', async () => {
    const { reference } = await paid(100)
    const refund = refundGateway.made(reference, 40)
    refundGateway.decide('failed')
    await sendEvent(world.send, refundEvent(refund, reference, 'FAILED_REFUND'))
    expect(await exceptionsOf(refund)).toEqual([])
  })

  it('of a payment that D1 does not have is an exception, also without an event', async () => {
    const missing = `AIL-${crypto.randomUUID().replaceAll('-', '')}_a1`
    refundGateway.made(missing, 100)
    world.gateway.words.set(`MNFY|${missing}`, { paymentReference: missing })
    await checkGatewayRefunds(world.deps)
    expect(await exceptionsOf(missing)).toEqual(['unknown_reference'])
  })

  it('of an unknown transaction is an exception', async () => {
    const refund = refundGateway.made('their-payment', 100)
    const unknown = `MNFY|their-payment`
    world.gateway.words.set(unknown, { paymentReference: 'their-payment' })
    const { body } = await sendEvent(world.send, refundEvent(refund, 'their-payment'))
    expect(body.outcome).toBe('not_ours')
    expect(await exceptionsOf(unknown)).toEqual(['unknown_refund'])
  })
})

describe('a completed payment', () => {
  it('becomes an exception if no check succeeds within 50 days', async () => {
    const { user, uuid, reference } = await paid(100)
    const query = vi.spyOn(world.gateway, 'query')
    query.mockResolvedValue(refuse({ code: 'gateway_unavailable' }))
    const own = reference.replace(/_a1$/, '')
    clock.nowMs += 45 * DAY_MS
    for (let hours = 0; hours < 6 * 24; hours += 6) {
      expect(await exceptionsOf(own)).toEqual(hours < 5 * 24 ? [] : ['check_failed'])
      await sweepPayments(world.deps)
      clock.nowMs += DAY_MS / 4
    }
    query.mockRestore()
    clock.nowMs = Date.now()
    expect((await user.send('GET', `/payments/${uuid}`)).body.status).toBe('completed')
  })

  it('that is reversed on day 20 is found by day 21', async () => {
    const { user, reference } = await paid(100)
    world.gateway.says(reference, 'REVERSED', 0)
    clock.nowMs += 20 * DAY_MS
    await sweepPayments(world.deps)
    clock.nowMs += DAY_MS + 1
    await sweepPayments(world.deps)
    clock.nowMs = Date.now()
    expect((await credits(user)).balance).toBe(0)
  })

  it('is checked when a settlement names it; an unknown transaction becomes an exception', async () => {
    const { user, reference } = await paid(100)
    world.gateway.says(reference, 'REVERSED', 0)
    const transactions = [
      { transactionReference: `MNFY|${reference}`.toLowerCase() },
      { transactionReference: 'MNFY|nobody' },
    ]
    world.gateway.words.set('MNFY|nobody', { paymentReference: 'theirs' })
    const eventData = { settlementReference: crypto.randomUUID(), transactions }
    const { body } = await sendEvent(world.send, { eventType: 'SETTLEMENT', eventData })
    expect(body.outcome).toBe('checks_due')
    expect(await exceptionsOf('MNFY|nobody')).toEqual(['unknown_settlement'])
    await sweepPayments(world.deps)
    expect((await credits(user)).balance).toBe(0)
  })
})

describe('a partly paid payment', () => {
  it('that is reversed on day 20 is found by day 21', async () => {
    const user = await newUser(world.send)
    const order = { amount: 100, method: 'monnify' }
    const { body: payment } = await user.send('POST', '/payments', { body: order })
    const reference = payment.payment_reference
    world.gateway.says(reference, 'PARTIALLY_PAID', 50)
    await sendEvent(world.send, paidEvent(reference, 50))
    expect((await credits(user)).balance).toBe(50)
    for (let hours = 0; hours < 20 * 24; hours += 12) {
      clock.nowMs += DAY_MS / 2
      await sweepPayments(world.deps)
    }
    world.gateway.says(reference, 'REVERSED', 0)
    clock.nowMs += DAY_MS + 1
    await sweepPayments(world.deps)
    clock.nowMs = Date.now()
    expect((await credits(user)).balance).toBe(0)
  })
})

describe('a status that reports a refund', () => {
  it('with 0 NGN left is not a reversal after an ordered refund bounced', async () => {
    const payment = await paid(500)
    const { user, uuid, reference } = payment
    const own = await refundAll(payment, 500)
    refundGateway.decide('completed')
    await sendEvent(world.send, refundEvent(own, reference))
    world.gateway.says(reference, 'REFUNDED', 0)
    await confirmAgain(reference)
    expect(await exceptionsOf(reference)).toEqual([])
    refundGateway.decide('failed')
    await sendEvent(world.send, refundEvent(own, reference, 'FAILED_REFUND'))
    await sweepPayments(world.deps)
    expect((await credits(user)).balance).toBe(500)
    expect((await user.send('GET', `/payments/${uuid}`)).body.status).toBe('completed')
    expect(await exception('unexplained_refund', reference)).toMatchObject({ amount_kobo: 50_000 })
  })

  it('is no reversal if the refund was requested after the payment was read', async () => {
    const payment = await paid(500)
    const { user, reference } = payment
    const query = world.gateway.query.bind(world.gateway)
    const spy = vi.spyOn(world.gateway, 'query').mockImplementationOnce(async (named) => {
      const own = await refundAll(payment, 500)
      refundGateway.decide('completed')
      await sendEvent(world.send, refundEvent(own, reference))
      world.gateway.says(reference, 'REFUNDED', 0)
      return query(named)
    })
    await confirmAgain(reference)
    spy.mockRestore()
    const { body } = await user.send('GET', `/payments/${payment.uuid}`)
    expect(body).toMatchObject({ status: 'completed', refunded_amount: 500 })
    expect(await exceptionsOf(reference)).toEqual([])
  })

  it('changes nothing while the list of refunds is unavailable', async () => {
    const { user, uuid, reference } = await paid(100)
    const refund = refundGateway.made(reference, 100)
    world.gateway.says(reference, 'REFUNDED', 0)
    const list = vi.spyOn(refundGateway, 'listRefunds')
    list.mockResolvedValue(refuse({ code: 'gateway_unavailable' }))
    const { status } = await confirmAgain(reference)
    list.mockRestore()
    expect(status).toBe(500)
    expect((await credits(user)).balance).toBe(100)
    await sendEvent(world.send, refundEvent(refund, reference))
    expect((await credits(user)).balance).toBe(0)
    const { body } = await user.send('GET', `/payments/${uuid}`)
    expect(body).toMatchObject({ status: 'completed', refunded_amount: 100 })
    expect(await exceptionsOf(reference)).toEqual([])
  })

  it('is no reversal if the list is longer than the search', async () => {
    const { user, reference } = await paid(100)
    world.gateway.says(reference, 'REFUNDED', 0)
    const other = {
      transactionReference: 'MNFY|other',
      amountKobo: kobo(1),
      status: 'open',
    } as const
    const list = vi.spyOn(refundGateway, 'listRefunds')
    list.mockImplementation(async (page) => ok([{ ...other, refundReference: `TRFD|${page}` }]))
    await confirmAgain(reference)
    expect(list).toHaveBeenCalledTimes(10)
    list.mockRestore()
    expect((await credits(user)).balance).toBe(100)
    expect(await exceptionsOf(reference)).toEqual(['unexplained_refund'])
  })

  it('finds a refund behind a page of refunds that the service ordered', async () => {
    const payment = await paid(500)
    const { user, reference } = payment
    refundGateway.made(reference, 100)
    const own = await refundAll(payment, 150)
    refundGateway.decide('completed')
    await sendEvent(world.send, refundEvent(own, reference))
    for (let count = 0; count < 60; count++) refundGateway.made('theirs', 1, `AILR-${count}`)
    world.gateway.says(reference, 'PARTIALLY_REFUNDED', 250)
    await confirmAgain(reference)
    expect((await credits(user)).balance).toBe(250)
    expect(await exceptionsOf(reference)).toEqual([])
  })

  it('records the amount that no refund explains, beside a refund that is known', async () => {
    const payment = await paid(500)
    const { user, reference } = payment
    const own = await refundAll(payment, 100)
    refundGateway.decide('completed')
    await sendEvent(world.send, refundEvent(own, reference))
    world.gateway.says(reference, 'PARTIALLY_REFUNDED', 150)
    await confirmAgain(reference)
    expect((await credits(user)).balance).toBe(400)
    expect(await exception('unexplained_refund', reference)).toMatchObject({ amount_kobo: 25_000 })
  })

  it('reopens a resolved exception when more is refunded', async () => {
    const { reference } = await paid(100)
    const states: unknown[] = []
    for (const left of [60, 60, 20]) {
      world.gateway.says(reference, 'PARTIALLY_REFUNDED', left)
      await confirmAgain(reference)
      states.push(await exception('unexplained_refund', reference))
      await env.DB.prepare("UPDATE exceptions SET state = 'resolved' WHERE subject = ?")
        .bind(reference)
        .run()
    }
    expect(states).toMatchObject([
      { amount_kobo: 4000, state: 'open' },
      { amount_kobo: 4000, state: 'resolved' },
      { amount_kobo: 8000, state: 'open' },
    ])
  })

  it('is explained by an ordered refund that is not completed yet', async () => {
    const payment = await paid(500)
    await refundAll(payment, 150)
    world.gateway.says(payment.reference, 'PARTIALLY_REFUNDED', 350)
    await confirmAgain(payment.reference)
    expect(await exceptionsOf(payment.reference)).toEqual([])
    expect((await credits(payment.user)).balance).toBe(350)
  })

  it.each([
    [60, 40, 60],
    [0, 100, 0],
  ])(
    'before the first credit, with %d NGN left of 100, credits the rest',
    async (left, naira, kept) => {
      const user = await newUser(world.send)
      const order = { amount: 100, method: 'monnify' }
      const { body: payment } = await user.send('POST', '/payments', { body: order })
      const reference = payment.payment_reference
      refundGateway.made(reference, naira)
      world.gateway.says(reference, 'PARTIALLY_REFUNDED', left)
      for (const _ of ['first', 'repeat']) await confirmAgain(reference)
      expect((await credits(user)).balance).toBe(kept)
      expect((await user.send('GET', `/payments/${payment.uuid}`)).body).toMatchObject({
        status: 'completed',
        amount_paid: 100,
        refunded_amount: naira,
      })
      expect(await exceptionsOf(reference)).toEqual([])
    },
  )
})

it('a refund that no request finished is completed by the cron job', async () => {
  const { user, uuid } = await paid(200)
  await requestRefund(user, uuid, 100)
  refundGateway.decide('completed')
  clock.nowMs += 120_000
  await sweepRefunds(world.deps)
  clock.nowMs = Date.now()
  const { body: refunds } = await user.send('GET', `/payments/${uuid}/refunds`)
  expect(refunds).toMatchObject([{ status: 'completed' }])
})
