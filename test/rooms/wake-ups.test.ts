/** How often a call with media wakes its objects: each wake-up costs a request and memory. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, expect, it, vi } from 'vitest'
import { RoomObject } from '../../src/rooms/object/room-object'
import { Seats } from '../../src/rooms/object/seats'
import { WalletObject } from '../../src/wallets/object/durable-object'
import { userWithCredit } from '../support/client'
import { useClock } from '../support/clock'
import { useRelay } from '../support/fake-relay'
import { live } from '../support/seats'

useClock()
beforeEach(() => void useRelay())

const TEN_MINUTES_MS = 600_000
const WAKE_UPS = ['alarm', 'fetch', 'walletChanged', 'webSocketMessage', 'webSocketClose'] as const

const alarmOf = (callUuid: string): Promise<number | null> =>
  runInDurableObject(env.ROOM.getByName(callUuid), (_, { storage }) => storage.getAlarm())

/** Every method by which the wallet can be reached. */
function spyOnWallet() {
  const names = Object.getOwnPropertyNames(WalletObject.prototype).filter(
    (name) => name !== 'constructor',
  ) as (keyof WalletObject)[]
  return names.map((name) => vi.spyOn(WalletObject.prototype, name as 'alarm'))
}

it('ten minutes of talk never wake the wallet, and wake the room once a minute', async () => {
  const user = await userWithCredit(200)
  const { uuid } = await live(user)
  const startMs = Date.now()
  /** The runtime answers pings without waking the room. */
  vi.spyOn(Seats.prototype, 'lastSeenMs').mockImplementation(() => ({
    caller: Date.now(),
    callee: Date.now(),
  }))
  const wallet = spyOnWallet()
  const room = WAKE_UPS.map((name) => vi.spyOn(RoomObject.prototype, name))
  for (;;) {
    const alarmMs = (await alarmOf(uuid)) ?? Infinity
    if (alarmMs > startMs + TEN_MINUTES_MS) break
    vi.setSystemTime(alarmMs)
    await runDurableObjectAlarm(env.ROOM.getByName(uuid))
  }
  const countOf = (spies: readonly { readonly mock: { readonly calls: unknown[] } }[]) =>
    spies.reduce((sum, { mock }) => sum + mock.calls.length, 0)
  expect(countOf(room)).toBe(10)
  expect(countOf(wallet)).toBe(0)
})
