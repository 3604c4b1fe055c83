/** A receiver that is dead for three days, while the wallets go on. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installPlatform, type Platform } from '../simulation/platform'
import { createRandom } from '../support/random'
import { VirtualClock } from './clock'
import { START_MS } from './play'
import { USER_STREAM, StreamWorld } from './world'

const HOUR_MS = 3_600_000
const HOURS = 72
const EVENTS = 10_000
/** The schedule has 11 attempts in the first hour, and then one in 60 to 72 minutes. */
const ATTEMPTS = { atLeast: 60, atMost: 11 + HOURS }

let platform: Platform
let world: StreamWorld
let restore: () => void

beforeAll(async () => {
  platform = installPlatform(START_MS)
  const clock = new VirtualClock(platform)
  restore = clock.install()
  world = new StreamWorld(1, platform, clock)
  world.random = createRandom(1)
  await world.owner.open(USER_STREAM)
})

afterAll(() => {
  world.close()
  restore()
  platform.restore()
})

test('10,000 events arrive once and in order after three days of a dead receiver', async () => {
  const { clock, owner, sources, judge, receivers } = world
  await owner.create(USER_STREAM, { types: null, after: 0 })
  const [source] = sources
  const [endpoint] = world.endpoints
  receivers.modes.set(1, 'down')
  for (let hour = 0; hour < HOURS; hour++) {
    const perHour = Math.ceil(EVENTS / HOURS)
    for (let event = 0; event < perHour && judge.counts.events < EVENTS; event++) source?.commit(1)
    await clock.pass(HOUR_MS)
  }
  expect(judge.counts).toMatchObject({ events: EVENTS, acknowledged: 0 })
  expect(judge.stream(USER_STREAM).last).toBe(EVENTS)
  const { attempts } = judge.counts
  process.stdout.write(`streams: ${attempts} attempts in ${HOURS} h of a dead receiver\n`)
  expect(attempts).toBeGreaterThanOrEqual(ATTEMPTS.atLeast)
  expect(attempts).toBeLessThanOrEqual(ATTEMPTS.atMost)
  const [described] = await owner.list(USER_STREAM)
  expect(described).toMatchObject({ status: 'enabled', cursor: 0 })

  receivers.modes.set(1, 'up')
  await clock.pass(3 * HOUR_MS)
  expect([...(endpoint?.book.acknowledged ?? [])]).toEqual(
    Array.from({ length: EVENTS }, (_, index) => index + 1),
  )
  expect(judge.counts).toMatchObject({ attempts: attempts + EVENTS, acknowledged: EVENTS })
  judge.checkAtRest(1, described, clock.nowMs)
})
