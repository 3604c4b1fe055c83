/** The cost table in SCALING.md, and its bounds. */
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import scaling from '../../SCALING.md?raw'
import { createDeps } from '../../src/deps'
import { issueSoon } from '../../src/receipts/issue'
import { newUser, PASSWORD, topUp, userWithCredit } from '../support/client'
import { useClock } from '../support/clock'
import { costOf, type Costs, installCounters } from '../support/counts'
import { paidEvent, sendEvent, worldWith } from '../support/gateway'
import { withPasskey } from '../support/passkeys'
import { type CostTable, costsOfWallet } from './operations'

useClock()
beforeAll(installCounters)

/** The platform's published prices per million, in US dollars. */
const PRICES = { request: 0.3, objectRequest: 0.15, rowRead: 0.001, rowWritten: 1 }

function dollars(name: string, { objectRequests, rowsRead, rowsWritten, d1Rows }: Costs): number {
  const isRequest = /^(GET|POST|PATCH) /.test(name)
  return (
    (isRequest ? PRICES.request : 0) +
    objectRequests * PRICES.objectRequest +
    (rowsRead + (d1Rows?.read ?? 0)) * PRICES.rowRead +
    (rowsWritten + (d1Rows?.written ?? 0)) * PRICES.rowWritten
  )
}

const HEADER = ['operation', 'objects', 'rows', 'D1 rows', 'US$']

const linesOf = (table: CostTable): string[][] => [
  HEADER,
  ...Object.entries(table).map(([name, costs]) => [
    name,
    `${costs.objectRequests}`,
    `${costs.rowsRead} / ${costs.rowsWritten}`,
    costs.d1Rows ? `${costs.d1Rows.read} / ${costs.d1Rows.written}` : '',
    dollars(name, costs).toFixed(2),
  ]),
]

/** Cells of the cost table in SCALING.md, without the separator line. */
const documented = (): string[][] => {
  const lines = scaling.split('\n').filter((line) => line.startsWith('|'))
  const begins = lines.findIndex((line) => line.includes(HEADER[1] ?? ''))
  const ends = lines.findIndex((line, index) => index > begins + 1 && line.startsWith('| ---'))
  return lines
    .slice(begins, ends === -1 ? undefined : ends - 1)
    .filter((line) => !line.startsWith('| ---'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.replaceAll('`', '').trim()),
    )
}

/** SQLite counts the row after the last one of a range, so there must be one for every user. */
async function insertLastSession(): Promise<void> {
  const uuid = 'zzzzzzzz'
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO users (uuid, email, email_key, password_hash, created_at_ms) VALUES (?, ?, ?, '', 0)`,
    ).bind(uuid, uuid, uuid),
    env.DB.prepare(
      `INSERT INTO sessions (uuid, user_uuid, refresh_token_hash, created_at_ms, last_used_at_ms, expires_at_ms)
        VALUES (?, ?, '', 0, 0, 9e15)`,
    ).bind(uuid, uuid),
  ])
}

async function insertLastPasskey(): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO passkeys (credential_id, uuid, user_uuid, public_key, counter, transports, is_backed_up, name, created_at_ms)
      VALUES ('zzzzzzzz', 'zzzzzzzz', 'zzzzzzzz', '', 0, '[]', 0, '', 0)`,
  ).run()
}

async function costsOfAccount(): Promise<CostTable> {
  const { startPoller } = createDeps(env)
  const background = { deliverMail: () => undefined, issueReceipt: () => undefined }
  const { send, gateway, deps } = worldWith({ startPoller, ...background })
  const email = `${crypto.randomUUID()}@example.com`
  const credentials = { body: { email, password: PASSWORD } }
  const user = await newUser()
  await insertLastSession()
  const table: CostTable = {}
  table['POST /users/register'] = await costOf(() => send('POST', '/users/register', credentials))
  table['POST /auth/login'] = await costOf(() => send('POST', '/auth/login', credentials))
  const refresh_token = user.refreshToken
  table['POST /auth/refresh'] = await costOf(() =>
    send('POST', '/auth/refresh', { body: { refresh_token } }),
  )
  const confirmation = { body: { password: PASSWORD } }
  table['POST /users/me/confirmation'] = await costOf(() =>
    user.send('POST', '/users/me/confirmation', confirmation),
  )
  const { authenticator } = await withPasskey(await newUser(send))
  await insertLastPasskey()
  const { body: options } = await send('POST', '/auth/passkey/options')
  const assertion = { body: { passkey: await authenticator.get(options) } }
  table['POST /auth/passkey'] = await costOf(() => send('POST', '/auth/passkey', assertion))
  table['GET /users/me'] = await costOf(() => user.send('GET', '/users/me'))
  let reference = ''
  table['POST /payments'] = await costOf(async () => {
    const body = { amount: 50, method: 'monnify' }
    const payment = await send('POST', '/payments', { body, token: user.token })
    reference = payment.body.payment_reference
  })
  gateway.says(reference, 'PAID', 50)
  table['POST /webhooks/monnify'] = await costOf(async () => {
    const { body } = await sendEvent(send, paidEvent(reference, 50))
    expect(body.outcome).toBe('settled')
  })
  const [paid] = (await user.send('GET', '/payments')).body
  table['issue of a receipt'] = await costOf(() => issueSoon(deps, `payment/${paid.uuid}`))
  const opened = `/payments/${paid.uuid}/receipt`
  table['GET /payments/{uuid}/receipt'] = await costOf(() => user.send('GET', opened))
  return table
}

describe('the cost of an operation', () => {
  it('is as stated in SCALING.md', async () => {
    const wallet = await costsOfWallet(await userWithCredit(100))
    const table = { ...wallet, ...(await costsOfAccount()) }
    expect(documented()).toEqual(linesOf(table))
  })

  it('is three object requests and at most 16 rows for a call, and 6 D1 rows for its projection', async () => {
    const table = await costsOfWallet(await userWithCredit(100))
    const [start, answer, end, copy] = Object.values(table)
    const requests = [start, answer, end]
    expect(requests.map((costs) => costs?.d1Rows)).toEqual([null, null, null])
    expect(requests.map((costs) => costs?.objectRequests)).toEqual([1, 1, 1])
    const written = [...requests, copy].map((costs) => costs?.rowsWritten ?? NaN)
    expect(written.reduce((total, rows) => total + rows)).toBeLessThanOrEqual(16)
    expect(copy?.d1Rows?.written).toBe(6)
  })

  it('is not higher for a later projection than for the first', async () => {
    const user = await userWithCredit(100)
    const alone = (await costsOfWallet(user))['projection to D1']?.d1Rows?.written ?? 0
    await topUp(user, 10)
    const together = (await costsOfWallet(user))['projection to D1']?.d1Rows?.written ?? 0
    expect(together).toBeLessThanOrEqual(alone)
  })

  it('includes no D1 rows for calls and wallet reads', async () => {
    const { 'projection to D1': _, ...table } = await costsOfWallet(await userWithCredit(100))
    for (const [name, { d1Rows }] of Object.entries(table)) expect(d1Rows, name).toBeNull()
  })
})
