/** A run of worlds of calls with a room, until the number of operations is reached or a promise breaks. */
import { createHash } from 'node:crypto'
import { seedFrom } from '../../support/random'
import { installPlatform } from '../platform'
import { playCalls } from './play'

const WORLD_OPERATIONS = 250
/** Last operations that a broken run prints. */
const PRINTED = 20

export interface CallsRun {
  readonly played: number
  readonly seconds: number
  readonly hash: string
  readonly counts: Map<string, number>
  readonly judged: Map<string, number>
  readonly broken?: {
    readonly error: Error
    readonly worldSeed: number
    readonly record: readonly string[]
  }
}

function add(sums: Map<string, number>, more: Iterable<readonly [string, number]>): void {
  for (const [what, count] of more) sums.set(what, (sums.get(what) ?? 0) + count)
}

export async function runCalls({
  seed,
  operations,
}: {
  readonly seed: number
  readonly operations: number
}): Promise<CallsRun> {
  const startMs = performance.now()
  const platform = installPlatform(0)
  const hash = createHash('sha256')
  const [counts, judged] = [new Map<string, number>(), new Map<string, number>()]
  let broken: CallsRun['broken']
  let played = 0
  try {
    for (let index = 0; played < operations && !broken; index++) {
      const worldSeed = seedFrom(seed, index)
      const world = await playCalls(
        platform,
        worldSeed,
        Math.min(WORLD_OPERATIONS, operations - played),
      )
      const { error, record } = world
      played += record.length
      hash.update(world.hash)
      add(counts, world.counts)
      add(judged, Object.entries(world.judged))
      if (error) broken = { error, worldSeed, record: record.slice(-PRINTED) }
    }
  } finally {
    platform.restore()
  }
  const seconds = (performance.now() - startMs) / 1000
  return { played, seconds, hash: hash.digest('hex'), counts, judged, ...(broken && { broken }) }
}
