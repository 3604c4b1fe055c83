/** A run: worlds one after another, until the number of operations is reached or a promise breaks. */
import { createHash } from 'node:crypto'
import { mostOf } from './auditor/liveness'
import { installPlatform } from './platform'
import { type Broken, isBroken, playWorld, type Played } from './play-world'
import { seedFrom } from '../support/random'
import { shrink } from './shrink'

const NO_WAKE_UPS = { payment: 0, wallet: 0 }
const WORLD_OPERATIONS = 1000
const SHRINK_TRIES = 400

export interface RunResult {
  readonly seed: number
  readonly played: number
  readonly seconds: number
  readonly hash: string
  readonly operations: Map<string, number>
  readonly faults: Map<string, number>
  readonly answers: Played['answers']
  readonly wakeUps: Played['wakeUps']
  readonly broken?: BrokenRun
}

export interface BrokenRun extends Broken {
  /** Counted over the whole run, from 1. */
  readonly operationNumber: number
  readonly worldSeed: number
  /** Record of the shortest list of operations that still breaks the promise. */
  readonly shrunk: readonly string[]
}

export interface RunOptions {
  readonly seed: number
  readonly operations: number
  readonly onProgress?: (played: number) => void
  readonly isShrinking?: boolean
}

function add(sums: Map<string, number>, more: Map<string, number>): void {
  for (const [what, count] of more) sums.set(what, (sums.get(what) ?? 0) + count)
}

export async function run({
  seed,
  operations,
  onProgress,
  isShrinking,
}: RunOptions): Promise<RunResult> {
  const startMs = performance.now()
  const platform = installPlatform(0)
  const hash = createHash('sha256')
  const sums = { operations: new Map<string, number>(), faults: new Map<string, number>() }
  const answers = { effects: 0, refusals: 0, unknown: 0 }
  let wakeUps: Played['wakeUps'] = { quiet: NO_WAKE_UPS, outages: NO_WAKE_UPS }
  let played = 0
  let broken: BrokenRun | undefined
  try {
    for (let index = 0; played < operations && !broken; index++) {
      const worldSeed = seedFrom(seed, index)
      const length = Math.min(WORLD_OPERATIONS, operations - played)
      const world = await playWorld(platform, worldSeed, length)
      if (isBroken(world)) {
        const { position } = world
        const shrunk = isShrinking ? await shrinkRecord(platform, worldSeed, world) : []
        broken = { ...world, operationNumber: played + position + 1, worldSeed, shrunk }
        break
      }
      played += length
      hash.update(world.hash)
      add(sums.operations, world.operations)
      add(sums.faults, world.faults)
      for (const kind of ['effects', 'refusals', 'unknown'] as const)
        answers[kind] += world.answers[kind]
      wakeUps = {
        quiet: mostOf(wakeUps.quiet, world.wakeUps.quiet),
        outages: mostOf(wakeUps.outages, world.wakeUps.outages),
      }
      onProgress?.(played)
    }
  } finally {
    platform.restore()
  }
  const seconds = (performance.now() - startMs) / 1000
  return {
    seed,
    played,
    seconds,
    hash: hash.digest('hex'),
    ...sums,
    answers,
    wakeUps,
    ...(broken && { broken }),
  }
}

async function shrinkRecord(
  platform: ReturnType<typeof installPlatform>,
  worldSeed: number,
  { operations, position, error }: Broken,
): Promise<readonly string[]> {
  const kindOf = ({ message }: Error) => message.replaceAll(/[\da-f-]{2,}|\d+/g, '')
  const replay = (list: Broken['operations']) => playWorld(platform, worldSeed, list.length, list)
  const breaks = async (list: Broken['operations']) => {
    const replayed = await replay(list)
    return isBroken(replayed) && kindOf(replayed.error) === kindOf(error)
  }
  const shortest = await shrink(operations.slice(0, position + 1), breaks, SHRINK_TRIES)
  const last = await replay(shortest)
  return isBroken(last) ? last.record : []
}
