import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { confirmPayment } from '../../src/payments/confirm'
import { issueReceipt } from '../../src/receipts/issue'
import { openPaymentReceipt } from '../../src/receipts/service'
import { createSigner } from '../../src/receipts/sign'
import { atOnce, newUser, statuses } from '../support/client'
import { pass, START, useClock } from '../support/clock'
import { talk } from '../support/past'
import { worldWith } from '../support/gateway'
import { PHONE_NUMBER } from '../support/secrets'
import {
  findingsOf,
  numbersOf,
  receiptWorld,
  type ReceiptWorld,
  storedReceipt,
} from '../support/receipts'

useClock()

const MINUTE_MS = 60_000
const NO_KEY = createSigner(undefined, [])

const receiptOf = ({ user }: ReceiptWorld, uuid: string) =>
  user.send('GET', `/payments/${uuid}/receipt`)

/** Requests of an earlier test file may still have been issued receipts when this file began. */
const withoutGaps = (numbers: readonly number[]) =>
  numbers.map((_, index) => (numbers[0] ?? 0) + index)

describe('the receipt of a payment', () => {
  it('has a row as soon as the payment is completed, and is issued by the cron job', async () => {
    const world = await receiptWorld()
    const uuid = await world.pay(100)
    expect(await storedReceipt(`payment/${uuid}`)).toMatchObject({ number: null, attempts: 0 })
    await world.issueDue()
    expect(await storedReceipt(`payment/${uuid}`)).toMatchObject({ number: null })
    pass(MINUTE_MS)
    await world.issueDue()
    expect(await storedReceipt(`payment/${uuid}`)).toMatchObject({
      number: expect.any(Number),
      year: 2126,
      next_attempt_at_ms: null,
    })
  })

  it('is issued at once in the background, without a request for it', async () => {
    const world = await receiptWorld({ issueReceipt: worldWith().deps.issueReceipt })
    const uuid = await world.pay(100)
    await vi.waitFor(async () =>
      expect(await storedReceipt(`payment/${uuid}`)).toMatchObject({ year: 2126 }),
    )
  })

  it('has amount, balance and reference of the ledger, and is genuine', async () => {
    const world = await receiptWorld()
    const uuid = await world.pay(100)
    const { status, body } = await receiptOf(world, uuid)
    expect(status).toBe(200)
    const [payment] = (await world.user.send('GET', '/payments')).body
    const wallet = (await world.user.send('GET', '/wallets')).body.find(
      ({ type }: { type: string }) => type === 'call_credits',
    )
    expect(body.receipt).toMatchObject({
      kind: 'payment',
      subject_uuid: uuid,
      wallet_uuid: wallet.uuid,
      amount: '100.00',
      balance: '100.00',
      reference: payment.payment_reference,
      entry_seq: 1,
      issued_at: new Date(START).toISOString(),
      vat: null,
      issuer: [],
    })
    expect(body.holder).toEqual({ name: world.user.email, email: world.user.email })
    expect(JSON.stringify(body.receipt)).not.toContain('@')
    expect(await findingsOf(body)).toEqual([])
    const altered = { ...body, receipt: { ...body.receipt, amount: '150.00' } }
    expect(await findingsOf(altered)).toEqual([
      'amount: the file says 150.00, but 100.00 is signed.',
    ])
  })

  it('is the same whenever it is opened, also with other terms and after a change of name', async () => {
    const world = await receiptWorld()
    const uuid = await world.pay(100)
    const first = await receiptOf(world, uuid)
    pass(60 * MINUTE_MS)
    await world.user.send('PATCH', '/users/me', { body: { first_name: 'Ada', last_name: 'Obi' } })
    Object.assign(world.deps, {
      receiptTerms: { vatRate: 750, vatPoint: 'topup', issuer: ['Example Ltd'] },
    })
    const later = await receiptOf(world, uuid)
    expect(later.body.receipt).toEqual(first.body.receipt)
    expect(later.body.signature).toBe(first.body.signature)
    expect(later.body.holder.name).toBe('Ada Obi')
  })

  it('has the VAT line and the issuer of the configuration', async () => {
    const terms = { vatRate: 750, vatPoint: 'topup', issuer: ['Example Ltd'] } as const
    const world = await receiptWorld({ receiptTerms: terms })
    const { body } = await receiptOf(world, await world.pay(107.5))
    expect(body.receipt.vat).toEqual({ rate: '7.50', net: '100.00', amount: '7.50' })
    expect(body.receipt.issuer).toEqual(['Example Ltd'])
    const usage = await receiptWorld({ receiptTerms: { ...terms, vatPoint: 'usage' } })
    expect((await receiptOf(usage, await usage.pay(100))).body.receipt.vat).toBeNull()
    const call = await talk(usage.user, 60)
    const charged = await usage.user.send('POST', `/calls/${call}/receipt`)
    expect(charged.body.receipt).toMatchObject({
      amount: '10.00',
      vat: { rate: '7.50', net: '9.30', amount: '0.70' },
    })
  })

  it.each([
    ['OVERPAID', 120, '120.00'],
    ['PAID', 100, '100.00'],
  ])('that is %s with %i NGN is for %s', async (status, paid, amount) => {
    const world = await receiptWorld()
    const uuid = await world.pay(100, status, paid)
    expect((await receiptOf(world, uuid)).body.receipt.amount).toBe(amount)
  })

  it('follows when a partly paid payment is completed, for both amounts', async () => {
    const world = await receiptWorld()
    const uuid = await world.pay(100, 'PARTIALLY_PAID', 40)
    expect(await receiptOf(world, uuid)).toMatchObject({
      status: 409,
      body: {
        code: 'receipt_not_available',
        detail: 'The payment is processing; its receipt is issued when it is completed.',
      },
    })
    expect(await storedReceipt(`payment/${uuid}`)).toBeNull()
    const [payment] = (await world.user.send('GET', '/payments')).body
    world.gateway.says(payment.payment_reference, 'PAID', 100)
    await world.user.send('POST', `/payments/verify/${payment.payment_reference}`)
    expect((await receiptOf(world, uuid)).body.receipt).toMatchObject({
      amount: '100.00',
      balance: '100.00',
      entry_seq: 2,
    })
  })

  it('remains after a reversal, because the money was received', async () => {
    const world = await receiptWorld()
    const uuid = await world.pay(100)
    const first = await receiptOf(world, uuid)
    const [payment] = (await world.user.send('GET', '/payments')).body
    world.gateway.says(payment.payment_reference, 'REVERSED', 0)
    await confirmPayment(world.deps, payment.payment_reference)
    expect((await world.user.send('GET', `/payments/${uuid}`)).body.status).toBe('failed')
    expect((await receiptOf(world, uuid)).body.receipt).toEqual(first.body.receipt)
  })

  it('of an earlier release, which inserted no row, is issued on request', async () => {
    const world = await receiptWorld()
    const uuid = await world.pay(100)
    await env.DB.prepare('DELETE FROM receipts WHERE id = ?').bind(`payment/${uuid}`).run()
    const { status, body } = await receiptOf(world, uuid)
    expect([status, body.receipt.amount]).toEqual([200, '100.00'])
  })

  it('does not exist for an open payment, a transfer, or a payment of another user', async () => {
    const world = await receiptWorld()
    const uuid = await world.pay(100, 'PENDING', 0)
    expect((await receiptOf(world, uuid)).body.code).toBe('receipt_not_available')
    const toPrimary = { amount: 50, method: 'monnify', wallet: 'primary' }
    const { payment_reference: reference } = (
      await world.user.send('POST', '/payments', { body: toPrimary })
    ).body
    world.gateway.says(reference, 'PAID', 50)
    await world.user.send('POST', `/payments/verify/${reference}`)
    const transfer = await world.user.send('POST', '/payments', {
      body: { amount: 20, method: 'wallet' },
    })
    expect((await receiptOf(world, transfer.body.uuid)).body).toMatchObject({
      code: 'receipt_not_available',
      detail: 'A transfer between your wallets brings in no money.',
    })
    const other = await newUser(world.send)
    const paid = await world.pay(100)
    const theirs = await other.send('GET', `/payments/${paid}/receipt`)
    expect(theirs).toMatchObject({ status: 404, body: { code: 'not_found' } })
    const none = await other.send('GET', `/payments/${crypto.randomUUID()}/receipt`)
    expect(none.status).toBe(404)
  })

  it('that two processes issue at once with different terms is the one that was stored first', async () => {
    const world = await receiptWorld()
    const row = await world.deps.receiptStore.byId(`payment/${await world.pay(100)}`)
    if (!row) throw new Error('no row')
    const receiptTerms = { vatRate: 750, vatPoint: 'topup', issuer: [] } as const
    const first = await issueReceipt(world.deps, row)
    expect(first).toMatchObject({ ok: true })
    expect(await issueReceipt({ ...world.deps, receiptTerms }, row)).toEqual(first)
  })

  it('is opened twenty times at once, and has one number', async () => {
    const world = await receiptWorld()
    const uuid = await world.pay(100)
    const before = await numbersOf(2126)
    const answers = await atOnce(20, () => receiptOf(world, uuid))
    expect(statuses(answers)).toEqual({ 200: 20 })
    expect(new Set(answers.map(({ body }) => body.receipt.number)).size).toBe(1)
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(await numbersOf(2126)).toHaveLength(before.length + 1)
  })
})

describe('the receipt of a call', () => {
  it('is issued on request, once', async () => {
    const world = await receiptWorld()
    await world.pay(100)
    const uuid = await talk(world.user, 65)
    const path = `/calls/${uuid}/receipt`
    const [first, ...others] = await atOnce(5, () => world.user.send('POST', path))
    expect(first?.body.receipt).toMatchObject({
      kind: 'call',
      subject_uuid: uuid,
      amount: '11.00',
      balance: '89.00',
      reference: `call/${uuid}`,
      call: { started_at: '2126-03-14T10:00:00.000Z', ended_at: '2126-03-14T10:01:05.000Z' },
    })
    for (const { body } of others) expect(body).toEqual(first?.body)
    expect(JSON.stringify(first?.body.receipt)).not.toMatch(PHONE_NUMBER)
    expect(await findingsOf(first?.body)).toEqual([])
  })

  it('does not exist for an open call, a free call, or a call of another user', async () => {
    const world = await receiptWorld()
    await world.pay(100)
    const { body: open } = await world.user.send('POST', '/calls', {
      body: { recipient_phone: '+2348031234567' },
    })
    const path = `/calls/${open.uuid}/receipt`
    expect((await world.user.send('POST', path)).body).toMatchObject({
      status: 409,
      detail: 'The call has not ended.',
    })
    await world.user.send('PATCH', `/calls/${open.uuid}/end`)
    expect((await world.user.send('POST', path)).body.detail).toBe('The call cost nothing.')
    const other = await newUser(world.send)
    expect((await other.send('POST', path)).status).toBe(404)
    expect(await storedReceipt(`call/${open.uuid}`)).toBeNull()
  })
})

describe('the list of receipts', () => {
  it("has the user's issued receipts, newest first, page by page", async () => {
    const world = await receiptWorld()
    const numbers: string[] = []
    for (let index = 0; index < 3; index += 1) {
      pass(1000)
      numbers.unshift((await receiptOf(world, await world.pay(100))).body.receipt.number)
    }
    await world.pay(100)
    const first = await world.user.send('GET', '/receipts?limit=2')
    const link = /<([^>]+)>/.exec(first.headers.get('Link') ?? '')?.[1] ?? ''
    const second = await world.user.send('GET', link)
    expect(second.headers.get('Link')).toBeNull()
    const listed = [...first.body, ...second.body]
    expect(listed.map(({ receipt }) => receipt.number)).toEqual(numbers)
    for (const file of listed) expect(await findingsOf(file)).toEqual([])
    const since = new Date(START + 2000).toISOString()
    const { body: later } = await world.user.send('GET', `/receipts?from=${since}`)
    expect(later).toHaveLength(2)
    expect((await world.user.send('GET', `/receipts?to=${since}`)).body).toHaveLength(1)
    const other = await newUser(world.send)
    expect((await other.send('GET', '/receipts')).body).toEqual([])
  })
})

describe('without a key in production', () => {
  it('requests name the missing setting, and pending receipts are issued once it is set', async () => {
    const world = await receiptWorld({ signer: NO_KEY })
    const uuid = await world.pay(100)
    const { status, body } = await receiptOf(world, uuid)
    expect([status, body.code]).toEqual([503, 'receipts_not_configured'])
    expect(body.detail).toContain('RECEIPT_KEY')
    const [wallet] = (await world.user.send('GET', '/wallets')).body
    const statement = await world.user.send('GET', `/wallets/${wallet.uuid}/statement`)
    expect(statement.body.code).toBe('receipts_not_configured')
    expect((await world.send('GET', '/.well-known/jwks.json')).body).toEqual({ keys: [] })
    pass(MINUTE_MS)
    await world.issueDue()
    expect(await storedReceipt(`payment/${uuid}`)).toMatchObject({ attempts: 0, number: null })
    await world.issueDue({ signer: worldWith().deps.signer })
    expect(await storedReceipt(`payment/${uuid}`)).toMatchObject({ attempts: 1, year: 2126 })
  })
})

describe('the public keys', () => {
  it('are public, cached, and readable from any page', async () => {
    const { fetch } = worldWith()
    const { status, headers, body } = await worldWith().send('GET', '/.well-known/jwks.json')
    expect(status).toBe(200)
    expect(headers.get('Cache-Control')).toBe('public, max-age=300')
    expect(body.keys).toHaveLength(1)
    expect(Object.keys(body.keys[0]).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
    const request = new Request('http://localhost:8787/.well-known/jwks.json', {
      headers: { Origin: 'https://bank.example' },
    })
    expect((await fetch(request)).headers.get('Access-Control-Allow-Origin')).toBe('*')
  })

  it('contain the previous keys after the current one', async () => {
    const [old] = await worldWith().deps.signer.publicKeys()
    const signer = createSigner(new Uint8Array(32).fill(9), [old?.x ?? ''])
    const { body } = await worldWith({ signer }).send('GET', '/.well-known/jwks.json')
    expect(body.keys).toHaveLength(2)
    expect(body.keys[1]).toEqual(old)
  })
})

describe('a process that ends at any step of an issue', () => {
  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
  })

  const lost = () => Promise.reject(new Error('the process ended'))

  it.each<[string, (world: ReceiptWorld) => Parameters<ReceiptWorld['issueDue']>[0]]>([
    ['before the wallet is read', () => ({ wallets: { send: lost } })],
    ['before the number is allocated', () => ({ allocateNumber: lost })],
    [
      'after the number is allocated',
      ({ deps }) => ({
        allocateNumber: async (key, atMs) => {
          await deps.allocateNumber(key, atMs)
          return lost()
        },
      }),
    ],
    ['before the signature', ({ deps }) => ({ signer: { ...deps.signer, sign: lost } })],
    [
      'before the row is stored',
      ({ deps }) => ({ receiptStore: { ...deps.receiptStore, issue: lost } }),
    ],
    [
      'after the row is stored',
      ({ deps }) => ({
        receiptStore: {
          ...deps.receiptStore,
          issue: async (id, document) => {
            await deps.receiptStore.issue(id, document)
            return lost()
          },
        },
      }),
    ],
  ])('%s loses no receipt and no number', async (_, faultOf) => {
    const world = await receiptWorld()
    const uuids = [await world.pay(100), await world.pay(100)]
    pass(MINUTE_MS)
    await world.issueDue(faultOf(world))
    pass(MINUTE_MS)
    await world.issueDue()
    for (const uuid of uuids) {
      const stored = await storedReceipt(`payment/${uuid}`)
      expect(stored).toMatchObject({ next_attempt_at_ms: null })
      expect(stored?.number).toBeGreaterThan(0)
    }
    const numbers = await numbersOf(2126)
    expect(numbers.length).toBeGreaterThanOrEqual(uuids.length)
    expect(numbers).toEqual(withoutGaps(numbers))
  })

  it('is retried at growing intervals, and finally only on request', async () => {
    const world = await receiptWorld()
    const uuid = await world.pay(100)
    let runs = 0
    for (let minutes = 0; minutes < 60 * 24 * 12; minutes += 30) {
      pass(30 * MINUTE_MS)
      await world.issueDue({
        allocateNumber: () => {
          runs += 1
          return lost()
        },
      })
    }
    expect(runs).toBe(251)
    expect(await storedReceipt(`payment/${uuid}`)).toMatchObject({ next_attempt_at_ms: null })
    expect(await openPaymentReceipt(world.deps, world.user.uuid, uuid)).toMatchObject({ ok: true })
  })
})

describe('the numbers', () => {
  const numbers = () => env.NUMBERS.getByName(crypto.randomUUID())

  it('begin at 1 in each calendar year in Lagos, and belong to their key forever', async () => {
    const stub = numbers()
    const lastMoment = Date.parse('2126-12-31T22:59:59.999Z')
    const allocated = [
      await stub.allocate('a', lastMoment),
      await stub.allocate('b', lastMoment + 1),
      await stub.allocate('c', lastMoment),
      await stub.allocate('a', lastMoment + 9999),
      await stub.allocate('d', lastMoment + 2),
    ]
    expect(allocated.map(({ year, number }) => [year, number])).toEqual([
      [2126, 1],
      [2127, 1],
      [2126, 2],
      [2126, 1],
      [2127, 2],
    ])
    expect(allocated[3]?.allocatedAtMs).toBe(lastMoment)
  })

  it('are allocated once each to a hundred keys at once, also after a restart', async () => {
    const stub = numbers()
    const given = await atOnce(100, (index) => stub.allocate(`key-${index % 50}`, START))
    expect(new Set(given.map(({ number }) => number)).size).toBe(50)
    expect(Math.max(...given.map(({ number }) => number))).toBe(50)
    await runInDurableObject(stub, (_, { storage }) => {
      expect(() =>
        storage.sql.exec(
          "INSERT INTO numbers (key, year, number, allocated_at_ms) VALUES ('x', 2126, 1, 0)",
        ),
      ).toThrow('UNIQUE')
    })
  })
})
