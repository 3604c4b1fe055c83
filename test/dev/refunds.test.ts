import { afterEach, describe, expect, it } from 'vitest'
import { kobo } from '../../src/common/money'
import type { RefundFault, WebhookFault } from '../../src/dev/simulator/scenario'
import { verifySignature } from '../../src/payments/monnify/signature'
import { ORIGIN } from '../support/client'
import { account, openSimulated } from '../support/simulated'

const service = openSimulated()
const { checkout, end, gateway, store, visit } = service

const control = (method: string, path: string, body: object = {}) =>
  service.fetch(
    new Request(`${ORIGIN}/simulator${path}`, {
      method,
      redirect: 'manual',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      ...(method !== 'GET' && { body: JSON.stringify(body) }),
    }),
  )

const select = (fault: RefundFault, queries = 2) =>
  control('PUT', '/refund-fault', { fault, queries })
const selectWebhook = (webhook: WebhookFault) =>
  store.setFaults({ webhook, status: 'none' }, Date.now())

afterEach(async () => {
  await select('none')
  await selectWebhook('none')
})

/** Waits for the work that continues after responses, which may add more. */
async function settled(): Promise<void> {
  for (let count = -1; count !== service.work.length;) {
    count = service.work.length
    await Promise.all(service.work)
  }
}

/** A payment of 1,000 NGN. */
async function paid(way = 'transfer') {
  const made = await checkout()
  await end(made, 'pay', { way })
  const queried = await gateway.query(made.reference)
  if (!queried.ok || !queried.value) throw new Error('the payment is unknown')
  const { transactionReference } = queried.value
  const refundReference = `RF-${crypto.randomUUID()}`
  const order = (naira: number, rest: object = {}) =>
    gateway.orderRefund({
      refundReference,
      transactionReference,
      amountKobo: kobo(naira * 100),
      reason: 'item out of stock',
      note: 'Refund 7Q2M',
      ...rest,
    })
  const statusOf = async () => {
    const refund = await gateway.queryRefund(refundReference)
    return refund.ok ? (refund.value?.status ?? 'unknown') : refund.refusal.code
  }
  const events = async () => {
    await settled()
    const sent = (await store.events([made.reference])).toReversed()
    return sent.filter(({ body }) => /_REFUND"/.test(body))
  }
  const types = async () => (await events()).map(({ body }) => JSON.parse(body).eventType)
  return { ...made, refundReference, transactionReference, order, statusOf, events, types }
}

describe('an ordered refund', () => {
  it('is completed, listed, and announced by a signed event without a paymentReference', async () => {
    const payment = await paid()
    const destination = { accountNumber: '0123456789', bankCode: '058' }
    expect(await payment.order(150.5, { destination })).toEqual({ kind: 'accepted' })
    const { refundReference, transactionReference } = payment
    const refund = {
      refundReference,
      transactionReference,
      amountKobo: 15_050,
      status: 'completed',
    }
    expect(await gateway.queryRefund(refundReference)).toEqual({ ok: true, value: refund })
    expect(await gateway.listRefunds(0, 1)).toEqual({ ok: true, value: [refund] })
    const [event, ...more] = await payment.events()
    expect(more).toEqual([])
    const bytes = new TextEncoder().encode(event?.body)
    expect(await verifySignature(account.secretKey, bytes, event?.signature ?? '')).toBe(true)
    const at = expect.stringMatching(/^\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d [AP]M$/)
    expect(JSON.parse(event?.body ?? '')).toEqual({
      eventType: 'SUCCESSFUL_REFUND',
      eventData: {
        refundReference,
        transactionReference,
        refundAmount: 150.5,
        refundStatus: 'COMPLETED',
        merchantReason: 'item out of stock',
        customerNote: 'Refund 7Q2M',
        createdOn: at,
        completedOn: at,
      },
    })
  })

  it('is rejected with R1, R2, R3 or R4 if the payment does not allow it', async () => {
    const [payment, byCard] = [await paid(), await paid('card')]
    const rejected = (code: string) => ({ kind: 'rejected', code })
    expect(await payment.order(500, { transactionReference: 'MNFY|none' })).toEqual(rejected('R1'))
    expect(await byCard.order(500)).toEqual(rejected('R2'))
    expect(await payment.order(1000.01)).toEqual(rejected('R3'))
    expect(await payment.order(99.99)).toEqual(rejected('R4'))
    expect(await payment.statusOf()).toBe('unknown')
  })

  it('of a part succeeds until the sum would exceed the payment (R12)', async () => {
    const payment = await paid()
    for (const refundReference of ['one', 'two', 'three'])
      expect(await payment.order(300, { refundReference: payment.uuid + refundReference })).toEqual(
        { kind: 'accepted' },
      )
    expect(await payment.order(101)).toEqual({ kind: 'rejected', code: 'R12' })
    expect(await payment.order(100)).toEqual({ kind: 'accepted' })
  })

  it('never exceeds the payment if two arrive at once', async () => {
    const payment = await paid()
    const ordered = await Promise.all(
      ['one', 'two'].map((name) => payment.order(600, { refundReference: payment.uuid + name })),
    )
    expect(ordered.map(({ kind }) => kind).toSorted()).toEqual(['accepted', 'rejected'])
  })

  it('that is repeated pays once', async () => {
    const payment = await paid()
    for (let times = 0; times < 3; times++)
      expect(await payment.order(400)).toEqual({ kind: 'accepted' })
    expect(await payment.types()).toEqual(['SUCCESSFUL_REFUND'])
  })

  it('cannot reuse the reference of a failed one, but succeeds under a new one', async () => {
    const payment = await paid()
    await select('failed')
    await payment.order(1000)
    await select('none')
    await payment.order(1000)
    expect(await payment.statusOf()).toBe('failed')
    const again = { refundReference: `${payment.refundReference}-2` }
    expect(await payment.order(1000, again)).toEqual({ kind: 'accepted' })
  })
})

describe('a refund fault', () => {
  it.each([
    ['R5', { kind: 'wait', code: 'R5' }],
    ['R6', { kind: 'rejected', code: 'R6' }],
    ['R10', { kind: 'wait', code: 'R10' }],
    ['R11', { kind: 'wait', code: 'R11' }],
    ['M01', { kind: 'wait', code: 'M01' }],
    ['M02', { kind: 'wait', code: 'M02' }],
    ['99', { kind: 'wait', code: '99' }],
    ['timeout', { kind: 'unclear' }],
    ['error_500', { kind: 'unclear' }],
  ] as const)('%s keeps the order from Monnify until it ends', async (fault, ordered) => {
    const payment = await paid()
    await select(fault)
    expect(await payment.order(400)).toEqual(ordered)
    expect(await payment.statusOf()).toBe('unknown')
    await select('none')
    expect(await payment.order(400)).toEqual({ kind: 'accepted' })
    expect(await payment.types()).toEqual(['SUCCESSFUL_REFUND'])
  })

  it.each(['timeout_landed', 'error_500_landed'] as const)(
    '%s loses the response to an order that arrived',
    async (fault) => {
      const payment = await paid()
      await select(fault)
      expect(await payment.order(400)).toEqual({ kind: 'unclear' })
      expect(await payment.statusOf()).toBe('completed')
      expect(await payment.order(400)).toEqual({ kind: 'accepted' })
      expect(await payment.types()).toEqual(['SUCCESSFUL_REFUND'])
    },
  )

  it('pending completes a refund after the given number of queries', async () => {
    const payment = await paid()
    await select('pending', 2)
    await payment.order(400)
    expect(await payment.types()).toEqual([])
    const statuses = [await payment.statusOf(), await payment.statusOf(), await payment.statusOf()]
    expect(statuses).toEqual(['open', 'open', 'completed'])
    expect(await payment.types()).toEqual(['SUCCESSFUL_REFUND'])
  })

  it('failed sends FAILED_REFUND', async () => {
    const payment = await paid()
    await select('failed')
    expect(await payment.order(400)).toEqual({ kind: 'accepted' })
    expect(await payment.statusOf()).toBe('failed')
    expect(await payment.types()).toEqual(['FAILED_REFUND'])
  })

  it('failed_after_completed sends both events, and ends as failed', async () => {
    const payment = await paid()
    await select('failed_after_completed')
    await payment.order(400)
    expect(await payment.types()).toEqual(['SUCCESSFUL_REFUND', 'FAILED_REFUND'])
    expect(await payment.statusOf()).toBe('failed')
  })

  it('is read, set and checked as JSON', async () => {
    expect((await select('pending', 7)).status).toBe(200)
    expect(await (await control('GET', '/refund-fault')).json()).toEqual({
      fault: 'pending',
      queries: 7,
    })
    for (const body of [{ fault: 'R1' }, { fault: 'pending', queries: 0 }, {}])
      expect((await control('PUT', '/refund-fault', body)).status).toBe(400)
  })
})

describe('the webhook of a refund', () => {
  it.each<[WebhookFault, string[]]>([
    ['duplicate', ['SUCCESSFUL_REFUND', 'SUCCESSFUL_REFUND']],
    ['late', ['SUCCESSFUL_REFUND']],
    ['dropped', []],
  ])('with the fault %s is sent as %j', async (webhook, types) => {
    const payment = await paid()
    await selectWebhook(webhook)
    await payment.order(400)
    expect(await payment.types()).toEqual(types)
  })

  it.each(['unsigned', 'wrongly_signed', 'altered'] as const)(
    'with the fault %s is rejected',
    async (webhook) => {
      const payment = await paid()
      await selectWebhook(webhook)
      await payment.order(400)
      expect(await payment.events()).toMatchObject([{ answer: 401 }])
    },
  )

  it('arrives before the older event if events are reordered', async () => {
    const payment = await paid()
    await selectWebhook('reordered')
    await payment.order(400)
    await settled()
    const bodies = (await store.events([payment.reference])).map(({ body }) => JSON.parse(body))
    expect(bodies.map(({ eventType }) => eventType)).toEqual([
      'SUCCESSFUL_TRANSACTION',
      'SUCCESSFUL_REFUND',
      'SUCCESSFUL_TRANSACTION',
    ])
  })
})

describe("a refund in Monnify's dashboard", () => {
  it('has a reference of Monnify, and is listed and announced', async () => {
    const payment = await paid('card')
    const made = await control('POST', `/payments/${payment.reference}/refunds`, { amount: 50 })
    expect(await made.json()).toMatchObject({
      refundReference: expect.stringMatching(/^TRFD\|/),
      refundAmount: 50,
      refundStatus: 'COMPLETED',
      refundType: 'PARTIAL_REFUND',
    })
    const path = `/payments/${encodeURIComponent(payment.transactionReference)}/refunds`
    const form = await visit(`${ORIGIN}/simulator${path}`, 'POST', { amount: '950.00' })
    expect(form.headers.get('Location')).toBe('/simulator')
    expect(await payment.types()).toEqual(['SUCCESSFUL_REFUND', 'SUCCESSFUL_REFUND'])
    expect(await gateway.listRefunds(0, 1)).toMatchObject({ value: [{ amountKobo: 95_000 }] })
    const page = await (await visit(`${ORIGIN}/simulator`)).text()
    expect(page).toContain('TRFD|')
    expect((await control('POST', path, { amount: 0.01 })).status).toBe(409)
  })

  it.each([{ amount: 0 }, { amount: 'much' }, { amount: -1 }, {}])('rejects %j', async (body) => {
    const { reference } = await paid()
    expect((await control('POST', `/payments/${reference}/refunds`, body)).status).toBe(400)
  })

  it('must belong to a payment', async () => {
    expect((await control('POST', '/payments/none/refunds', { amount: 1 })).status).toBe(404)
  })
})

describe('a request to the simulated gateway', () => {
  it("ends at the client's time limit", async () => {
    await paid()
    const limit = new AbortController()
    const request = new Request('https://api.monnify.com/api/v1/refunds', { signal: limit.signal })
    const sent = service.simulator.fetch(request)
    limit.abort(new DOMException('timed out', 'TimeoutError'))
    await expect(sent).rejects.toThrow('timed out')
  })
})
