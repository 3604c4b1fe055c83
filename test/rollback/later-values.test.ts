/** Rows of a later release: they are shown as stored, cause no 500 and move no money. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { kobo } from '../../src/common/money'
import { type WalletName, walletUuid } from '../../src/wallets/core/wallet'
import { asker, dial, newUser, type TestUser, walletOf } from '../support/client'
import { START } from '../support/clock'
import { worldWith } from '../support/gateway'
import { laterChain, type LaterPosting } from '../support/later-release'
import { operatorSender } from '../support/operators'
import { STANDARD_RATE } from '../support/wallets'

/** Stops the clock: the rows of this file share one time. */
beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
})
afterAll(() => {
  vi.useRealTimers()
})

const quick = (password: string) => `quick$${password.length}`
const world = worldWith({
  hashPassword: quick,
  verifyPassword: (password, hash) => hash === quick(password),
})
/** Skips the checks against the API document, which lacks values of a later release. */
const ask = asker(world.fetch)
const asOperator = (path: string, body?: object) =>
  operatorSender(ask)('POST', path, { ...(body && { body }) })

const credits = ({ uuid: userUuid }: TestUser) => ({ userUuid, type: 'call_credits' }) as const
const stubOf = ({ userUuid, type }: WalletName) => env.WALLET.getByName(`${userUuid}/${type}`)

/** Writes a change into a wallet's storage without a command, and evicts the object. */
async function write(name: WalletName, rows: (sql: SqlStorage, change: number) => void) {
  const stub = stubOf(name)
  await runInDurableObject(stub, (_, { storage: { sql } }) => {
    const { change } = sql.exec<{ change: number }>('SELECT change FROM wallet').one()
    rows(sql, change + 1)
    sql.exec('UPDATE wallet SET change = change + 1')
  })
  await evictDurableObject(stub)
}

const post = (name: WalletName, postings: readonly LaterPosting[]) =>
  write(name, (sql, change) => {
    const head = sql
      .exec<{ seq: number; hash: string; balance: number }>(
        'SELECT entry_seq AS seq, entry_hash AS hash, posted_kobo AS balance FROM wallet',
      )
      .one()
    const entries = laterChain({ ...head, balanceKobo: kobo(head.balance) }, postings)
    for (const entry of entries)
      sql.exec(
        `INSERT INTO entries (seq, kind, from_account, to_account, amount_kobo, balance_kobo, reference,
           source_uuid, posted_at_ms, previous_hash, hash, change)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        entry.seq,
        entry.kind,
        entry.from,
        entry.to,
        entry.amountKobo,
        entry.balanceKobo,
        entry.reference,
        entry.sourceUuid,
        entry.postedAtMs,
        entry.previousHash,
        entry.hash,
        change,
      )
    const last = entries.at(-1)
    sql.exec(
      'UPDATE wallet SET posted_kobo = ?, entry_seq = ?, entry_hash = ?',
      last?.balanceKobo,
      last?.seq,
      last?.hash,
    )
  })

/** Changes a stored call, as one change of the wallet. @param set SQL assignments */
async function changeCall(user: TestUser, uuid: string, set: string): Promise<void> {
  await write(credits(user), (sql, change) =>
    sql.exec(`UPDATE calls SET ${set}, change = ? WHERE uuid = ?`, change, uuid),
  )
}

const copy = async (user: TestUser) => {
  for (const type of ['primary', 'call_credits'] as const)
    await runDurableObjectAlarm(stubOf({ userUuid: user.uuid, type }))
}

const before = (uuid: string): string =>
  uuid.slice(0, 24) + (BigInt(`0x${uuid.slice(24)}`) - 1n).toString(16).padStart(12, '0')

async function auditOf(user: TestUser, repair = false) {
  const { status, body } = await asOperator(
    `/operator/audit?limit=1&after=${before(user.uuid)}&repair=${repair}`,
  )
  expect(status).toBe(200)
  return body
}

async function paidUser(naira: number): Promise<TestUser> {
  const user = await newUser(world.send)
  const body = { amount: naira, method: 'monnify' }
  const { payment_reference: reference } = (await user.send('POST', '/payments', { body })).body
  world.gateway.says(reference, 'PAID', naira)
  await user.send('POST', `/payments/verify/${reference}`)
  return {
    ...user,
    send: (method, path, options) => ask(method, path, { token: user.token, ...options }),
  }
}

describe('entries of unknown kinds and accounts', () => {
  let user: TestUser
  let path = ''
  const transferUuid = crypto.randomUUID()

  beforeAll(async () => {
    user = await paidUser(100)
    const uuid: string = (await dial(user)).body.uuid
    await user.send('PATCH', `/calls/${uuid}/answer`)
    await user.send('PATCH', `/calls/${uuid}/end`)
    await changeCall(user, uuid, `rate = json_set(rate, '$.unitKobo', NULL)`)
    await post(credits(user), [
      { kind: 'bonus', from: 'revenue', to: 'wallet', amountKobo: 500, sourceUuid: uuid },
      { kind: 'loan_paid', from: 'wallet', to: 'loans', amountKobo: 300 },
      { kind: 'fee', from: 'revenue', to: 'fees', amountKobo: 25 },
      {
        kind: 'gift_out',
        from: 'wallet',
        to: 'transfer',
        amountKobo: 200,
        sourceUuid: transferUuid,
      },
    ])
    path = `/wallets/${walletUuid(credits(user))}`
    await copy(user)
  })

  it('are listed as stored', async () => {
    const { status, body } = await user.send('GET', `${path}/transactions`)
    expect(status).toBe(200)
    const [gift, fee, loan, bonus] = body
    expect(bonus).toMatchObject({
      kind: 'bonus',
      amount: 5,
      balance: 104,
      source_type: 'call',
    })
    expect(loan).toMatchObject({ kind: 'loan_paid', amount: -3, source_type: 'payment' })
    expect(fee).toMatchObject({ kind: 'fee', amount: 0, balance: 101 })
    expect(gift).toMatchObject({ kind: 'gift_out', amount: -2, balance: 99 })
  })

  it('are listed in the CSV statement', async () => {
    const { status, text } = await user.send('GET', `${path}/transactions`, {
      headers: { Accept: 'text/csv' },
    })
    expect(status).toBe(200)
    expect(text).toMatch(/,bonus,5\.00,,104\.00,NGN,.*,call,/)
    expect(text).toMatch(/,loan_paid,,3\.00,101\.00,NGN,,,payment,/)
    expect(text).toMatch(/,fee,,,101\.00,NGN,,,payment,/)
  })

  it('pass the audit, whose sums add up to zero', async () => {
    const { findings, sums_kobo: sums, in_transit_kobo: inTransitKobo } = await auditOf(user)
    expect(findings).toEqual([])
    expect(sums).toMatchObject({ wallet: 9900, loans: 300, fees: 25, transfer: 200 })
    expect(inTransitKobo).toBe(sums.transfer)
    expect(Object.values<number>(sums).reduce((sum, kobo) => sum + kobo, 0)).toBe(0)
  })

  it("are shown in the user's lookup", async () => {
    const { status, body } = await asOperator('/operator/case', { user: user.uuid })
    expect(status).toBe(200)
    expect(JSON.stringify(body)).toContain('"kind":"loan_paid","amount":-3,')
  })

  it('do not affect a later call, and the audit still finds nothing', async () => {
    expect((await user.send('GET', path)).body).toMatchObject({ balance: 99, held: 0 })
    const { body: call } = await dial(user)
    await user.send('PATCH', `/calls/${call.uuid}/answer`)
    await user.send('PATCH', `/calls/${call.uuid}/end`)
    await copy(user)
    expect((await auditOf(user)).findings).toEqual([])
  })
})

it("a debit of an unknown kind leaves a payment's credit unchanged; the rest is credited later", async () => {
  const user = await paidUser(100)
  const body = { amount: 50, method: 'monnify' }
  const { uuid, payment_reference: reference } = (await user.send('POST', '/payments', { body }))
    .body
  world.gateway.says(reference, 'PARTIALLY_PAID', 20)
  await user.send('POST', `/payments/verify/${reference}`)
  const prefix = `receipt/${uuid}/${reference}`
  await post(credits(user), [
    { kind: 'fee', from: 'wallet', to: 'fees', amountKobo: 500, reference: `${prefix}/2000/fee` },
  ])
  world.gateway.says(reference, 'PAID', 50)
  await user.send('POST', `/payments/verify/${reference}`)
  expect(await walletOf(user)).toMatchObject({ balance: 145 })
})

describe('calls', () => {
  let user: TestUser
  const call: Record<string, string> = {}

  beforeAll(async () => {
    user = await paidUser(100)
    for (const name of ['open', 'unpriced', 'ended', 'discounted', 'extended'])
      call[name] = (await dial(user)).body.uuid
    for (const name of ['ended', 'discounted'])
      await user.send('PATCH', `/calls/${call[name]}/end?reason=failed`)
    await changeCall(
      user,
      call['open'] ?? '',
      `status = 'on_hold', type = 'text', started_at_ms = created_at_ms`,
    )
    await changeCall(user, call['unpriced'] ?? '', `rate = '{"id":"later","steps":[60]}'`)
    await changeCall(user, call['ended'] ?? '', `status = 'voided', end_reason = 'carrier_fault'`)
    await changeCall(
      user,
      call['discounted'] ?? '',
      `status = 'completed', started_at_ms = created_at_ms, ended_at_ms = created_at_ms + 60000,
       charge_kobo = 900, rate = json_set(rate, '$.discountPercent', 10)`,
    )
    await changeCall(user, call['extended'] ?? '', `rate = json_set(rate, '$.carrier', 'mtn')`)
    await post(credits(user), [
      {
        kind: 'call_charge',
        from: 'wallet',
        to: 'revenue',
        amountKobo: 900,
        reference: `call/${call['discounted']}`,
        sourceUuid: call['discounted'] ?? '',
      },
    ])
    await copy(user)
  })

  it('are shown as stored', async () => {
    const { status, body } = await user.send('GET', '/calls')
    expect(status).toBe(200)
    const shown = new Map(body.map((one: { uuid: string }) => [one.uuid, one]))
    expect(shown.get(call['open'])).toMatchObject({
      status: 'on_hold',
      type: 'text',
      cost: 10,
      must_end_by: null,
    })
    expect(shown.get(call['unpriced'])).toMatchObject({ cost: 10, rate: { id: 'later' } })
    expect(shown.get(call['ended'])).toMatchObject({
      status: 'voided',
      end_reason: 'carrier_fault',
    })
    expect(shown.get(call['discounted'])).toMatchObject({ cost: 9, charge: null })
    for (const uuid of Object.values(call)) {
      const one = await user.send('GET', `/calls/${uuid}`)
      expect(one).toMatchObject({ status: 200, body: shown.get(uuid) as object })
    }
  })

  it('pass the audit and are shown in a lookup', async () => {
    expect((await auditOf(user)).findings).toEqual([])
    const { status, body } = await asOperator('/operator/case', {
      call: call['open'],
      user: user.uuid,
    })
    expect(status).toBe(200)
    expect(JSON.stringify(body)).toContain('"status":"on_hold"')
  })

  it('with an unknown status or rate cannot be answered or ended, and keep their holds', async () => {
    for (const uuid of [call['open'], call['unpriced']]) {
      const ended = await user.send('PATCH', `/calls/${uuid}/end`)
      expect(ended).toMatchObject({ status: 409, body: { code: 'call_state_conflict' } })
      const answered = await user.send('PATCH', `/calls/${uuid}/answer`)
      expect(answered).toMatchObject({ status: 409, body: { code: 'call_state_conflict' } })
    }
    expect(await walletOf(user)).toMatchObject({ balance: 61, held: 30 })
  })

  it('at a rate with an additional field are metered by the known fields; the field is kept', async () => {
    await user.send('PATCH', `/calls/${call['extended']}/answer`)
    const { status, body } = await user.send('PATCH', `/calls/${call['extended']}/end`)
    expect({ status, charge: body.status }).toEqual({ status: 200, charge: 'completed' })
    await copy(user)
    const stored = env.DB.prepare('SELECT rate FROM call_sessions WHERE uuid = ?')
    const rate = await stored.bind(call['extended']).first<string>('rate')
    expect(JSON.parse(rate ?? '')).toEqual({ ...STANDARD_RATE, carrier: 'mtn' })
  })

  it('repeated with a key return the response that a later release stored', async () => {
    const headers = { 'Idempotency-Key': 'later' }
    const first = await dial(user, { headers })
    await write(credits(user), (sql) =>
      sql.exec(
        `UPDATE idempotency_keys SET answer = json_set(answer, '$.status', 'queued', '$.room', 'r')
           WHERE key = 'later'`,
      ),
    )
    const again = await dial(user, { headers })
    expect(again).toMatchObject({ status: 201, body: { uuid: first.body.uuid, status: 'queued' } })
    await user.send('PATCH', `/calls/${first.body.uuid}/end`)
  })
})

describe('a transfer to a wallet of an unknown type', () => {
  it('stays in transit, and other transfers are delivered and projected', async () => {
    const user = await paidUser(100)
    await topUpPrimary(user, 50)
    const primary = { userUuid: user.uuid, type: 'primary' } as const
    const uuid = crypto.randomUUID()
    await post(primary, [
      {
        kind: 'transfer_out',
        from: 'wallet',
        to: 'transfer',
        amountKobo: 2000,
        reference: `transfer_out/${uuid}`,
        sourceUuid: uuid,
      },
    ])
    await write(primary, (sql, change) =>
      sql.exec(
        `INSERT INTO transfers (uuid, to_type, amount_kobo, status, change)
           VALUES (?, 'savings', 2000, 'in_transit', ?)`,
        uuid,
        change,
      ),
    )
    const moved = await user.send('POST', '/payments', { body: { amount: 30, method: 'wallet' } })
    expect(moved).toMatchObject({ status: 201, body: { status: 'completed' } })
    await copy(user)
    const { findings, sums_kobo: sums, in_transit_kobo: inTransitKobo } = await auditOf(user)
    expect(findings).toEqual([])
    expect([inTransitKobo, sums.transfer]).toEqual([2000, 2000])
    const { body } = await asOperator('/operator/case', { user: user.uuid })
    for (const { change, copied_to_d1: copied } of body.wallets) expect(copied).toBe(change)
  })
})

async function topUpPrimary(user: TestUser, naira: number): Promise<void> {
  const body = { amount: naira, method: 'monnify', wallet: 'primary' }
  const { payment_reference: reference } = (await user.send('POST', '/payments', { body })).body
  world.gateway.says(reference, 'PAID', naira)
  await user.send('POST', `/payments/verify/${reference}`)
}

describe('rows of D1', () => {
  it('of an unknown wallet type cause no 500 and are not found by a lookup', async () => {
    const uuid = crypto.randomUUID()
    await env.DB.prepare(
      `INSERT INTO wallets (uuid, user_uuid, type, currency, posted_kobo, entry_seq, entry_hash,
         created_at_ms, change) VALUES (?, ?, 'savings', 'NGN', 0, 0, '', 0, 1)`,
    )
      .bind(uuid, crypto.randomUUID())
      .run()
    expect((await asOperator('/operator/case', { wallet: uuid })).status).toBe(404)
  })

  it('of an unknown password scheme reject every log-in, without a 500', async () => {
    const { verifyPassword: _, ...real } = world.deps
    const user = await newUser(world.send)
    const { send } = worldWith({ hashPassword: real.hashPassword })
    await env.DB.prepare("UPDATE users SET password_hash = 'argon2id$v=19$m=1' WHERE uuid = ?")
      .bind(user.uuid)
      .run()
    const body = { email: user.email, password: 'argon2id' }
    expect((await send('POST', '/auth/login', { body })).status).toBe(401)
  })
})
