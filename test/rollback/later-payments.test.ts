import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { pollPayment } from '../../src/payments/poll'
import { sweepPayments } from '../../src/payments/sweep'
import { asker, newUser, type TestUser, walletOf } from '../support/client'
import { pass, useClock } from '../support/clock'
import { paidEvent, sendEvent, worldWith } from '../support/gateway'
import { operatorSender } from '../support/operators'

useClock()

const quick = (password: string) => `quick$${password.length}`
const world = worldWith({
  hashPassword: quick,
  verifyPassword: (password, hash) => hash === quick(password),
})
/** Skips the checks against the API document, which lacks values of a later release. */
const ask = asker(world.fetch)
const asOperator = operatorSender(ask)

const before = (uuid: string): string =>
  uuid.slice(0, 24) + (BigInt(`0x${uuid.slice(24)}`) - 1n).toString(16).padStart(12, '0')

const DAY_MS = 86_400_000

describe.each([
  ['status', { status: 'on_review', failure_reason: 'name_differs' }],
  ['method', { method: 'ussd' }],
  ['wallet type', { wallet_type: 'savings' }],
])('a payment with an unknown %s', (_, values) => {
  let user: TestUser
  let uuid = ''
  let reference = ''
  const headers = { 'Idempotency-Key': 'once' }
  const body = { amount: 50, method: 'monnify' }
  const stored = async () =>
    JSON.stringify(await env.DB.prepare('SELECT * FROM payments WHERE uuid = ?').bind(uuid).first())

  beforeEach(async () => {
    const made = await newUser(world.send)
    user = {
      ...made,
      send: (...[method, path, options]) => ask(method, path, { token: made.token, ...options }),
    }
    const payment = await user.send('POST', '/payments', { body, headers })
    uuid = payment.body.uuid
    reference = payment.body.payment_reference
    const sets = Object.keys(values).map((column) => `${column} = ?`)
    await env.DB.prepare(`UPDATE payments SET ${sets.join(', ')} WHERE uuid = ?`)
      .bind(...Object.values(values), uuid)
      .run()
    world.gateway.says(reference, 'PAID', 50)
  })

  const shown = Object.fromEntries(
    Object.entries(values).map(([column, value]) => [column.replace('_type', ''), value]),
  )

  it('is shown as stored, by itself, in the list and in a lookup', async () => {
    const one = await user.send('GET', `/payments/${uuid}`)
    expect(one).toMatchObject({ status: 200, body: shown })
    expect(await user.send('GET', '/payments')).toMatchObject({ status: 200, body: [shown] })
    const found = await asOperator('POST', '/operator/case', { body: { payment: reference } })
    expect(found).toMatchObject({ status: 200, body: { payments: [shown] } })
  })

  it.each<[string, () => Promise<unknown>]>([
    ['a verification', () => user.send('POST', `/payments/verify/${reference}`)],
    ['a repeat of the request', () => user.send('POST', '/payments', { body, headers })],
    ['a webhook', () => sendEvent(ask, paidEvent(reference, 50))],
    ['its own poll', () => pollPayment(world.deps, reference)],
    ['the sweep', () => sweepPayments(world.deps)],
    [
      'an audit that repairs',
      () => asOperator('POST', `/operator/audit?limit=1&repair=true&after=${before(user.uuid)}`),
    ],
  ])('is not changed by %s', async (_, act) => {
    pass(DAY_MS / 24)
    const [row, queries] = [await stored(), world.gateway.queries]
    const answer = await act()
    if (answer !== null && typeof answer === 'object')
      expect(answer).not.toMatchObject({ status: 500 })
    expect(await stored()).toBe(row)
    expect(world.gateway.queries).toBe(queries)
    expect((await walletOf(user)).balance).toBe(0)
  })

  it('ends its own polls', async () => {
    expect(await pollPayment(world.deps, reference)).toBeNull()
  })

  it('is not a finding of the audit', async () => {
    const { status, body: page } = await asOperator(
      'POST',
      `/operator/audit?limit=1&after=${before(user.uuid)}`,
    )
    expect(status).toBe(200)
    const own = page.findings.filter(({ subject }: { subject: string }) => subject === uuid)
    expect(own).toEqual([])
  })
})

describe('unknown event outcomes and exception kinds of a payment', () => {
  it('are shown in a lookup as stored', async () => {
    const user = await newUser(world.send)
    const body = { amount: 50, method: 'monnify' }
    const { payment_reference: reference } = (await user.send('POST', '/payments', { body })).body
    await sendEvent(world.send, paidEvent(reference, 50))
    await env.DB.batch([
      env.DB.prepare(
        "UPDATE webhook_events SET outcome = 'reversed' WHERE payment_reference = ?",
      ).bind(reference),
      env.DB.prepare(
        `INSERT INTO exceptions (kind, subject, first_at_ms, last_at_ms, count, state)
           VALUES ('chargeback', ?, 0, 0, 1, 'escalated')`,
      ).bind(reference),
    ])
    await sweepPayments(world.deps)
    const { status, body: found } = await asOperator('POST', '/operator/case', {
      body: { payment: reference },
    })
    expect(status).toBe(200)
    expect(found.payments).toMatchObject([
      {
        webhooks: [{ verdict: 'reversed' }],
        exceptions: [{ kind: 'chargeback', state: 'escalated' }],
      },
    ])
  })
})
