import { env, exports } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createApp } from '../../src/app'
import { createDeps } from '../../src/deps'
import { sweepPayments } from '../../src/payments/sweep'
import { SCENARIOS } from '../../src/dev/simulator/scenario'
import { newUser, ORIGIN, walletOf } from '../support/client'
import { account, type Checkout, openSimulated } from '../support/simulated'

const service = openSimulated()
const { checkout, end, send, visit } = service

const paymentOf = async ({ user, uuid }: Checkout) =>
  (await user.send('GET', `/payments/${uuid}`)).body
const verify = ({ user, reference }: Checkout) => user.send('POST', `/payments/verify/${reference}`)
const balanceOf = async ({ user }: Checkout) => (await walletOf(user)).balance

describe('the simulated checkout', () => {
  it('shows the description, escaped, and waits for the customer', async () => {
    const made = await checkout()
    const page = await visit(made.url)
    expect(page.headers.get('Content-Type')).toContain('text/html')
    expect(page.headers.get('Content-Security-Policy')).toContain("default-src 'none'")
    const text = await page.text()
    expect(text).toContain('₦1,000.00')
    expect(text).toContain(made.user.email)
    expect(text).toContain('&lt;b&gt;bold&lt;/b&gt;')
    expect((await verify(made)).body).toMatchObject({ status: 'processing', amount_paid: 0 })
    expect(await balanceOf(made)).toBe(0)
  })

  it('sends one signed webhook after the payment, and returns to the shop', async () => {
    const made = await checkout()
    const paid = await end(made, 'pay')
    expect(paid.status).toBe(303)
    expect(paid.headers.get('Location')).toBe('https://shop.example/paid')
    for (let times = 0; times < 2; times++)
      expect((await end(made, 'pay')).headers.get('Location')).toContain('/simulator/checkout/')
    expect(await (await visit(made.url)).text()).toContain('Return to AIleana')
    expect(await paymentOf(made)).toMatchObject({ status: 'completed', amount_paid: 1000 })
    expect(await balanceOf(made)).toBe(1000)
  })

  it('stays open for the rest after a partial payment', async () => {
    const made = await checkout()
    await end(made, 'pay_part')
    expect(await paymentOf(made)).toMatchObject({ status: 'processing', amount_paid: 500 })
    expect(await (await visit(made.url)).text()).toContain('Pay ₦500.00')
    await end(made, 'abandon')
    await end(made, 'pay')
    expect(await paymentOf(made)).toMatchObject({ status: 'completed', amount_paid: 1000 })
    expect(await balanceOf(made)).toBe(1000)
  })

  it('expires after forty minutes', async () => {
    const made = await checkout()
    const later = openSimulated(() => Date.now() + 41 * 60_000)
    const page = await later.fetch(new Request(made.url))
    expect(await page.text()).toContain('Expired')
    const late = await later.fetch(
      new Request(`${made.url}/pay`, { method: 'POST', redirect: 'manual' }),
    )
    expect(late.status).toBe(303)
    expect(await balanceOf(made)).toBe(0)
  })

  it('returns 404 for other paths', async () => {
    const { url } = await checkout()
    for (const ending of ['refund', 'constructor', '__proto__', 'toString'])
      expect((await visit(`${url}/${ending}`, 'POST')).status).toBe(404)
    expect((await visit(`${ORIGIN}/simulator/checkout/MNFY%7Cnone`)).status).toBe(404)
  })
})

describe('a scenario', () => {
  /** Amounts credited by the webhook alone, and after the service's query. */
  const EXPECTED: Record<
    keyof typeof SCENARIOS,
    [byWebhook: number, inTheEnd: number, status: string]
  > = {
    paid: [1000, 1000, 'completed'],
    paid_in_part: [500, 500, 'processing'],
    overpaid: [1250, 1250, 'completed'],
    declined: [0, 0, 'failed'],
    abandoned: [0, 0, 'cancelled'],
    webhook_duplicate: [1000, 1000, 'completed'],
    webhook_late: [1000, 1000, 'completed'],
    webhook_reordered: [1000, 1000, 'completed'],
    webhook_dropped: [0, 1000, 'completed'],
    webhook_unsigned: [0, 1000, 'completed'],
    webhook_wrongly_signed: [0, 1000, 'completed'],
    webhook_altered: [0, 1000, 'completed'],
    status_slow: [1000, 1000, 'completed'],
    status_500: [1000, 1000, 'completed'],
    status_502: [1000, 1000, 'completed'],
    status_contradictory: [0, 1000, 'completed'],
  }

  it.each(Object.entries(SCENARIOS))(
    '%s credits the expected amounts',
    async (name, { ending, ...faults }) => {
      const [byWebhook, inTheEnd, status] = EXPECTED[name as keyof typeof SCENARIOS]
      const made = await checkout()
      await end(made, ending, faults)
      await Promise.all(service.work)
      expect(await balanceOf(made)).toBe(byWebhook)
      const later = { ...service.deps, now: () => Date.now() + 600_000 }
      for (let times = 0; times < 3; times++) {
        await verify(made)
        await sweepPayments(later)
      }
      expect(await balanceOf(made)).toBe(inTheEnd)
      expect(await paymentOf(made)).toMatchObject({ status, amount_paid: inTheEnd })
    },
  )
})

describe("the simulator's overview page", () => {
  it('loads only its own script, style and icon, which no other service serves', async () => {
    const page = await visit(`${ORIGIN}/simulator`)
    expect(page.headers.get('Content-Security-Policy')).not.toContain('unsafe')
    const text = await page.text()
    const files = text.match(/(?<=(?:src|href)=")\/simulator\/assets\/[^"]*(?=")/g) ?? []
    const endings = files.map((file) => /\.\w+$/.exec(file)?.[0])
    expect(new Set(endings)).toEqual(new Set(['.css', '.js', '.svg']))
    const without = createApp(createDeps({ ...env, MONNIFY_SIMULATOR: 'off' } as Env))
    for (const file of files) {
      expect((await visit(`${ORIGIN}${file}`)).status, file).toBe(200)
      expect((await without.fetch(new Request(`${ORIGIN}${file}`))).status, file).toBe(404)
    }
  })

  it('lists payments and events, resends an event, and sets the faults of later payments', async () => {
    const made = await checkout()
    await end(made, 'pay')
    const [newest] = await (
      await visit(`${ORIGIN}/simulator/events`)
    ).json<{ id: number; answer: number }[]>()
    expect(newest?.answer).toBe(200)
    expect((await visit(`${ORIGIN}/simulator/events/${newest?.id}/resend`, 'POST')).status).toBe(
      303,
    )
    expect(await balanceOf(made)).toBe(1000)
    const page = await (await visit(`${ORIGIN}/simulator`)).text()
    expect(page).toContain(made.reference)
    expect(
      (await visit(`${ORIGIN}/simulator/faults`, 'POST', { webhook: 'eaten', status: 'none' }))
        .status,
    ).toBe(400)

    await visit(`${ORIGIN}/simulator/faults`, 'POST', { webhook: 'dropped', status: 'none' })
    const dropped = await checkout()
    await end(dropped, 'pay')
    expect(await balanceOf(dropped)).toBe(0)
    await visit(`${ORIGIN}/simulator/faults`, 'POST', { webhook: 'none', status: 'none' })
    await verify(dropped)
    expect(await balanceOf(dropped)).toBe(1000)
  })
})

describe("the simulated gateway's API", () => {
  const api = (path: string, init: RequestInit = {}) =>
    service.fetch(new Request(`${ORIGIN}/simulator/api${path}`, init))
  const authorised = async () => {
    const basic = btoa(`${account.apiKey}:${account.secretKey}`)
    const headers = { Authorization: `Basic ${basic}` }
    const login = await api('/v1/auth/login', { method: 'POST', headers })
    const { responseBody } = await login.json<{ responseBody: { accessToken: string } }>()
    return {
      Authorization: `Bearer ${responseBody.accessToken}`,
      'Content-Type': 'application/json',
    }
  }

  it('requires credentials, and rejects a used reference', async () => {
    expect((await api('/v1/auth/login', { method: 'POST' })).status).toBe(401)
    expect((await api('/v2/merchant/transactions/query?paymentReference=x')).status).toBe(401)
    const init = {
      method: 'POST',
      headers: await authorised(),
      body: JSON.stringify({
        amount: 20,
        customerEmail: 'a@example.com',
        paymentReference: crypto.randomUUID(),
        currencyCode: 'NGN',
        contractCode: account.contractCode,
      }),
    }
    const path = '/v1/merchant/transactions/init-transaction'
    expect((await api(path, init)).status).toBe(200)
    expect(await (await api(path, init)).json()).toMatchObject({
      requestSuccessful: false,
      responseMessage: 'Duplicate payment reference',
    })
  })

  it('finds a payment by either reference, with amounts as strings', async () => {
    const made = await checkout()
    await end(made, 'pay_part')
    const headers = await authorised()
    const { monnify_payment_reference: theirs } = await paymentOf(made)
    for (const path of [
      `/v2/merchant/transactions/query?paymentReference=${made.reference}`,
      `/v2/merchant/transactions/query?transactionReference=${encodeURIComponent(theirs)}`,
      `/v2/transactions/${encodeURIComponent(theirs)}`,
    ])
      expect(await (await api(path, { headers })).json(), path).toMatchObject({
        responseBody: { amountPaid: '500.00', paymentStatus: 'PARTIALLY_PAID', currency: 'NGN' },
      })
  })

  it('serves loopback hosts only; a payment at another host fails with 502', async () => {
    const elsewhere = (path: string, init?: RequestInit) =>
      exports.default.fetch(new Request(`https://calls.example${path}`, init))
    for (const path of ['', '/checkout/x', '/events', '/faults', '/assets/index.css'])
      expect((await elsewhere(`/simulator${path}`)).status, path).toBe(404)
    expect((await elsewhere('/simulator/api/v1/auth/login', { method: 'POST' })).status).toBe(404)
    const fresh = createApp(createDeps(env))
    const user = await newUser(send)
    const made = await fresh.fetch(
      new Request('https://calls.example/payments', {
        method: 'POST',
        headers: { Authorization: `Bearer ${user.token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ amount: 50, method: 'monnify' }),
      }),
    )
    expect(made.status).toBe(502)
  })
})
