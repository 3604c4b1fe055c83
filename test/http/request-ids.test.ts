import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RoomObject } from '../../src/rooms/object/room-object'
import { WalletObject } from '../../src/wallets/object/durable-object'
import { dial, newUser, topUp, userWithCredit } from '../support/client'
import { paidEvent, sendEvent, worldWith } from '../support/gateway'
import { watch } from '../support/live'

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

  it('by a wallet that cannot notify a room, for each change and for log-out', async () => {
    const asked = [
      ['PATCH', (call: string) => `/calls/${call}/answer`],
      ['PATCH', (call: string) => `/calls/${call}/end`],
      ['POST', () => '/auth/logout'],
    ] as const
    for (const [number, [method, pathOf]] of asked.entries()) {
      const user = await userWithCredit(50)
      const call = (await dial(user)).body.uuid
      await watch(user, call)
      const spy = vi.spyOn(RoomObject.prototype, 'walletChanged').mockImplementation(broken)
      const headers = { 'X-Request-Id': `asked-${number}` }
      expect((await user.send(method, pathOf(call), { headers })).status).toBeLessThan(300)
      await vi.waitFor(() =>
        expect(lines('delivery_failed')).toContainEqual(
          expect.objectContaining({ request_id: `asked-${number}` }),
        ),
      )
      spy.mockRestore()
    }
  })

  it('by the wallet that credits a payment', async () => {
    const user = await userWithCredit(50)
    const call = (await dial(user)).body.uuid
    await user.send('PATCH', `/calls/${call}/answer`)
    await watch(user, call)
    const payment = await user.send('POST', '/payments', {
      body: { amount: 50, method: 'monnify' },
    })
    vi.spyOn(RoomObject.prototype, 'walletChanged').mockImplementation(broken)
    const headers = { 'X-Request-Id': 'asked-to-verify' }
    await user.send('POST', `/payments/verify/${payment.body.payment_reference}`, { headers })
    await vi.waitFor(() =>
      expect(lines('delivery_failed')).toContainEqual(
        expect.objectContaining({ request_id: 'asked-to-verify', destination: `room/${call}` }),
      ),
    )
  })

  it('by the sender of a transfer if the recipient fails', async () => {
    const user = await newUser()
    await topUp(user, 50, 'primary')
    const body = { amount: 20, method: 'wallet' }
    vi.spyOn(WalletObject.prototype, 'acceptTransfer').mockImplementation(broken)
    const stuck = await user.send('POST', '/payments', { body })
    expect(stuck.body.status).toBe('processing')
    expect(lines('transfer_in_transit')).toMatchObject([
      { request_id: stuck.headers.get('X-Request-Id') },
    ])
  })
})
