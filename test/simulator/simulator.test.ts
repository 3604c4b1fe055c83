import { env, exports } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createApp } from '../../src/app'
import { createDeps } from '../../src/deps'
import { newUser, ORIGIN, sender, type TestUser, walletOf } from '../support/client'

/** The service with a simulated customer who waits for the checkout page. */
const waiting = createApp(createDeps({ ...env, SIMULATED_CUSTOMER: 'waits' } as Env))
const send = sender(async (request) => waiting.fetch(request))

const visit = (url: string, method = 'GET') =>
  waiting.fetch(new Request(url, { method, redirect: 'manual' }))

async function checkout(): Promise<{
  user: TestUser
  url: string
  uuid: string
  reference: string
}> {
  const user = await newUser(send)
  const body = { amount: 150.5, method: 'monnify', description: '<b>bold</b> & "quoted"' }
  const made = await user.send('POST', '/payments', { body })
  return {
    user,
    url: made.body.checkout_url,
    uuid: made.body.uuid,
    reference: made.body.payment_reference,
  }
}

describe('the simulated checkout', () => {
  it('shows what is paid for, safely, and waits for the customer', async () => {
    const { user, url, reference } = await checkout()
    const page = await visit(url)
    expect(page.headers.get('Content-Type')).toContain('text/html')
    expect(page.headers.get('Content-Security-Policy')).toContain("default-src 'none'")
    const text = await page.text()
    expect(text).toContain('₦150.50')
    expect(text).toContain(user.email)
    expect(text).toContain('&lt;b&gt;bold&lt;/b&gt;')
    const pending = await user.send('POST', `/payments/verify/${reference}`)
    expect(pending.body).toMatchObject({ status: 'processing', amount_paid: 0 })
    expect((await walletOf(user)).balance).toBe(0)
  })

  it('paid, tells the service by a signed webhook, once', async () => {
    const { user, url, uuid } = await checkout()
    for (let times = 0; times < 3; times++) {
      const paid = await visit(`${url}/pay`, 'POST')
      expect(paid.status).toBe(303)
      expect(
        await (await visit(new URL(paid.headers.get('Location') ?? '', ORIGIN).href)).text(),
      ).toContain('Paid')
    }
    expect((await user.send('GET', `/payments/${uuid}`)).body).toMatchObject({
      status: 'completed',
      amount_paid: 150.5,
    })
    expect((await walletOf(user)).balance).toBe(150.5)
  })

  it.each([
    ['decline', 'failed'],
    ['cancel', 'cancelled'],
  ])('%s: the payment is %s, and cannot be paid any more', async (action, status) => {
    const { user, url, reference } = await checkout()
    await visit(`${url}/${action}`, 'POST')
    await visit(`${url}/pay`, 'POST')
    const verified = await user.send('POST', `/payments/verify/${reference}`)
    expect(verified.body).toMatchObject({ status, amount_paid: 0 })
    expect((await walletOf(user)).balance).toBe(0)
  })

  it('has nothing else', async () => {
    const { url } = await checkout()
    expect((await visit(`${url}/refund`, 'POST')).status).toBe(404)
    expect((await visit(`${ORIGIN}/simulator/checkout/MNFY%7Cnone`)).status).toBe(404)
  })
})

describe("the simulated gateway's wire API", () => {
  const api = (path: string, init: RequestInit = {}) =>
    waiting.fetch(new Request(`${ORIGIN}/simulator/api${path}`, init))

  it('asks for credentials, and refuses a reference that was used', async () => {
    expect((await api('/v1/auth/login', { method: 'POST' })).status).toBe(401)
    expect((await api('/v2/merchant/transactions/query?paymentReference=x')).status).toBe(401)
    const basic = btoa(
      `${Reflect.get(env, 'MONNIFY_API_KEY')}:${Reflect.get(env, 'MONNIFY_SECRET_KEY')}`,
    )
    const login = await api('/v1/auth/login', {
      method: 'POST',
      headers: { Authorization: `Basic ${basic}` },
    })
    const { responseBody } = await login.json<{ responseBody: { accessToken: string } }>()
    const init = {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${responseBody.accessToken}`,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify({
        amount: 20,
        customerEmail: 'a@example.com',
        paymentReference: crypto.randomUUID(),
        currencyCode: 'NGN',
        contractCode: Reflect.get(env, 'MONNIFY_CONTRACT_CODE'),
      }),
    }
    expect((await api('/v1/merchant/transactions/init-transaction', init)).status).toBe(200)
    const again = await api('/v1/merchant/transactions/init-transaction', init)
    expect(await again.json()).toMatchObject({
      requestSuccessful: false,
      responseMessage: 'Duplicate payment reference',
    })
  })

  it('answers on a loopback host only, and so does the payment behind it', async () => {
    const elsewhere = (path: string, init?: RequestInit) =>
      exports.default.fetch(new Request(`https://calls.example${path}`, init))
    expect((await elsewhere('/simulator/checkout/x')).status).toBe(404)
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
