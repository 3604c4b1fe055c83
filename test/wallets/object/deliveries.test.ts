import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { kobo } from '../../../src/common/money'
import { project } from '../../../src/wallets/object/deliveries'
import { objectName, walletUuid, type WalletName } from '../../../src/wallets/core/wallet'
import { WalletStorage } from '../../../src/wallets/object/storage'
import { newUser, userWithCredit } from '../../support/client'
import { pass, START, useClock } from '../../support/clock'
import { giveLongPast } from '../../support/long-wallet'
import { callerOf, ownWallet } from '../../support/own-wallet'
import { valueOf } from '../../support/result'
import { LIMITS, newCall } from '../../support/wallets'

useClock()

const stubOf = (name: WalletName) => env.WALLET.getByName(objectName(name))
const run = (name: WalletName, statement: string) =>
  runInDurableObject(stubOf(name), (_, { storage }) => void storage.sql.exec(statement))
const alarmAtMs = (name: WalletName) =>
  runInDurableObject(stubOf(name), (_, { storage }) => storage.getAlarm())
const rowOf = (table: string, uuid: string) =>
  env.DB.prepare(`SELECT * FROM ${table} WHERE uuid = ?`).bind(uuid).first()

/** Two wallets of a user. The first has 100 naira. */
async function pair(): Promise<{ from: WalletName; to: WalletName }> {
  const userUuid = crypto.randomUUID()
  const from: WalletName = { userUuid, type: 'primary' }
  const amounts = { expectedKobo: kobo(10_000), receivedKobo: kobo(10_000) }
  await ownWallet(from).creditPayment({ paymentUuid: 'p', reference: 'r', ...amounts })
  return { from, to: { userUuid, type: 'call_credits' } }
}

const silence = () => vi.spyOn(console, 'error').mockImplementation(() => undefined)

it.each([
  ['the first one', false],
  ['a later one', true],
])('a projection starts again if it is reset during %s', async (_, isCopied) => {
  const { uuid: userUuid } = await userWithCredit(100)
  const name = { userUuid, type: 'call_credits' } as const
  const uuid = walletUuid(name)
  const entries = env.DB.prepare('SELECT COUNT(*) FROM transactions WHERE wallet_uuid = ?')
  const stub = env.WALLET.getByName(`${userUuid}/call_credits`)
  if (isCopied) await runDurableObjectAlarm(stub)
  const call = newCall(crypto.randomUUID())
  await ownWallet(name).initiateCall({ call, limits: LIMITS, idempotency: undefined })
  const copied = await runInDurableObject(stub, async (_, { storage }) => {
    const wallet = new WalletStorage(storage.sql)
    const { revision } = wallet.load(uuid, Date.now())
    const lossy = {
      prepare: (sql: string) => env.DB.prepare(sql),
      async batch(statements: D1PreparedStatement[]) {
        const results = await env.DB.batch(statements)
        Object.assign(lossy, { batch: env.DB.batch.bind(env.DB) })
        await env.DB.prepare('DELETE FROM transactions WHERE wallet_uuid = ?').bind(uuid).run()
        wallet.resetProjection()
        return results
      },
    }
    await project(wallet, lossy as unknown as D1Database, name, uuid, revision)
    return entries.bind(uuid).first('COUNT(*)')
  })
  expect(copied).toBe(1)
})

const DAY_MS = 24 * 3_600_000

it('the projection of a long backlog takes several batches, one directly after the other', async () => {
  const user = await newUser()
  await giveLongPast(user, 1000, 1000)
  const uuid = walletUuid({ userUuid: user.uuid, type: 'call_credits' })
  const stub = env.WALLET.getByName(`${user.uuid}/call_credits`)
  const copied = () =>
    env.DB.prepare('SELECT COUNT(*) FROM call_sessions WHERE wallet_uuid = ?')
      .bind(uuid)
      .first('COUNT(*)')
  for (const calls of [400, 800, 1000]) {
    await runDurableObjectAlarm(stub)
    expect(await copied()).toBe(calls)
    const alarmAtMs = await runInDurableObject(stub, (_, { storage }) => storage.getAlarm())
    if (calls < 1000) expect(alarmAtMs).toBe(Date.now())
    else expect(alarmAtMs).toBeGreaterThan(Date.now() + DAY_MS)
  }
})

describe('a projection', () => {
  it("of a wallet has the wallet's creation time and newest seal", async () => {
    const { from } = await pair()
    const uuid = walletUuid(from)
    pass(20_000)
    await runDurableObjectAlarm(stubOf(from))
    const before = await rowOf('wallets', uuid)
    expect(before).toMatchObject({ created_at_ms: START, entry_seq: 1 })
    const amounts = { expectedKobo: kobo(500), receivedKobo: kobo(500) }
    await ownWallet(from).creditPayment({ paymentUuid: 'p2', reference: 'r2', ...amounts })
    await runDurableObjectAlarm(stubOf(from))
    const [newest] = await ownWallet(from).entries({ limit: 1 })
    const after = await rowOf('wallets', uuid)
    expect(after).toMatchObject({ created_at_ms: START, entry_seq: 2, entry_hash: newest?.hash })
  })

  it('of an open call is updated when it is answered and when it ends', async () => {
    const { from } = await pair()
    const uuid = crypto.randomUUID()
    const call = newCall(uuid)
    await ownWallet(from).initiateCall({ call, limits: LIMITS, idempotency: undefined })
    await runDurableObjectAlarm(stubOf(from))
    const open = { charge_kobo: null, ended_at_ms: null, end_reason: null }
    expect(await rowOf('call_sessions', uuid)).toMatchObject({ started_at_ms: null, ...open })
    pass(1000)
    await ownWallet(from).answerCall(uuid, LIMITS)
    await runDurableObjectAlarm(stubOf(from))
    const started = { created_at_ms: START, started_at_ms: START + 1000 }
    expect(await rowOf('call_sessions', uuid)).toMatchObject({
      status: 'answered',
      ...started,
      ...open,
    })
    pass(10_000)
    await ownWallet(from).endCall(uuid, 'failed')
    await runDurableObjectAlarm(stubOf(from))
    expect(await rowOf('call_sessions', uuid)).toMatchObject({
      status: 'completed',
      ...started,
      charge_kobo: 200,
      ended_at_ms: START + 11_000,
      end_reason: 'failed',
    })
  })

  it('up to a revision has no calls or entries of later ones', async () => {
    const { from } = await pair()
    const initiate = (uuid: string) =>
      ownWallet(from).initiateCall({ call: newCall(uuid), limits: LIMITS, idempotency: undefined })
    for (const uuid of ['call-1', 'call-2', 'call-3']) valueOf(await initiate(uuid))
    await ownWallet(from).endCall('call-3')
    const rows = await runInDurableObject(stubOf(from), (_, { storage }) => {
      const wallet = new WalletStorage(storage.sql)
      const beginning = { projectedRevision: 0, projectedEntrySeq: 0 }
      const { revision } = wallet.load(walletUuid(from), START)
      return [1, 2, 3, revision - 1, revision].map((toRevision) => {
        const { calls, entries } = wallet.changedRows(beginning, toRevision)
        return [calls.map(({ uuid }) => uuid), entries.length]
      })
    })
    expect(rows).toEqual([
      [[], 0],
      [[], 1],
      [['call-1'], 1],
      [['call-1', 'call-2'], 1],
      [['call-1', 'call-2', 'call-3'], 1],
    ])
  })

  it('leaves entries that arrive meanwhile to the next one', async () => {
    const { from } = await pair()
    const uuid = walletUuid(from)
    const initiate = (n: number) => ({ ...newCall(`${uuid}/${n}`) })
    await runDurableObjectAlarm(stubOf(from))
    for (const n of [1, 2])
      valueOf(
        await ownWallet(from).initiateCall({
          call: initiate(n),
          limits: LIMITS,
          idempotency: undefined,
        }),
      )
    await ownWallet(from).answerCall(`${uuid}/1`, LIMITS)
    pass(5000)
    await runInDurableObject(stubOf(from), async (object, { storage }) => {
      const wallet = new WalletStorage(storage.sql)
      const { revision } = wallet.load(uuid, Date.now())
      object.endCall(callerOf(from), `${uuid}/1`, 'hangup')
      wallet.reload()
      await project(wallet, env.DB, from, uuid, revision)
      await project(wallet, env.DB, from, uuid, revision + 1)
    })
    const copied = env.DB.prepare('SELECT MAX(seq) FROM transactions WHERE wallet_uuid = ?')
    expect(await copied.bind(uuid).first('MAX(seq)')).toBe(2)
  })
})

describe('a transfer in transit', () => {
  const order = { uuid: 't', to: 'call_credits' as const, amountKobo: kobo(3000) }

  /** Sends a transfer while the other wallet is unreachable. */
  async function stuck() {
    const { from, to } = await pair()
    silence()
    const away = vi.spyOn(env.WALLET, 'getByName')
    const sender = stubOf(from)
    away.mockImplementation(() => {
      throw new Error('unreachable')
    })
    await runInDurableObject(sender, (wallet) => wallet.sendTransfer(order))
    away.mockRestore()
    return { from, to }
  }

  it('is delivered by the alarm while D1 is unavailable', async () => {
    const { from, to } = await stuck()
    vi.spyOn(env.DB, 'batch').mockRejectedValue(new Error('D1 is down'))
    await runDurableObjectAlarm(stubOf(from))
    expect((await ownWallet(to).view()).availableKobo).toBe(3000)
    expect(await ownWallet(from).transfer('t')).toMatchObject({ value: { status: 'delivered' } })
    expect(await alarmAtMs(from)).toBe(START + 30_000)
  })

  it('is not marked as delivered while the other wallet refuses it', async () => {
    const { from, to } = await pair()
    const errors = silence()
    await ownWallet(to).acceptTransfer({ uuid: 't', amountKobo: kobo(1) })
    expect(await ownWallet(from).sendTransfer(order)).toEqual({
      ok: true,
      value: { delivered: false },
    })
    for (const seconds of [30, 60]) {
      await runDurableObjectAlarm(stubOf(from))
      expect(await alarmAtMs(from)).toBe(Date.now() + seconds * 1000)
    }
    expect(await ownWallet(from).transfer('t')).toMatchObject({ value: { status: 'in_transit' } })
    expect(errors).toHaveBeenCalledWith(expect.stringContaining('reference_reused'))
  })
})

describe('a collection', () => {
  it('stays open until its money has arrived, and no debt is waived meanwhile', async () => {
    const { from, to } = await pair()
    await ownWallet(from).sendTransfer({ uuid: 't', to: 'call_credits', amountKobo: kobo(10_000) })
    silence()
    const [primary, namespace] = [stubOf(from), env.WALLET.getByName.bind(env.WALLET)]
    const away = vi.spyOn(env.WALLET, 'getByName').mockImplementation((name) => {
      if (name === objectName(from)) throw new Error('unreachable')
      return namespace(name)
    })
    await primary.reversePayment({ paymentUuid: 'p', reference: 'r' })
    away.mockRestore()
    const waiver = { uuid: 'w', amountKobo: kobo(10_000) }
    expect(await primary.waiveDebt(waiver)).toMatchObject({
      ok: false,
      refusal: { code: 'request_in_progress' },
    })
    await runDurableObjectAlarm(primary)
    expect(await ownWallet(from).view()).toMatchObject({ availableKobo: 0, debtKobo: 0 })
    expect(await ownWallet(to).view()).toMatchObject({ availableKobo: 0, debtKobo: 0 })
    expect(await primary.waiveDebt(waiver)).toMatchObject({
      refusal: { code: 'amount_exceeds_debt', debtKobo: 0 },
    })
  })
})

describe('a failing alarm', () => {
  it('fires again even if its delay cannot be stored', async () => {
    const { from } = await pair()
    const errors = silence()
    vi.spyOn(env.DB, 'batch').mockRejectedValue(new Error('D1 is down'))
    await run(from, 'ALTER TABLE alarm_backoff RENAME TO alarm_backoff_away')
    for (const seconds of [30, 60]) {
      await runDurableObjectAlarm(stubOf(from))
      expect(await alarmAtMs(from)).toBe(Date.now() + seconds * 1000)
    }
    expect(errors).toHaveBeenCalledWith(expect.stringContaining('alarm_backoff_not_stored'))
    await run(from, 'ALTER TABLE alarm_backoff_away RENAME TO alarm_backoff')
  })

  it('fires again even if the wallet cannot be read afterwards', async () => {
    const { from } = await pair()
    silence()
    await run(from, 'ALTER TABLE wallet RENAME TO wallet_away')
    const stub = stubOf(from)
    await runInDurableObject(stub, (_, state) => state.abort('crash')).catch(() => undefined)
    await runDurableObjectAlarm(stubOf(from))
    expect(await alarmAtMs(from)).toBeGreaterThanOrEqual(START + 30_000)
    await run(from, 'ALTER TABLE wallet_away RENAME TO wallet')
    await runDurableObjectAlarm(stubOf(from))
    expect(await rowOf('wallets', walletUuid(from))).toMatchObject({ posted_kobo: 10_000 })
  })

  it('starts with the shortest delay again after a success, also after a restart', async () => {
    const { from } = await pair()
    silence()
    const batch = vi.spyOn(env.DB, 'batch').mockRejectedValueOnce(new Error('D1 is down'))
    await runDurableObjectAlarm(stubOf(from))
    pass(30_000)
    await runDurableObjectAlarm(stubOf(from))
    await runInDurableObject(stubOf(from), (_, state) => state.abort('crash')).catch(
      () => undefined,
    )
    const amounts = { expectedKobo: kobo(500), receivedKobo: kobo(500) }
    await ownWallet(from).creditPayment({ paymentUuid: 'p2', reference: 'r2', ...amounts })
    batch.mockRejectedValueOnce(new Error('D1 is down'))
    await runDurableObjectAlarm(stubOf(from))
    expect(await alarmAtMs(from)).toBe(Date.now() + 30_000)
  })
})

describe('an idempotency key', () => {
  const HOUR_MS = 3_600_000
  const initiate = (name: WalletName, key: string) =>
    ownWallet(name).initiateCall({
      call: newCall(crypto.randomUUID()),
      limits: LIMITS,
      idempotency: { key, fingerprint: 'f' },
    })
  const replayed = async (name: WalletName, key: string) =>
    valueOf(await initiate(name, key)).replayed

  it('returns the first response for 48 h, whatever alarms fire, and can be reused afterwards', async () => {
    const { from } = await pair()
    const first = valueOf(await initiate(from, 'early')).answer.uuid
    pass(1)
    expect(await replayed(from, 'late')).toBe(false)
    pass(24 * HOUR_MS)
    await runDurableObjectAlarm(stubOf(from))
    expect(valueOf(await initiate(from, 'early'))).toMatchObject({
      replayed: true,
      answer: { uuid: first },
    })
    pass(24 * HOUR_MS - 1)
    await stubOf(from).resetProjection()
    await runDurableObjectAlarm(stubOf(from))
    expect([await replayed(from, 'early'), await replayed(from, 'late')]).toEqual([true, true])
    pass(1)
    await stubOf(from).resetProjection()
    await runDurableObjectAlarm(stubOf(from))
    expect([await replayed(from, 'late'), await replayed(from, 'early')]).toEqual([true, false])
  })
})
