import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { type Answer, newUser, type TestUser, walletOf } from '../../support/client'
import { actionsOf } from '../../support/customers'
import { paidEvent, sendEvent, worldWith } from '../../support/gateway'
import { newOperator, type TestOperator } from '../../support/operators'

const world = worldWith()
const REASON = 'Customer paid, credit is missing'

const support = () => newOperator('support', world.send)

async function pay(naira: number): Promise<{ user: TestUser; uuid: string; reference: string }> {
  const user = await newUser(world.send)
  const { body } = await user.send('POST', '/payments', {
    body: { amount: naira, method: 'monnify' },
  })
  return { user, uuid: body.uuid, reference: body.payment_reference }
}

const poll = (operator: TestOperator, reference: string): Promise<Answer> =>
  operator.send('POST', `/operator/payments/${encodeURIComponent(reference)}/poll`, {
    body: { reason: REASON },
  })

const replay = (operator: TestOperator, hash: string): Promise<Answer> =>
  operator.send('POST', `/operator/webhooks/${hash}/replay`, { body: { reason: REASON } })

/** Hash of the last event that names a payment. */
const hashOf = async (reference: string): Promise<string> => {
  const row = await env.DB.prepare(
    'SELECT body_hash AS hash FROM webhook_events WHERE payment_reference = ?',
  )
    .bind(reference)
    .first<{ hash: string }>()
  return row?.hash ?? ''
}

const ownAccount = (operator: TestOperator, user: TestUser) =>
  env.DB.prepare('UPDATE operators SET email_key = ? WHERE uuid = ?')
    .bind(user.email, operator.uuid)
    .run()

describe('a poll by an operator', () => {
  it('confirms the payment now, by any of its references, and is recorded', async () => {
    const { user, uuid, reference } = await pay(300)
    const operator = await support()
    expect((await poll(operator, uuid)).body).toMatchObject({
      payment: uuid,
      before: { status: 'processing' },
      after: { status: 'processing', amount_paid: 0 },
    })
    world.gateway.says(reference, 'PAID', 300)
    expect((await poll(operator, `mnfy|${reference}`)).body).toMatchObject({
      payment: uuid,
      before: { status: 'processing', amount_paid: 0 },
      after: { status: 'completed', amount_paid: 300 },
    })
    const again = await poll(operator, reference.toUpperCase().replace('_A1', '_a1'))
    expect(again.body).toMatchObject({
      before: { status: 'completed' },
      after: { status: 'completed' },
    })
    expect((await walletOf(user)).balance).toBe(300)
    const logged = await actionsOf(operator.uuid)
    expect(logged).toHaveLength(6)
    expect(logged[2]).toMatchObject({
      action: 'payment_polled',
      outcome: 'started',
      subject: user.uuid,
      reason: REASON,
    })
    expect(JSON.parse(logged[3]?.after ?? '')).toEqual({
      payment: uuid,
      status: 'completed',
      credited_kobo: 30_000,
      refunded_kobo: 0,
    })
  })

  it('ten times at once credits once', async () => {
    const { user, reference } = await pay(300)
    world.gateway.says(reference, 'PAID', 300)
    const operator = await support()
    const answers = await Promise.all(Array.from({ length: 10 }, () => poll(operator, reference)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect((await walletOf(user)).balance).toBe(300)
  })

  it('is refused while Monnify is down, for an unknown payment and for the own account', async () => {
    const { user, reference } = await pay(300)
    const operator = await support()
    world.gateway.isDown = true
    expect((await poll(operator, reference)).body.code).toBe('gateway_unavailable')
    world.gateway.isDown = false
    expect((await actionsOf(operator.uuid)).at(-1)).toMatchObject({ outcome: 'refused' })
    expect((await poll(operator, crypto.randomUUID())).status).toBe(404)
    await ownAccount(operator, user)
    world.gateway.says(reference, 'PAID', 300)
    expect((await poll(operator, reference)).body.code).toBe('own_account')
    expect((await walletOf(user)).balance).toBe(0)
  })

  it.each([
    ['viewer', 403],
    ['finance', 200],
  ] as const)('by the role %s has the status %i', async (role, status) => {
    const { reference } = await pay(300)
    expect((await poll(await newOperator(role, world.send), reference)).status).toBe(status)
  })
})

describe('a replayed webhook', () => {
  /** An event that arrived before Monnify knew the payment as paid. */
  async function early() {
    const paid = await pay(300)
    await sendEvent(world.send, paidEvent(paid.reference, 300))
    world.gateway.says(paid.reference, 'PAID', 300)
    return { ...paid, hash: await hashOf(paid.reference) }
  }

  it('credits what its first arrival could not, and is recorded', async () => {
    const { user, hash } = await early()
    expect((await walletOf(user)).balance).toBe(0)
    const operator = await support()
    expect((await replay(operator, hash)).body).toEqual({ event: hash, outcome: 'settled' })
    expect((await walletOf(user)).balance).toBe(300)
    const event = await env.DB.prepare('SELECT outcome FROM webhook_events WHERE body_hash = ?')
      .bind(hash)
      .first()
    expect(event).toEqual({ outcome: 'settled' })
    expect(await actionsOf(operator.uuid)).toMatchObject([
      {
        action: 'webhook_replayed',
        outcome: 'started',
        subject: user.uuid,
        before: expect.stringContaining('"outcome":"unchanged"'),
      },
      { outcome: 'done', after: JSON.stringify({ event: hash, outcome: 'settled' }) },
    ])
  })

  it('ten times at once, with the event itself, credits once', async () => {
    const { user, reference, hash } = await early()
    const operator = await support()
    const answers = await Promise.all([
      ...Array.from({ length: 10 }, () => replay(operator, hash)),
      sendEvent(world.send, paidEvent(reference, 300)),
    ])
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect((await walletOf(user)).balance).toBe(300)
    const entries = await user.send('GET', `/wallets/${(await walletOf(user)).uuid}/transactions`)
    expect(entries.body).toHaveLength(1)
  })

  it('is refused after retention has removed its body, with a clear text', async () => {
    const { user, hash } = await early()
    await env.DB.prepare("UPDATE webhook_events SET body = '' WHERE body_hash = ?").bind(hash).run()
    const operator = await support()
    const refused = await replay(operator, hash)
    expect(refused).toMatchObject({ status: 409, body: { code: 'event_not_replayable' } })
    expect(refused.body.detail).toMatch(/removed by retention\. Poll the payment instead/)
    expect((await walletOf(user)).balance).toBe(0)
    const timeline = await operator.send(
      'GET',
      `/operator/customers/${user.uuid}/timeline?kinds=webhook`,
    )
    expect(timeline.body.items).toMatchObject([{ id: hash, actions: [] }])
  })

  it('is refused if it is unknown, names nothing, or is about the own account', async () => {
    const { user, hash } = await early()
    const operator = await support()
    expect((await replay(operator, 'a'.repeat(64))).status).toBe(404)
    expect((await replay(operator, 'abc')).status).toBe(400)
    await env.DB.prepare(
      `INSERT INTO webhook_events (body_hash, body, times_received, received_at_ms, tried_at_ms)
         VALUES (?, '{"eventType":"OTHER"}', 1, 1, 1)`,
    )
      .bind('b'.repeat(64))
      .run()
    expect((await replay(operator, 'b'.repeat(64))).body.code).toBe('event_not_replayable')
    await ownAccount(operator, user)
    expect((await replay(operator, hash)).body.code).toBe('own_account')
    expect((await walletOf(user)).balance).toBe(0)
  })
})
