import { exports } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { newUser, ORIGIN, send, walletOf } from '../support/client'

const ask = (method: string, path: string, body?: object, headers = {}) =>
  exports.default.fetch(
    new Request(`${ORIGIN}/simulator${path}`, {
      method,
      redirect: 'manual',
      headers: { 'Content-Type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    }),
  )

interface Sent {
  readonly id: number
  readonly paymentReference: string
  readonly answer: number
  readonly verdict: string | null
  readonly sentAtMs: number
}

async function newCheckout() {
  const user = await newUser(send)
  const body = { amount: 1000, method: 'monnify' }
  const made = await user.send('POST', '/payments', { body })
  const reference: string = made.body.payment_reference
  const path: string = new URL(made.body.checkout_url).pathname.replace('/simulator', '')
  return {
    user,
    reference,
    path,
    verify: () => user.send('POST', `/payments/verify/${reference}`),
    attend: (attendance: object) => ask('PUT', `/checkout/${reference}/attendance`, attendance),
    webhooks: async () => (await ask('GET', `/events?payment=${reference}`)).json<Sent[]>(),
  }
}

describe('a checkout that a person uses', () => {
  it('is not paid automatically, and returns to the given page after the payment', async () => {
    const checkout = await newCheckout()
    expect((await checkout.attend({ back: '/console' })).status).toBe(204)
    expect((await checkout.verify()).body).toMatchObject({ status: 'processing', amount_paid: 0 })
    const part = await ask('POST', `${checkout.path}/pay_part`)
    expect(part.headers.get('Location')).toContain('/simulator/checkout/')
    expect(await (await ask('GET', checkout.path)).text()).toContain('href="/console"')
    const paid = await ask('POST', `${checkout.path}/pay`)
    expect(paid.headers.get('Location')).toBe('/console')
    expect((await walletOf(checkout.user)).balance).toBe(1000)
  })

  it('is not paid automatically after its page was opened', async () => {
    const checkout = await newCheckout()
    expect((await ask('GET', checkout.path)).status).toBe(200)
    expect((await checkout.verify()).body).toMatchObject({ status: 'processing', amount_paid: 0 })
    await ask('POST', `${checkout.path}/pay`)
    expect((await walletOf(checkout.user)).balance).toBe(1000)
  })

  it('is paid at the first query if no one uses it', async () => {
    const checkout = await newCheckout()
    expect((await checkout.verify()).body).toMatchObject({ status: 'completed' })
  })

  it.each([{ back: 'https://elsewhere.example' }, { back: '//elsewhere.example' }, {}])(
    'rejects %j as the page to return to',
    async (attendance) => {
      const checkout = await newCheckout()
      expect((await checkout.attend(attendance)).status).toBe(400)
    },
  )

  it('must belong to a payment', async () => {
    const missing = await ask('PUT', '/checkout/AIL-none_a1/attendance', { back: '/console' })
    expect(missing.status).toBe(404)
  })
})

describe('the webhooks of a payment', () => {
  it('are listed with their outcomes, and change nothing if they are sent again', async () => {
    const [checkout, other] = [await newCheckout(), await newCheckout()]
    await ask('POST', `${checkout.path}/pay`)
    await ask('POST', `${other.path}/pay`)
    const [first, ...more] = await checkout.webhooks()
    expect(more).toEqual([])
    expect(first).toMatchObject({ answer: 200, verdict: 'settled' })
    expect(first?.paymentReference).toBe(checkout.reference)

    for (const Accept of ['application/json', '*/*']) {
      const again = await ask('POST', `/events/${first?.id}/resend`, undefined, { Accept })
      expect(await again.json()).toMatchObject({ answer: 200, verdict: 'settled' })
    }
    const page = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
    const shown = await ask('POST', `/events/${first?.id}/resend`, undefined, page)
    expect(shown.headers.get('Location')).toMatch(/^\/simulator\?of=\d+&again=\d+#webhook-\d+$/)
    expect(await checkout.webhooks()).toHaveLength(4)
    expect((await walletOf(checkout.user)).balance).toBe(1000)
    expect((await ask('POST', '/events/999999/resend')).status).toBe(404)
  })
})

describe('the faults', () => {
  it('are read and set as JSON, and a rejected webhook is listed with its reason', async () => {
    const faults = { webhook: 'wrongly_signed', status: 'none' }
    expect(await (await ask('PUT', '/faults', faults)).json()).toEqual(faults)
    expect(await (await ask('GET', '/faults')).json()).toEqual(faults)
    const checkout = await newCheckout()
    await ask('PUT', '/faults', { webhook: 'none', status: 'none' })
    await checkout.attend({ back: '/console' })
    await ask('POST', `${checkout.path}/pay`)
    await expect
      .poll(checkout.webhooks)
      .toMatchObject([{ answer: 401, verdict: 'invalid_signature' }])
    expect((await walletOf(checkout.user)).balance).toBe(0)
  })

  it('are rejected if they are unknown or incomplete', async () => {
    for (const body of [{ webhook: 'eaten', status: 'none' }, { webhook: 'none' }, {}])
      expect((await ask('PUT', '/faults', body)).status).toBe(400)
  })
})

describe('a page of another origin', () => {
  it.each([
    ['POST', '/faults', { Origin: 'http://evil.example', 'Sec-Fetch-Site': 'cross-site' }],
    ['POST', '/events/1/resend', { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' }],
    ['PUT', '/faults', { Origin: 'http://evil.example' }],
  ])('cannot send %s %s', async (method, path, headers) => {
    expect((await ask(method, path, {}, headers)).status).toBe(403)
  })
})
