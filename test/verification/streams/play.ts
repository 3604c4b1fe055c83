/** Plays one world from its seed, and judges it at rest. */
import { createHash } from 'node:crypto'
import { hold } from '../simulation/auditor/violation'
import { NO_FAULTS } from '../simulation/faults'
import type { Platform } from '../simulation/platform'
import { createRandom, seedFrom } from '../support/random'
import { VirtualClock } from './clock'
import { type Operation, operationsOf, playOne } from './operations'
import { STREAMS, StreamWorld } from './world'

export const START_MS = Date.UTC(2126, 0, 1)
const HOUR_MS = 3_600_000
/** Longer than every delay of a source and of an attempt; `Retry-After` counts up to a day. */
const REST_MS = 28 * HOUR_MS
const MOST_ROUNDS = 20

export interface Played {
  readonly hash: string
  readonly operations: Map<string, number>
  readonly counts: Map<string, number>
  readonly figures: Figures
}

export interface Figures {
  readonly events: number
  readonly appended: number
  readonly attempts: number
  readonly acknowledged: number
  readonly pages: number
  readonly losses: number
  readonly worstLagMs: number
  readonly mostAnHour: number
}

/** Broken promise. `position` counts the world's operations from 0. */
export interface Broken {
  readonly position: number
  readonly operations: readonly Operation[]
  readonly error: Error
  readonly record: readonly string[]
}

export const isBroken = (played: Played | Broken): played is Broken => 'error' in played

/** Everything works again: sources deliver, receivers respond, alarms ring. */
export async function rest(world: StreamWorld): Promise<void> {
  const { clock, hosts, sources, receivers, endpoints, owner, judge } = world
  world.faults.begin(NO_FAULTS)
  world.portFaultsPercent = 0
  hosts.alarmFaultsPercent = 0
  for (const { number } of endpoints) receivers.modes.set(number, 'up')
  if (world.random.chance(0.5))
    for (const endpoint of endpoints) if (!endpoint.book.isRemoved) await owner.enable(endpoint)
  for (let round = 0; !sources.every((source) => source.isIdle); round++) {
    hold(round < MOST_ROUNDS, () => 'a source is never idle')
    await clock.pass(HOUR_MS)
  }
  const residents = [...hosts.residents.values()]
  if (world.random.chance(0.5)) for (const { host } of residents) host.abort()
  if (world.random.chance(0.3)) for (const resident of residents) hosts.loseAlarm(resident)
  /** An object notices a lost alarm only when it is overdue. */
  await clock.pass(REST_MS)
  for (const name of hosts.lostAlarms())
    for (const reader of world.readers)
      if (reader.stream === name) world.read(reader, { limit: 500, waitMs: 0 })
  await clock.pass(REST_MS)
  for (const name of STREAMS) {
    const book = judge.read(name)
    book.checkComplete()
    book.stored(hosts.rowsAfter(name, 0), clock.nowMs)
    const described = await owner.list(name)
    for (const { number, uuid, stream } of endpoints) {
      if (stream !== name) continue
      const reported = described.find((one) => one.uuid === uuid)
      judge.checkAtRest(number, reported, clock.nowMs)
      const isNoticed = world.notices.some(({ endpoint }) => endpoint.uuid === uuid)
      const mustKnow = reported?.status === 'disabled' && reported.disabledReason !== 'key_revoked'
      hold(!mustKnow || isNoticed, () => `${uuid}: its owner does not know`)
    }
  }
}

const TABLES = ['stream', 'events', 'endpoints', 'attempts', 'replays']

function hashOf({ hosts }: StreamWorld): string {
  const hash = createHash('sha256')
  for (const { name, host } of hosts.residents.values()) {
    hash.update(`${name} ${host.alarmAtMs}`)
    for (const table of TABLES) hash.update(JSON.stringify(host.rows(`SELECT * FROM ${table}`)))
  }
  return hash.digest('hex')
}

function figuresOf({ judge, hosts }: StreamWorld): Figures {
  const losses = [...hosts.residents.values()].reduce((sum, { host }) => sum + host.losses, 0)
  const most = [...judge.endpoints.values()].map(({ limits }) => limits.mostAnHour)
  const { counts, worstLagMs } = judge
  return { ...counts, losses, worstLagMs, mostAnHour: Math.max(0, ...most) }
}

function countsOf({ counts, faults }: StreamWorld): Map<string, number> {
  return new Map([...counts, ...faults.injected])
}

/** @param given operations to play instead of those of the seed */
export async function playStreams(
  platform: Platform,
  seed: number,
  length: number,
  given?: readonly Operation[],
): Promise<Played | Broken> {
  platform.nowMs = START_MS
  const clock = new VirtualClock(platform)
  const restore = clock.install()
  const world = new StreamWorld(seed, platform, clock)
  const traits = createRandom(seedFrom(seed, 23))
  world.hosts.alarmFaultsPercent = traits.pick([0, 0, 5, 30])
  world.portFaultsPercent = traits.pick([0, 0, 3, 20])
  const operations = given ?? operationsOf(seed, length)
  const kinds = new Map<string, number>()
  const record: string[] = []
  try {
    for (const name of STREAMS) {
      await world.owner.open(name)
      for (let count = traits.below(3); count > 0; count--) await world.owner.create(name)
    }
    for (const operation of operations) {
      record.push(`${operation.kind} ${JSON.stringify(operation.faults)}`)
      kinds.set(operation.kind, (kinds.get(operation.kind) ?? 0) + 1)
      await playOne(world, operation)
    }
    record.push('rest')
    world.random = createRandom(seedFrom(seed, 29))
    await rest(world)
    return {
      hash: hashOf(world),
      operations: kinds,
      counts: countsOf(world),
      figures: figuresOf(world),
    }
  } catch (error) {
    return { position: record.length - 1, operations, error: error as Error, record }
  } finally {
    restore()
    world.close()
  }
}
