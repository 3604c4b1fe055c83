/** The room of a call: what its wallet tells it, in whatever order it arrives. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { RoomObject } from '../../src/rooms/object/room-object'
import type { RoomNews } from '../../src/wallets/object/rooms'
import { pass, START, useClock } from '../support/clock'
import { dial, type TestUser, userWithCredit } from '../support/client'
import { ticketTo, upgrade, watch } from '../support/live'

useClock()
afterEach(() => {
  vi.restoreAllMocks()
})

const walletObject = (user: TestUser) => env.WALLET.getByName(`${user.uuid}/call_credits`)
const roomOf = (callUuid: string) => env.ROOM.getByName(callUuid)
const dialled = async (user: TestUser): Promise<string> => (await dial(user)).body.uuid
const answer = (user: TestUser, uuid: string) => user.send('PATCH', `/calls/${uuid}/answer`)
const end = (user: TestUser, uuid: string) => user.send('PATCH', `/calls/${uuid}/end`)

const outboxOf = (user: TestUser): Promise<number> =>
  runInDurableObject(walletObject(user), (_, { storage }) =>
    Number(storage.sql.exec('SELECT COUNT(*) AS n FROM outbox').one()['n']),
  )

/** Keeps the news instead of delivering them, as a room that cannot be reached. */
function holdNews(): [RoomNews, number][] {
  const held: [RoomNews, number][] = []
  vi.spyOn(console, 'error').mockImplementation(() => {})
  vi.spyOn(RoomObject.prototype, 'walletChanged').mockImplementation(async (news, revision) => {
    held.push([news, revision])
    throw new Error('unreachable')
  })
  return held
}

describe('a call', () => {
  it('without a room inserts no row into the outbox', async () => {
    const user = await userWithCredit(20)
    const uuid = await dialled(user)
    const held = holdNews()
    await answer(user, uuid)
    await end(user, uuid)
    expect(held).toEqual([])
    expect(await outboxOf(user)).toBe(0)
  })

  it('whose room cannot be reached ends as usual, and the room is notified later', async () => {
    const user = await userWithCredit(20)
    const uuid = await dialled(user)
    const { next, closed } = await watch(user, uuid)
    await next()
    const held = holdNews()
    await answer(user, uuid)
    pass(6000)
    expect((await end(user, uuid)).body).toMatchObject({ status: 'completed', cost: 1 })
    await vi.waitFor(() => expect(held.length).toBeGreaterThan(0))
    expect(await outboxOf(user)).toBe(2)
    vi.restoreAllMocks()
    pass(60_000)
    await runDurableObjectAlarm(walletObject(user))
    expect(await next()).toMatchObject({ type: 'answered' })
    expect(await next()).toMatchObject({ type: 'ended', call: { cost: 1 } })
    expect(await closed).toBe(1000)
    expect(await outboxOf(user)).toBe(0)
  })

  it('whose wallet stopped before the delivery has its room notified by the alarm', async () => {
    const user = await userWithCredit(20)
    const uuid = await dialled(user)
    const { next } = await watch(user, uuid)
    await next()
    holdNews()
    await answer(user, uuid)
    await evictDurableObject(walletObject(user)).catch(() => undefined)
    vi.restoreAllMocks()
    const alarmMs = await runInDurableObject(walletObject(user), (_, { storage }) =>
      storage.getAlarm(),
    )
    expect(alarmMs).toBeLessThanOrEqual(START + 2000)
    pass(2000)
    await runDurableObjectAlarm(walletObject(user))
    expect(await next()).toMatchObject({ type: 'answered' })
  })
})

describe('a notification', () => {
  it('that is doubled or out of order changes nothing', async () => {
    const user = await userWithCredit(20)
    const uuid = await dialled(user)
    const { next, unread } = await watch(user, uuid)
    await next()
    const held = holdNews()
    await answer(user, uuid)
    await vi.waitFor(() => expect(held).toHaveLength(1))
    await user.send('GET', '/wallets')
    vi.restoreAllMocks()
    const [[answered, revision] = []] = held
    if (!answered || answered.kind !== 'call' || revision === undefined) throw new Error('no news')
    const horizonMs = (answered.call.mustEndByMs ?? 0) + 60_000
    const moved: RoomNews = { kind: 'call', call: { ...answered.call, mustEndByMs: horizonMs } }
    await roomOf(uuid).walletChanged(moved, revision + 1)
    await roomOf(uuid).walletChanged(answered, revision)
    await roomOf(uuid).walletChanged(moved, revision + 1)
    expect((await next()).call.must_end_by).toBe(new Date(horizonMs).toISOString())
    expect(unread()).toBe(0)
  })

  it('of a log-out that overtakes a connection rejects it', async () => {
    const user = await userWithCredit(20)
    const uuid = await dialled(user)
    await watch(user, uuid)
    const url = await ticketTo(user, uuid)
    const { sid } = JSON.parse(atob(user.token.split('.')[1] ?? '')) as { sid: string }
    const revocation = { sessionUuid: sid, untilMs: START + 3_600_000 }
    await roomOf(uuid).walletChanged({ kind: 'tokens_revoked', revocation }, 0)
    expect((await upgrade(url)).status).toBe(401)
  })
})

describe('a room', () => {
  const storedIn = (uuid: string): Promise<number> =>
    runInDurableObject(roomOf(uuid), (_, { storage }) =>
      storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'room'").toArray().length === 0
        ? 0
        : Number(storage.sql.exec('SELECT COUNT(*) AS n FROM room').one()['n']),
    )

  it('is removed a day after its call has ended, and not before', async () => {
    const user = await userWithCredit(20)
    const uuid = await dialled(user)
    const { next } = await watch(user, uuid)
    await next()
    await end(user, uuid)
    await next()
    pass(86_400_000 - 1)
    await runDurableObjectAlarm(roomOf(uuid))
    expect(await storedIn(uuid)).toBe(1)
    pass(1)
    await runDurableObjectAlarm(roomOf(uuid))
    expect(await storedIn(uuid)).toBe(0)
    const late: RoomNews = { kind: 'tokens_revoked', revocation: { minVersion: 1 } }
    await roomOf(uuid).walletChanged(late, 0)
  })

  it('is removed if its wallet never reports the end of the call', async () => {
    const user = await userWithCredit(20)
    const uuid = await dialled(user)
    await watch(user, uuid)
    pass(9 * 86_400_000)
    await runDurableObjectAlarm(roomOf(uuid))
    expect(await storedIn(uuid)).toBe(0)
  })
})
