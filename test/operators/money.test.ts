import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Deps } from '../../src/deps'
import { kobo } from '../../src/common/money'
import { ok } from '../../src/common/result'
import type { RefundGateway } from '../../src/payments/monnify/refunds'
import { newUser, type RequestOptions, type Send, type TestUser, walletOf } from '../support/client'
import { requestRefund } from '../support/confirmation'
import { worldWith } from '../support/gateway'
import { newOperator, operatorSender, type TestOperator } from '../support/operators'

/** Accepts every refund, and does not decide it. */
const refundGateway: RefundGateway = {
  orderRefund: async () => ({ kind: 'accepted' }),
  queryRefund: async () => ok(undefined),
  listRefunds: async () => ok([]),
}

const open = (replaced: Partial<Deps> = {}) =>
  worldWith({ refundGateway, approvalAboveKobo: kobo(500_000), ...replaced })

const keyed = (key: string) => ({ 'Idempotency-Key': key })

const world = open()
let operator: TestOperator
beforeAll(async () => {
  operator = await newOperator('finance', world.send)
})

const propose = (kind: string, body: object, options: RequestOptions = {}) =>
  operator.send('POST', '/operator/proposals', {
    body: { kind, ...body },
    headers: keyed(crypto.randomUUID()),
    ...options,
  })

const decide = (refund: string, body: object) =>
  operator.send('POST', `/operator/refunds/${refund}/decision`, { body })

const goodwill = (user: TestUser, amount: number, rest: object = {}) => ({
  user: user.uuid,
  amount,
  reason: 'No sound on the call',
  ...rest,
})

async function paid(naira: number) {
  const user = await newUser(world.send)
  const body = { amount: naira, method: 'monnify' }
  const { body: payment } = await user.send('POST', '/payments', { body })
  world.gateway.says(payment.payment_reference, 'PAID', naira)
  await user.send('POST', `/payments/verify/${payment.payment_reference}`)
  return { user, payment }
}

const NOBODY = '3f0b8c1e-6f64-4e0a-9b1c-2f4f8f3f7a55'

describe('a route that moves money', () => {
  it.each(['proposals', `refunds/${NOBODY}/decision`])(
    '%s requires the permission to move money',
    async (path) => {
      const ask = (via: Send) => via('POST', `/operator/${path}`, { body: {}, headers: keyed('k') })
      expect(await ask(world.send)).toMatchObject({
        status: 401,
        body: { code: 'operator_unknown' },
      })
      expect(await ask(operatorSender(world.send, 'viewer'))).toMatchObject({
        status: 403,
        body: { code: 'not_permitted' },
      })
      expect((await ask(operator.send)).status).toBe(400)
    },
  )

  it('requires an idempotency key and a reason', async () => {
    const user = await newUser(world.send)
    expect((await propose('goodwill', goodwill(user, 5), { headers: {} })).status).toBe(400)
    expect((await propose('goodwill', goodwill(user, 5, { reason: ' ' }))).status).toBe(400)
    expect((await walletOf(user)).balance).toBe(0)
  })
})

describe('goodwill', () => {
  it('is given once for a key, and pays for calls but not for refunds', async () => {
    const { user, payment } = await paid(200)
    const headers = keyed(crypto.randomUUID())
    for (let times = 0; times < 2; times++)
      expect((await propose('goodwill', goodwill(user, 50), { headers })).status).toBe(200)
    expect(await propose('goodwill', goodwill(user, 51), { headers })).toMatchObject({
      status: 422,
    })
    expect(await walletOf(user)).toMatchObject({ balance: 250, goodwill: 50 })
    const asked = await requestRefund(user, payment.uuid, 200)
    expect(asked.status).toBe(201)
    expect(await walletOf(user)).toMatchObject({ balance: 50, goodwill: 50 })
    const { body: entries } = await user.send(
      'GET',
      `/wallets/${(await walletOf(user)).uuid}/transactions`,
    )
    expect(entries.map(({ kind }: { kind: string }) => kind)).toEqual([
      'refund',
      'goodwill',
      'top_up',
    ])
    expect(entries[1]).toMatchObject({ source_type: 'adjustment', amount: 50 })
  })

  it('shares a daily limit with the refunds of operators', async () => {
    const limits = {
      windowMs: 0,
      userDayKobo: kobo(1),
      operatorDayKobo: kobo(Number.MAX_SAFE_INTEGER),
    }
    const spent = await env.DB.prepare(
      'SELECT COALESCE(SUM(amount_kobo), 0) AS spent FROM adjustments',
    ).first<{ spent: number }>()
    const operatorDayKobo = kobo((spent?.spent ?? 0) + 10_000)
    const limited = open({ refundLimits: { ...limits, operatorDayKobo } })
    const user = await newUser(world.send)
    const give = (amount: number) =>
      operatorSender(limited.send, 'finance')('POST', '/operator/proposals', {
        body: { kind: 'goodwill', ...goodwill(user, amount) },
        headers: keyed(crypto.randomUUID()),
      })
    expect((await give(60)).status).toBe(200)
    expect((await give(41)).body).toMatchObject({
      state: 'refused',
      outcome: 'refund_limit_exceeded',
    })
    expect((await give(40)).status).toBe(200)
    expect((await walletOf(user)).balance).toBe(100)
  })
})

describe('a waiver', () => {
  it('clears a debt, and is refused above its amount', async () => {
    const { user, payment } = await paid(100)
    for (let count = 0; count < 10; count++)
      await user.send('POST', '/calls', { body: { recipient_phone: '+2348031234567' } })
    world.gateway.says(payment.payment_reference, 'REVERSED', 0)
    const credits = env.WALLET.getByName(`${user.uuid}/call_credits`)
    const reversed = { paymentUuid: payment.uuid, reference: payment.payment_reference }
    await credits.reversePayment(reversed)
    const { debt } = await walletOf(user)
    expect(debt).toBe(50)
    expect((await propose('debt_waiver', goodwill(user, debt + 1))).body.code).toBe(
      'amount_exceeds_debt',
    )
    expect((await propose('debt_waiver', goodwill(user, debt))).status).toBe(200)
    expect((await walletOf(user)).debt).toBe(0)
  })
})

describe('a refund by an operator', () => {
  it('can be paid by hand, with evidence, after the window for users', async () => {
    const { user, payment } = await paid(300)
    const body = {
      payment: payment.payment_reference,
      amount: 50,
      method: 'manual',
      reason: 'Card payment',
    }
    const { status, body: proposal } = await propose('refund', body)
    expect(status).toBe(200)
    expect(proposal).toMatchObject({ state: 'executed', amount: 50 })
    const refund: string = proposal.outcome
    expect((await walletOf(user)).balance).toBe(250)
    const decision = { outcome: 'completed', evidence: 'NIP 000015' }
    expect((await decide(refund, decision)).body).toMatchObject({
      uuid: refund,
      method: 'manual',
      status: 'completed',
    })
    expect((await decide(refund, { ...decision, outcome: 'failed' })).status).toBe(409)
    expect((await user.send('GET', `/payments/${payment.uuid}`)).body.refunded_amount).toBe(50)
  })

  it('that could not be paid by hand returns the money', async () => {
    const { user, payment } = await paid(300)
    const body = {
      payment: payment.uuid,
      amount: 50,
      method: 'manual',
      reason: 'Card payment',
    }
    const { body: proposal } = await propose('refund', body)
    const decision = { outcome: 'failed', evidence: 'Account closed' }
    expect((await decide(proposal.outcome, decision)).body.status).toBe('failed')
    expect((await walletOf(user)).balance).toBe(300)
  })

  it('works for a frozen user', async () => {
    const { user, payment } = await paid(300)
    await env.WALLET.getByName(`${user.uuid}/call_credits`).freeze()
    const body = { payment: payment.uuid, amount: 100, reason: 'Account closed' }
    expect((await propose('refund', body)).status).toBe(200)
    expect((await walletOf(user)).balance).toBe(200)
  })
})
