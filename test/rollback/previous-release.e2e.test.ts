/**
 * The previous release on data of the present one: whoever goes back finds a service that answers every
 * request and moves no kobo wrongly, and whoever then goes forward finds books that add up.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { SIGNATURE_HEADER, signBody } from '../../src/payments/monnify/signature'
import { buildBundle } from '../verification/bench/hosts'
import {
  makeAlarmsDue,
  migrate,
  MONNIFY_SECRET_KEY,
  OPERATOR_TOKEN,
  previousRelease,
  type Release,
  run,
} from './release-host'

const storage = mkdtempSync(join(tmpdir(), 'aileana-rollback-'))
const bundle = buildBundle()
const present = readFileSync(join(bundle, 'index.js'), 'utf8')
let release: Release

afterAll(async () => {
  await release.stop()
  for (const folder of [storage, bundle]) rmSync(folder, { recursive: true, force: true })
})

/** Stops one release, and starts another on what it leaves. */
async function deploy(script: string): Promise<void> {
  await release.stop()
  makeAlarmsDue(storage)
  release = await run(script, storage)
}

async function ask(
  method: string,
  path: string,
  token?: string,
  body?: object | string,
  headers: Record<string, string> = {},
) {
  const response = await fetch(`${release.url}${path}`, {
    method,
    headers: {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  expect(response.status, `${method} ${path}: ${text}`).toBeLessThan(500)
  // oxlint-disable-next-line typescript/no-explicit-any -- what a body is, its test says
  const parsed: any = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text
  return { status: response.status, body: parsed }
}

const ACCOUNT = { email: 'ada@example.com', password: 'correct horse battery' }
const CALL = { recipient_phone: '+2348031234567' }

const logIn = async () => (await ask('POST', '/auth/login', undefined, ACCOUNT)).body

/** Opens a checkout, which its customer has paid by the time that somebody asks. */
async function checkout(token: string, amount: number, wallet: string): Promise<string> {
  const body = { amount, method: 'monnify', wallet }
  return (await ask('POST', '/payments', token, body)).body.payment_reference
}

async function topUp(token: string, amount: number, wallet: string): Promise<void> {
  const reference = await checkout(token, amount, wallet)
  const paid = await ask('POST', `/payments/verify/${reference}`, token)
  expect(paid.body).toMatchObject({ status: 'completed', amount_paid: amount })
}

async function transfer(token: string, amount: number): Promise<void> {
  const moved = await ask('POST', '/payments', token, { amount, method: 'wallet' })
  expect(moved).toMatchObject({ status: 201, body: { status: 'completed', amount_paid: amount } })
}

async function answeredCall(token: string): Promise<string> {
  const { uuid } = (await ask('POST', '/calls', token, CALL)).body
  const answered = await ask('PATCH', `/calls/${uuid}/answer`, token)
  expect(answered).toMatchObject({ status: 200, body: { status: 'answered' } })
  return uuid
}

/** @returns what it cost, in naira */
async function end(token: string, uuid: string): Promise<number> {
  const ended = await ask('PATCH', `/calls/${uuid}/end`, token)
  expect(ended).toMatchObject({ status: 200, body: { status: 'completed' } })
  return ended.body.cost
}

async function webhook(paymentReference: string) {
  const event = { eventType: 'SUCCESSFUL_TRANSACTION', eventData: { paymentReference } }
  const body = JSON.stringify(event)
  const signature = await signBody(MONNIFY_SECRET_KEY, new TextEncoder().encode(body))
  return ask('POST', '/webhooks/monnify', undefined, body, { [SIGNATURE_HEADER]: signature })
}

type Copied = Readonly<Record<'change' | 'copied_to_d1', number>>

/** Waits until the alarms of both wallets have rung, and D1 has what is asked for. */
async function copied(user: string, isCopied: (wallet: Copied) => boolean): Promise<void> {
  const wallets = async (): Promise<Copied[]> =>
    (await ask('POST', '/operator/case', OPERATOR_TOKEN, { user })).body.wallets
  await expect.poll(async () => (await wallets()).every(isCopied), { timeout: 10_000 }).toBe(true)
}

const balances = async (token: string): Promise<Record<string, number>> => {
  const { body } = await ask('GET', '/wallets', token)
  return Object.fromEntries(
    body.map(({ type, balance }: { type: string; balance: number }) => [type, balance]),
  )
}

it('answers every request, moves no kobo wrongly, and leaves books that add up', async () => {
  release = await run(present, storage)
  await migrate(release.database)
  const { uuid: user } = (await ask('POST', '/users/register', undefined, ACCOUNT)).body
  const first = await logIn()
  const { access_token: other } = await logIn()
  await topUp(first.access_token, 100, 'primary')
  await transfer(first.access_token, 60)
  const running = await answeredCall(first.access_token)
  const ringing = (await ask('POST', '/calls', first.access_token, CALL)).body.uuid
  const pending = await checkout(first.access_token, 25, 'primary')

  await deploy(previousRelease())
  const { access_token: token } = (
    await ask('POST', '/auth/refresh', undefined, { refresh_token: first.refresh_token })
  ).body
  await copied(user, (wallet) => wallet.copied_to_d1 > 0)
  await expect
    .poll(async () => (await ask('GET', '/payments?status=completed', token)).body.length)
    .toBe(3)
  let spent = await end(token, running)
  await ask('PATCH', `/calls/${ringing}/end?reason=declined`, token)
  spent += await end(token, await answeredCall(token))
  await transfer(token, 10)
  const hooked = await checkout(token, 5, 'call_credits')
  expect((await webhook(hooked)).status).toBe(200)
  expect((await webhook(pending)).status).toBe(200)
  for (const { uuid } of (await ask('GET', '/wallets', token)).body)
    for (const headers of [{ Accept: 'text/csv' }, { Accept: 'application/json' }])
      await ask('GET', `/wallets/${uuid}/transactions`, token, undefined, headers)
  for (const path of ['/calls', `/calls/${running}`, '/payments', '/auth/sessions', '/users/me'])
    expect((await ask('GET', path, token)).status).toBe(200)
  expect((await ask('POST', '/auth/logout', other)).status).toBe(204)
  const expected = { primary: 100 - 60 + 25 - 10, call_credits: 60 + 10 + 5 - spent }
  expect(await balances(token)).toEqual(expected)

  await deploy(present)
  expect(await balances(token)).toEqual(expected)
  await copied(user, (wallet) => wallet.copied_to_d1 === wallet.change)
  const { body: audit } = await ask('POST', '/operator/audit', OPERATOR_TOKEN)
  expect(audit.findings).toEqual([])
  expect(Object.values<number>(audit.sums_kobo).reduce((sum, kobo) => sum + kobo, 0)).toBe(0)
  for (const path of ['/wallets', '/users/me'])
    expect((await ask('GET', path, other)).status).toBe(401)
  await end(token, await answeredCall(token))
}, 60_000)
