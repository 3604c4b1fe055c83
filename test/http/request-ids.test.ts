import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Subscribers } from '../../src/wallets/object/subscribers'
import { WalletObject } from '../../src/wallets/object/durable-object'
import { dial, newUser, PHONE, topUp, userWithCredit } from '../support/client'
import { paidEvent, sendEvent, worldWith } from '../support/gateway'

const silenced = (level: 'log' | 'error') =>
  vi.spyOn(console, level).mockImplementation(() => undefined)
let spies: ReturnType<typeof silenced>[]

const lines = (event: string) =>
  spies
    .flatMap(({ mock }) => mock.calls)
    .map(([line]): { event?: string } => JSON.parse(String(line)))
    .filter((line) => line.event === event)

const broken = (): never => {
  throw new Error('out of order')
}

beforeEach(() => {
  spies = [silenced('log'), silenced('error')]
})
afterEach(() => {
  vi.restoreAllMocks()
})

describe('the request ID is logged', () => {
  it('when a signature is invalid or a payment raises an exception', async () => {
    const { send, gateway } = worldWith()
    const user = await newUser(send)
    const body = { amount: 50, method: 'monnify' }
    const payment = await send('POST', '/payments', { token: user.token, body })
    const reference: string = payment.body.payment_reference
    const refused = await send('POST', '/webhooks/monnify', { body: '{}' })
    expect(lines('access_refused')).toMatchObject([
      { request_id: refused.headers.get('X-Request-Id') },
    ])
    gateway.says(reference, 'PAID', 50, { currency: 'USD' })
    const webhook = await sendEvent(send, paidEvent(reference, 50))
    expect(lines('payment_exception')).toMatchObject([
      { request_id: webhook.headers.get('X-Request-Id'), reference },
    ])
  })

  it('by a wallet that cannot notify subscribers, for reads, calls and log-out', async () => {
    const user = await userWithCredit(50)
    const call = (await dial(user)).body.uuid
    vi.spyOn(Subscribers.prototype, 'notify').mockImplementation(broken)
    vi.spyOn(Subscribers.prototype, 'disconnect').mockImplementation(broken)
    const asked: [method: string, path: string, body?: object][] = [
      ['GET', '/wallets'],
      ['GET', `/calls/${call}`],
      ['PATCH', `/calls/${call}/answer`],
      ['PATCH', `/calls/${call}/end`],
      ['POST', '/calls', { recipient_phone: PHONE }],
      ['POST', '/auth/logout'],
    ]
    for (const [number, [method, path, body]] of asked.entries()) {
      const headers = { 'X-Request-Id': `asked-${number}` }
      expect((await user.send(method, path, { headers, body })).status).toBeLessThan(300)
      const told = lines('subscribers_not_notified') as { request_id?: string }[]
      const ours = told.filter(({ request_id }) => request_id === `asked-${number}`)
      expect(ours.length, path).toBeGreaterThan(0)
    }
  })

  it('by the wallet that credits a payment', async () => {
    const user = await newUser()
    const payment = await user.send('POST', '/payments', {
      body: { amount: 50, method: 'monnify' },
    })
    vi.spyOn(Subscribers.prototype, 'notify').mockImplementation(broken)
    const headers = { 'X-Request-Id': 'asked-to-verify' }
    await user.send('POST', `/payments/verify/${payment.body.payment_reference}`, { headers })
    expect(lines('subscribers_not_notified')).toContainEqual(
      expect.objectContaining({ request_id: 'asked-to-verify', wallet: expect.any(String) }),
    )
  })

  it('by both wallets of a transfer, and by the sender if the recipient fails', async () => {
    const user = await newUser()
    await topUp(user, 50, 'primary')
    const body = { amount: 20, method: 'wallet' }
    vi.spyOn(Subscribers.prototype, 'notify').mockImplementation(broken)
    const moved = await user.send('POST', '/payments', { body })
    const said = lines('subscribers_not_notified') as { request_id?: string; wallet: string }[]
    const ours = said.filter(({ request_id }) => request_id === moved.headers.get('X-Request-Id'))
    expect(new Set(ours.map(({ wallet }) => wallet)).size).toBe(2)

    vi.spyOn(WalletObject.prototype, 'acceptTransfer').mockImplementation(broken)
    const stuck = await user.send('POST', '/payments', { body })
    expect(stuck.body.status).toBe('processing')
    expect(lines('transfer_in_transit')).toMatchObject([
      { request_id: stuck.headers.get('X-Request-Id') },
    ])
  })
})
