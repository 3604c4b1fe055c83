/**
 * The previous release runs on data of the current one. After a rollback, the service responds to
 * every request and moves no wrong amount. After the next roll-forward, the books add up.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { SIGNATURE_HEADER, signBody } from '../../src/payments/monnify/signature'
import { buildBundle } from '../verification/bench/hosts'
import {
  expireCall,
  makeAlarmsDue,
  migrate,
  MONNIFY_SECRET_KEY,
  OPERATOR_TOKEN,
  previousRelease,
  reversed,
  type Release,
  run,
} from './release-host'

let storage = mkdtempSync(join(tmpdir(), 'aileana-rollback-'))
const used: string[] = []
const bundle = buildBundle()
const present = readFileSync(join(bundle, 'index.js'), 'utf8')
let release: Release

afterAll(async () => {
  await release.stop()
  for (const folder of [...used, storage, bundle]) rmSync(folder, { recursive: true, force: true })
})

/** Stops the running release, and starts another on its data. */
async function deploy(script: string, change?: () => void): Promise<void> {
  await release.stop()
  change?.()
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
  // oxlint-disable-next-line typescript/no-explicit-any -- each test knows its body
  const parsed: any = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text
  return { status: response.status, body: parsed }
}

const ACCOUNT = { email: 'ada@example.com', password: 'correct horse battery' }
const OTHER_ACCOUNT = { email: 'bayo@example.com', password: 'correct horse battery' }
const NEW_PASSWORD = 'battery horse correct'
const CALL = { recipient_phone: '+2348031234567' }

const logIn = async (account = ACCOUNT) =>
  (await ask('POST', '/auth/login', undefined, account)).body

/** Expects that a wallet and D1 reject the token. */
async function expectLoggedOut(token: string): Promise<void> {
  for (const path of ['/wallets', '/users/me'])
    expect((await ask('GET', path, token)).status).toBe(401)
}

/** Opens a checkout, which the simulated customer pays before the first query. */
async function checkout(token: string, amount: number, wallet: string): Promise<string> {
  const body = { amount, method: 'monnify', wallet }
  return (await ask('POST', '/payments', token, body)).body.payment_reference
}

async function topUp(token: string, amount: number, wallet: string): Promise<void> {
  const reference = await checkout(token, amount, wallet)
  const paid = await ask('POST', `/payments/verify/${reference}`, token)
  expect(paid.body).toMatchObject({ status: 'completed', amount_paid: amount })
}

/** Transfers money to `call_credits`. A repeat with the same amount moves nothing. */
async function transfer(token: string, amount: number): Promise<void> {
  const body = { amount, method: 'wallet' }
  const moved = await ask('POST', '/payments', token, body, {
    'Idempotency-Key': `transfer-${amount}`,
  })
  expect(moved).toMatchObject({ status: 201, body: { status: 'completed', amount_paid: amount } })
}

async function answeredCall(token: string): Promise<string> {
  const { uuid } = (await ask('POST', '/calls', token, CALL)).body
  const answered = await ask('PATCH', `/calls/${uuid}/answer`, token)
  expect(answered).toMatchObject({ status: 200, body: { status: 'answered' } })
  return uuid
}

/** @returns the cost in naira */
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

/** Waits until the alarms of both wallets have fired and D1 has the expected rows. */
async function copied(user: string, isCopied: (wallet: Copied) => boolean): Promise<void> {
  const wallets = async (): Promise<Copied[]> =>
    (await ask('POST', '/operator/case', OPERATOR_TOKEN, { user })).body.wallets
  await expect.poll(async () => (await wallets()).every(isCopied), { timeout: 10_000 }).toBe(true)
}

/** Waits until D1 has the end of a call. No request reaches its wallet before, so an alarm ended it. */
async function endedByAlarm(uuid: string): Promise<void> {
  const query = release.database
    .prepare('SELECT status, charge_kobo, end_reason FROM call_sessions WHERE uuid = ?')
    .bind(uuid)
  await expect
    .poll(() => query.first(), { timeout: 10_000 })
    .toEqual({ status: 'completed', charge_kobo: 100, end_reason: 'max_duration' })
}

async function audited(): Promise<void> {
  const { body: audit } = await ask('POST', '/operator/audit', OPERATOR_TOKEN)
  expect(audit.findings).toEqual([])
  expect(Object.values<number>(audit.sums_kobo).reduce((sum, kobo) => sum + kobo, 0)).toBe(0)
}

/** Sends all reads of a user, and an operator's lookups. */
async function readEverything(
  token: string,
  user: string,
  call: string,
  payment: string,
): Promise<void> {
  const { body: wallets } = await ask('GET', '/wallets', token)
  const { body: payments } = await ask('GET', '/payments', token)
  const found = [
    '/health',
    '/ready',
    '/tariff?phone=%2B2348031234567',
    '/users/me',
    '/auth/sessions',
    '/calls',
    `/calls/${call}`,
    ...payments.map(({ uuid }: { uuid: string }) => `/payments/${uuid}`),
    ...wallets.map(({ uuid }: { uuid: string }) => `/wallets/${uuid}`),
    ...wallets.map(({ uuid }: { uuid: string }) => `/wallets/${uuid}/transactions`),
  ]
  for (const path of found) expect((await ask('GET', path, token)).status, path).toBe(200)
  for (const { uuid } of wallets)
    await ask('GET', `/wallets/${uuid}/transactions`, token, undefined, { Accept: 'text/csv' })
  for (const subject of [{ call, user }, { payment }, { wallet: wallets[0].uuid }])
    await ask('POST', '/operator/case', OPERATOR_TOKEN, subject)
  await ask('GET', `/calls/${call}/events`, token)
}

const balances = async (token: string): Promise<Record<string, number>> => {
  const { body } = await ask('GET', '/wallets', token)
  return Object.fromEntries(
    body.map(({ type, balance }: { type: string; balance: number }) => [type, balance]),
  )
}

/** Opens the receipts of all completed top-ups. @returns their positions in the year, in order */
async function receipts(token: string): Promise<number[]> {
  const { body: payments } = await ask('GET', '/payments?status=completed', token)
  const numbers: number[] = []
  for (const { uuid, method } of payments) {
    if (method !== 'monnify') continue
    const { body } = await ask('GET', `/payments/${uuid}/receipt`, token)
    numbers.push(Number(body.receipt.number.split('-')[1]))
  }
  return numbers.toSorted((a, b) => a - b)
}

it('the previous release responds to every request on current data, and the books add up', async () => {
  release = await run(present, storage)
  await migrate(release.database)
  const { uuid: user } = (await ask('POST', '/users/register', undefined, ACCOUNT)).body
  await ask('POST', '/users/register', undefined, OTHER_ACCOUNT)
  const first = await logIn()
  const { access_token: second } = await logIn()
  const { access_token: loggedOut } = await logIn()
  await topUp(first.access_token, 100, 'primary')
  await transfer(first.access_token, 60)
  const running = await answeredCall(first.access_token)
  const ringing = (await ask('POST', '/calls', first.access_token, CALL)).body.uuid
  const pending = await checkout(first.access_token, 25, 'primary')
  expect((await ask('POST', '/auth/logout', loggedOut)).status).toBe(204)
  const { access_token: others } = await logIn(OTHER_ACCOUNT)
  await topUp(others, 20, 'call_credits')
  const expired = await answeredCall(others)
  expect(
    [await receipts(first.access_token), await receipts(others)].flat().toSorted((a, b) => a - b),
  ).toEqual([1, 2])

  await deploy(previousRelease(), () => expireCall(storage, expired))
  await endedByAlarm(expired)
  expect(await balances(others)).toEqual({ primary: 0, call_credits: 20 - 1 })
  await expectLoggedOut(loggedOut)
  const { access_token: token } = (
    await ask('POST', '/auth/refresh', undefined, { refresh_token: first.refresh_token })
  ).body
  await copied(user, (wallet) => wallet.copied_to_d1 > 0)
  await expect
    .poll(async () => (await ask('GET', '/payments?status=completed', token)).body.length)
    .toBe(3)
  expect((await ask('POST', `/calls/${running}/ticket`, token)).status).toBe(201)
  let spent = await end(token, running)
  await ask('PATCH', `/calls/${ringing}/end?reason=declined`, token)
  spent += await end(token, await answeredCall(token))
  expect(spent).toBeGreaterThanOrEqual(2)
  await transfer(token, 60)
  await transfer(token, 10)
  const hooked = await checkout(token, 20, 'call_credits')
  expect((await webhook(hooked)).status).toBe(200)
  expect((await webhook(pending)).status).toBe(200)
  await readEverything(token, user, running, pending)
  const changed = { current_password: ACCOUNT.password, new_password: NEW_PASSWORD }
  expect((await ask('POST', '/users/me/password', token, changed)).status).toBe(200)
  await expectLoggedOut(second)
  const expected = { primary: 100 - 60 + 25 - 10, call_credits: 60 + 10 + 20 - spent }
  const { access_token: last } = await logIn({ ...ACCOUNT, password: NEW_PASSWORD })
  expect(await balances(last)).toEqual(expected)
  await audited()

  await deploy(present)
  expect(await balances(last)).toEqual(expected)
  expect(await balances(others)).toEqual({ primary: 0, call_credits: 20 - 1 })
  await transfer(last, 10)
  expect(await balances(last)).toEqual(expected)
  await copied(user, (wallet) => wallet.copied_to_d1 === wallet.change)
  await audited()
  /** Payments that the previous release completed get their numbers now. */
  const all = [...(await receipts(last)), ...(await receipts(others))]
  expect(all.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4])
  await expectLoggedOut(loggedOut)
  await expectLoggedOut(second)
  await end(last, await answeredCall(last))
  expect((await ask('POST', '/auth/logout-all', last)).status).toBe(204)
  await expectLoggedOut(last)
}, 120_000)

it('the previous release obeys freezes, debts and goodwill of the current one', async () => {
  await release.stop()
  used.push(storage)
  storage = mkdtempSync(join(tmpdir(), 'aileana-rollback-'))
  release = await run(present, storage)
  await migrate(release.database)
  const operate = async (path: string, body: object) => {
    const headers = { 'Idempotency-Key': path }
    const given = { ...body, reason: 'A test' }
    expect((await ask('POST', path, OPERATOR_TOKEN, given, headers)).status).toBe(200)
  }
  await ask('POST', '/users/register', undefined, ACCOUNT)
  await ask('POST', '/users/register', undefined, OTHER_ACCOUNT)
  const { access_token: frozen, user } = await logIn()
  const { access_token: indebted } = await logIn(OTHER_ACCOUNT)
  await topUp(frozen, 40, 'call_credits')
  await operate(`/operator/customers/${user.uuid}/actions`, { action: 'freeze' })
  await operate('/operator/proposals', {
    kind: 'goodwill',
    user: OTHER_ACCOUNT.email,
    amount: 15,
    wallet: 'primary',
  })
  const reference = await checkout(indebted, 30, 'call_credits')
  await ask('POST', `/payments/verify/${reference}`, indebted)
  const calls = [await answeredCall(indebted), await answeredCall(indebted)]
  reversed.add(reference)
  await webhook(reference)
  const creditsOf = async (token: string) =>
    (await ask('GET', '/wallets', token)).body.find(
      ({ type }: { type: string }) => type === 'call_credits',
    )
  expect(await creditsOf(indebted)).toMatchObject({ balance: 0, held: 20, debt: 20 - 15 })

  await deploy(previousRelease())
  expect(await ask('POST', '/calls', frozen, CALL)).toMatchObject({
    body: { code: 'wallet_frozen' },
  })
  const more = { amount: 25, method: 'monnify' }
  expect(await ask('POST', '/payments', frozen, more)).toMatchObject({
    body: { code: 'wallet_frozen' },
  })
  expect(await balances(frozen)).toEqual({ primary: 0, call_credits: 40 })
  expect(await ask('POST', '/calls', indebted, CALL)).toMatchObject({ body: { code: 'debt_open' } })
  let spent = 0
  for (const uuid of calls) spent += await end(indebted, uuid)
  expect(await creditsOf(indebted)).toMatchObject({ balance: 20 - 5 - spent, held: 0, debt: 0 })
  await audited()

  await deploy(present)
  expect(await ask('POST', '/calls', frozen, CALL)).toMatchObject({
    body: { code: 'wallet_frozen' },
  })
  await audited()
}, 120_000)
