/**
 * Follows a call with a WebSocket client, against the service that `npm start` runs. The clock is real: the
 * test takes longer than the minute that its credit pays for.
 */
import { describe, expect, it } from 'vitest'
import { bodyOf, type CallEvent } from '../../client/client'
import { newAccount, topUp, useSharedService } from '../support/served'

describe('the live meter', () => {
  const service = useSharedService()

  it('receives the answer, a top-up, low credit, and the end at the announced time', async () => {
    const { client } = await newAccount(service.url)
    await topUp(client, 20, 'primary')
    const move = (amount: number) =>
      bodyOf(client.POST('/payments', { body: { amount, method: 'wallet' } }))
    await move(10)
    const body = { recipient_phone: '08031234567' }
    const { uuid } = await bodyOf(client.POST('/calls', { body }))
    const params = { path: { uuid } }
    const ticket = await bodyOf(client.POST('/calls/{uuid}/ticket', { params }))

    const events: CallEvent[] = []
    const socket = new WebSocket(ticket.url)
    const told = (type: string) =>
      new Promise<CallEvent>((resolve) => {
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
    await bodyOf(client.PATCH('/calls/{uuid}/answer', { params }))
    const { call } = await told('answered')
    await move(1)
    const moved = await told('horizon_moved')
    const startedAtMs = Date.parse(call.started_at ?? '')
    expect(Date.parse(call.must_end_by ?? '')).toBe(startedAtMs + 60_999)
    expect(Date.parse(moved.call.must_end_by ?? '')).toBe(startedAtMs + 66_999)

    expect((await told('ended')).call).toMatchObject({
      status: 'completed',
      end_reason: 'credit_exhausted',
      ended_at: moved.call.must_end_by,
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
    const again = new WebSocket(ticket.url)
    await new Promise((resolve) => {
      again.addEventListener('error', resolve)
    })
  }, 180_000)
})
