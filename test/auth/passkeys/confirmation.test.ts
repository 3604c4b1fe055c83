import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createTokens } from '../../../src/common/tokens/access-token'
import { createConfirmationTokens } from '../../../src/common/tokens/confirmation-token'
import { ok } from '../../../src/common/result'
import type { RefundGateway } from '../../../src/payments/monnify/refunds'
import { onAnotherDevice } from '../../support/accounts'
import { newUser, PASSWORD, type TestUser, walletOf } from '../../support/client'
import { pass, useClock } from '../../support/clock'
import { confirmed, requestRefund } from '../../support/confirmation'
import { paidEvent, sendEvent, worldWith } from '../../support/gateway'

useClock()

/** Monnify accepts each refund, and decides none. */
const refundGateway: RefundGateway = {
  orderRefund: async () => ({ kind: 'accepted' }),
  queryRefund: async () => ok(undefined),
  listRefunds: async () => ok([]),
}
const world = worldWith({ refundGateway })
const MINUTE_MS = 60_000
const body = { amount: 100, reason: 'Paid twice' }

async function paid(naira = 500) {
  const user = await newUser(world.send)
  const payment = await user.send('POST', '/payments', {
    body: { amount: naira, method: 'monnify' },
  })
  const { payment_reference: reference, uuid } = payment.body
  world.gateway.says(reference, 'PAID', naira)
  await sendEvent(world.send, paidEvent(reference, naira))
  return { user, path: `/payments/${uuid}/refunds`, uuid }
}

const balanceOf = async (user: TestUser) => (await walletOf(user)).balance

const refuses = { status: 403, body: { code: 'confirmation_required' } }

describe('a confirmation by password', () => {
  it('expires after five minutes, and allows a refund until then', async () => {
    const { user, path } = await paid()
    const answer = await user.send('POST', '/users/me/confirmation', {
      body: { password: PASSWORD },
    })
    expect(Date.parse(answer.body.expires_at)).toBe(Date.now() + 5 * MINUTE_MS)
    const headers = { Confirmation: answer.body.confirmation }
    pass(5 * MINUTE_MS - 1000)
    expect((await user.send('POST', path, { body, headers })).status).toBe(201)
    pass(1000)
    expect(await user.send('POST', path, { body, headers })).toMatchObject(refuses)
    expect(await balanceOf(user)).toBe(400)
  })

  it('with a wrong password is refused, and delayed after five wrong ones', async () => {
    const user = await newUser(world.send)
    const confirm = (password: string) =>
      user.send('POST', '/users/me/confirmation', { body: { password } })
    for (let count = 0; count < 5; count++)
      expect(await confirm('a wrong horse')).toMatchObject({
        status: 400,
        body: { code: 'wrong_password' },
      })
    expect((await confirm(PASSWORD)).status).toBe(429)
  })

  it('of an ended session, or of a disabled account, is refused', async () => {
    const user = await newUser(world.send)
    const elsewhere = await onAnotherDevice(world.send, user)
    await elsewhere.send('POST', '/auth/logout')
    const request = { body: { password: PASSWORD } }
    expect((await elsewhere.send('POST', '/users/me/confirmation', request)).status).toBe(401)
    await env.DB.prepare('UPDATE users SET disabled_at_ms = 1 WHERE uuid = ?').bind(user.uuid).run()
    expect((await user.send('POST', '/users/me/confirmation', request)).status).toBe(401)
  })
})

describe('a refund', () => {
  it('without a confirmation is refused, and no money moves', async () => {
    const { user, path } = await paid()
    const refused = await user.send('POST', path, { body })
    expect(refused).toMatchObject(refuses)
    expect(refused.body.detail).toContain('POST /users/me/confirmation')
    expect(await balanceOf(user)).toBe(500)
  })

  it.each<[string, (user: TestUser) => Promise<string>]>([
    ['of another user', async () => (await confirmed(await newUser(world.send))).Confirmation],
    [
      'of another session',
      async (user) => (await confirmed(await onAnotherDevice(world.send, user))).Confirmation,
    ],
    ['that is an access token', async ({ token }) => token],
    ['that is a refresh token', async ({ refreshToken }) => refreshToken],
    [
      'that is an event ticket',
      async (user) => {
        const caller = await callerOf(user)
        return world.deps.tokens.signTicket(caller, crypto.randomUUID(), Date.now())
      },
    ],
    [
      'of an earlier token version',
      async (user) => {
        const caller = await callerOf(user)
        const earlier = { ...caller, tokenVersion: caller.tokenVersion - 1 }
        return world.deps.confirmationTokens.sign(earlier, Date.now())
      },
    ],
    [
      'of this session, but of another user',
      async (user) => {
        const caller = { ...(await callerOf(user)), userUuid: crypto.randomUUID() }
        return world.deps.confirmationTokens.sign(caller, Date.now())
      },
    ],
    [
      'signed with another secret',
      async (user) => {
        const forger = createConfirmationTokens(['a secret that this service does not have.'])
        return forger.sign(await callerOf(user), Date.now())
      },
    ],
    ['that is not a token', async () => 'x.y.z'],
    ['that is empty', async () => ''],
  ])('with a confirmation %s is refused', async (_, confirmationOf) => {
    const { user, path } = await paid()
    await user.send('POST', '/users/me/password', {
      body: { current_password: PASSWORD, new_password: PASSWORD },
    })
    const { body: pair } = await world.send('POST', '/auth/refresh', {
      body: { refresh_token: user.refreshToken },
    })
    const present: TestUser = {
      ...user,
      token: pair.access_token,
      refreshToken: pair.refresh_token,
      send: (method, to, options) =>
        world.send(method, to, { token: pair.access_token, ...options }),
    }
    const headers = { Confirmation: await confirmationOf(present) }
    expect(await present.send('POST', path, { body, headers })).toMatchObject(refuses)
    expect(await balanceOf(present)).toBe(500)
    const own = await confirmed(present)
    expect((await present.send('POST', path, { body, headers: own })).status).toBe(201)
  })

  it('repeated with its key needs no confirmation, and moves no more money', async () => {
    const { user, path, uuid } = await paid()
    const headers = { 'Idempotency-Key': 'once' }
    const first = await requestRefund(user, uuid, 100, headers)
    pass(6 * MINUTE_MS)
    const again = await user.send('POST', path, { body, headers })
    expect(again).toMatchObject({ status: 201, body: first.body })
    expect(again.headers.get('Idempotent-Replayed')).toBe('true')
    const other = { ...body, amount: 200 }
    expect((await user.send('POST', path, { body: other, headers })).status).toBe(422)
    expect(await balanceOf(user)).toBe(400)
  })

  it('repeated with the key of a refund that was not stored needs a confirmation', async () => {
    const { user, path, uuid } = await paid()
    const headers = { 'Idempotency-Key': 'too much' }
    await user.send('POST', '/calls', { body: { recipient_phone: '+2348031234567' } })
    expect((await requestRefund(user, uuid, 500, headers)).status).toBe(400)
    const whole = { ...body, amount: 500 }
    expect(await user.send('POST', path, { body: whole, headers })).toMatchObject(refuses)
  })
})

it('a confirmation is not accepted as an access token', async () => {
  const user = await newUser(world.send)
  const { Confirmation: token } = await confirmed(user)
  expect((await world.send('GET', '/users/me', { token })).status).toBe(401)
  const tokens = createTokens([env.JWT_SECRET], { access: 1, refresh: 1 })
  expect((await tokens.verifyAccess(token, Date.now())).ok).toBe(false)
})

async function callerOf({ token }: TestUser) {
  const verified = await world.deps.tokens.verifyAccess(token, Date.now())
  if (!verified.ok) throw new Error('the test has no valid access token')
  return verified.value
}
