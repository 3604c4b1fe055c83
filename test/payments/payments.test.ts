import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { atOnce, newUser, send, statuses, topUp, walletOf } from '../support/client'

const monnify = (amount: number, rest: object = {}) => ({ amount, method: 'monnify', ...rest })
const verifyPath = (payment: { payment_reference: string }) =>
  `/payments/verify/${payment.payment_reference}`

describe('a top-up', () => {
  it('opens a checkout, and credits the wallet once it is verified', async () => {
    const user = await newUser()
    const made = await user.send('POST', '/payments', {
      body: monnify(999.5, { description: 'Credits' }),
    })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      amount: 999.5,
      currency: 'NGN',
      status: 'processing',
      method: 'monnify',
      wallet: 'call_credits',
      description: 'Credits',
      amount_paid: 0,
      completed_at: null,
      checkout_url: expect.stringMatching(/^http:\/\/localhost:8787\/simulator\/checkout\//),
    })
    expect((await walletOf(user)).balance).toBe(0)
    const verified = await user.send('POST', verifyPath(made.body))
    expect(verified.body).toMatchObject({ status: 'completed', amount_paid: 999.5 })
    expect((await walletOf(user)).balance).toBe(999.5)
    expect((await user.send('GET', `/payments/${made.body.uuid}`)).body).toEqual(verified.body)
    expect((await user.send('GET', '/payments')).body).toEqual([verified.body])
  })

  it('S3: is credited once by ten concurrent verifications', async () => {
    const user = await newUser()
    const { body } = await user.send('POST', '/payments', { body: monnify(100) })
    const verified = await atOnce(10, () => user.send('POST', verifyPath(body)))
    expect(statuses(verified)).toEqual({ 200: 10 })
    expect((await walletOf(user)).balance).toBe(100)
    const wallet = await walletOf(user)
    const ledger = await user.send('GET', `/wallets/${wallet.uuid}/transactions`)
    expect(ledger.body).toMatchObject([
      { kind: 'top_up', amount: 100, balance: 100, source_uuid: body.uuid },
    ])
  })

  it('S17: can go to the primary wallet', async () => {
    const user = await newUser()
    await topUp(user, 70, 'primary')
    expect(await walletOf(user, 'primary')).toMatchObject({ balance: 70 })
    expect(await walletOf(user)).toMatchObject({ balance: 0 })
  })

  it('S14: goes to the only wallet of its type, also four at once', async () => {
    const user = await newUser()
    await atOnce(4, () => topUp(user, 25))
    expect((await user.send('GET', '/wallets')).body).toHaveLength(2)
    expect((await walletOf(user)).balance).toBe(100)
  })

  it("S42: stores only the gateway's reference and the checkout", async () => {
    const user = await newUser()
    const { body } = await user.send('POST', '/payments', { body: monnify(50) })
    await user.send('POST', verifyPath(body))
    const row = await env.DB.prepare('SELECT * FROM payments WHERE uuid = ?')
      .bind(body.uuid)
      .first()
    expect(JSON.stringify(row)).not.toContain('MK_TEST')
    expect(row?.['checkout_url']).toBe(body.checkout_url)
  })

  it('S41: has a reference of 128 random bits', async () => {
    const user = await newUser()
    const made = await atOnce(20, () => user.send('POST', '/payments', { body: monnify(50) }))
    const references = made.map(({ body }) => body.payment_reference)
    expect(new Set(references).size).toBe(20)
    for (const reference of references) expect(reference).toMatch(/^AIL-[0-9a-f]{32}_a1$/)
  })
})

describe('S48: the ledger', () => {
  it('lists every movement of money, newest first, in pages', async () => {
    const user = await newUser()
    for (const naira of [20, 30, 40]) await topUp(user, naira)
    const { uuid } = await walletOf(user)
    const first = await user.send('GET', `/wallets/${uuid}/transactions?limit=2`)
    expect(first.body).toMatchObject([
      { seq: 3, kind: 'top_up', amount: 40, balance: 90 },
      { seq: 2, kind: 'top_up', amount: 30, balance: 50 },
    ])
    const next = /^<(.+)>; rel="next"$/.exec(first.headers.get('Link') ?? '')?.[1] ?? ''
    const second = await user.send('GET', next)
    expect(second.body).toMatchObject([{ seq: 1, amount: 20, balance: 20 }])
    expect(second.headers.get('Link')).toBeNull()
    expect((await user.send('GET', `/wallets/${uuid}/transactions?cursor=e30`)).status).toBe(400)
  })
})

describe('S29: a payment', () => {
  it('can be verified by its owner only', async () => {
    const [owner, other] = [await newUser(), await newUser()]
    const { body } = await owner.send('POST', '/payments', { body: monnify(100) })
    const refused = await other.send('POST', verifyPath(body))
    expect(refused.status).toBe(404)
    expect((await walletOf(owner)).balance).toBe(0)
    expect((await walletOf(other)).balance).toBe(0)
  })
})

describe('a payment from the primary wallet', () => {
  const fromWallet = { amount: 30, method: 'wallet' }

  it('moves the money to `call_credits`', async () => {
    const user = await newUser()
    await topUp(user, 100, 'primary')
    const made = await user.send('POST', '/payments', { body: fromWallet })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      status: 'completed',
      method: 'wallet',
      amount_paid: 30,
      checkout_url: null,
    })
    expect((await walletOf(user, 'primary')).balance).toBe(70)
    expect((await walletOf(user)).balance).toBe(30)
    expect((await user.send('POST', verifyPath(made.body))).body).toEqual(made.body)
  })

  it('S12: moves no money if the balance is too low, and says so', async () => {
    const user = await newUser()
    await topUp(user, 29.99, 'primary')
    const refused = await user.send('POST', '/payments', { body: fromWallet })
    expect(refused.status).toBe(400)
    expect(refused.body).toMatchObject({
      code: 'insufficient_funds',
      detail: 'The request needs 30.00 NGN, but only 29.99 NGN is available.',
    })
    expect((await walletOf(user, 'primary')).balance).toBe(29.99)
    expect((await walletOf(user)).balance).toBe(0)
    const [payment] = (await user.send('GET', '/payments?status=failed')).body
    expect(payment).toMatchObject({
      status: 'failed',
      failure_reason: 'insufficient_funds',
      amount_paid: 0,
    })
  })

  it('spends the balance and no more, even twenty at once', async () => {
    const user = await newUser()
    await topUp(user, 100, 'primary')
    const answers = await atOnce(20, () => user.send('POST', '/payments', { body: fromWallet }))
    expect(statuses(answers)).toEqual({ 201: 3, 400: 17 })
    expect((await walletOf(user, 'primary')).balance).toBe(10)
    expect((await walletOf(user)).balance).toBe(90)
  })
})

describe('S26: an idempotency key', () => {
  const headers = { 'Idempotency-Key': 'order 66' }

  it('creates one top-up from twenty concurrent requests', async () => {
    const user = await newUser()
    const answers = await atOnce(20, () =>
      user.send('POST', '/payments', { body: monnify(50), headers }),
    )
    expect(statuses(answers)).toEqual({ 201: 20 })
    expect(new Set(answers.map(({ body }) => body.uuid)).size).toBe(1)
    const first = answers.find((answer) => answer.headers.get('Idempotent-Replayed') === null)
    await user.send('POST', verifyPath(first?.body))
    const late = await user.send('POST', '/payments', { body: monnify(50), headers })
    expect(late.body).toMatchObject({
      uuid: first?.body.uuid,
      status: 'processing',
      amount_paid: 0,
    })
    expect(late.headers.get('Idempotent-Replayed')).toBe('true')
    expect((await walletOf(user)).balance).toBe(50)
  })

  it('creates one transfer from twenty concurrent requests', async () => {
    const user = await newUser()
    await topUp(user, 100, 'primary')
    const body = { amount: 10, method: 'wallet' }
    const answers = await atOnce(20, () => user.send('POST', '/payments', { body, headers }))
    expect(statuses(answers)).toEqual({ 201: 20 })
    expect((await walletOf(user, 'primary')).balance).toBe(90)
    expect((await walletOf(user)).balance).toBe(10)
  })

  it('refuses another body, belongs to one user, and can be reused after a refusal', async () => {
    const [user, other] = [await newUser(), await newUser()]
    await user.send('POST', '/payments', { body: monnify(50), headers })
    const reused = await user.send('POST', '/payments', { body: monnify(51), headers })
    expect(reused.status).toBe(422)
    const body = { amount: 10, method: 'wallet' }
    expect((await other.send('POST', '/payments', { body, headers })).status).toBe(400)
    await topUp(other, 10, 'primary')
    expect((await other.send('POST', '/payments', { body, headers })).status).toBe(201)
  })
})

describe('the list of payments', () => {
  it('S49: has every payment once, newest first, while payments are added', async () => {
    const user = await newUser()
    const made: string[] = []
    for (let index = 0; index < 7; index++)
      made.unshift((await user.send('POST', '/payments', { body: monnify(20 + index) })).body.uuid)
    const seen: string[] = []
    let path: string | undefined = '/payments?limit=3'
    while (path) {
      const { body, headers } = await user.send('GET', path)
      seen.push(...body.map(({ uuid }: { uuid: string }) => uuid))
      path = /^<(.+)>; rel="next"$/.exec(headers.get('Link') ?? '')?.[1]
      await user.send('POST', '/payments', { body: monnify(50) })
    }
    expect(new Set(seen)).toEqual(new Set(made))
    expect(seen).toHaveLength(7)
  })

  it("has one user's payments, filtered by status and time", async () => {
    const [user, other] = [await newUser(), await newUser()]
    const { body } = await user.send('POST', '/payments', { body: monnify(50) })
    expect((await other.send('GET', '/payments')).body).toEqual([])
    expect((await user.send('GET', '/payments?status=processing')).body).toEqual([body])
    expect((await user.send('GET', '/payments?status=completed')).body).toEqual([])
    const later = new Date(Date.parse(body.created_at) + 1).toISOString()
    expect((await user.send('GET', `/payments?from=${later}`)).body).toEqual([])
    expect((await user.send('GET', `/payments?to=${later}`)).body).toEqual([body])
    for (const query of ['cursor=x', 'status=paid', 'limit=-1', 'to=now'])
      expect((await user.send('GET', `/payments?${query}`)).status, query).toBe(400)
  })
})

describe('bad input to POST /payments', () => {
  it.each([
    ['three decimals', { amount: 10.001 }],
    ['a negative amount', { amount: -10 }],
    ['an amount of zero', { amount: 0 }],
    ['an amount of 1e18', { amount: 1e18 }],
    ['an amount as text', { amount: '10' }],
    ['S15: another currency', { currency: 'ZWL' }],
    ['another method', { method: 'cash' }],
    ['a wallet payment into primary', { method: 'wallet', wallet: 'primary' }],
    ['an unknown field', { status: 'completed' }],
    ['a description with a line break', { description: 'a\nb' }],
    ['a long description', { description: 'x'.repeat(101) }],
    ['an amount in a list', { amount: [10] }],
  ])('rejects %s and stores nothing', async (_, rest) => {
    const user = await newUser()
    const refused = await user.send('POST', '/payments', { body: { ...monnify(10), ...rest } })
    expect(refused.status).toBe(400)
    expect(refused.body.code).toBe('validation_failed')
    expect(refused.body.errors[0].pointer).toBe(`/${Object.keys(rest).at(-1)}`)
    expect((await user.send('GET', '/payments')).body).toEqual([])
  })

  it('rejects an idempotency key that is too long', async () => {
    const user = await newUser()
    const headers = { 'Idempotency-Key': 'k'.repeat(256) }
    expect((await user.send('POST', '/payments', { body: monnify(10), headers })).status).toBe(400)
    expect((await send('GET', '/payments')).status).toBe(401)
  })
})
