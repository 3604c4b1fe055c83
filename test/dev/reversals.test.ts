import { describe, expect, it } from 'vitest'
import { ORIGIN } from '../support/client'
import { openSimulated } from '../support/simulated'

const DAY_MS = 86_400_000

const clock = { offsetMs: 0 }
const service = openSimulated(() => Date.now() + clock.offsetMs)
const { checkout, end, gateway, store, visit } = service

const post = (path: string, body: object = {}) =>
  service.fetch(
    new Request(`${ORIGIN}/simulator${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(body),
    }),
  )

/** A payment of 1,000 NGN. */
async function paid() {
  const made = await checkout()
  await end(made, 'pay')
  const after = async (days: number) => {
    clock.offsetMs = days * DAY_MS
    const queried = await gateway.query(made.reference)
    clock.offsetMs = 0
    return queried.ok ? queried.value : queried.refusal
  }
  return { ...made, path: `/payments/${made.reference}`, after }
}

const PAID = { status: 'PAID', amountPaidKobo: 100_000 }
const SETTLED = { amountPaid: '1000.00', settlementAmount: '985.00', paymentStatus: 'PAID' }
const REVERSED = { status: 'REVERSED', amountPaidKobo: 0 }

describe('a simulated reversal', () => {
  it('takes effect at once, and only once', async () => {
    const payment = await paid()
    const made = await post(`${payment.path}/reversal`)
    expect(await made.json()).toMatchObject({ paymentStatus: 'REVERSED', amountPaid: '0.00' })
    expect(await payment.after(0)).toMatchObject(REVERSED)
    expect((await post(`${payment.path}/reversal`)).status).toBe(409)
    expect((await post(`${payment.path}/dispute/won`)).status).toBe(409)
    expect(await (await visit(payment.url)).text()).toContain('The money went back')
  })

  it('takes effect after the given number of days', async () => {
    const payment = await paid()
    const form = await visit(`${ORIGIN}/simulator${payment.path}/reversal`, 'POST', { days: '20' })
    expect(form.headers.get('Location')).toBe('/simulator')
    expect(await payment.after(0)).toMatchObject(PAID)
    expect(await payment.after(19.99)).toMatchObject(PAID)
    expect(await payment.after(20.01)).toMatchObject(REVERSED)
    expect(await (await visit(`${ORIGIN}/simulator`)).text()).toContain('Reversal takes effect')
  })

  it('makes a refund impossible', async () => {
    const payment = await paid()
    await post(`${payment.path}/reversal`)
    expect((await post(`${payment.path}/refunds`, { amount: 100 })).status).toBe(409)
  })

  it.each([{ days: -1 }, { days: 401 }, { days: 'soon' }])('rejects %j', async (body) => {
    const { path } = await paid()
    expect((await post(`${path}/reversal`, body)).status).toBe(400)
  })

  it('needs a payment that has received money', async () => {
    const { reference } = await checkout()
    expect((await post(`/payments/${reference}/reversal`)).status).toBe(409)
    expect((await post('/payments/none/reversal')).status).toBe(404)
  })
})

describe('a simulated dispute', () => {
  it('reverses the payment until the merchant wins it', async () => {
    const payment = await paid()
    await post(`${payment.path}/dispute`, { days: 2 })
    expect(await payment.after(3)).toMatchObject(REVERSED)
    const won = await post(`${payment.path}/dispute/won`)
    expect(await won.json()).toMatchObject({ paymentStatus: 'PAID', reversedFrom: null })
    expect(await payment.after(3)).toMatchObject(PAID)
    expect((await post(`${payment.path}/dispute`)).status).toBe(200)
  })
})

describe('a simulated settlement', () => {
  it('lists each paid transaction once, with amounts that are text', async () => {
    await post('/settlements')
    const [one, other, reversed] = [await paid(), await paid(), await paid()]
    await checkout()
    await post(`${reversed.path}/reversal`)
    const event = await (await post('/settlements')).json()
    expect(event).toMatchObject({
      eventType: 'SETTLEMENT',
      eventData: {
        amount: '1970.00',
        transactionsCount: 2,
        settlementReference: expect.stringMatching(/^SETTLEMENT\d+$/),
        transactions: [
          { paymentReference: one.reference, ...SETTLED },
          { paymentReference: other.reference, ...SETTLED },
        ],
      },
    })
    const [sent] = await store.events()
    expect(sent).toMatchObject({ answer: 200, body: JSON.stringify(event) })
    const again = await post('/settlements')
    expect([again.status, await again.text()]).toEqual([
      409,
      'No paid transaction awaits a settlement.',
    ])
    const third = await paid()
    const form = await visit(`${ORIGIN}/simulator/settlements`, 'POST')
    expect(form.headers.get('Location')).toBe('/simulator')
    expect((await store.events())[0]?.body).toContain(third.reference)
  })
})
