/** A service with high limits and some users, and the values of placeholders. */
import { env } from 'cloudflare:workers'
import { createHash } from 'node:crypto'
import { vi } from 'vitest'
import { kobo } from '../../../src/common/money'
import { createDeps } from '../../../src/deps'
import { createPolicies } from '../../../src/limits/catalogue'
import { signBody } from '../../../src/payments/monnify/signature'
import { logIn } from '../../support/accounts'
import { SoftAuthenticator } from '../../support/authenticator'
import { type Answer, dial, newUser, PASSWORD, type TestUser, walletOf } from '../../support/client'
import { confirmed } from '../../support/confirmation'
import { addPasskey, type Headers, type KeyHolder, withPasskey } from '../../support/passkeys'
import { SECRET, type World } from '../../support/gateway'
import { ticketTo, upgrade } from '../../support/live'
import { changeAddress, confirm, forgot, type MailWorld, mailWorld } from '../../support/mail'
import type { Operation } from '../../support/documented'
import type { WishName } from './plan'
import {
  apiKeyOf,
  endpointOf,
  eventOf,
  makeRoomFor,
  noNetwork,
  STREAMING,
  type Streamer,
  streamerOf,
} from './streams'

/** A future time, so that no real alarm rings. */
const START = Date.UTC(2126, 0, 1)
const STEP_MS = 1000

const PLENTY = { quota: 1e9, windowMs: 1000 }

const rates = createPolicies({
  loginClientIp: PLENTY,
  refresh: PLENTY,
  register: PLENTY,
  exports: PLENTY,
  payments: PLENTY,
  verify: PLENTY,
  passwords: PLENTY,
  calls: PLENTY,
  lostCalls: PLENTY,
  mails: PLENTY,
  freeGuesses: 1e9,
})

const policies = {
  ...rates,
  apiKeys: { ...rates.apiKeys, ...PLENTY },
  endpoints: { ...rates.endpoints, ...PLENTY },
}

/** The real hash takes 200 ms and has its own tests. */
const hashPassword = (password: string) => createHash('sha256').update(password).digest('hex')

/** Operations that end sessions, so each uses its own. */
const ENDING = new Set([
  'logOut',
  'logOutEverywhere',
  'endSession',
  'refreshSession',
  'changePassword',
])

/** Operations that need a user with a passkey. */
const WITH_PASSKEY = new Set([
  'startPasskey',
  'addPasskey',
  'removePasskey',
  'listPasskeys',
  'createRecoveryCodes',
  'listConfirmationMethods',
])

export const USED_KEY = 'a key that was used'

export interface FuzzWorld extends MailWorld {
  readonly owner: TestUser
  readonly other: TestUser
  /** Token of an ended session of the owner. */
  readonly endedToken: string
  readonly othersIds: Readonly<Record<string, string>>
  /** User of the operations about passkeys. */
  readonly keyHolder: KeyHolder
  /** User of the operations about API keys, events and endpoints. */
  readonly streamer: Streamer
  /** Completed payment of the owner. */
  readonly paidPayment: string
  /** Ended and charged call of the owner. */
  readonly paidCall: string
  /** User with few sessions, and the number of its uses. */
  guest: TestUser
  guestUses: number
  call: string
  callUses: number
}

async function pay(world: World, user: TestUser, naira: number, wallet: string): Promise<Answer> {
  const body = { amount: naira, method: 'monnify', wallet }
  const payment = await user.send('POST', '/payments', { body })
  world.gateway.says(payment.body.payment_reference, 'PAID', naira)
  return user.send('POST', `/payments/verify/${payment.body.payment_reference}`)
}

async function richUser(world: World): Promise<TestUser> {
  const user = await newUser(world.send)
  for (const wallet of ['call_credits', 'primary', 'call_credits'])
    await pay(world, user, 1_000_000, wallet)
  for (let count = 0; count < 2; count++) {
    const { body } = await dial(user)
    await user.send('PATCH', `/calls/${body.uuid}/answer`)
    tick()
    await user.send('PATCH', `/calls/${body.uuid}/end`)
  }
  return user
}

async function idsOf(user: TestUser): Promise<Record<string, string>> {
  const [payment] = (await user.send('GET', '/payments')).body
  const [session] = (await user.send('GET', '/auth/sessions')).body
  return {
    othersCall: (await dial(user)).body.uuid,
    othersWallet: (await walletOf(user)).uuid,
    othersPayment: payment.uuid,
    othersReference: payment.payment_reference,
    othersSession: session.uuid,
  }
}

/** Logs a user in again. */
async function again(world: World, user: TestUser): Promise<TestUser> {
  const { body } = await logIn(world.send, user.email)
  const { access_token: token, refresh_token: refreshToken } = body
  const send: TestUser['send'] = (method, path, options) =>
    world.send(method, path, { token, ...options })
  return { ...user, token, refreshToken, send }
}

export const tick = () => vi.setSystemTime(Date.now() + STEP_MS)

export async function openWorld(): Promise<FuzzWorld> {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  const { callLimits, refundLimits } = createDeps(env)
  const unlimited = { limit: async () => ({ success: true }) }
  const world = mailWorld({
    policies,
    userQuota: unlimited,
    sessionQuota: unlimited,
    refundLimits: { ...refundLimits, userDayKobo: kobo(100_000_000) },
    callLimits: { ...callLimits, starts: policies.calls, maxOpenCalls: 1e6 },
    hashPassword,
    verifyPassword: (password, hash) => hashPassword(password) === hash,
  })
  const [owner, other, guest] = [
    await richUser(world),
    await richUser(world),
    await newUser(world.send),
  ]
  const headers = { 'idempotency-key': USED_KEY }
  await dial(owner, { headers, body: { recipient_phone: '+2348030000001', recipient_name: 'x' } })
  const [{ uuid: paidPayment }] = (await owner.send('GET', '/payments?limit=1')).body
  const [{ uuid: paidCall }] = (await owner.send('GET', '/calls?status=completed&limit=1')).body
  await owner.send('POST', '/payments', { headers, body: { amount: 1234.56, method: 'monnify' } })
  await owner.send('POST', `/payments/${paidPayment}/refunds`, {
    headers: { ...headers, ...(await confirmed(owner)) },
    body: { amount: 1234.56, reason: 'Paid twice' },
  })
  noNetwork()
  const streamer = await streamerOf(world)
  const others = await streamerOf(world)
  const ended = await again(world, owner)
  await ended.send('POST', '/auth/logout')
  const othersIds = await idsOf(other)
  const call = (await dial(owner)).body.uuid
  return {
    ...world,
    owner,
    other,
    guest,
    endedToken: ended.token,
    othersIds: {
      ...othersIds,
      othersPasskey: (await withPasskey(other)).passkey,
      othersApiKey: await apiKeyOf(others),
      othersEndpoint: await endpointOf(others),
    },
    streamer,
    keyHolder: await withPasskey(await newUser(world.send)),
    paidPayment,
    paidCall,
    call,
    callUses: 0,
    guestUses: 0,
  }
}

/** User of a request. A guest sends those that end sessions, in a separate session. */
export async function actorFor(world: FuzzWorld, operation: Operation): Promise<TestUser> {
  const { operationId } = operation
  if (STREAMING.has(operation.tags[0] ?? '')) {
    await makeRoomFor(world.streamer, operationId)
    return world.streamer.user
  }
  if (WITH_PASSKEY.has(operationId)) return world.keyHolder.user
  if (!ENDING.has(operationId)) return world.owner
  world.guestUses += 1
  if (world.guestUses % 20 === 0) world.guest = await newUser(world.send)
  else world.guest = await again(world, world.guest)
  return world.guest
}

/** Replaces the guest after its password was changed to an unknown one. */
export async function afterwards(world: FuzzWorld, operation: Operation, answer: Answer) {
  if (operation.operationId === 'changePassword' && answer.status === 200)
    world.guest = await newUser(world.send)
}

/** Confirmation of a user, whatever the user's ways to confirm. */
async function confirmationOf({ deps }: FuzzWorld, { token }: TestUser): Promise<string> {
  const caller = await deps.tokens.verifyAccess(token, deps.now())
  return caller.ok ? deps.confirmationTokens.sign(caller.value, deps.now()) : ''
}

/** Removes all passkeys but the first, so that there is room for another. */
async function makeRoom(world: FuzzWorld): Promise<Headers> {
  const { user, passkey } = world.keyHolder
  const headers = { Confirmation: await confirmationOf(world, user) }
  const { passkeys } = (await user.send('GET', '/users/me/passkeys')).body
  for (const { uuid } of passkeys)
    if (uuid !== passkey) await user.send('DELETE', `/users/me/passkeys/${uuid}`, { headers })
  return headers
}

async function passkeyOf(world: FuzzWorld): Promise<string> {
  const headers = await makeRoom(world)
  const { user } = world.keyHolder
  return (await addPasskey(user, new SoftAuthenticator(), headers)).body.uuid
}

async function assertionOf({ send, keyHolder }: FuzzWorld): Promise<object> {
  const { body: options } = await send('POST', '/auth/passkey/options')
  return keyHolder.authenticator.get(options)
}

/** Response to options for a new passkey. */
async function attestationOf(world: FuzzWorld): Promise<object> {
  const headers = await makeRoom(world)
  const { body } = await world.keyHolder.user.send('POST', '/users/me/passkey/options', {
    headers,
  })
  return new SoftAuthenticator().create(body)
}

/** Links of new users, because a used one changes an account. */
async function resetTokenOf(world: FuzzWorld): Promise<string> {
  const { email } = await newUser(world.send)
  await forgot(world, email)
  return world.linkTo(email, /Set a new password/)
}

async function addressTokenOf(world: FuzzWorld, user: TestUser): Promise<string> {
  const to = `moved-${crypto.randomUUID()}@example.com`
  await changeAddress(user, to, PASSWORD)
  return world.linkTo(to, /new e-mail address/)
}

async function undoTokenOf(world: FuzzWorld): Promise<string> {
  const user = await newUser(world.send)
  await confirm(world, await addressTokenOf(world, user))
  return world.linkTo(user.email, /was changed/)
}

/** A ringing call, or one that earlier requests have used. */
async function callOf(world: FuzzWorld): Promise<string> {
  world.callUses += 1
  if (world.callUses % 4 > 0) return world.call
  await world.owner.send('PATCH', `/calls/${world.call}/end`)
  const { body } = await dial(world.owner)
  world.call = body.uuid
  return world.call
}

/** Event ticket for the last requested call. */
async function ticketOf(world: FuzzWorld): Promise<string> {
  const url = await ticketTo(world.owner, world.call)
  return new URL(url).searchParams.get('ticket') ?? ''
}

/** Signaling token of the owner for the last requested call. */
async function signalingTokenOf(world: FuzzWorld): Promise<string> {
  const { body } = await world.owner.send('GET', `/calls/${world.call}`)
  return new URL(body.signaling_url).searchParams.get('ticket') ?? ''
}

async function usedTicket(world: FuzzWorld): Promise<string> {
  const url = await ticketTo(world.owner, world.call)
  const { webSocket } = await upgrade(url)
  webSocket?.accept()
  webSocket?.close()
  return new URL(url).searchParams.get('ticket') ?? ''
}

async function usedRefreshToken(world: FuzzWorld): Promise<string> {
  const { send, refreshToken } = await again(world, world.guest)
  const refresh = (token: string) =>
    send('POST', '/auth/refresh', { body: { refresh_token: token } })
  const { body } = await refresh(refreshToken)
  await refresh(body.refresh_token)
  return refreshToken
}

/** Cursor of the second page of a list. */
async function cursorOf(user: TestUser, path: string): Promise<string> {
  const { headers } = await user.send('GET', `${path}?limit=1`)
  return /[?&]cursor=([^&>]+)/.exec(headers.get('Link') ?? '')?.[1] ?? ''
}

export interface Asked {
  readonly path: string
  readonly text: string
}

export async function grant(
  world: FuzzWorld,
  actor: TestUser,
  name: WishName,
  asked: Asked,
): Promise<unknown> {
  switch (name) {
    case 'call':
      return callOf(world)
    case 'wallet':
      return (await walletOf(actor)).uuid
    case 'payment':
      return (await actor.send('GET', '/payments?limit=1')).body[0].uuid
    case 'paidPayment':
      return world.paidPayment
    case 'paidCall':
      return world.paidCall
    case 'reference':
      return (await actor.send('GET', '/payments?limit=1')).body[0].payment_reference
    case 'session':
      return (await actor.send('GET', '/auth/sessions')).body[0].uuid
    case 'refreshToken':
      return actor.refreshToken
    case 'usedRefreshToken':
      return usedRefreshToken(world)
    case 'ticket':
      return ticketOf(world)
    case 'signalingToken':
      return signalingTokenOf(world)
    case 'usedTicket':
      return usedTicket(world)
    case 'password':
      return PASSWORD
    case 'confirmation':
      return confirmationOf(world, actor)
    case 'passkey':
      return passkeyOf(world)
    case 'assertion':
      return assertionOf(world)
    case 'attestation':
      return attestationOf(world)
    case 'resetToken':
      return resetTokenOf(world)
    case 'addressToken':
      return addressTokenOf(world, await newUser(world.send))
    case 'undoToken':
      return undoTokenOf(world)
    case 'email':
      return actor.email
    case 'cursor':
      return cursorOf(actor, asked.path)
    case 'apiKey':
      return apiKeyOf(world.streamer)
    case 'endpoint':
      return endpointOf(world.streamer)
    case 'event':
      return eventOf(world.streamer)
    case 'usedKey':
      return USED_KEY
    case 'signature':
      return signBody(SECRET, new TextEncoder().encode(asked.text))
    default:
      return world.othersIds[name] ?? ''
  }
}
