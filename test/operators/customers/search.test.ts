import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { createLookupStore } from '../../../src/operators/customers/lookup-store'
import { walletOf } from '../../support/client'
import { actionsOf, type Canary, dialAs, foundIn, newCanary } from '../../support/customers'
import { requestRefund } from '../../support/confirmation'
import { paidEvent, sendEvent, worldWith } from '../../support/gateway'
import { newOperator } from '../../support/operators'
import { planned } from '../../support/plans'

const world = worldWith()

const search = async (text: string, role: 'viewer' | 'support' = 'viewer') => {
  const operator = await newOperator(role, world.send)
  const answer = await operator.send('POST', '/operator/search', { body: { text } })
  return { ...answer, operator }
}

async function paid(customer: Canary, naira: number) {
  const { body } = await customer.send('POST', '/payments', {
    body: { amount: naira, method: 'monnify' },
  })
  world.gateway.says(body.payment_reference, 'PAID', naira)
  await sendEvent(world.send, paidEvent(body.payment_reference, naira))
  return { uuid: body.uuid as string, reference: body.payment_reference as string }
}

describe('a customer', () => {
  it('is found by address, UUID, payment, gateway reference, refund, call, wallet and receipt', async () => {
    const customer = await newCanary(world.send)
    const { uuid, reference } = await paid(customer, 300)
    const call = await dialAs(customer)
    const refund = await requestRefund(customer, uuid, 100)
    const receipt = await customer.send('GET', `/payments/${uuid}/receipt`)
    await runDurableObjectAlarm(env.WALLET.getByName(`${customer.uuid}/call_credits`))
    const wallet = await walletOf(customer)
    const number = await env.DB.prepare(
      'SELECT year, number FROM receipts WHERE user_uuid = ? AND number IS NOT NULL',
    )
      .bind(customer.uuid)
      .first<{ year: number; number: number }>()
    const own = reference.replace(/_a1$/, '')
    const ways: readonly (readonly [text: string, foundBy: string, named: string | null])[] = [
      [customer.email.toUpperCase(), 'email', null],
      [` ${customer.uuid.toUpperCase()}`, 'uuid', null],
      [uuid, 'payment', uuid],
      [reference.toLowerCase(), 'payment', own],
      [`"${own}"`, 'payment', own],
      [`mnfy|${reference}`, 'payment', own],
      [refund.body.uuid, 'refund', refund.body.uuid],
      [call, 'call', call],
      [wallet.uuid, 'wallet', wallet.uuid],
      [`${number?.year}-${String(number?.number).padStart(6, '0')}`, 'receipt', null],
    ]
    expect(receipt.status).toBe(200)
    for (const [text, foundBy, named] of ways) {
      const { body, status } = await search(text)
      expect(status, text).toBe(200)
      expect(body, text).toMatchObject({
        customers: [{ uuid: customer.uuid, found_by: foundBy, ...(named && { reference: named }) }],
        total: 1,
      })
    }
  })

  it('is found by the beginning of the first or last name, or of both, in any letter case', async () => {
    const customer = await newCanary(world.send)
    const { firstName, lastName, uuid } = customer
    for (const text of [
      firstName.slice(0, 8).toLowerCase(),
      lastName.slice(0, 8).toUpperCase(),
      `${firstName} ${lastName.slice(0, 3)}`,
    ])
      expect((await search(text)).body.customers, text).toMatchObject([{ uuid, found_by: 'name' }])
    expect((await search(`${lastName} ${firstName}`)).body).toEqual({ customers: [], total: 0 })
    expect((await search(`x${firstName}`)).body.total).toBe(0)
  })

  it('is found by a name with letters outside ASCII', async () => {
    const name = `Ọlá${crypto.randomUUID().slice(0, 8)}`
    const customer = await newCanary(world.send)
    await customer.send('PATCH', '/users/me', { body: { first_name: name } })
    for (const text of [name.toLowerCase(), name.toUpperCase(), name])
      expect((await search(text)).body.customers, text).toMatchObject([{ uuid: customer.uuid }])
  })

  it('is one of at most twenty that a name finds, with their total', async () => {
    const prefix = `Zz${crypto.randomUUID().slice(0, 8)}`
    const rows = Array.from({ length: 23 }, (_, index) =>
      env.DB.prepare(
        `INSERT INTO users (uuid, email, email_key, password_hash, first_name, created_at_ms)
           VALUES (?1, ?2, ?2, '', ?3, 1)`,
      ).bind(crypto.randomUUID(), `${crypto.randomUUID()}@example.com`, `${prefix}${index}`),
    )
    await env.DB.batch(rows)
    const { body } = await search(prefix)
    expect(body.customers).toHaveLength(20)
    expect(body.total).toBe(23)
  })
})

describe('a search', () => {
  it('with fewer than three letters, or for nothing that exists, finds no one', async () => {
    for (const text of ['ab', '%%%', '_____', crypto.randomUUID(), '2020-999999', 'AILR-1'])
      expect((await search(text)).body, text).toEqual({ customers: [], total: 0 })
  })

  it('returns masked data, and is recorded without its text', async () => {
    const customer = await newCanary(world.send)
    const { text, operator } = await search(customer.email)
    const byName = await search(customer.lastName)
    expect([...foundIn(text, customer), ...foundIn(byName.text, customer)]).toEqual([])
    const logged = await actionsOf(operator.uuid)
    expect(logged).toMatchObject([
      {
        action: 'customers_searched',
        outcome: 'read',
        subject: customer.uuid,
        after: JSON.stringify({ kind: 'email', found: [customer.uuid] }),
      },
    ])
    expect(foundIn(JSON.stringify(logged), customer)).toEqual([])
  })

  it('is recorded before the data is returned: without the record there is no data', async () => {
    const customer = await newCanary(world.send)
    const failing = worldWith({
      actionLog: { ...world.deps.actionLog, append: () => Promise.reject(new Error('D1 is down')) },
    })
    const operator = await newOperator('viewer', failing.send)
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    for (const [method, path, body] of [
      ['POST', '/operator/search', { text: customer.email }],
      ['GET', `/operator/customers/${customer.uuid}`],
      ['GET', `/operator/customers/${customer.uuid}/timeline`],
    ] as const) {
      const answer = await operator.send(method, path, { ...(body && { body }) })
      expect(answer).toMatchObject({ status: 500, body: { code: 'internal_error' } })
    }
    vi.restoreAllMocks()
  })

  it('by name reads the indexes of names only', async () => {
    const { db, plans } = planned()
    for (const text of ['ada', 'ada obi', 'ṣadé ọlá']) {
      await createLookupStore(db).byName(text, 20)
      for (const plan of await plans()) {
        expect(plan.filter((step) => step.startsWith('SCAN users'))).toEqual([])
        expect(plan.join()).toContain('users_first_name')
        expect(plan.join()).toContain('users_last_name')
      }
    }
  })
})

describe('searches and lookups', () => {
  it('of one operator share a limit, so that masked names are not spelled by searching', async () => {
    const { policies } = world.deps
    const operatorSearches = { ...policies.operatorSearches, quota: 2 }
    const limited = worldWith({ policies: { ...policies, operatorSearches } })
    const [operator, other] = [
      await newOperator('viewer', limited.send, 'key'),
      await newOperator('viewer', limited.send),
    ]
    const searchAs = ({ send }: typeof operator) =>
      send('POST', '/operator/search', { body: { text: 'Nobody' } })
    expect((await searchAs(operator)).status).toBe(200)
    const lookup = { body: { user: 'nobody@example.com' } }
    expect((await operator.send('POST', '/operator/case', lookup)).status).toBe(404)
    expect(await searchAs(operator)).toMatchObject({
      status: 429,
      body: { 'violated-policies': ['operator-searches'] },
    })
    expect((await operator.send('POST', '/operator/case', lookup)).status).toBe(429)
    expect((await searchAs(other)).status).toBe(200)
  })
})
