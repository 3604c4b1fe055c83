import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { kobo } from '../../../src/common/money'
import { objectName, type WalletName } from '../../../src/wallets/core/wallet'
import { walletStub } from '../../../src/wallets/object/client'
import { pass, useClock } from '../../support/clock'
import { recordStreams, turnDeploymentEventsOn } from '../../support/event-streams'
import { callerOf, ownWallet } from '../../support/own-wallet'
import { valueOf } from '../../support/result'
import { LIMITS, newCall } from '../../support/wallets'

useClock()

const LONG = { timeout: 20_000 }

const OUTBOX = 'SELECT destination, revision, failures FROM event_outbox ORDER BY seq'

/** A wallet with 100 NGN, and what its streams receive. */
async function newWallet() {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const name: WalletName = { userUuid: crypto.randomUUID(), type: 'call_credits' }
  const stubOf = () => env.WALLET.getByName(objectName(name))
  const amounts = { expectedKobo: kobo(10_000), receivedKobo: kobo(10_000) }
  await ownWallet(name).creditPayment({ paymentUuid: 'p', reference: 'r', ...amounts })
  const sql = (statement: string) =>
    runInDurableObject(stubOf(), (_, { storage }) => storage.sql.exec(statement).toArray())
  const start = async (uuid: string) =>
    valueOf(
      await ownWallet(name).initiateCall({
        call: newCall(uuid),
        limits: LIMITS,
        idempotency: undefined,
      }),
    )
  return {
    name,
    stubOf,
    ...ownWallet(name),
    markStreamed: () => walletStub(env.WALLET, name).markStreamed(),
    recipientOf: (uuid: string) => walletStub(env.WALLET, name).recipientOf(uuid),
    start,
    sql,
    rows: () => sql(OUTBOX),
    ring: () => runDurableObjectAlarm(stubOf()),
    alarmAtMs: () => runInDurableObject(stubOf(), (_, { storage }) => storage.getAlarm()),
    user: `user/${name.userUuid}`,
    streams: recordStreams(name.userUuid),
  }
}

type OwnWallet = Awaited<ReturnType<typeof newWallet>>

async function talk({ start, answerCall, endCall }: OwnWallet, uuid: string): Promise<void> {
  await start(uuid)
  await answerCall(uuid, LIMITS)
  pass(7000)
  await endCall(uuid)
}

const delivered = async ({ streams, rows }: OwnWallet, count: number) =>
  await expect
    .poll(async () => [streams.appended.length, (await rows()).length], LONG)
    .toEqual([count, 0])

/** Waits until the first row has failed so often, and an alarm is set for it. @returns its next attempt */
async function failed({ sql, alarmAtMs }: OwnWallet, failures: number): Promise<number> {
  const first = async () =>
    (await sql('SELECT failures, next_attempt_at_ms FROM event_outbox ORDER BY seq LIMIT 1'))[0]
  await expect.poll(first, LONG).toMatchObject({ failures })
  const nextAtMs = Number((await first())?.['next_attempt_at_ms'])
  await expect.poll(alarmAtMs, LONG).toBeLessThanOrEqual(nextAtMs)
  return nextAtMs
}

const CALL = ['call.initiated', 'call.answered', 'call.ended']

describe('the events of a wallet', () => {
  it('reach the stream of the user in order, once the wallet is told of it', async () => {
    const wallet = await newWallet()
    await talk(wallet, 'before')
    await wallet.markStreamed()
    await talk(wallet, 'c1')
    await delivered(wallet, 3)
    expect(wallet.streams.typesOf(wallet.user)).toEqual(CALL)
    const events = wallet.streams.appended.flatMap((batch) => batch.events)
    expect(events.map(({ data }) => data['call_uuid'])).toEqual(['c1', 'c1', 'c1'])
  })

  it('reach both streams if the deployment has one', async () => {
    const wallet = await newWallet()
    turnDeploymentEventsOn()
    await talk(wallet, 'c1')
    await delivered(wallet, 3)
    await wallet.markStreamed()
    await talk(wallet, 'c2')
    await delivered(wallet, 9)
    expect(wallet.streams.typesOf('deployment')).toEqual([...CALL, ...CALL])
    expect(wallet.streams.typesOf(wallet.user)).toEqual(CALL)
    const idsOf = (stream: string) =>
      wallet.streams.appended
        .filter((batch) => batch.stream === stream)
        .flatMap((batch) => batch.events.map(({ id }) => id))
    expect(idsOf('deployment').slice(3)).toEqual(idsOf(wallet.user))
    expect(new Set(idsOf('deployment')).size).toBe(6)
  })

  it('cost no row of the outbox without a stream, or for a change without an event', async () => {
    const wallet = await newWallet()
    await wallet.sql(
      `CREATE TRIGGER counted BEFORE INSERT ON event_outbox BEGIN SELECT RAISE(ABORT, 'the storage is broken'); END`,
    )
    await talk(wallet, 'c1')
    await wallet.markStreamed()
    await wallet.creditPayment({
      paymentUuid: 'p2',
      reference: 'r2',
      expectedKobo: kobo(100),
      receivedKobo: kobo(100),
    })
    await expect(wallet.start('c2')).rejects.toThrow('broken')
  })

  it('are stored in the transaction of their change: without them, nothing has changed', async () => {
    const wallet = await newWallet()
    await wallet.markStreamed()
    await wallet.sql(
      `CREATE TRIGGER broken BEFORE INSERT ON event_outbox BEGIN SELECT RAISE(ABORT, 'the storage is broken'); END`,
    )
    await expect(wallet.start('c1')).rejects.toThrow('broken')
    expect(await wallet.calls({ limit: 9 })).toEqual([])
    await wallet.sql('DROP TRIGGER broken')
    await wallet.start('c1')
    await delivered(wallet, 1)
  })

  it('are not sent before their commit', async () => {
    const wallet = await newWallet()
    turnDeploymentEventsOn()
    await wallet.markStreamed()
    await wallet.sql(
      `CREATE TRIGGER broken BEFORE INSERT ON event_outbox WHEN NEW.destination = 'deployment'
         BEGIN SELECT RAISE(ABORT, 'the storage is broken'); END`,
    )
    await expect(wallet.start('c1')).rejects.toThrow('broken')
    expect(await wallet.calls({ limit: 9 })).toEqual([])
    await wallet.sql('DROP TRIGGER broken')
    await wallet.start('c2')
    await delivered(wallet, 2)
    const calls = wallet.streams.appended.flatMap(({ events }) =>
      events.map(({ data }) => data['call_uuid']),
    )
    expect(calls).toEqual(['c2', 'c2'])
  })

  it('are delivered by a later alarm or command if the object stopped after the commit', async () => {
    const wallet = await newWallet()
    await wallet.markStreamed()
    for (const [uuid, next] of [
      ['c1', wallet.ring],
      ['c2', wallet.view],
    ] as const) {
      wallet.streams.hanging.add(wallet.user)
      await wallet.start(uuid)
      await runInDurableObject(wallet.stubOf(), (_, state) => state.abort('crash')).catch(
        () => null,
      )
      wallet.streams.hanging.clear()
      expect(await wallet.rows()).toHaveLength(1)
      await next()
      await expect.poll(wallet.rows, LONG).toEqual([])
    }
    expect(wallet.streams.typesOf(wallet.user)).toEqual(['call.initiated', 'call.initiated'])
  })

  it('cause no alarm of their own unless a delivery fails', async () => {
    const wallet = await newWallet()
    await wallet.ring()
    await wallet.markStreamed()
    await wallet.start('c1')
    expect(await wallet.alarmAtMs()).toBe(Date.now() + 15_000)
    await delivered(wallet, 1)
    wallet.streams.failing.add(wallet.user)
    await wallet.answerCall('c1', LIMITS)
    await failed(wallet, 1)
  })
})

describe('a stream that fails', () => {
  it('delays neither calls nor the projection, and receives everything in order later', async () => {
    const wallet = await newWallet()
    turnDeploymentEventsOn()
    await wallet.markStreamed()
    wallet.streams.failing.add(wallet.user)
    await talk(wallet, 'c1')
    await talk(wallet, 'c2')
    await expect.poll(() => wallet.streams.typesOf('deployment'), LONG).toEqual([...CALL, ...CALL])
    await wallet.ring()
    const projected = env.DB.prepare('SELECT COUNT(*) AS n FROM call_sessions WHERE uuid IN (?, ?)')
    expect(await projected.bind('c1', 'c2').first('n')).toBe(2)
    expect(await wallet.rows()).toHaveLength(6)
    wallet.streams.failing.clear()
    pass(60_000)
    await wallet.ring()
    await expect.poll(wallet.rows, LONG).toEqual([])
    expect(wallet.streams.typesOf(wallet.user)).toEqual([...CALL, ...CALL])
  })

  it('is attempted at least once an hour, forever', async () => {
    const wallet = await newWallet()
    await wallet.markStreamed()
    wallet.streams.failing.add(wallet.user)
    await wallet.start('c1')
    for (let failures = 1; failures <= 40; failures++) {
      const nextAtMs = await failed(wallet, failures)
      expect(nextAtMs).toBeGreaterThan(Date.now())
      expect(nextAtMs).toBeLessThanOrEqual(Date.now() + 3_600_000)
      vi.setSystemTime(nextAtMs)
      await wallet.ring()
    }
  })

  it('gets another alarm by the next command if the platform has lost it', async () => {
    const wallet = await newWallet()
    await wallet.markStreamed()
    wallet.streams.failing.add(wallet.user)
    await wallet.start('c1')
    await failed(wallet, 1)
    await runInDurableObject(wallet.stubOf(), (_, { storage }) => storage.deleteAlarm())
    await evictDurableObject(wallet.stubOf())
    expect(await wallet.alarmAtMs()).toBeNull()
    await wallet.view()
    await failed(wallet, 1)
  })

  it('delays neither the alarm nor the other stream if it never responds', async () => {
    const wallet = await newWallet()
    turnDeploymentEventsOn()
    await wallet.markStreamed()
    wallet.streams.hanging.add(wallet.user)
    await wallet.start('c1')
    await expect.poll(() => wallet.streams.typesOf('deployment'), LONG).toEqual(['call.initiated'])
    pass(60_000)
    await wallet.ring()
    const { endReason } = valueOf(await wallet.call('c1'))
    expect(endReason).toBe('no_answer')
    await expect
      .poll(() => wallet.streams.typesOf('deployment'), LONG)
      .toEqual(['call.initiated', 'call.ended'])
    expect(await wallet.alarmAtMs()).toBeGreaterThan(Date.now() + 10_000)
  })
})

describe('marking a wallet as streamed', () => {
  it('creates it, and keeps the first time', async () => {
    const name: WalletName = { userUuid: crypto.randomUUID(), type: 'primary' }
    const wallet = walletStub(env.WALLET, name)
    const since = () =>
      runInDurableObject(env.WALLET.getByName(objectName(name)), (_, { storage }) =>
        storage.sql.exec('SELECT streamed_since_ms AS since_ms, change FROM wallet').one(),
      )
    const firstMs = Date.now()
    await wallet.markStreamed()
    pass(1000)
    await wallet.markStreamed()
    expect(await since()).toEqual({ since_ms: firstMs, change: 1 })
  })
})

describe('the recipient of a call for deliveries', () => {
  it('is its number, and null for an unknown call, a blanked number and an erased user', async () => {
    const wallet = await newWallet()
    await wallet.start('c1')
    await wallet.start('c2')
    expect(await wallet.recipientOf('c1')).toBe('+2348031234567')
    expect(await wallet.recipientOf('c9')).toBeNull()
    await wallet.sql(`UPDATE calls SET recipient_phone = '' WHERE uuid = 'c1'`)
    expect(await wallet.recipientOf('c1')).toBeNull()
    expect(await wallet.recipientOf('c2')).toBe('+2348031234567')
    await walletStub(env.WALLET, wallet.name).close({ erasureUuid: 'e', isWaived: true })
    expect(await wallet.recipientOf('c2')).toBeNull()
  })
})

it('an erasure and its freeze reach the stream', async () => {
  const wallet = await newWallet()
  await wallet.markStreamed()
  await runInDurableObject(wallet.stubOf(), (object) => {
    object.initiateCall(callerOf(wallet.name), {
      call: newCall('c1'),
      limits: LIMITS,
      idempotency: undefined,
    })
    object.close({ erasureUuid: 'e', isWaived: true })
  })
  await delivered(wallet, 2)
  expect(wallet.streams.typesOf(wallet.user)).toEqual([
    'call.initiated',
    'wallet.frozen',
    'call.ended',
  ])
})
