/** Attacks on the deletion of accounts, each with the outcome that its user needs. */
import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { prepareMessage } from '../../src/auth/recovery/prepare'
import { deliverMessages } from '../../src/mail/deliver'
import { eraseAccounts } from '../../src/privacy/erase'
import type { UserStore } from '../../src/users/store'
import { logIn, onAnotherDevice } from '../support/accounts'
import { useNoAccounts } from '../support/no-accounts'
import { asker, newUser, PASSWORD, topUp, type TestUser } from '../support/client'
import { pass, useClock } from '../support/clock'
import { confirmed } from '../support/confirmation'
import { paidEvent, sendEvent } from '../support/gateway'
import {
  changeAddress,
  confirm,
  forgot,
  type MailWorld,
  mailWorld,
  reset,
  undo,
} from '../support/mail'
import { operatorSender } from '../support/operators'
import { talk } from '../support/past'
import { dumpD1 } from '../support/secrets'

useClock()
useNoAccounts()
const DAY_MS = 24 * 3_600_000
const WAIT_MS = 14 * DAY_MS
const KEPT_MS = 730 * DAY_MS

const leave = async (user: TestUser, query = '') =>
  user.send('DELETE', `/users/me${query}`, { headers: await confirmed(user) })

async function pay({ gateway }: MailWorld, user: TestUser, naira: number) {
  const body = { amount: naira, method: 'monnify', wallet: 'call_credits' }
  const payment = await user.send('POST', '/payments', { body })
  const reference = payment.body.payment_reference
  gateway.says(reference, 'PAID', naira)
  const verified = await user.send('POST', `/payments/verify/${reference}`)
  expect(verified.body).toMatchObject({ status: 'completed' })
  return verified.body
}

describe('a deletion', () => {
  it('of a thief is cancelled by the undo of an address', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    await pay(world, user, 500)
    const thiefs = `thief-${crypto.randomUUID()}@example.com`
    await changeAddress(user, thiefs, PASSWORD)
    await confirm(world, await world.linkTo(thiefs, /new e-mail address/))
    expect((await leave(user, '?waive_balance=true')).status).toBe(202)
    const link = await world.linkTo(user.email, /was changed/)
    expect((await undo(world, link)).status).toBe(204)
    await forgot(world, user.email)
    await reset(
      world,
      await world.linkTo(user.email, /Set a new password/),
      'another horse entirely',
    )
    pass(WAIT_MS)
    await eraseAccounts(world.deps)
    const after = await logIn(world.send, user.email, 'another horse entirely')
    expect(after.status).toBe(200)
  })

  it('of a thief is cancelled by a new password by a link', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    await pay(world, user, 500)
    expect((await leave(user, '?waive_balance=true')).status).toBe(202)
    await forgot(world, user.email)
    await reset(
      world,
      await world.linkTo(user.email, /Set a new password/),
      'another horse entirely',
    )
    pass(WAIT_MS)
    await eraseAccounts(world.deps)
    expect((await logIn(world.send, user.email, 'another horse entirely')).status).toBe(200)
  })

  it('that was requested again meanwhile keeps its waiting time', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    await pay(world, user, 500)
    await leave(user, '?waive_balance=true')
    pass(WAIT_MS)
    const again = await onAnotherDevice(world.send, user)
    const store = world.deps.erasureStore
    const erasureStore = {
      ...store,
      listDue: async (nowMs: number, limit: number) => {
        const due = await store.listDue(nowMs, limit)
        expect((await again.send('DELETE', '/users/me/deletion')).status).toBe(204)
        expect((await leave(again, '?waive_balance=true')).status).toBe(202)
        return due
      },
    }
    await eraseAccounts({ ...world.deps, erasureStore })
    expect((await logIn(world.send, user.email)).status).toBe(200)
  })

  it('gives the account back if money arrives before the wallets are frozen', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    const body = { amount: 500, method: 'monnify', wallet: 'call_credits' }
    const payment = (await user.send('POST', '/payments', { body })).body
    await env.DB.prepare("UPDATE payments SET status = 'failed', next_ask_at_ms = NULL").run()
    await leave(user)
    pass(WAIT_MS)
    const disableErased: typeof world.deps.disableErased = async (who) => {
      world.gateway.says(payment.payment_reference, 'PAID', 500)
      await sendEvent(world.send, paidEvent(payment.payment_reference, 500))
      await world.deps.disableErased(who)
    }
    await eraseAccounts({ ...world.deps, disableErased })
    const login = await logIn(world.send, user.email)
    expect(login.status).toBe(200)
  })

  it('also blanks an event that is never processed', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    const payment = await pay(world, user, 100)
    await env.DB.prepare(
      `INSERT INTO webhook_events (body_hash, body, event_type, payment_reference, times_received,
       received_at_ms, tried_at_ms, outcome, tries, next_try_at_ms) VALUES (?, ?, ?, ?, 1, ?, ?, NULL, 10, NULL)`,
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
    await leave(user, '?waive_balance=true')
    pass(WAIT_MS)
    await eraseAccounts(world.deps)
    for (let day = 0; day < 120; day++) {
      pass(DAY_MS)
      await eraseAccounts(world.deps)
      await world.deps.removers.webhook_events(Date.now() - 90 * DAY_MS, 500)
    }
    expect(await dumpD1()).not.toContain('Bankname')
  })

  it('leaves no customer in the event of a settlement', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    const payment = await pay(world, user, 100)
    const transactions = [
      {
        transactionReference: `MNFY|${payment.payment_reference}`,
        paymentReference: payment.payment_reference,
        customer: { email: user.email, name: 'Adaeze Bankname' },
      },
    ]
    const eventData = { settlementReference: crypto.randomUUID(), transactions }
    await sendEvent(world.send, { eventType: 'SETTLEMENT', eventData })
    await leave(user, '?waive_balance=true')
    pass(WAIT_MS)
    await eraseAccounts(world.deps)
    const dump = await dumpD1()
    expect(dump).not.toContain('Bankname')
  })

  it('rejects a change of the profile that began before', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    await leave(user)
    pass(WAIT_MS)
    const { userStore } = world.deps
    const slow = mailWorld({
      userStore: {
        ...userStore,
        update: async (uuid, profile) => {
          await eraseAccounts(world.deps)
          return userStore.update(uuid, profile)
        },
      },
    })
    const fresh = await onAnotherDevice(world.send, user)
    await slow.send('PATCH', '/users/me', {
      token: fresh.token,
      body: { first_name: 'Adaeze' },
    })
    expect(await dumpD1()).not.toContain('Adaeze')
  })

  it.each([
    ['forgotten password', (world: MailWorld, user: TestUser) => forgot(world, user.email)],
    [
      'new address',
      (_: MailWorld, user: TestUser) => changeAddress(user, `moved-${user.email}`, PASSWORD),
    ],
  ])('leaves no link of the message about a %s whose delivery began before', async (_, request) => {
    const world = mailWorld()
    const user = await newUser(world.send)
    await leave(user)
    pass(WAIT_MS)
    await request(world, await onAnotherDevice(world.send, user))
    const { deps } = world
    const erasing =
      <T>(read: (key: string) => Promise<T>) =>
      async (key: string) => {
        const found = await read(key)
        await eraseAccounts(deps)
        return found
      }
    const userStore: UserStore = {
      ...deps.userStore,
      byUuid: erasing((uuid) => deps.userStore.byUuid(uuid)),
      byEmailKey: erasing((key) => deps.userStore.byEmailKey(key)),
    }
    const slow = { ...deps, userStore, accountUrl: () => 'https://aileana.example/account' }
    await deliverMessages({ ...deps, prepareMessage: (row) => prepareMessage(slow, row) })
    expect((await logIn(world.send, user.email)).status).toBe(401)
    expect(await dumpD1()).not.toContain(user.email)
    expect(world.provider.emails.size).toBe(0)
  })

  it('blanks called numbers again after a restore of D1', async () => {
    const user = await newUser()
    await topUp(user, 100)
    const uuid = await talk(user, 60, 'Ngozi')
    const stub = env.WALLET.getByName(`${user.uuid}/call_credits`)
    await runDurableObjectAlarm(stub)
    pass(KEPT_MS)
    await runDurableObjectAlarm(stub)
    const read = () =>
      env.DB.prepare('SELECT recipient_name AS name FROM call_sessions WHERE uuid = ?')
        .bind(uuid)
        .first()
    expect(await read()).toEqual({ name: null })
    await env.DB.prepare(
      "UPDATE call_sessions SET recipient_name = 'Ngozi', recipient_phone = '+2348031234567' WHERE uuid = ?",
    )
      .bind(uuid)
      .run()
    const world = mailWorld()
    const ask = operatorSender(asker(world.fetch))
    for (const path of ['/operator/erasures', '/operator/audit?limit=100&repair=true'])
      expect((await ask('POST', path)).status).toBe(200)
    pass(KEPT_MS)
    await runDurableObjectAlarm(stub)
    expect(await read()).toEqual({ name: null })
  })

  it('sends few e-mails for many requests', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    const headers = await confirmed(user)
    for (let request = 0; request < 40; request++) {
      await user.send('DELETE', '/users/me', { headers })
      await user.send('DELETE', '/users/me/deletion')
    }
    expect((await user.send('DELETE', '/users/me', { headers })).status).toBe(429)
    await world.deliver()
    expect(world.provider.to(user.email).length).toBeLessThan(15)
  })
})
