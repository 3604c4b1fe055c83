/** This release runs on a schema with one more step, and must return the same responses. */
import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { createDeps } from '../../src/deps'
import { WALLET_TYPES } from '../../src/wallets/core/wallet'
import { logIn, me, onAnotherDevice, refresh } from '../support/accounts'
import { type Answer, newUser, PASSWORD, PHONE, type Send, type TestUser } from '../support/client'
import { at, pass, useClock } from '../support/clock'
import { paidEvent, sendEvent, worldWith } from '../support/gateway'
import { watch } from '../support/live'
import { newOperator } from '../support/operators'
import { addLaterStepToD1, addLaterStepToWallets } from './later-schema'

useClock()

/** Values that differ between runs: tokens, UUIDs, hashes and tickets. */
const IDS =
  /eyJ[\w-]+\.[\w-]+\.[\w-]+|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|[\da-f]{32,64}|(?<=ticket=)[\w-]+/g

/** Responses of a run as text, comparable with another run's. */
function comparable(answers: readonly unknown[]): string {
  const names = new Map<string, string>()
  /** The jitter of a payment's next poll depends on its UUID. */
  const withoutJitter = JSON.stringify(answers, null, 1).replaceAll(/(next_asked_at": )".+"/g, '$1')
  return withoutJitter.replaceAll(IDS, (id) => {
    const name = names.get(id) ?? `id-${names.size}`
    names.set(id, name)
    return name
  })
}

const before = (uuid: string): string =>
  uuid.slice(0, 24) + (BigInt(`0x${uuid.slice(24)}`) - 1n).toString(16).padStart(12, '0')

/** Fast replacement of the password hash, which is not tested here. */
const hashPassword = (password: string) => `quick$${password.length}$${password.charCodeAt(0)}`

function worldOf(hasLaterStep: boolean) {
  return worldWith({
    hashPassword,
    verifyPassword: (password, hash) => hashPassword(password) === hash,
    openWallets: async (userUuid) => {
      if (hasLaterStep) await addLaterStepToWallets(userUuid)
      await createDeps(env).openWallets(userUuid)
    },
  })
}

/** Sends every command and reads every list, so that every SQL statement runs. */
async function run(hasLaterStep: boolean): Promise<unknown[]> {
  at(0)
  const world = worldOf(hasLaterStep)
  const answers: unknown[] = []
  const note = ({ status, body, text }: Answer): Answer => {
    answers.push([status, body ?? text])
    return { status, body, text, headers: new Headers() }
  }
  const noted =
    (send: Send): Send =>
    async (method, path, options) =>
      note(await send(method, path, options))
  const user = await newUser(noted(world.send))
  /** Each request has its own time, so that the order of lists is fixed. */
  const send: Send = (...request) => {
    pass(1)
    return user.send(...request)
  }
  const pay = async (amount: number, wallet: string) => {
    const { body } = await send('POST', '/payments', {
      body: { amount, method: 'monnify', wallet },
    })
    const reference: string = body.payment_reference
    world.gateway.says(reference, 'PAID', amount)
    return reference
  }
  const projectAndRestart = async () => {
    for (const type of WALLET_TYPES) {
      const stub = env.WALLET.getByName(`${user.uuid}/${type}`)
      await runDurableObjectAlarm(stub)
      await evictDurableObject(stub)
    }
  }
  const first = await pay(100, 'primary')
  note(await sendEvent(world.send, paidEvent(first, 100)))
  note(await sendEvent(world.send, paidEvent(first, 100)))
  note(await sendEvent(world.send, { eventType: 'SOMETHING_ELSE', eventData: {} }))
  const reversed = await pay(30, 'call_credits')
  await send('POST', `/payments/verify/${reversed}`)

  const body = { amount: 60, method: 'wallet' }
  const key = { 'Idempotency-Key': 'transfer' }
  await send('POST', '/payments', { body, headers: key })
  await send('POST', '/payments', { body, headers: key })
  await send('POST', '/payments', { body: { amount: 6000, method: 'wallet' } })

  await send('GET', `/tariff?phone=${encodeURIComponent(PHONE)}`)
  const order = { body: { recipient_phone: PHONE }, headers: { 'Idempotency-Key': 'call' } }
  const call: string = (await send('POST', '/calls', order)).body.uuid
  await send('POST', '/calls', order)
  const subscriber = await watch(user, call)
  answers.push(await subscriber.next())
  await send('PATCH', `/calls/${call}/answer`)
  answers.push(await subscriber.next())
  pass(61_000)
  await projectAndRestart()
  await send('PATCH', `/calls/${call}/end`)
  await send('POST', '/calls', { body: { recipient_phone: PHONE, recipient_name: 'Ngozi' } })
  pass(60_000)
  world.gateway.says(reversed, 'REVERSED', 30)
  note(await sendEvent(world.send, paidEvent(reversed, 30)))
  await projectAndRestart()

  const [primary, credits] = (await send('GET', '/wallets')).body
  for (const { uuid } of [primary, credits]) {
    await send('GET', `/wallets/${uuid}`)
    await send(
      'GET',
      `/wallets/${uuid}/transactions?from=2126-01-01T00:00:00Z&to=2127-01-01T00:00:00Z`,
    )
    await send('GET', `/wallets/${uuid}/transactions`, { headers: { Accept: 'text/csv' } })
  }
  await send('GET', `/wallets/${credits.uuid}/transactions?kind=call_charge`)
  await send('GET', '/calls?status=completed')
  await send('GET', `/calls/${call}`)
  await send('GET', '/payments?status=completed')
  const operator = await newOperator('admin', world.send)
  for (const repair of [false, true])
    note(
      await operator.send(
        'POST',
        `/operator/audit?limit=1&repair=${repair}&after=${before(user.uuid)}`,
      ),
    )
  for (const subject of [
    { payment: first },
    { call },
    { wallet: primary.uuid },
    { user: user.uuid },
  ])
    note(await operator.send('POST', '/operator/case', { body: subject }))

  await endSessions(user, noted(world.send))
  return answers
}

async function endSessions(user: TestUser, via: Send): Promise<void> {
  const second = await onAnotherDevice(via, user)
  await user.send('GET', '/auth/sessions')
  await second.send('POST', '/auth/logout')
  await second.send('GET', '/wallets')
  const third = await refresh(via, user.refreshToken)
  await refresh(via, user.refreshToken)
  const token: string = third.body.access_token
  const body = { current_password: PASSWORD, new_password: 'another horse battery' }
  await user.send('POST', '/users/me/password', { token, body })
  await user.send('GET', '/wallets')
  const { body: fourth } = await logIn(via, user.email, body.new_password)
  await via('POST', '/auth/logout-all', { token: fourth.access_token })
  await via('GET', '/wallets', { token: fourth.access_token })
  await me(via, fourth.access_token)
}

it('this release returns the same responses with a later schema step as without it', async () => {
  const known = await run(false)
  await addLaterStepToD1()
  const later = await run(true)
  expect(known.filter((answer) => Array.isArray(answer) && answer[0] >= 500)).toEqual([])
  expect(comparable(later)).toBe(comparable(known))
}, 60_000)
