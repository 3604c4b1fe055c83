import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import document from '../../../docs/openapi.json'
import { createApp } from '../../../src/app'
import { createDeps } from '../../../src/deps'
import { freezeDisabledUsers } from '../../../src/operators/customers/freeze'
import { pass, useClock } from '../../support/clock'
import {
  dial,
  newUser,
  PASSWORD,
  sender,
  type TestUser,
  topUp,
  userWithCredit,
  walletOf,
} from '../../support/client'
import { ticketTo, upgrade, watch } from '../../support/live'
import { operatorSender } from '../../support/operators'

useClock()

const deps = createDeps(env)
const app = createApp(deps)
const ask = sender(async (request) => app.fetch(request))

const act = (action: string, user: TestUser) =>
  operatorSender(ask, 'support')('POST', `/operator/customers/${user.uuid}/actions`, {
    body: { action, reason: 'Stolen phone' },
  })

const NOBODY = '3f0b8c1e-6f64-4e0a-9b1c-2f4f8f3f7a55'
const call = { recipient_phone: '+2348031234567' }

/** Commands of a user's wallets, by operation. Each is refused while the user is frozen. */
const COMMANDS: Readonly<Record<string, readonly [path: string, body?: object]>> = {
  deleteAccount: ['/users/me'],
  startCall: ['/calls', call],
  answerCall: [`/calls/${NOBODY}/answer`],
  endCall: [`/calls/${NOBODY}/end`],
  issueTicket: [`/calls/${NOBODY}/ticket`],
  inviteToCall: [`/calls/${NOBODY}/invitation`, {}],
  createPayment: ['/payments', { amount: 50, method: 'monnify' }],
  createKey: ['/keys', { name: 'A key', scopes: ['calls:read'] }],
  createEndpoint: ['/endpoints', { url: 'https://receiver.example/hook' }],
  changeEndpoint: [`/endpoints/${NOBODY}`, { url: 'https://receiver.example/hook' }],
  rotateEndpointSecret: [`/endpoints/${NOBODY}/secret`],
  testEndpoint: [`/endpoints/${NOBODY}/test`, {}],
  replayEvents: [`/endpoints/${NOBODY}/replay`, { from: 1, to: 2 }],
  createRefund: [`/payments/${NOBODY}/refunds`, { amount: 100, reason: 'Paid twice' }],
}

/** Commands that a frozen user may still send, because they move no money of the user. */
const ALLOWED = new Set([
  'verifyPayment',
  'createCallReceipt',
  'logOut',
  'logOutEverywhere',
  'endSession',
  'changePassword',
  'changeProfile',
  'confirmIdentity',
  'listConfirmationMethods',
  'startPasskey',
  'addPasskey',
  'removePasskey',
  'createRecoveryCodes',
  'requestEmailChange',
  'requestVerification',
  'cancelDeletion',
  'revokeKey',
  'deleteEndpoint',
])

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods as Record<string, { operationId: string; security?: object[] }>)
    .filter(
      ([method, { security }]) => method !== 'get' && JSON.stringify(security).includes('bearer'),
    )
    .map(([method, { operationId }]) => ({ method: method.toUpperCase(), path, operationId })),
)

describe('after the response to a freeze', () => {
  it('this test covers every command in the OpenAPI document', () => {
    const known = [...Object.keys(COMMANDS), ...ALLOWED].toSorted()
    expect(operations.map(({ operationId }) => operationId).toSorted()).toEqual(known)
  })

  it.each(Object.entries(COMMANDS))('%s is refused', async (operationId, [path, body]) => {
    const user = await userWithCredit(500)
    await topUp(user, 50, 'primary')
    expect((await act('freeze', user)).status).toBe(200)
    pass(1000)
    const method = operations.find((operation) => operation.operationId === operationId)?.method
    const refused = await user.send(method ?? '', path, { ...(body && { body }) })
    expect(refused).toMatchObject({ status: 403, body: { code: 'wallet_frozen' } })
    const transfer = { amount: 10, method: 'wallet' }
    expect((await user.send('POST', '/payments', { body: transfer })).status).toBe(403)
    expect(await walletOf(user)).toMatchObject({ balance: 500, held: 0, is_frozen: true })
    expect((await act('unfreeze', user)).status).toBe(200)
    expect((await dial(user)).status).toBe(201)
  })

  it('open calls have ended, their sockets are closed, and old tickets open no socket', async () => {
    const user = await userWithCredit(100)
    const { uuid: answered } = (await dial(user)).body
    await user.send('PATCH', `/calls/${answered}/answer`)
    const { uuid: ringing } = (await dial(user)).body
    const ticket = await ticketTo(user, ringing)
    const socket = await watch(user, answered)
    await socket.next()
    pass(6000)
    await act('freeze', user)
    expect(await socket.next()).toMatchObject({
      type: 'ended',
      call: { end_reason: 'wallet_frozen' },
    })
    await socket.closed
    expect((await upgrade(ticket)).status).toBe(403)
    const { body: calls } = await user.send('GET', '/calls')
    expect(calls).toMatchObject([
      { uuid: ringing, status: 'cancelled', cost: 0, end_reason: 'wallet_frozen' },
      { uuid: answered, status: 'completed', cost: 1, end_reason: 'wallet_frozen' },
    ])
    expect(await walletOf(user)).toMatchObject({ balance: 99, held: 0 })
  })

  it('money still arrives and stays', async () => {
    const user = await newUser()
    await act('freeze', user)
    await env.WALLET.getByName(`${user.uuid}/call_credits`).creditPayment({
      paymentUuid: NOBODY,
      reference: 'AIL-1_a1',
      expectedKobo: 10_000 as never,
      receivedKobo: 10_000 as never,
    })
    expect((await walletOf(user)).balance).toBe(100)
  })
})

describe('a disabled user', () => {
  it('is logged out everywhere, also by the wallets, and frozen until an operator unfreezes', async () => {
    const user = await userWithCredit(100)
    expect((await act('disable', user)).status).toBe(200)
    for (const path of ['/wallets', '/users/me', '/calls'])
      expect((await user.send('GET', path)).status).toBe(401)
    expect((await dial(user)).status).toBe(401)
    expect((await act('unfreeze', user)).body.code).toBe('user_disabled')
    expect((await act('enable', user)).status).toBe(200)
    const credentials = { email: user.email, password: PASSWORD }
    const { access_token: token } = (await ask('POST', '/auth/login', { body: credentials })).body
    expect((await ask('POST', '/calls', { token, body: call })).body.code).toBe('wallet_frozen')
    expect((await act('unfreeze', user)).status).toBe(200)
    expect((await ask('POST', '/calls', { token, body: call })).status).toBe(201)
  })

  it('is frozen by the cron job if only D1 was changed', async () => {
    const user = await userWithCredit(100)
    await env.DB.prepare('UPDATE users SET disabled_at_ms = 1 WHERE uuid = ?').bind(user.uuid).run()
    await freezeDisabledUsers(deps)
    expect((await dial(user)).body.code).toBe('wallet_frozen')
  })
})
