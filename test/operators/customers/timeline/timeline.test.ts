import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { TimelineItem } from '../../../../src/operators/desk-types'
import { pass, useClock } from '../../../support/clock'
import { type Answer, topUp } from '../../../support/client'
import { actionsOf, type Canary, dialAs, newCanary } from '../../../support/customers'
import { requestRefund } from '../../../support/confirmation'
import { paidEvent, sendEvent, worldWith } from '../../../support/gateway'
import { newOperator } from '../../../support/operators'

useClock()

const world = worldWith()

/** A customer with at least one item of each kind. */
async function withHistory(): Promise<{ customer: Canary; payment: string; reference: string }> {
  const customer = await newCanary(world.send)
  pass(1000)
  const { body } = await customer.send('POST', '/payments', {
    body: { amount: 300, method: 'monnify' },
  })
  const reference: string = body.payment_reference
  pass(1000)
  world.gateway.says(reference, 'PAID', 300)
  await sendEvent(world.send, paidEvent(reference, 300))
  pass(1000)
  const call = await dialAs(customer)
  await customer.send('PATCH', `/calls/${call}/answer`)
  pass(61_000)
  await customer.send('PATCH', `/calls/${call}/end`)
  pass(1000)
  await requestRefund(customer, body.uuid, 100)
  pass(1000)
  const operator = await newOperator('support', world.send)
  await operator.send('POST', `/operator/customers/${customer.uuid}/actions`, {
    body: { action: 'freeze', reason: 'Asked by the police' },
  })
  return { customer, payment: body.uuid, reference }
}

const reader = () => newOperator('viewer', world.send)

const pathOf = (customer: Canary, query = '') =>
  `/operator/customers/${customer.uuid}/timeline${query}`

/** All items, page by page. */
async function walk(customer: Canary, limit: number): Promise<TimelineItem[]> {
  const operator = await reader()
  const items: TimelineItem[] = []
  let next: string | null = ''
  for (let page = 0; next !== null; page++) {
    expect(page).toBeLessThan(100)
    const before: string = next === '' ? '' : `&before=${next}`
    const answer: Answer = await operator.send('GET', pathOf(customer, `?limit=${limit}${before}`))
    expect(answer.status).toBe(200)
    items.push(...answer.body.items)
    next = answer.body.next
  }
  return items
}

describe('the timeline of a customer', () => {
  it('lists payments, responses, webhooks, entries, calls, refunds, sessions, messages and actions', async () => {
    const { customer, payment, reference } = await withHistory()
    const items = await walk(customer, 100)
    expect(items.map(({ at }) => at)).toEqual(
      items.map(({ at }) => at).toSorted((a, b) => b.localeCompare(a)),
    )
    const of = (kind: string) => items.filter((item) => item.kind === kind)
    expect(of('payment')).toMatchObject([
      { id: payment, title: 'completed', amount: 300, actions: ['poll', 'refund', 'receipt'] },
    ])
    expect(of('gateway')).toMatchObject([{ id: reference, title: 'completed', amount: 300 }])
    expect(of('webhook')).toMatchObject([{ title: 'SUCCESSFUL_TRANSACTION', actions: ['replay'] }])
    expect(of('webhook')[0]?.facts).toContainEqual(['Outcome', 'settled'])
    expect(of('entry').map(({ title, amount }) => [title, amount])).toEqual(
      expect.arrayContaining([
        ['top_up', 300],
        ['call_charge', -11],
        ['refund', -100],
      ]),
    )
    expect(of('call')).toMatchObject([{ title: 'completed', amount: 11, actions: ['receipt'] }])
    expect(of('refund')).toHaveLength(1)
    expect(of('session')).toMatchObject([{ title: 'live' }])
    expect(of('message').map(({ title }) => title)).toContain('payment_completed')
    expect(of('action')).toMatchObject([{ title: 'customer_frozen' }])
    expect(of('action')[0]?.facts).toEqual(
      expect.arrayContaining([
        ['Outcome', 'done'],
        ['Operator', 'support of a test'],
        ['Reason', 'Asked by the police'],
      ]),
    )
  })

  it('is the same page by page, also with many items of the same instant', async () => {
    const customer = await newCanary(world.send)
    for (let count = 0; count < 4; count++) {
      await topUp(customer, 15)
      await topUp(customer, 15, 'primary')
      await dialAs(customer)
    }
    pass(61_000)
    await customer.send('GET', '/calls')
    const whole = await walk(customer, 100)
    expect(whole.length).toBeGreaterThan(12)
    for (const limit of [1, 2, 3, 7]) expect(await walk(customer, limit)).toEqual(whole)
  })

  it('shows the calls that end together in the order of their times', async () => {
    const customer = await newCanary(world.send)
    for (let count = 0; count < 3; count++) await topUp(customer, 15)
    for (let count = 0; count < 3; count++) {
      const call = await dialAs(customer)
      await customer.send('PATCH', `/calls/${call}/answer`)
      pass(1)
    }
    pass(3_600_000)
    const whole = await walk(customer, 100)
    expect(whole.filter(({ title }) => title === 'call_charge')).toHaveLength(3)
    for (const limit of [1, 2]) expect(await walk(customer, limit)).toEqual(whole)
  })

  it('has only the requested kinds', async () => {
    const { customer } = await withHistory()
    const operator = await reader()
    const { body } = await operator.send('GET', pathOf(customer, '?kinds=call,payment'))
    expect(body.items.map(({ kind }: TimelineItem) => kind)).toEqual(['call', 'payment'])
    for (const query of ['?kinds=letters', '?limit=101', '?limit=0', '?query_gateway=maybe'])
      expect((await operator.send('GET', pathOf(customer, query))).status, query).toBe(400)
    const broken = await operator.send('GET', pathOf(customer, '?before=WzEsImEiLDFd'))
    expect(broken.body.code).toBe('invalid_cursor')
  })

  it('queries Monnify only on demand, about at most ten attempts', async () => {
    const { customer, reference } = await withHistory()
    const operator = await reader()
    const queries = world.gateway.queries
    await operator.send('GET', pathOf(customer))
    expect(world.gateway.queries).toBe(queries)
    world.gateway.says(reference, 'REVERSED', 300)
    const { body } = await operator.send('GET', pathOf(customer, '?query_gateway=true'))
    const item = body.items.find(({ kind }: TimelineItem) => kind === 'gateway')
    expect(item.facts).toContainEqual(['Status at Monnify', 'REVERSED'])
    expect(world.gateway.queries).toBe(queries + 1)
    const statement = env.DB.prepare(
      `INSERT INTO payments (uuid, user_uuid, method, wallet_type, amount_kobo, status, reference, attempt,
         amount_paid_kobo, standing_seq, created_at_ms)
         VALUES (?1, ?2, 'monnify', 'primary', 100, 'failed', ?1, 1, 0, 0, ?3)`,
    )
    const rows = Array.from({ length: 15 }, () =>
      statement.bind(crypto.randomUUID(), customer.uuid, Date.now()),
    )
    await env.DB.batch(rows)
    await operator.send('GET', pathOf(customer, '?query_gateway=true'))
    expect(world.gateway.queries).toBe(queries + 11)
  })

  it('is recorded for each page, and does not exist for an unknown customer', async () => {
    const customer = await newCanary(world.send)
    const operator = await reader()
    await operator.send('GET', pathOf(customer))
    await operator.send('GET', `/operator/customers/${customer.uuid}`)
    expect(await actionsOf(operator.uuid)).toMatchObject([
      { action: 'timeline_read', outcome: 'read', subject: customer.uuid },
      { action: 'customer_read', outcome: 'read', subject: customer.uuid },
    ])
    const nobody = { ...customer, uuid: crypto.randomUUID() }
    expect((await operator.send('GET', pathOf(nobody))).status).toBe(404)
  })
})
