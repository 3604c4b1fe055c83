import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { newUser, type TestUser, topUp } from '../../support/client'
import { pass, useClock } from '../../support/clock'
import { talk, topUps } from '../../support/past'

useClock()

const DAY_MS = 24 * 3_600_000
const KEPT_MS = 730 * DAY_MS

const stubOf = ({ uuid }: TestUser) => env.WALLET.getByName(`${uuid}/call_credits`)

const ring = (user: TestUser) => runDurableObjectAlarm(stubOf(user))

const alarmOf = (user: TestUser) =>
  runInDurableObject(stubOf(user), (_, { storage }) => storage.getAlarm())

/** Recipients in the wallet and in D1, oldest first. */
async function recipientsOf(user: TestUser) {
  const query = 'SELECT recipient_phone AS phone, recipient_name AS name FROM'
  const inWallet = await runInDurableObject(stubOf(user), (_, { storage }) =>
    storage.sql.exec(`${query} calls ORDER BY seq`).toArray(),
  )
  const inD1 = await env.DB.prepare(
    `${query} call_sessions WHERE wallet_uuid = (SELECT uuid FROM wallets WHERE user_uuid = ? AND type = 'call_credits') ORDER BY created_at_ms`,
  )
    .bind(user.uuid)
    .all()
  return { inWallet, inD1: inD1.results }
}

const blank = { phone: '', name: null }

describe('the recipient of a call', () => {
  it('is blanked 730 days after the call, in the wallet and in D1, by an alarm of the wallet', async () => {
    const user = await newUser()
    await topUp(user, 100)
    await talk(user, 60, 'Ngozi')
    const firstEndMs = Date.now()
    pass(DAY_MS)
    const uuid = await talk(user, 60, 'Bola')
    await ring(user)
    expect(await alarmOf(user)).toBe(firstEndMs + KEPT_MS)
    pass(KEPT_MS - DAY_MS)
    await ring(user)
    const ngozi = { phone: '', name: null }
    const bola = { phone: '+2348031234567', name: 'Bola' }
    expect(await recipientsOf(user)).toEqual({ inWallet: [ngozi, bola], inD1: [ngozi, bola] })
    pass(2 * DAY_MS)
    await ring(user)
    expect(await recipientsOf(user)).toEqual({ inWallet: [blank, blank], inD1: [blank, blank] })
    expect(await alarmOf(user)).toBeNull()
    const { body } = await user.send('POST', '/auth/login', {
      body: { email: user.email, password: 'correct horse battery' },
    })
    const options = { token: body.access_token }
    expect((await user.send('GET', `/calls/${uuid}`, options)).body).toMatchObject({
      recipient_phone: '+0',
      recipient_name: null,
      cost: 10,
    })
    const { body: wallets } = await user.send('GET', '/wallets', options)
    const path = `/wallets/${wallets[1].uuid}/transactions`
    expect((await user.send('GET', path, options)).body[0]).toMatchObject({
      kind: 'call_charge',
      recipient_phone: null,
      recipient_name: null,
    })
  })

  it('is blanked in the results of old idempotency keys too', async () => {
    const user = await newUser()
    await topUp(user, 100)
    const body = { recipient_phone: '+2348012345678', type: 'audio' }
    for (const key of ['one', 'two']) {
      const headers = { 'Idempotency-Key': key }
      const call = await user.send('POST', '/calls', { body, headers })
      await user.send('PATCH', `/calls/${call.body.uuid}/end`)
    }
    await ring(user)
    pass(KEPT_MS)
    await ring(user)
    const rows = await runInDurableObject(stubOf(user), (_, { storage }) =>
      ['calls', 'idempotency_keys', 'outbox'].flatMap((table) =>
        storage.sql.exec(`SELECT * FROM ${table}`).toArray(),
      ),
    )
    expect(JSON.stringify(rows)).not.toContain('8012345678')
  })

  it('is deleted with old idempotency keys a hundred at a time, without a pause', async () => {
    const user = await newUser()
    await topUp(user, 100)
    await talk(user, 60, 'Ngozi')
    await ring(user)
    const sql = (query: string, ...values: (string | number)[]) =>
      runInDurableObject(stubOf(user), (_, { storage }) =>
        storage.sql.exec(query, ...values).toArray(),
      )
    for (let key = 0; key < 250; key++)
      await sql(
        'INSERT INTO idempotency_keys (key, fingerprint, answer, created_at_ms) VALUES (?, ?, ?, ?)',
        `key-${key}`,
        '',
        '+2348012345678',
        Date.now(),
      )
    pass(KEPT_MS)
    for (const left of [150, 50, 0]) {
      await ring(user)
      expect(await sql('SELECT COUNT(*) AS left FROM idempotency_keys')).toEqual([{ left }])
      expect(await alarmOf(user)).toBe(left === 0 ? null : Date.now())
    }
  })

  it('is kept in the wallet until D1 has blanked it', async () => {
    const user = await newUser()
    await topUp(user, 100)
    await talk(user, 60, 'Ngozi')
    await ring(user)
    pass(KEPT_MS)
    await env.DB.exec('ALTER TABLE call_sessions RENAME TO away')
    await ring(user)
    await env.DB.exec('ALTER TABLE away RENAME TO call_sessions')
    expect((await recipientsOf(user)).inWallet).toMatchObject([{ name: 'Ngozi' }])
    expect(await alarmOf(user)).toBe(Date.now() + 30_000)
    pass(30_000)
    await ring(user)
    expect(await recipientsOf(user)).toEqual({ inWallet: [blank], inD1: [blank] })
  })

  it('is blanked a hundred calls at a time, without a pause', async () => {
    const user = await newUser()
    await topUps(user, 1)
    const rows = 250
    await runInDurableObject(stubOf(user), (_, { storage }) => {
      for (let seq = 1; seq <= rows; seq++)
        storage.sql.exec(
          `INSERT INTO calls (seq, uuid, recipient_phone, type, status, rate, ticket, hold_kobo, charge_kobo,
             created_at_ms, deadline_at_ms, ended_at_ms, end_reason, change, closed_change)
           VALUES (?, ?, '+234', 'audio', 'cancelled', '{}', '', 0, 0, ?, ?, ?, 'no_answer', 1, 1)`,
          seq,
          crypto.randomUUID(),
          Date.now(),
          Date.now(),
          Date.now(),
        )
    })
    await ring(user)
    pass(KEPT_MS)
    const left = async () =>
      runInDurableObject(stubOf(user), (_, { storage }) =>
        storage.sql.exec("SELECT COUNT(*) AS left FROM calls WHERE recipient_phone <> ''").one(),
      )
    for (const expected of [150, 50, 0]) {
      await ring(user)
      expect(await left()).toEqual({ left: expected })
      expect(await alarmOf(user)).toBe(expected === 0 ? null : Date.now())
    }
  })
})
