import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { kobo } from '../../src/common/money'
import { auditUsers } from '../../src/operators/audit/service'
import type { Caller } from '../../src/common/tokens/access-token'
import type { Erasure } from '../../src/privacy/erasure-store'
import { cancelDeletion } from '../../src/privacy/service'
import { eraseAccounts } from '../../src/privacy/erase'
import { repeatErasures } from '../../src/privacy/repeat'
import { linesOf, logIn, onAnotherDevice } from '../support/accounts'
import { useNoAccounts } from '../support/no-accounts'
import { newUser, PASSWORD, type TestUser } from '../support/client'
import { pass, useClock } from '../support/clock'
import { type MailWorld, mailWorld } from '../support/mail'
import { confirmed } from '../support/confirmation'
import { dumpD1, dumpWallets, listWallets } from '../support/secrets'

useClock()
useNoAccounts()

const DAY_MS = 24 * 3_600_000
const WAIT_MS = 14 * DAY_MS
const KEPT_MS = 730 * DAY_MS

const PHONE = '+2348099887766'
const CALLED = 'Chidinma Kept'

const erase = (user: TestUser, query = '', headers: Record<string, string> = {}) =>
  user.send('DELETE', `/users/me${query}`, { headers })

/** Requests the deletion with a confirmation by password. */
const leave = async (user: TestUser, query = '') => erase(user, query, await confirmed(user))

/** Everything that D1 and the wallets of this file store, as text. */
const stored = async (earlier: ReadonlySet<string>) =>
  `${await dumpD1()}${await dumpWallets(earlier)}`

/** Tops up through the scripted gateway. @returns the payment */
async function pay(
  { gateway }: MailWorld,
  user: TestUser,
  naira: number,
  details: object = { wallet: 'call_credits' },
  headers: Record<string, string> = {},
) {
  const body = { amount: naira, method: 'monnify', ...details }
  const payment = await user.send('POST', '/payments', { body, headers })
  const reference = payment.body.payment_reference
  gateway.says(reference, 'PAID', naira)
  const verified = await user.send('POST', `/payments/verify/${reference}`)
  expect(verified.body).toMatchObject({ status: 'completed' })
  return verified.body
}

async function ringWallets({ uuid }: TestUser): Promise<void> {
  for (const type of ['primary', 'call_credits'])
    await runDurableObjectAlarm(env.WALLET.getByName(`${uuid}/${type}`))
}

/** A user whose data is in every place that can have it. */
async function knownUser(world: MailWorld): Promise<{ user: TestUser; traces: string[] }> {
  const user = await newUser(world.send)
  const profile = { first_name: 'Adaeze', last_name: 'Obiakor', language: 'fr' }
  await user.send('PATCH', '/users/me', { body: { ...profile, time_zone: 'Africa/Lagos' } })
  await onAnotherDevice(world.send, user)
  await logIn(world.send, user.email, PASSWORD, { 'User-Agent': 'Adaezephone/1.0' })
  await world.send('POST', '/auth/forgot', { body: { email: user.email.toUpperCase() } })
  await user.send('POST', '/users/me/email', {
    body: { email: `moved-${user.email}`, password: PASSWORD },
  })
  const details = { wallet: 'primary', description: 'for aunt Ifeoma' }
  const payment = await pay(world, user, 100, details, { 'Idempotency-Key': 'key-of-adaeze' })
  await env.DB.prepare(
    `INSERT INTO webhook_events (body_hash, body, event_type, payment_reference, times_received,
       received_at_ms, tried_at_ms, outcome) VALUES (?, ?, ?, ?, 1, ?, ?, 'completed')`,
  )
    .bind(
      crypto.randomUUID(),
      '{"customer":{"name":"Adaeze Bankname"}}',
      'SUCCESSFUL_TRANSACTION',
      payment.payment_reference,
      Date.now(),
      Date.now(),
    )
    .run()
  await world.deliver()
  const traces = [
    user.email,
    'Adaeze',
    'Obiakor',
    'Adaezephone',
    'aunt Ifeoma',
    'key-of-adaeze',
    'Bankname',
  ]
  return { user, traces }
}

/** Not before the confirmation: an account with a passkey cannot confirm by its password alone. */
async function addPasskey(user: TestUser): Promise<void> {
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO passkeys (credential_id, uuid, user_uuid, public_key, counter, transports, is_backed_up, name, created_at_ms)
       VALUES ('credential-of-adaeze', ?, ?, '', 0, '[]', 0, 'Adaeze’s phone', 0)`,
    ).bind(crypto.randomUUID(), user.uuid),
    env.DB.prepare(
      'INSERT INTO recovery_codes (user_uuid, code_hash, created_at_ms) VALUES (?, ?, 0)',
    ).bind(user.uuid, 'hash-of-adaeze'),
  ])
}

/** @returns UUID of the call */
async function call(user: TestUser): Promise<string> {
  const body = { recipient_phone: PHONE, recipient_name: CALLED, type: 'audio' }
  const headers = { 'Idempotency-Key': `call-${user.uuid}` }
  const started = await user.send('POST', '/calls', { body, headers })
  await user.send('PATCH', `/calls/${started.body.uuid}/answer`)
  pass(60_000)
  const ended = await user.send('PATCH', `/calls/${started.body.uuid}/end`)
  expect(ended.body).toMatchObject({ cost: 10 })
  return started.body.uuid
}

const balancesOf = async (user: TestUser): Promise<number[]> => {
  const { body } = await user.send('GET', '/wallets')
  return body.map(({ balance }: { balance: number }) => balance)
}

describe('the deletion of an account', () => {
  it('needs a confirmation, and a balance that is spent or waived', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    await pay(world, user, 100)
    expect((await erase(user)).body).toMatchObject({ code: 'confirmation_required' })
    const refused = await leave(user)
    expect(refused.body).toMatchObject({ code: 'balance_left', status: 409 })
    expect(refused.body.detail).toContain('100.00 NGN')
    expect((await user.send('GET', '/users/me/deletion')).status).toBe(404)
    const planned = await leave(user, '?waive_balance=true')
    expect(planned.status).toBe(202)
    const eraseAt = new Date(Date.now() + WAIT_MS).toISOString()
    expect(planned.body).toMatchObject({ erase_at: eraseAt, waive_balance: true })
    expect((await user.send('GET', '/users/me/deletion')).body).toEqual(planned.body)
    pass(DAY_MS / 2)
    expect((await leave(user, '?waive_balance=true')).body).toEqual(planned.body)
    await world.deliver()
    const subjects = world.provider.to(user.email).map(({ subject }) => subject)
    expect(subjects.filter((subject) => /will be deleted/.test(subject))).toHaveLength(1)
  })

  it('can be cancelled until it begins, and then leaves everything as it was', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    expect((await leave(user)).status).toBe(202)
    pass(WAIT_MS - 1)
    await eraseAccounts(world.deps)
    const { body: session } = await logIn(world.send, user.email)
    const back = { token: session.access_token }
    const { status } = await world.send('DELETE', '/users/me/deletion', back)
    expect(status).toBe(204)
    expect((await world.send('GET', '/users/me/deletion', back)).status).toBe(404)
    expect((await world.send('DELETE', '/users/me/deletion', back)).status).toBe(204)
    pass(DAY_MS)
    await eraseAccounts(world.deps)
    expect((await logIn(world.send, user.email)).status).toBe(200)
    await world.deliver()
    expect(world.provider.to(user.email).at(-1)?.subject).toMatch(/will not be deleted/)
  })

  it('cannot be cancelled once the erasure has begun', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    await leave(user)
    const { erasureStore } = world.deps
    const erasure = await erasureStore.of(user.uuid)
    if (!erasure) throw new Error('no erasure is planned')
    await erasureStore.begin(erasure, Date.now())
    expect((await user.send('DELETE', '/users/me/deletion')).status).toBe(401)
    await cancelDeletion(world.deps, { userUuid: user.uuid } as Caller)
    expect(await erasureStore.of(user.uuid)).toMatchObject({ beganAtMs: Date.now() })
  })

  it('that is cancelled at the last instant erases nothing', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    await leave(user)
    pass(WAIT_MS)
    const { erasureStore } = world.deps
    const { body } = await logIn(world.send, user.email)
    const cancelling = {
      ...erasureStore,
      begin: async (erasure: Erasure, nowMs: number) => {
        await world.send('DELETE', '/users/me/deletion', { token: body.access_token })
        return erasureStore.begin(erasure, nowMs)
      },
    }
    await eraseAccounts({ ...world.deps, erasureStore: cancelling })
    expect((await logIn(world.send, user.email)).status).toBe(200)
  })

  it('is refused while the user owes money', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    const { wallets } = world.deps
    const owing: typeof wallets = {
      send: async (name, command) => {
        const answer = await wallets.send(name, command)
        return { ...answer, debtKobo: 700 }
      },
    }
    const headers = await confirmed(user)
    const indebted = mailWorld({ wallets: owing })
    const options = { token: user.token, headers }
    const refused = await indebted.send('DELETE', '/users/me?waive_balance=true', options)
    expect(refused.body).toMatchObject({ code: 'debt_open' })
  })

  it('is refused to a frozen user', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    const headers = await confirmed(user)
    await world.deps.userStore.markFrozen(user.uuid, Date.now())
    expect((await erase(user, '', headers)).body).toMatchObject({ code: 'wallet_frozen' })
  })
})

describe('an erased account', () => {
  it('leaves no trace of the person in D1, in a wallet or in the log, and correct books', async () => {
    const earlier = await listWallets()
    const log = vi.spyOn(console, 'log')
    const world = mailWorld()
    const { user, traces } = await knownUser(world)
    await pay(world, user, 200)
    await call(user)
    expect(await balancesOf(user)).toEqual([100, 190])
    const before = await stored(earlier)
    for (const trace of traces) expect(before).toContain(trace)
    const token = user.token
    await leave(user, '?waive_balance=true')
    await addPasskey(user)
    traces.push('credential-of-adaeze', 'hash-of-adaeze')
    pass(WAIT_MS)
    await eraseAccounts(world.deps)
    await ringWallets(user)

    const after = await stored(earlier)
    for (const trace of traces) expect(after.toLowerCase()).not.toContain(trace.toLowerCase())
    expect(after).toContain(PHONE)
    expect(after).toContain(CALLED)
    const lines = log.mock.calls.flat().join('\n')
    for (const trace of traces) expect(lines).not.toContain(trace)
    expect((await logIn(world.send, user.email)).status).toBe(401)
    expect((await world.send('GET', '/wallets', { token })).status).toBe(401)
    const page = await auditUsers(world.deps, { after: '', limit: 100, repair: false, sinceMs: 0 })
    expect(page.findings).toEqual([])
    expect(page.sumsKobo).toMatchObject({ wallet: 0, waived: 290_00, revenue: 10_00 })
    const again = { email: user.email, password: PASSWORD }
    expect((await world.send('POST', '/users/register', { body: again })).status).toBe(201)
  })

  it('keeps each called number until 730 days after the call', async () => {
    const earlier = await listWallets()
    const world = mailWorld()
    const user = await newUser(world.send)
    await pay(world, user, 100)
    await call(user)
    await leave(user, '?waive_balance=true')
    pass(WAIT_MS)
    await eraseAccounts(world.deps)
    await ringWallets(user)
    pass(KEPT_MS - WAIT_MS - 1)
    await ringWallets(user)
    const kept = await stored(earlier)
    expect(kept).toContain(PHONE)
    expect(kept).toContain(CALLED)
    pass(1)
    await ringWallets(user)
    const blanked = await stored(earlier)
    expect(blanked).not.toContain(PHONE)
    expect(blanked).not.toContain(CALLED)
  })

  it('is not erased while a payment is open, and an exception is recorded', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    await leave(user)
    await user.send('POST', '/payments', { body: { amount: 100, method: 'monnify' } })
    pass(WAIT_MS)
    await eraseAccounts(world.deps)
    expect((await logIn(world.send, user.email)).status).toBe(200)
    const { rows } = await world.deps.exceptionStore.about([user.uuid])
    expect(rows).toMatchObject([{ kind: 'erasure_blocked', note: '1 payments are open' }])
    await env.DB.prepare("UPDATE payments SET status = 'failed', next_ask_at_ms = NULL").run()
    pass(DAY_MS)
    await eraseAccounts(world.deps)
    expect((await logIn(world.send, user.email)).status).toBe(401)
  })

  it.each([
    ['an operator has frozen it', 'UPDATE users SET frozen_at_ms = 1', 'frozen or disabled'],
    ['an operator has disabled it', 'UPDATE users SET disabled_at_ms = 1', 'frozen or disabled'],
    [
      'a refund is undecided',
      `INSERT INTO refunds (uuid, payment_uuid, user_uuid, reference, payment_reference, transaction_reference, method,
         amount_kobo, status, reason, tries, created_at_ms)
       SELECT uuid, 'p', uuid, uuid, 'r', 't', 'monnify', 100, 'processing', 'Paid twice', 0, 0 FROM users`,
      'refunds are undecided',
    ],
  ])('is not erased while %s', async (_, statement, note) => {
    const world = mailWorld()
    const user = await newUser(world.send)
    await leave(user)
    await env.DB.prepare(statement).run()
    pass(WAIT_MS)
    await eraseAccounts(world.deps)
    expect(await dumpD1()).toContain(user.email)
    const { rows } = await world.deps.exceptionStore.about([user.uuid])
    expect(rows).toMatchObject([{ kind: 'erasure_blocked', note: expect.stringContaining(note) }])
  })

  it('is not erased with money that arrived later and was not waived', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    await leave(user)
    await pay(world, user, 50)
    pass(WAIT_MS)
    await eraseAccounts(world.deps)
    expect(await balancesOf(await onAnotherDevice(world.send, user))).toEqual([0, 50])
    const { rows } = await world.deps.exceptionStore.about([user.uuid])
    expect(rows).toMatchObject([{ kind: 'erasure_blocked', note: 'balance_left' }])
  })

  it('waits for an event that is not processed, whose body is needed', async () => {
    const world = mailWorld()
    const { user, traces } = await knownUser(world)
    const setOutcome = (outcome: string | null, nextTryAtMs: number | null) =>
      env.DB.prepare('UPDATE webhook_events SET outcome = ?, next_try_at_ms = ?')
        .bind(outcome, nextTryAtMs)
        .run()
    await setOutcome('unknown_reference', Date.now())
    await leave(user, '?waive_balance=true')
    pass(WAIT_MS)
    await eraseAccounts(world.deps)
    expect(await dumpD1()).toContain('Bankname')
    const { rows } = await world.deps.exceptionStore.about([user.uuid])
    expect(rows).toMatchObject([{ note: 'an event is not processed yet' }])
    await setOutcome('completed', null)
    pass(3_600_000)
    await eraseAccounts(world.deps)
    const after = await dumpD1()
    for (const trace of traces) expect(after).not.toContain(trace)
  })

  it('is erased by one of several runs at once', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    await leave(user)
    pass(WAIT_MS)
    const lines = linesOf('account_erased')
    await Promise.all([1, 2, 3].map(() => eraseAccounts(world.deps)))
    expect(lines()).toHaveLength(1)
    expect(await dumpD1()).not.toContain(user.email)
  })

  it.each(['disableErased', 'wallets', 'eraser'] as const)(
    'is erased once by the next attempt if %s fails',
    async (part) => {
      const world = mailWorld()
      const user = await newUser(world.send)
      await pay(world, user, 100)
      await leave(user, '?waive_balance=true')
      pass(WAIT_MS)
      const fail = async () => {
        throw new Error('interrupted')
      }
      const broken = {
        disableErased: { disableErased: fail },
        wallets: { wallets: { send: fail } },
        eraser: { eraser: { erase: fail } },
      }[part]
      await eraseAccounts({ ...world.deps, ...broken })
      const lines = linesOf('account_erased')
      pass(3_600_000)
      await eraseAccounts(world.deps)
      await eraseAccounts(world.deps)
      expect(lines()).toHaveLength(1)
      expect(await dumpD1()).not.toContain(user.email)
      const page = await auditUsers(world.deps, {
        after: '',
        limit: 100,
        repair: false,
        sinceMs: 0,
      })
      expect(page.sumsKobo).toMatchObject({ wallet: 0, waived: 100_00 })
    },
  )

  it('is erased again after a restore of D1', async () => {
    const world = mailWorld()
    const [user, other] = [await newUser(world.send), await newUser(world.send)]
    const row = await world.deps.userStore.byUuid(user.uuid)
    await leave(user)
    pass(WAIT_MS)
    await eraseAccounts(world.deps)
    await env.DB.batch([
      env.DB.prepare('DELETE FROM erasures'),
      env.DB.prepare(
        'UPDATE users SET email = ?, email_key = ?, disabled_at_ms = NULL WHERE uuid = ?',
      ).bind(row?.email, row?.emailKey, user.uuid),
    ])
    expect(await dumpD1()).toContain(user.email)
    await env.WALLET.getByName(`${user.uuid}/primary`).creditPayment({
      paymentUuid: 'p',
      reference: 'AIL-late_a1',
      expectedKobo: kobo(500),
      receivedKobo: kobo(500),
    })
    expect(await repeatErasures(world.deps, '', 100)).toMatchObject({
      repeated: [user.uuid],
      next: null,
    })
    await eraseAccounts(world.deps)
    expect(await dumpD1()).not.toContain(user.email)
    expect(await repeatErasures(world.deps, '', 100)).toMatchObject({ repeated: [] })
    const page = await auditUsers(world.deps, { after: '', limit: 100, repair: false, sinceMs: 0 })
    const late = page.findings.filter(({ kind }) => kind === 'money_after_erasure')
    expect(late).toMatchObject([{ detail: '500 kobo arrived after the user was erased' }])
    expect((await logIn(world.send, other.email)).status).toBe(200)
  })
})
