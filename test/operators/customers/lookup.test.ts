import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { kobo } from '../../../src/common/money'
import { ok } from '../../../src/common/result'
import type { Gateway } from '../../../src/payments/monnify/client'
import { dumpD1 } from '../../support/secrets'
import { linesOf } from '../../support/accounts'
import { dial, newUser, PHONE, type Send, type TestUser, walletOf } from '../../support/client'
import { requestRefund } from '../../support/confirmation'
import { paidEvent, sendEvent, worldWith } from '../../support/gateway'
import { operatorSender } from '../../support/operators'

const world = worldWith()

const PENDING = { status: 'PENDING', amountPaidKobo: kobo(0), currency: 'NGN' }

const look = (subject: object, via: Send = operatorSender(world.send, 'viewer')) =>
  via('POST', '/operator/case', { body: subject })

/** Tables that the log-in of an operator and the log of actions fill. */
const OPERATORS = ['operators', 'operator_sessions', 'operator_actions']

async function pay(user: TestUser, naira: number, body: object = {}) {
  const payment = await user.send('POST', '/payments', {
    body: { amount: naira, method: 'monnify', ...body },
  })
  return { uuid: payment.body.uuid, reference: payment.body.payment_reference }
}

const copy = (user: TestUser) =>
  runDurableObjectAlarm(env.WALLET.getByName(`${user.uuid}/call_credits`))

describe('a payment', () => {
  it("is shown with Monnify's status, its webhooks and their outcomes, and the wallet's entries", async () => {
    const user = await newUser(world.send)
    const { uuid, reference } = await pay(user, 300)
    await sendEvent(world.send, paidEvent(reference, 300))
    world.gateway.says(reference, 'PAID', 300)
    const before = await dumpD1(OPERATORS)

    const paid = await look({ payment: reference })
    expect(paid).toMatchObject({
      status: 200,
      body: {
        user: { uuid: user.uuid, disabled_at: null },
        payments: [
          {
            uuid,
            status: 'processing',
            amount_paid: 0,
            attempts: [{ reference, monnify: 'PAID', received: 300, finding: 'received' }],
            webhooks: [
              { event: 'SUCCESSFUL_TRANSACTION', verdict: 'unchanged', times_received: 1 },
            ],
            exceptions: [],
          },
        ],
        wallets: [{ type: 'call_credits', balance: 0, entries: [] }],
      },
    })
    expect(await dumpD1(OPERATORS)).toBe(before)
    expect(paid.text).not.toContain('checkout_url')
    expect((await walletOf(user)).balance).toBe(0)

    await user.send('POST', `/payments/verify/${reference}`)
    for (const payment of [reference, reference.replace(/_a1$/, ''), uuid])
      expect((await look({ payment })).body).toMatchObject({
        payments: [{ status: 'completed', amount_paid: 300 }],
        wallets: [{ balance: 300, entries: [{ kind: 'top_up', amount: 300, balance: 300 }] }],
      })
  })

  it('is shown with its refunds and its reversal, and the wallet with its freeze', async () => {
    const user = await newUser(world.send)
    const { uuid, reference } = await pay(user, 300)
    world.gateway.says(reference, 'PAID', 300)
    await user.send('POST', `/payments/verify/${reference}`)
    const refund = await requestRefund(user, uuid, 120)
    const wallet = { userUuid: user.uuid, type: 'call_credits' } as const
    await world.deps.wallets.send(wallet, (own) => own.freeze())
    world.gateway.says(reference, 'REVERSED', 0)
    await world.deps.wallets.send(wallet, (own) =>
      own.reversePayment({ paymentUuid: uuid, reference, refundedKobo: kobo(0) }),
    )
    expect((await look({ payment: reference })).body).toMatchObject({
      payments: [
        { refunds: [{ uuid: refund.body.uuid, amount: 120, status: 'failed', operator: null }] },
      ],
      wallets: [
        {
          balance: 0,
          debt: 0,
          goodwill: 0,
          frozen_at: expect.any(String),
          entries: [
            { kind: 'top_up', amount: 300 },
            { kind: 'reversal', amount: -300 },
            { kind: 'refund', amount: -120 },
            { kind: 'refund_returned', amount: 120 },
          ],
        },
      ],
    })
  })

  it('is shown with its exceptions, even if Monnify is unavailable', async () => {
    const user = await newUser(world.send)
    const { reference } = await pay(user, 300)
    world.gateway.says(reference, 'PAID', 300, { currency: 'USD' })
    await user.send('POST', `/payments/verify/${reference}`)
    world.gateway.isDown = true
    const { body } = await look({ payment: reference })
    world.gateway.isDown = false
    expect(body.payments).toMatchObject([
      {
        attempts: [{ monnify: 'could not be queried', received: null, finding: null }],
        exceptions: [{ kind: 'currency_mismatch', reference }],
      },
    ])
  })

  it('is found by each of its references, in any spelling', async () => {
    const user = await newUser(world.send)
    const { uuid, reference } = await pay(user, 300)
    const older = 'MNFY|41|20261125225817|0485270664'
    const gateway: Gateway = world.gateway
    const query = vi.spyOn(gateway, 'query')
    query.mockImplementation(async (asked, by) => {
      const isOlder = by === 'transactionReference' && asked === older
      const paymentReference = isOlder ? reference : asked
      return ok({ ...PENDING, transactionReference: older, paymentReference })
    })
    const theirs = `MNFY|${reference}`
    for (const payment of [
      theirs,
      ` ${theirs.toLowerCase()}\n`,
      theirs.replace('|', '%7C'),
      older,
      reference.toLowerCase(),
      `"${reference.replace(/_a1$/, '_a7')}"`,
      ` ${uuid.toUpperCase()}`,
    ])
      expect((await look({ payment })).body.payments, payment).toMatchObject([{ uuid }])
    expect((await look({ payment: `${older}9` })).status).toBe(404)
    query.mockRestore()
  })

  it('shows totals, and the newest attempts and webhooks, if it has more than fit', async () => {
    const user = await newUser(world.send)
    const { uuid, reference } = await pay(user, 300)
    await sendEvent(world.send, paidEvent(reference, 300))
    await env.DB.prepare('UPDATE payments SET attempt = 25 WHERE uuid = ?').bind(uuid).run()
    await env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 101)
       INSERT INTO webhook_events
           (body_hash, body, payment_reference, times_received, received_at_ms, tried_at_ms)
         SELECT ?1 || i, '', ?1, 1, i, i FROM n`,
    )
      .bind(reference.replace(/_a1$/, '_a25'))
      .run()
    const queries = world.gateway.queries
    const { body } = await look({ payment: uuid })
    expect(world.gateway.queries - queries).toBe(10)
    expect(body).toMatchObject({
      payments_total: 1,
      payments: [{ attempts_total: 25, webhooks_total: 101, exceptions_total: 0 }],
      wallets: [{ entries_total: 0 }],
    })
    const times = body.payments[0].webhooks.map((event: { received_at: string }) =>
      Date.parse(event.received_at),
    )
    expect(times).toEqual(Array.from({ length: 100 }, (_, index) => index + 2))
    expect(body.payments[0].attempts).toHaveLength(10)
    expect(body.payments[0].attempts[9].reference).toMatch(/_a25$/)
  })

  it('between wallets is shown with both its entries', async () => {
    const user = await newUser(world.send)
    const { reference } = await pay(user, 300, { wallet: 'primary' })
    world.gateway.says(reference, 'PAID', 300)
    await user.send('POST', `/payments/verify/${reference}`)
    const moved = await pay(user, 100, { method: 'wallet' })
    expect((await look({ payment: moved.uuid })).body.wallets).toMatchObject([
      { type: 'primary', balance: 200, entries: [{ kind: 'transfer_out', amount: -100 }] },
      { type: 'call_credits', balance: 100, entries: [{ kind: 'transfer_in', amount: 100 }] },
    ])
  })
})

describe('a call', () => {
  it('is shown with times, rate, formula and charge, without signaling token and phone number', async () => {
    const user = await newUser(world.send)
    const { reference } = await pay(user, 300)
    world.gateway.says(reference, 'PAID', 300)
    await user.send('POST', `/payments/verify/${reference}`)
    const dialled = await dial(user)
    const call = dialled.body.uuid
    await user.send('PATCH', `/calls/${call}/answer`)
    await user.send('PATCH', `/calls/${call}/end`)

    expect((await look({ call })).status).toBe(404)
    const early = await look({ call, user: user.email.toUpperCase() })
    expect(early).toMatchObject({ status: 200, body: { wallets: [{ copied_to_d1: 0 }] } })
    const other = await newUser(world.send)
    expect((await look({ call, user: other.uuid })).status).toBe(404)

    await copy(user)
    const { body, text } = await look({ call })
    expect(body.wallets).toMatchObject([
      {
        entries: [{ kind: 'call_charge', amount: -1 }],
        calls: [
          {
            uuid: call,
            status: 'completed',
            end_reason: 'hangup',
            recipient: '+234•••67',
            cost: 1,
            charge: { seconds: 0, amount: 1, formula: expect.stringContaining('= 1.00 NGN') },
          },
        ],
      },
    ])
    const ticket = String(dialled.body.signaling_url).split('/').at(-1) ?? ''
    expect(ticket.length).toBeGreaterThan(20)
    for (const secret of [ticket, PHONE]) expect(text).not.toContain(secret)
  })
})

describe('a wallet, and a user', () => {
  it('are shown with the newest entries and payments', async () => {
    const user = await newUser(world.send)
    const { reference } = await pay(user, 50)
    world.gateway.says(reference, 'PAID', 50)
    await user.send('POST', `/payments/verify/${reference}`)
    await dial(user)
    await copy(user)
    const { uuid } = await walletOf(user)
    const wallet = { uuid, posted: 50, balance: 40, held: 10, entries: [{ amount: 50 }] }
    for (const spelt of [uuid, ` ${uuid.toUpperCase()}`])
      expect((await look({ wallet: spelt })).body).toMatchObject({
        user: { uuid: user.uuid },
        wallets: [{ ...wallet, calls: [{ status: 'initiated' }] }],
      })
    for (const named of [user.email, user.uuid, ` ${user.email.toUpperCase()} `])
      expect((await look({ user: named })).body).toMatchObject({
        payments: [{ payment_reference: reference, attempts: [{ monnify: 'PAID' }] }],
        wallets: [{ type: 'primary', entries: [] }, wallet],
      })
  })
})

describe('a subject in another spelling', () => {
  it('is found', async () => {
    const user = await newUser(world.send)
    const { uuid, reference } = await pay(user, 50)
    const { uuid: wallet } = await walletOf(user)
    await copy(user)
    const padded = (text: string) => ` \u200e${text.toUpperCase()}\u00a0`
    const spellings = [
      { payment: padded(reference) },
      { payment: padded(uuid) },
      { wallet: padded(wallet) },
      { user: padded(user.email) },
      { user: padded(user.uuid) },
    ]
    for (const subject of spellings)
      expect((await look(subject)).body, JSON.stringify(subject)).toMatchObject({
        user: { uuid: user.uuid },
      })
  })
})

describe('a user with many payments', () => {
  it('is shown with ten of them and their total number', async () => {
    const user = await newUser(world.send)
    const { uuid } = await pay(user, 50)
    const columns =
      'user_uuid, method, wallet_type, amount_kobo, status, attempt, amount_paid_kobo, standing_seq, created_at_ms'
    await env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12)
       INSERT INTO payments (uuid, reference, ${columns})
       SELECT uuid || i, reference || i, ${columns} FROM payments, n WHERE uuid = ?`,
    )
      .bind(uuid)
      .run()
    const { body } = await look({ user: user.uuid })
    expect(body.payments_total).toBe(13)
    expect(body.payments).toHaveLength(10)
  })
})

describe('the lookup endpoint', () => {
  it('requires an operator, and logs each use', async () => {
    const user = await newUser(world.send)
    const subject = { user: user.uuid }
    for (const token of [user.token, '', 'x']) {
      const via: Send = (method, path, options) => world.send(method, path, { token, ...options })
      expect((await look(subject, via)).status).toBe(401)
    }
    const opened = linesOf('lookup_read')
    const { headers } = await look(subject)
    expect(opened()).toEqual([
      {
        event: 'lookup_read',
        request_id: headers.get('X-Request-Id'),
        kind: 'user',
        found: true,
        user: user.uuid,
      },
    ])
    await look({ user: 'nobody@example.org' })
    await look({ call: crypto.randomUUID(), user: user.uuid })
    expect(opened().slice(1)).toMatchObject([
      { kind: 'user', found: false },
      { kind: 'call+user', found: false },
    ])
    expect(JSON.stringify(opened())).not.toContain('nobody')
    vi.restoreAllMocks()
  })

  it.each([
    { payment: `AIL-${'0'.repeat(32)}_a1` },
    { call: crypto.randomUUID() },
    { wallet: crypto.randomUUID() },
    { user: 'nobody@example.org' },
  ])('finds nothing for %o', async (subject) => {
    expect((await look(subject)).status).toBe(404)
  })

  it.each([
    {},
    { payment: 'a', wallet: 'b' },
    { payment: 'a', user: 'b' },
    { call: 'a', wallet: 'b' },
    { call: 'a', wallet: 'b', user: 'c' },
    { payment: 1 },
    { users: 'a' },
    { user: '' },
  ])('rejects %o', async (subject) => {
    expect((await look(subject)).status).toBe(400)
  })
})
