import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { kobo } from '../../../src/common/money'
import { initiateCall } from '../../../src/wallets/core/call-commands'
import { findBrokenEntry } from '../../../src/wallets/core/ledger'
import { projectToD1 } from '../../../src/wallets/object/projection'
import { CALLED_NUMBERS_MS } from '../../../src/retention/rules'
import { walletUuid, type WalletName } from '../../../src/wallets/core/wallet'
import { pass, START, useClock } from '../../support/clock'
import { callerOf, ownWallet } from '../../support/own-wallet'
import { valueOf } from '../../support/result'
import { emptyWallet, LIMITS, newCall } from '../../support/wallets'

useClock()

const newName = (): WalletName => ({ userUuid: crypto.randomUUID(), type: 'call_credits' })
const stubOf = (name: WalletName) => env.WALLET.getByName(`${name.userUuid}/${name.type}`)
const open = ownWallet

const receipt = (reference: string, naira: number) => ({
  reference,
  paymentUuid: 'p',
  expectedKobo: kobo(naira * 100),
  receivedKobo: kobo(naira * 100),
})

const credited = async (naira: number) => {
  const name = newName()
  await open(name).creditPayment(receipt('first', naira))
  return name
}

const start = (uuid: string, idempotency?: { key: string; fingerprint: string }) => ({
  call: newCall(uuid),
  limits: LIMITS,
  idempotency,
})

const balanceOf = async (name: WalletName) => (await open(name).view()).availableKobo

/** Aborts the object as a crash does: it loses its memory and all that is not committed. */
const crash = (name: WalletName) =>
  runInDurableObject(stubOf(name), (_, state) => state.abort('crash')).catch(() => undefined)

const alarmDelayMs = (name: WalletName) =>
  runInDurableObject(stubOf(name), async (_, { storage }) => {
    const alarmAtMs = await storage.getAlarm()
    return alarmAtMs === null ? null : alarmAtMs - Date.now()
  })

describe('a failing alarm', () => {
  const BROKEN = `CREATE TRIGGER calls_broken BEFORE UPDATE ON calls
    BEGIN SELECT RAISE(ABORT, 'the storage is broken'); END`

  it('waits longer each time even if a call is due, also after a restart, and then settles', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const name = await credited(50)
    await open(name).initiateCall(start('call-1'))
    const run = (statement: string) =>
      runInDurableObject(stubOf(name), (_, { storage }) => void storage.sql.exec(statement))
    await run(BROKEN)
    pass(61_000)
    for (const seconds of [30, 60, 120, 240]) {
      await runDurableObjectAlarm(stubOf(name))
      expect(await alarmDelayMs(name)).toBe(seconds * 1000)
      if (seconds === 60) await crash(name)
      await expect(open(name).view()).rejects.toThrow('broken')
      expect(await alarmDelayMs(name)).toBe(seconds * 1000)
      pass(seconds * 1000)
    }
    await run('DROP TRIGGER calls_broken')
    await runDurableObjectAlarm(stubOf(name))
    const { endReason, endedAtMs } = valueOf(await open(name).call('call-1'))
    expect(endReason).toBe('no_answer')
    expect(await alarmDelayMs(name)).toBe((endedAtMs ?? NaN) + CALLED_NUMBERS_MS - Date.now())
    await run(BROKEN)
    await open(name).creditPayment(receipt('second', 10))
    vi.spyOn(env.DB, 'batch').mockRejectedValue(new Error('D1 is down'))
    await runDurableObjectAlarm(stubOf(name))
    expect(await alarmDelayMs(name)).toBe(30_000)
  })

  it('fires 78 times in 72 h while D1 is unavailable, and then projects everything', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const name = await credited(50)
    const batch = vi.spyOn(env.DB, 'batch').mockRejectedValue(new Error('D1 is down'))
    let alarms = 0
    for (let passedMs = 0; passedMs < 72 * 3_600_000; alarms++) {
      await runDurableObjectAlarm(stubOf(name))
      const delayMs = (await alarmDelayMs(name)) ?? Infinity
      pass(delayMs)
      passedMs += delayMs
    }
    expect(alarms).toBe(78)
    batch.mockRestore()
    await runDurableObjectAlarm(stubOf(name))
    expect(await alarmDelayMs(name)).toBeNull()
    const copied = env.DB.prepare('SELECT posted_kobo FROM wallets WHERE uuid = ?')
    expect(await copied.bind(walletUuid(name)).first('posted_kobo')).toBe(5000)
  })
})

describe('a wallet object', () => {
  it('loses nothing when it is evicted or crashes between any two commands', async () => {
    const name = await credited(50)
    for (const interrupt of [() => evictDurableObject(stubOf(name)), () => crash(name)]) {
      const uuid = crypto.randomUUID()
      const before = await balanceOf(name)
      await interrupt()
      valueOf(await open(name).initiateCall(start(uuid)))
      await interrupt()
      expect(await balanceOf(name)).toBe(before - 1000)
      valueOf(await open(name).answerCall(uuid, LIMITS))
      await interrupt()
      pass(7000)
      expect(valueOf(await open(name).endCall(uuid))).toMatchObject({ chargeKobo: 200 })
      await interrupt()
      expect(await balanceOf(name)).toBe(before - 200)
    }
  })

  it('opens a call once, even if the command arrives twice', async () => {
    const name = await credited(50)
    const first = valueOf(await open(name).initiateCall(start('call-1')))
    const second = valueOf(await open(name).initiateCall(start('call-1')))
    expect(second.answer).toEqual(first.answer)
    expect(await balanceOf(name)).toBe(4000)
  })

  it('S13: leaves no hold, call or key after a fault inside a command', async () => {
    const name = await credited(50)
    const broken = { ...newCall('call-1'), type: undefined as never }
    await runInDurableObject(stubOf(name), (wallet) => {
      const order = { ...start('call-1', { key: 'k', fingerprint: 'f' }), call: broken }
      expect(() => wallet.initiateCall(callerOf(name), order)).toThrow('NOT NULL')
    })
    expect(await balanceOf(name)).toBe(5000)
    expect(await open(name).calls({ limit: 9 })).toEqual([])
    const again = valueOf(
      await open(name).initiateCall(start('call-1', { key: 'k', fingerprint: 'f' })),
    )
    expect(again.replayed).toBe(false)
  })

  it('credits a gateway reference once, however often the amount is reported', async () => {
    const name = newName()
    const tell = (naira: number) =>
      open(name).creditPayment({ ...receipt('r_a1', 100), receivedKobo: kobo(naira * 100) })
    await Promise.all([40, 100, 40, 100, 130, 130].map(tell))
    expect(await balanceOf(name)).toBe(13_000)
    const entries = await open(name).entries({ limit: 100 })
    const surplus = entries.filter(({ kind }) => kind === 'surplus')
    expect(surplus.map(({ amountKobo }) => amountKobo)).toEqual([3000])
    await open(name).creditPayment(receipt('r_a10', 5))
    expect(await balanceOf(name)).toBe(13_500)
  })

  it('S8, S18: has one clock, in UTC milliseconds, which never goes back, not even after an eviction', async () => {
    const name = await credited(50)
    valueOf(await open(name).initiateCall(start('call-1')))
    valueOf(await open(name).answerCall('call-1', LIMITS))
    await evictDurableObject(stubOf(name))
    vi.setSystemTime(START - 86_400_000)
    expect(valueOf(await open(name).endCall('call-1'))).toMatchObject({
      startedAtMs: START,
      endedAtMs: START,
      chargeKobo: 100,
    })
    expect(await balanceOf(name)).toBe(4900)
  })

  it('S19: seals its ledger, and its tables reject updates and deletions of entries', async () => {
    const name = await credited(50)
    valueOf(await open(name).initiateCall(start('call-1')))
    valueOf(await open(name).answerCall('call-1', LIMITS))
    pass(60_000)
    valueOf(await open(name).endCall('call-1'))
    const entries = (await open(name).entries({ limit: 100 })).toReversed()
    expect(entries.map(({ kind, balanceKobo }) => [kind, balanceKobo])).toEqual([
      ['top_up', 5000],
      ['call_charge', 4000],
    ])
    expect(findBrokenEntry(walletUuid(name), entries)).toBeUndefined()
    await runInDurableObject(stubOf(name), (_, { storage: { sql } }) => {
      for (const statement of [
        'UPDATE wallet SET posted_kobo = -1',
        'UPDATE wallet SET posted_kobo = 0.5',
        'UPDATE entries SET amount_kobo = 1',
        'DELETE FROM entries',
        "INSERT INTO entries SELECT 9, kind, from_account, to_account, amount_kobo, balance_kobo, reference, '', 0, '', '', 9 FROM entries LIMIT 1",
        "UPDATE calls SET charge_kobo = -1 WHERE uuid = 'call-1'",
        "UPDATE calls SET ended_at_ms = NULL WHERE uuid = 'call-1'",
      ])
        expect(() => sql.exec(statement), statement).toThrow()
    })
  })
})

describe('the alarm', () => {
  it('settles due calls, and does no more than a command would', async () => {
    const [byAlarm, byCommand] = [await credited(10), await credited(10)]
    for (const name of [byAlarm, byCommand]) {
      valueOf(await open(name).initiateCall(start('call-1')))
      valueOf(await open(name).answerCall('call-1', LIMITS))
    }
    pass(3_600_000)
    expect(await runDurableObjectAlarm(stubOf(byAlarm))).toBe(true)
    await runDurableObjectAlarm(stubOf(byAlarm))
    const [first, second] = await Promise.all(
      [byAlarm, byCommand].map(async (name) => valueOf(await open(name).call('call-1'))),
    )
    expect(first).toMatchObject({
      endReason: 'credit_exhausted',
      chargeKobo: 1000,
      endedAtMs: START + 60_999,
    })
    expect(second).toEqual(first)
  })

  it('is set after each step of a call, to the earliest due time', async () => {
    const name = await credited(50)
    const alarmMs = () => runInDurableObject(stubOf(name), (_, { storage }) => storage.getAlarm())
    valueOf(await open(name).initiateCall(start('call-1')))
    expect(await alarmMs()).toBe(START + 15_000)
    await runDurableObjectAlarm(stubOf(name))
    expect(await alarmMs()).toBe(START + 60_000)
    valueOf(await open(name).answerCall('call-1', LIMITS))
    await runDurableObjectAlarm(stubOf(name))
    expect(await alarmMs()).toBe(START + 301_000)
  })

  it('is set again by the next access if it was lost', async () => {
    const name = await credited(50)
    await runInDurableObject(stubOf(name), (_, { storage }) => storage.deleteAlarm())
    pass(120_000)
    await open(name).view()
    expect(await runInDurableObject(stubOf(name), (_, { storage }) => storage.getAlarm())).toBe(
      Date.now() + 15_000,
    )
  })
})

describe('the projection', () => {
  const rows = async (table: string, column: string, value: string) =>
    (await env.DB.prepare(`SELECT * FROM ${table} WHERE ${column} = ?`).bind(value).all()).results

  it('writes wallet, ledger and calls to D1 once, and then only changes', async () => {
    const name = await credited(50)
    const uuid = walletUuid(name)
    const callUuid = crypto.randomUUID()
    valueOf(await open(name).initiateCall(start(callUuid)))
    await runDurableObjectAlarm(stubOf(name))
    expect(await rows('wallets', 'uuid', uuid)).toMatchObject([
      { user_uuid: name.userUuid, posted_kobo: 5000 },
    ])
    expect(await rows('transactions', 'wallet_uuid', uuid)).toMatchObject([
      { seq: 1, kind: 'top_up' },
    ])
    expect(await rows('call_sessions', 'uuid', callUuid)).toMatchObject([
      { status: 'initiated', charge_kobo: null },
    ])

    valueOf(await open(name).answerCall(callUuid, LIMITS))
    pass(60_000)
    valueOf(await open(name).endCall(callUuid))
    await runDurableObjectAlarm(stubOf(name))
    expect(await rows('wallets', 'uuid', uuid)).toMatchObject([{ posted_kobo: 4000, entry_seq: 2 }])
    expect(await rows('transactions', 'wallet_uuid', uuid)).toHaveLength(2)
    expect(await rows('call_sessions', 'uuid', callUuid)).toMatchObject([
      { status: 'completed', charge_kobo: 1000 },
    ])
    expect(await alarmDelayMs(name)).toBe(CALLED_NUMBERS_MS)
  })

  it('catches up in batches after D1 was unavailable, while calls and payments continue', async () => {
    const name = await credited(50)
    const down = vi.spyOn(env.DB, 'batch').mockRejectedValue(new Error('D1 is down'))
    const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    for (let index = 0; index < 130; index++)
      await open(name).creditPayment(receipt(`more-${index}`, 1))
    await runDurableObjectAlarm(stubOf(name))
    expect(errors).toHaveBeenCalledWith(expect.stringContaining('wallet_alarm_failed'))
    expect(await balanceOf(name)).toBe(18_000)
    expect(await rows('wallets', 'uuid', walletUuid(name))).toEqual([])
    down.mockRestore()
    pass(30_000)
    expect(await runDurableObjectAlarm(stubOf(name))).toBe(true)
    expect(await rows('wallets', 'uuid', walletUuid(name))).toMatchObject([
      { posted_kobo: 18_000, entry_seq: 131 },
    ])
    expect(await rows('transactions', 'wallet_uuid', walletUuid(name))).toHaveLength(131)
  })
})

describe('an older projection', () => {
  it('never replaces a newer one in D1, even if it arrives later', async () => {
    const name = newName()
    const head = { seq: 2, hash: 'newer', balanceKobo: kobo(7) }
    const state = { ...emptyWallet, uuid: walletUuid(name), head }
    const initiated = initiateCall(
      { ...state, head: { ...head, balanceKobo: kobo(5000) } },
      newCall(name.userUuid),
      LIMITS,
      [],
      0,
    )
    const [call] = valueOf(initiated).change.calls
    if (!call) throw new Error('no call')
    const copy = (change: number, balance: number, status: 'initiated' | 'completed') =>
      projectToD1(
        env.DB,
        name,
        { ...state, head: { ...head, balanceKobo: kobo(balance) } },
        change,
        {
          entries: [],
          calls: [{ ...call, status, revision: change }],
        },
      )
    await copy(5, 700, 'completed')
    await copy(3, 900, 'initiated')
    const wallet = await env.DB.prepare('SELECT * FROM wallets WHERE uuid = ?')
      .bind(state.uuid)
      .first()
    expect(wallet).toMatchObject({ posted_kobo: 700, change: 5 })
    const session = await env.DB.prepare('SELECT * FROM call_sessions WHERE uuid = ?')
      .bind(call.uuid)
      .first()
    expect(session).toMatchObject({ status: 'completed', change: 5 })
  })
})

describe('a transfer', () => {
  const pair = async () => {
    const userUuid = crypto.randomUUID()
    const from: WalletName = { userUuid, type: 'primary' }
    const to: WalletName = { userUuid, type: 'call_credits' }
    await open(from).creditPayment(receipt('first', 100))
    return { from, to }
  }
  const order = (uuid: string, naira = 30) => ({
    uuid,
    to: 'call_credits' as const,
    amountKobo: kobo(naira * 100),
  })

  it('moves money once if it is sent twice, also concurrently; another amount is refused', async () => {
    const { from, to } = await pair()
    await Promise.all([1, 2, 3].map(() => open(from).sendTransfer(order('t'))))
    expect([await balanceOf(from), await balanceOf(to)]).toEqual([7000, 3000])
    expect(await open(from).sendTransfer(order('t', 31))).toMatchObject({
      refusal: { code: 'reference_reused' },
    })
    expect(await open(to).acceptTransfer(order('t', 31))).toMatchObject({
      refusal: { code: 'reference_reused' },
    })
    expect([await balanceOf(from), await balanceOf(to)]).toEqual([7000, 3000])
  })

  it('stays in transit if the other wallet fails, and the alarm delivers it once', async () => {
    const { from, to } = await pair()
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const sender = stubOf(from)
    const refusing = vi.spyOn(env.WALLET, 'getByName').mockImplementation(() => {
      throw new Error('unreachable')
    })
    const sent = runInDurableObject(sender, (wallet) => wallet.sendTransfer(order('t')))
    expect(await sent).toEqual({ ok: true, value: { delivered: false } })
    refusing.mockRestore()
    expect([await balanceOf(from), await balanceOf(to)]).toEqual([7000, 0])
    expect(await open(from).transfer('t')).toMatchObject({ value: { status: 'in_transit' } })
    await crash(from)
    await runDurableObjectAlarm(stubOf(from))
    expect([await balanceOf(from), await balanceOf(to)]).toEqual([7000, 3000])
    expect(await open(from).transfer('t')).toMatchObject({ value: { status: 'delivered' } })
  })

  it('is delivered later if the other wallet fails in the alarm too', async () => {
    const { from, to } = await pair()
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const refusing = vi.spyOn(env.WALLET, 'getByName')
    const sender = stubOf(from)
    refusing.mockImplementation(() => {
      throw new Error('unreachable')
    })
    await runInDurableObject(sender, (wallet) => wallet.sendTransfer(order('t')))
    for (const seconds of [30, 60]) {
      await runDurableObjectAlarm(sender)
      const alarmAtMs = await runInDurableObject(sender, (_, { storage }) => storage.getAlarm())
      expect(alarmAtMs).toBe(Date.now() + seconds * 1000)
    }
    refusing.mockRestore()
    await runDurableObjectAlarm(stubOf(from))
    expect([await balanceOf(from), await balanceOf(to)]).toEqual([7000, 3000])
  })

  it('is credited once even if the first confirmation was lost', async () => {
    const { from, to } = await pair()
    await open(from).sendTransfer(order('t'))
    await runInDurableObject(stubOf(from), (_, { storage: { sql } }) => {
      sql.exec("UPDATE transfers SET status = 'in_transit'")
    })
    await crash(from)
    await runDurableObjectAlarm(stubOf(from))
    expect([await balanceOf(from), await balanceOf(to)]).toEqual([7000, 3000])
  })
})
