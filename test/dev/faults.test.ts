import { afterEach, describe, expect, it } from 'vitest'
import { ORIGIN, walletOf } from '../support/client'
import { type Checkout, openSimulated } from '../support/simulated'

const clock = { offsetMs: 0 }
const service = openSimulated(() => Date.now() + clock.offsetMs)
const { checkout, end, store, visit } = service
const MINUTE_MS = 60_000

const ask = async (method: string, path: string, body?: object) =>
  service.fetch(
    new Request(`${ORIGIN}/simulator${path}`, {
      method,
      redirect: 'manual',
      headers: { 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    }),
  )

const DROPPED = { webhook: 'dropped', status: 'none' }
const NONE = { webhook: 'none', status: 'none' }
const query = (email: string) => `?user=${encodeURIComponent(email)}`
const set = (faults: object, email?: string) =>
  ask('PUT', `/faults${email === undefined ? '' : query(email)}`, faults)
const titles = async (path: string) =>
  (await (await ask('GET', path)).json<{ title: string }[]>()).map(({ title }) => title)
const activeFor = (email: string) => titles(`/faults/active${query(email)}`)

/** Another payment of the same user. */
async function again({ user }: Checkout): Promise<Checkout> {
  const body = { amount: 1000, method: 'monnify' }
  const made = await user.send('POST', '/payments', { body })
  const { checkout_url: url, uuid, payment_reference: reference } = made.body
  return { user, url, uuid, reference }
}

async function creditedByWebhook(made: Checkout): Promise<number> {
  const before = (await walletOf(made.user)).balance
  await end(made, 'pay')
  await Promise.all(service.work)
  return (await walletOf(made.user)).balance - before
}

afterEach(async () => {
  clock.offsetMs = 0
  await store.clearFaults(null)
})

describe('a fault that a user sets', () => {
  it("applies to the user's later payments, and to no payment of another user", async () => {
    const [ada, bola] = [await checkout(), await checkout()]
    expect((await set(DROPPED, ada.user.email)).status).toBe(200)
    expect(await creditedByWebhook(await again(ada))).toBe(0)
    expect(await creditedByWebhook(await again(bola))).toBe(1000)
    expect(await creditedByWebhook(ada)).toBe(1000)
  })

  it('ends by itself after thirty minutes', async () => {
    const ada = await checkout()
    await set(DROPPED, ada.user.email)
    clock.offsetMs = 29 * MINUTE_MS
    expect(await activeFor(ada.user.email)).toEqual(['Webhook: never sent'])
    clock.offsetMs = 31 * MINUTE_MS
    expect(await activeFor(ada.user.email)).toEqual([])
    expect(await (await ask('GET', `/faults${query(ada.user.email)}`)).json()).toEqual(NONE)
    expect(await creditedByWebhook(await again(ada))).toBe(1000)
  })

  it('is cleared together with the faults for everyone, and other users keep theirs', async () => {
    const [ada, bola] = [await checkout(), await checkout()]
    await set(DROPPED, ada.user.email)
    await set(DROPPED, bola.user.email)
    await set({ webhook: 'none', status: 'slow' })
    const cleared = await ask('POST', '/faults/clear', { user: ada.user.email })
    expect(cleared.status).toBe(204)
    expect(await activeFor(ada.user.email)).toEqual([])
    expect(await activeFor(bola.user.email)).toEqual(['Webhook: never sent'])
    expect(await titles('/faults/active')).toEqual(['Webhook: never sent'])
    expect((await ask('POST', '/faults/clear', {})).status).toBe(204)
    expect(await titles('/faults/active')).toEqual([])
  })

  it('is removed when it is set to none', async () => {
    const ada = await checkout()
    await set(DROPPED, ada.user.email)
    await set(NONE, ada.user.email.toUpperCase())
    expect(await titles('/faults/active')).toEqual([])
  })
})

describe('a fault for everyone', () => {
  it('applies to users without their own', async () => {
    const [ada, bola] = [await checkout(), await checkout()]
    await set(DROPPED)
    await set({ webhook: 'duplicate', status: 'none' }, ada.user.email)
    expect(await creditedByWebhook(await again(bola))).toBe(0)
    expect(await creditedByWebhook(await again(ada))).toBe(1000)
    expect(await activeFor(bola.user.email)).toEqual(['Webhook: never sent'])
  })

  it('does not apply to a user who has set none', async () => {
    const ada = await checkout()
    await set(DROPPED)
    await set(NONE, ada.user.email)
    expect(await activeFor(ada.user.email)).toEqual([])
    expect(await creditedByWebhook(await again(ada))).toBe(1000)
  })
})

describe('a setting for an invalid user', () => {
  const send = (method: string, path: string, body: string) =>
    service.fetch(
      new Request(`${ORIGIN}/simulator${path}`, {
        method,
        headers: { 'Content-Type': 'application/json' },
        body,
      }),
    )

  it.each(['123', '{"a":1}', '["x@y.z"]', `"${'x'.repeat(255)}"`])(
    'such as %s concerns no one',
    async (user) => {
      await set(DROPPED, 'other@example.com')
      const body = `{"webhook":"dropped","status":"none","user":${user}}`
      for (const [method, path] of [
        ['PUT', '/faults'],
        ['POST', '/faults/clear'],
      ] as const)
        expect((await send(method, path, body)).status, path).toBe(400)
      expect(await titles('/faults/active')).toEqual(['Webhook: never sent'])
      expect(await activeFor('other@example.com')).toEqual(['Webhook: never sent'])
    },
  )

  it('is not read from JSON that is cut off', async () => {
    await set(DROPPED, 'other@example.com')
    expect((await send('POST', '/faults/clear', '{"user":')).status).toBe(400)
    expect(await activeFor('other@example.com')).toEqual(['Webhook: never sent'])
  })
})

describe('the page', () => {
  it('lists faults with their user, and clears them by one button', async () => {
    const ada = await checkout()
    const form = { ...DROPPED, user: ada.user.email }
    const set = await visit(`${ORIGIN}/simulator/faults`, 'POST', form)
    expect(set.headers.get('Location')).toBe('/simulator')
    const page = () => visit(`${ORIGIN}/simulator`).then((response) => response.text())
    const text = await page()
    expect(text).toContain('1 fault is on')
    expect(text).toContain(`Webhook: never sent, for ${ada.user.email}, until`)
    expect(text).toContain('end by themselves after 30 minutes')
    const cleared = await visit(`${ORIGIN}/simulator/faults/clear`, 'POST', {})
    expect(cleared.headers.get('Location')).toBe('/simulator')
    expect(await page()).not.toMatch(/faults? (is|are) on/)
  })

  it("of a checkout shows the payment's faults, and clears them", async () => {
    const ada = await checkout()
    await set(DROPPED, ada.user.email)
    const faulty = await again(ada)
    expect(await (await visit(faulty.url)).text()).toContain('Webhook: never sent.')
    const form = { payment: faulty.reference, user: ada.user.email }
    const cleared = await visit(`${ORIGIN}/simulator/faults/clear`, 'POST', form)
    expect(cleared.headers.get('Location')).toBe(new URL(faulty.url).pathname)
    expect(await (await visit(faulty.url)).text()).not.toContain('fault is on')
    expect(await activeFor(ada.user.email)).toEqual([])
    expect(await creditedByWebhook(faulty)).toBe(1000)
  })
})
