/** The cost of a call with audio in SCALING.md. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, expect, it, vi } from 'vitest'
import scaling from '../../SCALING.md?raw'
import { Seats } from '../../src/rooms/object/seats'
import { userWithCredit } from '../support/client'
import { useClock } from '../support/clock'
import { type Costs, costOf, installCounters } from '../support/counts'
import { receiptsIssued } from '../support/receipts'
import { useRelay } from '../support/fake-relay'
import { live, type Seated } from '../support/seats'

useClock()
beforeAll(installCounters)

const cells = ({ objectRequests, rowsRead, rowsWritten }: Costs): string[] => [
  `${objectRequests}`,
  `${rowsRead} / ${rowsWritten}`,
]

const documented = (name: string): string[] | undefined =>
  scaling
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .find(([, first]) => first === name)
    ?.slice(2, 4)

it('a call with audio costs what SCALING.md says', async () => {
  const relay = useRelay()
  const user = await userWithCredit(200)
  await receiptsIssued(user.uuid)
  /** A warm isolate has a copy of the tariff versions. */
  await user.send('GET', '/tariff?phone=08031234567')
  let seated: Seated | undefined
  const connection = await costOf(async () => {
    seated = await live(user)
  })
  if (!seated) throw new Error('no call')
  const { uuid, caller } = seated
  const room = env.ROOM.getByName(uuid)
  vi.spyOn(Seats.prototype, 'lastSeenMs').mockImplementation(() => ({
    caller: Date.now(),
    callee: Date.now(),
  }))
  const alarmMs = await runInDurableObject(room, (_, { storage }) => storage.getAlarm())
  vi.setSystemTime(alarmMs ?? 0)
  const woken = await costOf(() => runDurableObjectAlarm(room))
  /** A wake-up counts as a request. */
  const minute = { ...woken, objectRequests: woken.objectRequests + 1 }
  const end = await costOf(async () => {
    caller.say({ type: 'hangup' })
    await caller.next('ended')
    await expect.poll(() => relay.revoked.length).toBe(2)
  })
  expect({
    connection: documented('from `POST /calls` until both are connected'),
    minute: documented('a minute of talk'),
    end: documented('hang-up'),
  }).toEqual({ connection: cells(connection), minute: cells(minute), end: cells(end) })
})
