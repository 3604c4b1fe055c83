import { describe, expect, it, vi } from 'vitest'
import { topUp } from '../../support/client'
import { pass, useClock } from '../../support/clock'
import { actionsOf, type Canary, dialAs, foundIn, newCanary } from '../../support/customers'
import { worldWith } from '../../support/gateway'
import { newOperator, type TestOperator } from '../../support/operators'

useClock()

const world = worldWith()
const REASON = 'Customer called, to compare the address'

const reveal = (operator: TestOperator, customer: Canary, reason = REASON) =>
  operator.send('POST', `/operator/customers/${customer.uuid}/reveal`, { body: { reason } })

async function withCalls(): Promise<{ customer: Canary; call: string; reference: string }> {
  const customer = await newCanary(world.send)
  await topUp(customer, 15)
  const call = await dialAs(customer)
  await customer.send('POST', '/users/me/email', {
    body: { email: `new-${customer.email}`, password: 'correct horse battery' },
  })
  const payment = await customer.send('POST', '/payments', {
    body: { amount: 50, method: 'monnify', description: `For ${customer.lastName}` },
  })
  return { customer, call, reference: payment.body.payment_reference }
}

describe('personal data', () => {
  it('is in no response of operators without a reveal, nor in the log of actions', async () => {
    const { customer, call, reference } = await withCalls()
    const operator = await newOperator('admin', world.send)
    const own = `/operator/customers/${customer.uuid}`
    const requests: readonly (readonly [method: string, path: string, body?: object])[] = [
      ['POST', '/operator/search', { text: customer.email }],
      ['POST', '/operator/search', { text: customer.firstName }],
      ['POST', '/operator/search', { text: `${customer.firstName} ${customer.lastName}` }],
      ['GET', own],
      ['GET', `${own}/timeline`],
      ['GET', `${own}/timeline?query_gateway=true`],
      ...['freeze', 'disable', 'remove_passkeys'].map(
        (action) => ['GET', `${own}/effect?action=${action}`] as const,
      ),
      ['POST', '/operator/case', { user: customer.email }],
      ['POST', '/operator/case', { call, user: customer.uuid }],
      ['POST', `/operator/payments/${reference}/poll`, { reason: REASON }],
      ['POST', `${own}/calls/${call}/end`, { reason: REASON }],
      ['POST', `${own}/actions`, { action: 'freeze', reason: REASON }],
      ['GET', `${own}/timeline?kinds=call,entry,message,action`],
    ]
    for (const [method, path, body] of requests) {
      const answer = await operator.send(method, path, { ...(body && { body }) })
      expect(answer.status, path).toBe(200)
      expect(foundIn(answer.text, customer), path).toEqual([])
    }
    const logged = JSON.stringify(await actionsOf(operator.uuid))
    expect(foundIn(logged, customer)).toEqual([])
  })

  it('is returned by a reveal, which is recorded with its reason but without the data', async () => {
    const { customer, call } = await withCalls()
    const operator = await newOperator('support', world.send)
    const log = vi.spyOn(console, 'log')
    const revealed = await reveal(operator, customer)
    const lines = log.mock.calls.map(([line]) => String(line))
    expect(revealed.body).toEqual({
      email: customer.email,
      first_name: customer.firstName,
      last_name: customer.lastName,
      called_numbers: [{ call, phone: customer.phone, name: customer.recipientName }],
    })
    expect(lines.some((line) => line.includes('personal_data_revealed'))).toBe(true)
    expect(foundIn(lines.join(), customer)).toEqual([])
    expect(await actionsOf(operator.uuid)).toMatchObject([
      {
        action: 'personal_data_revealed',
        outcome: 'read',
        subject: customer.uuid,
        reason: REASON,
        after: null,
      },
    ])
  })

  it('has only the numbers that were called in the last 90 days', async () => {
    const { customer } = await withCalls()
    pass(91 * 24 * 3_600_000)
    const operator = await newOperator('support', world.send)
    expect((await reveal(operator, customer)).body.called_numbers).toEqual([])
  })

  it('is not returned without a reason, and not by a viewer or a key of the command line', async () => {
    const customer = await newCanary(world.send)
    const support = await newOperator('support', world.send)
    expect((await reveal(support, customer, '  ')).status).toBe(400)
    const viewer = await newOperator('viewer', world.send)
    expect((await reveal(viewer, customer)).body.code).toBe('not_permitted')
    const key = await newOperator('admin', world.send, 'key')
    expect((await reveal(key, customer)).body.code).toBe('not_permitted')
  })

  it('is revealed at most thirty times an hour by an operator', async () => {
    const customer = await newCanary(world.send)
    const operator = await newOperator('support', world.send)
    for (let count = 0; count < 30; count++)
      expect((await reveal(operator, customer)).status).toBe(200)
    const limited = await reveal(operator, customer)
    expect(limited).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
    expect(limited.body['violated-policies']).toEqual(['operator-reveals'])
    expect(await actionsOf(operator.uuid)).toHaveLength(30)
    const other = await newOperator('support', world.send)
    expect((await reveal(other, customer)).status).toBe(200)
  })

  it('is not returned if the reveal cannot be recorded', async () => {
    const customer = await newCanary(world.send)
    const failing = worldWith({
      actionLog: { ...world.deps.actionLog, append: () => Promise.reject(new Error('D1 is down')) },
    })
    const operator = await newOperator('support', failing.send)
    const answer = await reveal(operator, customer)
    expect(answer.status).toBe(500)
    expect(foundIn(answer.text, customer)).toEqual([])
  })
})
