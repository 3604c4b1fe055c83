import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { pass, useClock } from '../../support/clock'
import { newUser, PASSWORD, type TestUser, walletOf } from '../../support/client'
import { actionsOf, dialAs, newCanary } from '../../support/customers'
import { worldWith } from '../../support/gateway'
import { watch } from '../../support/live'
import { newOperator, type TestOperator } from '../../support/operators'

useClock()

const world = worldWith()
const REASON = 'Customer reports a stolen phone'

const support = () => newOperator('support', world.send)

const act = (operator: TestOperator, user: TestUser, action: string) =>
  operator.send('POST', `/operator/customers/${user.uuid}/actions`, {
    body: { action, reason: REASON },
  })

const effectOf = async (operator: TestOperator, user: TestUser, action: string) => {
  const { body } = await operator.send(
    'GET',
    `/operator/customers/${user.uuid}/effect?action=${action}`,
  )
  return Object.fromEntries(body.figures)
}

async function funded(naira: number) {
  const customer = await newCanary(world.send)
  await env.WALLET.getByName(`${customer.uuid}/call_credits`).creditPayment({
    paymentUuid: crypto.randomUUID(),
    reference: 'AIL-1_a1',
    expectedKobo: (naira * 100) as never,
    receivedKobo: (naira * 100) as never,
  })
  return customer
}

const answeredCall = async (customer: Awaited<ReturnType<typeof funded>>) => {
  const call = await dialAs(customer)
  await customer.send('PATCH', `/calls/${call}/answer`)
  return call
}

describe('an action on a customer', () => {
  it('states its effect before, and is recorded with its reason, before and after', async () => {
    const customer = await funded(100)
    await answeredCall(customer)
    const operator = await support()
    expect(await effectOf(operator, customer, 'disable')).toEqual({
      'Sessions that end now': '1',
      'Open calls that end now': '1',
      'Held for these calls': '10.00 NGN',
      'Balance that cannot be spent': '90.00 NGN',
    })
    pass(6000)
    expect((await act(operator, customer, 'disable')).body).toEqual({
      user: customer.uuid,
      action: 'disable',
    })
    const [, started, done] = await actionsOf(operator.uuid)
    expect(started).toMatchObject({
      action: 'customer_disabled',
      outcome: 'started',
      subject: customer.uuid,
      reason: REASON,
    })
    expect(JSON.parse(started?.before ?? '')).toMatchObject({
      disabled: false,
      sessions: 1,
      open_calls: 1,
      wallets: [{}, { type: 'call_credits', posted_kobo: 10_000, frozen: false }],
    })
    expect(done).toMatchObject({ outcome: 'done', started_seq: started?.seq, reason: REASON })
    expect(JSON.parse(done?.after ?? '')).toMatchObject({
      disabled: true,
      frozen: true,
      sessions: 0,
      open_calls: 0,
      wallets: [{}, { posted_kobo: 9900, held_kobo: 0, frozen: true }],
    })
  })

  it('of each kind changes what it names', async () => {
    const customer = await funded(100)
    const operator = await support()
    const shown = async () =>
      (await operator.send('GET', `/operator/customers/${customer.uuid}`)).body
    await act(operator, customer, 'freeze')
    expect(await shown()).toMatchObject({ frozen_at: expect.any(String), disabled_at: null })
    expect(await effectOf(operator, customer, 'unfreeze')).toEqual({
      'Balance that can be spent again': '100.00 NGN',
    })
    await act(operator, customer, 'unfreeze')
    expect(await shown()).toMatchObject({ frozen_at: null })
    await act(operator, customer, 'disable')
    expect((await act(operator, customer, 'unfreeze')).body.code).toBe('user_disabled')
    expect((await actionsOf(operator.uuid)).at(-1)).toMatchObject({
      outcome: 'refused',
      after: '{"code":"user_disabled"}',
    })
    await act(operator, customer, 'enable')
    expect(await shown()).toMatchObject({ disabled_at: null, frozen_at: expect.any(String) })
  })

  it('is refused on the account with the own address of the operator', async () => {
    const customer = await funded(100)
    const call = await dialAs(customer)
    const operator = await support()
    await env.DB.prepare('UPDATE operators SET email_key = ? WHERE uuid = ?')
      .bind(customer.email.toLowerCase(), operator.uuid)
      .run()
    for (const path of ['actions', `calls/${call}/end`]) {
      const body = { reason: REASON, ...(path === 'actions' && { action: 'unfreeze' }) }
      const refused = await operator.send('POST', `/operator/customers/${customer.uuid}/${path}`, {
        body,
      })
      expect(refused).toMatchObject({ status: 403, body: { code: 'own_account' } })
    }
    expect((await walletOf(customer)).held).toBe(10)
    expect((await actionsOf(operator.uuid)).map(({ outcome }) => outcome)).toEqual([
      'started',
      'refused',
      'started',
      'refused',
    ])
  })

  it('needs a reason of three characters, a known action and a known customer', async () => {
    const customer = await newUser(world.send)
    const operator = await support()
    const path = `/operator/customers/${customer.uuid}/actions`
    for (const body of [
      { action: 'freeze' },
      { action: 'freeze', reason: ' x ' },
      { action: 'erase', reason: REASON },
      { action: 'freeze', reason: REASON, user: customer.uuid },
    ])
      expect((await operator.send('POST', path, { body })).status).toBe(400)
    const nobody = { ...customer, uuid: crypto.randomUUID() }
    expect((await act(operator, nobody, 'freeze')).status).toBe(404)
    expect(await actionsOf(operator.uuid)).toEqual([])
  })

  it('does not run if it cannot be recorded', async () => {
    const customer = await funded(100)
    const failing = worldWith({
      actionLog: { ...world.deps.actionLog, append: () => Promise.reject(new Error('D1 is down')) },
    })
    const operator = await newOperator('support', failing.send)
    expect((await act(operator, customer, 'freeze')).status).toBe(500)
    expect(await walletOf(customer)).toMatchObject({ is_frozen: false })
  })

  it.each([
    ['viewer', 403],
    ['finance', 403],
    ['support', 200],
    ['admin', 200],
  ] as const)('by the role %s has the status %i', async (role, status) => {
    const customer = await newUser(world.send)
    const operator = await newOperator(role, world.send)
    expect((await act(operator, customer, 'end_sessions')).status).toBe(status)
  })
})

describe('the end of all sessions', () => {
  it('ends them at once, also in the wallets, and lets the customer log in again', async () => {
    const customer = await funded(100)
    const operator = await support()
    expect(await effectOf(operator, customer, 'end_sessions')).toEqual({
      'Sessions that end now': '1',
      'Open calls that lose their connection': '0',
    })
    expect((await act(operator, customer, 'end_sessions')).status).toBe(200)
    for (const path of ['/wallets', '/users/me', '/calls'])
      expect((await customer.send('GET', path)).status, path).toBe(401)
    const refreshed = await world.send('POST', '/auth/refresh', {
      body: { refresh_token: customer.refreshToken },
    })
    expect(refreshed.status).toBe(401)
    const credentials = { email: customer.email, password: PASSWORD }
    expect((await world.send('POST', '/auth/login', { body: credentials })).status).toBe(200)
  })
})

describe('the removal of passkeys', () => {
  it('removes codes too, ends sessions, delays refunds and notifies the customer', async () => {
    const customer = await funded(100)
    const { uuid } = customer
    await env.DB.batch([
      env.DB.prepare(
        `INSERT INTO passkeys (credential_id, uuid, user_uuid, public_key, counter, transports, is_backed_up, name,
           created_at_ms) VALUES (?1, ?1, ?2, '', 0, '[]', 0, 'Phone', 1)`,
      ).bind(crypto.randomUUID(), uuid),
      env.DB.prepare(
        'INSERT INTO recovery_codes (user_uuid, code_hash, created_at_ms) VALUES (?, ?, 1)',
      ).bind(uuid, 'hash'),
      env.DB.prepare(
        `INSERT INTO links (message_id, token_hash, purpose, user_uuid, email, email_key, created_at_ms, expires_at_ms)
           VALUES (?1, ?1, 'change', ?2, 'thief@example.com', 'thief@example.com', 1, 9e15)`,
      ).bind(crypto.randomUUID(), uuid),
    ])
    const operator = await support()
    expect(await effectOf(operator, customer, 'remove_passkeys')).toEqual({
      'Passkeys that are removed': '1',
      'Recovery codes that are removed': '1',
      'Sessions that end now': '1',
      'Hours without refunds by the customer': '24',
    })
    expect((await act(operator, customer, 'remove_passkeys')).status).toBe(200)
    for (const table of ['passkeys', 'recovery_codes', 'links']) {
      const left = env.DB.prepare(
        `SELECT COUNT(*) AS left FROM ${table} WHERE user_uuid = ?${table === 'links' ? " AND purpose = 'change'" : ''}`,
      )
      expect(await left.bind(uuid).first(), table).toEqual({ left: 0 })
    }
    expect((await customer.send('GET', '/wallets')).status).toBe(401)
    const user = await env.DB.prepare(
      'SELECT refunds_from_ms, revoke_due_at_ms FROM users WHERE uuid = ?',
    )
      .bind(uuid)
      .first()
    expect(user).toEqual({ refunds_from_ms: Date.now() + 24 * 3_600_000, revoke_due_at_ms: null })
    const notice = await env.DB.prepare(
      "SELECT COUNT(*) AS count FROM messages WHERE user_uuid = ? AND kind = 'passkeys_removed'",
    )
      .bind(uuid)
      .first()
    expect(notice).toEqual({ count: 1 })
  })
})

describe('the end of a call by an operator', () => {
  const end = (operator: TestOperator, user: TestUser, call: string) =>
    operator.send('POST', `/operator/customers/${user.uuid}/calls/${call}/end`, {
      body: { reason: REASON },
    })

  it('charges up to now, reaches the sockets, is visible at once, and changes nothing again', async () => {
    const customer = await funded(100)
    const call = await answeredCall(customer)
    const socket = await watch(customer, call)
    await socket.next()
    pass(61_000)
    const operator = await support()
    const ended = await end(operator, customer, call)
    expect(ended.body).toMatchObject({
      call,
      before: { status: 'answered', ended_at: null, cost: 11 },
      after: { status: 'completed', end_reason: 'hangup', cost: 11 },
    })
    expect(await socket.next()).toMatchObject({ type: 'ended', call: { end_reason: 'hangup' } })
    const timeline = await operator.send(
      'GET',
      `/operator/customers/${customer.uuid}/timeline?kinds=call,entry`,
    )
    expect(timeline.body.items).toMatchObject([
      { kind: 'entry', title: 'call_charge', amount: -11 },
      { kind: 'call', id: call, title: 'completed', amount: 11 },
      { kind: 'entry', title: 'top_up', amount: 100 },
    ])
    pass(600_000)
    const again = await end(operator, customer, call)
    expect(again.body.after).toEqual(ended.body.after)
    expect(await walletOf(customer)).toMatchObject({ balance: 89, held: 0 })
  })

  it('that nobody has answered costs nothing', async () => {
    const customer = await funded(100)
    const call = await dialAs(customer)
    pass(5000)
    const ended = await end(await support(), customer, call)
    expect(ended.body.after).toMatchObject({ status: 'cancelled', cost: 0 })
    expect(await walletOf(customer)).toMatchObject({ balance: 100, held: 0 })
  })

  it('twice at once charges once', async () => {
    const customer = await funded(100)
    const call = await answeredCall(customer)
    pass(61_000)
    const operator = await support()
    const answers = await Promise.all([
      end(operator, customer, call),
      end(operator, customer, call),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect((await walletOf(customer)).balance).toBe(89)
  })

  it('is refused for the call of another customer', async () => {
    const [customer, other] = [await funded(100), await funded(100)]
    const call = await dialAs(customer)
    expect((await end(await support(), other, call)).status).toBe(404)
    expect((await walletOf(customer)).held).toBe(10)
  })

  it('also works for a customer whose sessions have ended', async () => {
    const customer = await funded(100)
    const call = await answeredCall(customer)
    const operator = await support()
    await act(operator, customer, 'end_sessions')
    pass(6000)
    expect((await end(operator, customer, call)).body.after).toMatchObject({ cost: 1 })
  })
})
