/** Receivers of the simulator, in the running service. */
import { env, exports } from 'cloudflare:workers'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { createReceiver } from '../../src/dev/simulator/receiver'
import { createSimulatorStore } from '../../src/dev/simulator/store'
import { ORIGIN } from '../support/client'

const SECRET = `whsec_${btoa('EXAMPLE-WEBHOOK-SECRET-00001')}`
const FOREIGN = `whsec_${btoa('FOREIGN-WEBHOOK-SECRET-00002')}`

type Fetch = (request: Request) => Response | Promise<Response>

interface State {
  readonly url: string
  readonly fault: string
  readonly untilMs: number | null
  readonly knowsSecret: boolean
  readonly deliveries: readonly {
    readonly eventId: string
    readonly isGenuine: boolean | null
    readonly answer: number
  }[]
}

function signed(id: string, secret = SECRET) {
  const body = JSON.stringify({ id, type: 'call.ended', version: 1, sequence: 3, data: {} })
  const at = new Date()
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  }
  return { headers, body }
}

const inService: Fetch = (request) => exports.default.fetch(request)

function newReceiver(fetch = inService, base = '/simulator') {
  const name = `test-${crypto.randomUUID()}`
  const path = `${ORIGIN}${base}/receiver/${name}`
  const json = { 'Content-Type': 'application/json' }
  return {
    path,
    name,
    deliver: async (delivery: { headers: Record<string, string>; body: string }) =>
      fetch(new Request(path, { method: 'POST', redirect: 'manual', ...delivery })),
    set: async (setting: object, headers: Record<string, string> = json) =>
      fetch(
        new Request(`${path}/settings`, {
          method: 'PUT',
          headers,
          body: JSON.stringify(setting),
        }),
      ),
    state: async () => (await fetch(new Request(path))).json<State>(),
  }
}

describe('a simulated receiver', () => {
  it('stores what arrives, and verifies it once it knows the secret', async () => {
    const { name, deliver, set, state } = newReceiver()
    expect((await deliver(signed('evt_1'))).status).toBe(204)
    expect((await set({ secret: SECRET })).status).toBe(200)
    expect((await deliver(signed('evt_2'))).status).toBe(204)
    expect((await deliver(signed('evt_3', FOREIGN))).status).toBe(400)
    const { deliveries, ...rest } = await state()
    const url = `${ORIGIN}/simulator/receiver/${name}`
    expect(rest).toEqual({ name, url, fault: 'none', untilMs: null, knowsSecret: true })
    expect(
      deliveries.map(({ eventId, isGenuine, answer }) => [eventId, isGenuine, answer]),
    ).toEqual([
      ['evt_3', false, 400],
      ['evt_2', true, 204],
      ['evt_1', null, 204],
    ])
  })

  it.each([
    ['error_500', 500, null],
    ['gone', 410, null],
    ['redirect', 302, '/simulator'],
  ])('has the fault %s', async (fault, status, location) => {
    const { deliver, set, state } = newReceiver()
    await set({ fault })
    const response = await deliver(signed('evt_1'))
    expect(response.status).toBe(status)
    expect(response.headers.get('Location')).toBe(location)
    expect((await state()).deliveries).toMatchObject([{ eventId: 'evt_1', answer: status }])
    await set({ fault: 'none' })
    expect((await deliver(signed('evt_1'))).status).toBe(204)
  })

  it('belongs to its name alone', async () => {
    const [one, other] = [newReceiver(), newReceiver()]
    await one.set({ fault: 'gone' })
    await one.deliver(signed('evt_1'))
    expect(await other.state()).toMatchObject({ fault: 'none', deliveries: [] })
  })

  it('keeps the newest 100 deliveries', async () => {
    const { deliver, state } = newReceiver()
    for (let index = 0; index < 102; index += 1) await deliver(signed(`evt_${index}`))
    const { deliveries } = await state()
    expect(deliveries).toHaveLength(100)
    expect([deliveries[0]?.eventId, deliveries.at(-1)?.eventId]).toEqual(['evt_101', 'evt_2'])
  })

  it.each([
    [{ fault: 'other' }],
    [{ secret: 'whsec_' }],
    [{ secret: 'whsec_?' }],
    [{ secret: btoa('without a prefix') }],
    [{ other: 1 }],
  ])('rejects the setting %j', async (setting) => {
    const { set, state } = newReceiver()
    expect((await set(setting)).status).toBe(400)
    expect(await state()).toMatchObject({ fault: 'none', knowsSecret: false })
  })

  it('cannot be set from a page of another origin', async () => {
    const { set } = newReceiver()
    const headers = { 'Content-Type': 'application/json', Origin: 'https://other.example' }
    expect((await set({ fault: 'gone' }, headers)).status).toBe(403)
  })

  it('has a page, which escapes what arrived', async () => {
    const { path, deliver } = newReceiver()
    await deliver({ headers: {}, body: '<b>' })
    await deliver(signed('evt_1'))
    await deliver(signed('evt_1'))
    const headers = { Accept: 'text/html' }
    const page = await (await inService(new Request(path, { headers }))).text()
    expect(page).toContain('call.ended, no. 3')
    expect(page.match(/a repeat/g)).toHaveLength(1)
    expect(page).toContain('&lt;b&gt;')
    expect(page).not.toContain('<b>')
  })
})

describe('the time of a fault', () => {
  it('a slow receiver responds after 30 s, and a fault ends by itself after 30 minutes', async () => {
    let nowMs = Date.now()
    const waits: number[] = []
    const app = createReceiver({
      store: createSimulatorStore(env.DB),
      now: () => nowMs,
      wait: async (ms) => waits.push(ms),
      show: async () => new Response(),
    })
    const { deliver, set, state } = newReceiver((request) => app.fetch(request), '')
    await set({ secret: SECRET })
    await set({ fault: 'slow' })
    expect((await deliver(signed('evt_1'))).status).toBe(204)
    expect(waits).toEqual([30_000])
    expect(await state()).toMatchObject({ fault: 'slow', untilMs: nowMs + 1_800_000 })
    nowMs += 1_800_000
    await deliver(signed('evt_2'))
    expect(waits).toHaveLength(1)
    expect(await state()).toMatchObject({ fault: 'none', untilMs: null, knowsSecret: true })
  })
})
