/**
 * A call watched by a WebSocket client of its own, against the service as it is started by its
 * command, on the real clock: a minute's credit takes its minute.
 */
import { describe, expect, it } from 'vitest'
import { newAccount, post, useService } from '../support/served'

interface Event {
  readonly type: string
  readonly seconds_left: number | null
  readonly call: Record<string, unknown>
}

describe('the live meter', () => {
  const service = useService('--var', 'SIMULATED_CUSTOMER:pays')

  it('tells of the answer, a top-up, low credit, and the end at the instant announced', async () => {
    const { headers } = await newAccount(service.url)
    const topUp = async (amount: number) => {
      const payment = await post(`${service.url}/payments`, { amount, method: 'monnify' }, headers)
      await post(`${service.url}/payments/verify/${payment['payment_reference']}`, {}, headers)
    }
    await topUp(10)
    const call = await post(`${service.url}/calls`, { recipient_phone: '08031234567' }, headers)
    const ticket = await post(`${service.url}/calls/${call['uuid']}/ticket`, {}, headers)

    const events: Event[] = []
    const socket = new WebSocket(ticket['url'] ?? '')
    const told = (type: string) =>
      new Promise<Event>((resolve) => {
        const look = () => {
          const event = events.find((event) => event.type === type)
          if (event) resolve(event)
        }
        socket.addEventListener('message', look)
        look()
      })
    socket.addEventListener('message', ({ data }) => events.push(JSON.parse(String(data))))
    const closed = new Promise<number>((resolve) => {
      socket.addEventListener('close', ({ code }) => resolve(code))
    })

    await told('state')
    await fetch(`${service.url}/calls/${call['uuid']}/answer`, { method: 'PATCH', headers })
    const answered = await told('answered')
    await topUp(1)
    const moved = await told('horizon_moved')
    const startedAtMs = Date.parse(String(answered.call['started_at']))
    expect(Date.parse(String(answered.call['must_end_by']))).toBe(startedAtMs + 60_999)
    expect(Date.parse(String(moved.call['must_end_by']))).toBe(startedAtMs + 66_999)

    expect((await told('ended')).call).toMatchObject({
      status: 'completed',
      end_reason: 'credit_exhausted',
      ended_at: moved.call['must_end_by'],
      duration_seconds: 66,
      cost: 11,
    })
    expect(await closed).toBe(1000)
    expect(events.map(({ type }) => type)).toEqual([
      'state',
      'answered',
      'horizon_moved',
      'low_credit',
      'low_credit',
      'low_credit',
      'ended',
    ])
    const again = new WebSocket(ticket['url'] ?? '')
    await new Promise((resolve) => {
      again.addEventListener('error', resolve)
    })
  }, 180_000)
})
