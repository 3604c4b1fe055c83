/** Plays one world from its seed. */
import { createHash } from 'node:crypto'
import { checkProjection, ProjectionWatch } from './auditor/projection'
import type { LivenessLimits } from './auditor/liveness'
import { type Operation, operationsOf, play } from './operations/operation'
import type { Platform } from './platform'
import { becomeQuiet, stayQuiet } from './quiet'
import { createRandom, seedFrom } from '../support/random'
import type { StreamOwners } from './streams'
import { World } from './world'

/** A future time, so that no real alarm can ring. */
const START_MS = Date.UTC(2126, 0, 1)

/** Number of operations between comparisons of all rows. Each operation checks only what it changed. */
const FULL_CHECK_EVERY = 250
const COMPLETED_CHECK_EVERY = 8

export interface Played {
  readonly hash: string
  readonly operations: Map<string, number>
  readonly faults: Map<string, number>
  readonly answers: { effects: number; refusals: number; unknown: number }
  /** The largest number of wake-ups of one payment and of one wallet. */
  readonly wakeUps: { readonly quiet: LivenessLimits; readonly outages: LivenessLimits }
}

/** Broken promise. `position` counts the world's operations from 0. */
export interface Broken {
  readonly position: number
  readonly operations: readonly Operation[]
  readonly error: Error
  readonly record: readonly string[]
}

export const isBroken = (played: Played | Broken): played is Broken => 'error' in played

function checkSome(world: World, watch: ProjectionWatch, position: number): void {
  if (position % COMPLETED_CHECK_EVERY === 0) {
    world.orders.checkCompleted((name) => world.auditor.wallet(name))
    watch.check(world.d1)
  }
  if (position % FULL_CHECK_EVERY !== FULL_CHECK_EVERY - 1) return
  world.auditor.checkAll(world.objects.all())
  for (const wallet of world.auditor.wallets.values()) checkProjection(world.d1, wallet, false)
}

/** Hash of all rows in all databases. */
function hashOf(world: World): string {
  const hash = createHash('sha256')
  const tables = [
    'wallet',
    'entries',
    'calls',
    'transfers',
    'reversals',
    'collections',
    'idempotency_keys',
  ]
  for (const { name, rows, alarmAtMs } of world.objects.all()) {
    hash.update(`${name} ${alarmAtMs}`)
    for (const table of tables) hash.update(JSON.stringify(rows(`SELECT * FROM ${table}`)))
  }
  const copies = [
    'wallets',
    'transactions',
    'call_sessions',
    'payments',
    'payment_exceptions',
    'exceptions',
    'refunds',
    'gateway_refunds',
    'webhook_events',
  ]
  hash.update(world.eventJudge.hash)
  for (const table of copies) hash.update(JSON.stringify(world.d1.rows(`SELECT * FROM ${table}`)))
  return hash.digest('hex')
}

/** Of four worlds, one has no stream, one that of the deployment, one those of users, and one both. */
function streamOwnersOf(seed: number): StreamOwners {
  const random = createRandom(seedFrom(seed, 23))
  return { users: random.chance(0.5), deployment: random.chance(0.5) }
}

const count = (counts: Map<string, number>, what: string) =>
  counts.set(what, (counts.get(what) ?? 0) + 1)

/** @param given operations to play instead of those of the seed */
export async function playWorld(
  platform: Platform,
  seed: number,
  length: number,
  given?: readonly Operation[],
): Promise<Played | Broken> {
  platform.nowMs = START_MS
  const world = new World(seed, platform, { streamOwners: streamOwnersOf(seed) })
  const watch = new ProjectionWatch()
  const operations = given ?? [...operationsOf(world, seed, length)]
  const kinds = new Map<string, number>()
  const record: string[] = []
  try {
    for (const [position, operation] of operations.entries()) {
      record.push(`${operation.kind}: `)
      record[position] += await play(world, operation)
      count(kinds, operation.kind)
      checkSome(world, watch, position)
    }
    record.push('quiet: ')
    await becomeQuiet(world)
    record.push('quiet days: ')
    const wakeUps = { quiet: await stayQuiet(world, seed), outages: world.mostInOutages }
    const { counted: answers } = world.auditor
    const { injected: faults } = world.faults
    return { hash: hashOf(world), operations: kinds, faults, answers, wakeUps }
  } catch (error) {
    return { position: record.length - 1, operations, error: error as Error, record }
  } finally {
    world.close()
  }
}
