import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'

import type { Deps } from '../../src/deps'
import { kobo } from '../../src/common/money'
import { ok } from '../../src/common/result'
import type { RefundGateway } from '../../src/payments/monnify/refunds'
import { newUser, type RequestOptions, type TestUser, walletOf } from '../support/client'
import { requestRefund } from '../support/confirmation'
import { worldWith } from '../support/gateway'

const OPERATOR_TOKEN = 'p4Jm9sQv7Lx2Zc8Rt1Yb6Nw3Ke5Hg0Uf'
const MONEY_TOKEN = 'm4Jm9sQv7Lx2Zc8Rt1Yb6Nw3Ke5Hg0Uf'

/** Accepts every refund, and does not decide it. */
const refundGateway: RefundGateway = {
  orderRefund: async () => ({ kind: 'accepted' }),
  queryRefund: async () => ok(undefined),
  listRefunds: async () => ok([]),
}

const open = (replaced: Partial<Deps> = {}) =>
  worldWith({
    refundGateway,
    operatorToken: OPERATOR_TOKEN,
    operatorMoneyToken: MONEY_TOKEN,
    ...replaced,
  })

const moneyHeaders = (key: string) => ({
  'Operator-Money-Token': MONEY_TOKEN,
  'Idempotency-Key': key,
})

const world = open()
const post = (path: string, body: object, options: RequestOptions = {}) =>
  world.send('POST', `/operator/money/${path}`, {
    token: OPERATOR_TOKEN,
    body,
    headers: moneyHeaders(crypto.randomUUID()),
    ...options,
  })

const goodwill = (user: TestUser, amount: number, rest: object = {}) => ({
  user: user.uuid,
  amount,
  reason: 'No sound on the call',
  as: 'Support',
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

describe('a route that moves money', () => {
  it.each(['refunds', 'refunds/decision', 'goodwill', 'waivers'])(
    '%s requires the second token, and does not exist without the setting',
    async (path) => {
      const missing = await post(path, {}, { headers: { 'Idempotency-Key': 'k' } })
      expect(missing).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
      const wrong = { ...moneyHeaders('k'), 'Operator-Money-Token': OPERATOR_TOKEN }
      expect((await post(path, {}, { headers: wrong })).status).toBe(401)
      expect((await post(path, {}, { token: MONEY_TOKEN })).status).toBe(401)
      const off = open({ operatorMoneyToken: undefined })
      const options = { token: OPERATOR_TOKEN, body: {}, headers: moneyHeaders('k') }
      expect((await off.send('POST', `/operator/money/${path}`, options)).status).toBe(404)
    },
  )

  it('requires an idempotency key, a reason and a name', async () => {
    const user = await newUser(world.send)
    const headers = { 'Operator-Money-Token': MONEY_TOKEN }
    expect((await post('goodwill', goodwill(user, 5), { headers })).status).toBe(400)
    expect((await post('goodwill', goodwill(user, 5, { reason: ' ' }))).status).toBe(400)
    expect((await post('goodwill', goodwill(user, 5, { as: undefined }))).status).toBe(400)
    expect((await walletOf(user)).balance).toBe(0)
  })
})

describe('goodwill', () => {
  it('is given once for a key, and pays for calls but not for refunds', async () => {
    const { user, payment } = await paid(200)
    const headers = moneyHeaders(crypto.randomUUID())
    for (let times = 0; times < 2; times++)
      expect((await post('goodwill', goodwill(user, 50), { headers })).status).toBe(200)
    expect(await post('goodwill', goodwill(user, 51), { headers })).toMatchObject({ status: 422 })
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
      limited.send('POST', '/operator/money/goodwill', {
        token: OPERATOR_TOKEN,
        body: goodwill(user, amount),
        headers: moneyHeaders(crypto.randomUUID()),
      })
    expect((await give(60)).status).toBe(200)
    expect(await give(41)).toMatchObject({ status: 409, body: { code: 'refund_limit_exceeded' } })
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
    expect((await post('waivers', goodwill(user, debt + 1))).body.code).toBe('amount_exceeds_debt')
    expect((await post('waivers', goodwill(user, debt))).status).toBe(200)
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
      as: 'Finance',
    }
    const { status, body: refund } = await post('refunds', body)
    expect(status).toBe(200)
    expect(refund).toMatchObject({ method: 'manual', status: 'processing', amount: 50 })
    expect((await walletOf(user)).balance).toBe(250)
    const decision = {
      refund: refund.uuid,
      outcome: 'completed',
      evidence: 'NIP 000015',
      as: 'Finance',
    }
    expect((await post('refunds/decision', decision)).body.status).toBe('completed')
    expect((await post('refunds/decision', { ...decision, outcome: 'failed' })).status).toBe(409)
    expect((await user.send('GET', `/payments/${payment.uuid}`)).body.refunded_amount).toBe(50)
  })

  it('that could not be paid by hand returns the money', async () => {
    const { user, payment } = await paid(300)
    const body = {
      payment: payment.uuid,
      amount: 50,
      method: 'manual',
      reason: 'Card payment',
      as: 'Finance',
    }
    const { body: refund } = await post('refunds', body)
    const decision = {
      refund: refund.uuid,
      outcome: 'failed',
      evidence: 'Account closed',
      as: 'Finance',
    }
    expect((await post('refunds/decision', decision)).body.status).toBe('failed')
    expect((await walletOf(user)).balance).toBe(300)
  })

  it('works for a frozen user', async () => {
    const { user, payment } = await paid(300)
    await env.WALLET.getByName(`${user.uuid}/call_credits`).freeze()
    const body = { payment: payment.uuid, amount: 100, reason: 'Account closed', as: 'Finance' }
    expect((await post('refunds', body)).status).toBe(200)
    expect((await walletOf(user)).balance).toBe(200)
  })
})
