/** A run: worlds one after another, until the number of events is reached or a promise breaks. */
import { createHash } from 'node:crypto'
import { Lost } from '../simulation/faults'
import { installPlatform, type Platform } from '../simulation/platform'
import { shrink } from '../simulation/shrink'
import { seedFrom } from '../support/random'
import type { Operation } from './operations'
import { type Broken, type Figures, isBroken, playStreams } from './play'

/** Of a world. */
export const OPERATIONS = 120
const SHRINK_TRIES = 300

export interface StreamsRun {
  readonly seed: number
  readonly worlds: number
  readonly seconds: number
  readonly hash: string
  readonly operations: Map<string, number>
  readonly counts: Map<string, number>
  readonly figures: Figures
  readonly broken?: BrokenStreams
}

export interface BrokenStreams extends Broken {
  readonly worldSeed: number
  /** The shortest list of operations that still breaks the promise. */
  readonly shrunk: readonly string[]
}

export interface StreamsRunOptions {
  readonly seed: number
  /** Committed events to reach. */
  readonly events: number
  readonly onProgress?: (figures: Figures) => void
  readonly isShrinking?: boolean
  readonly operations?: number
}

const NOTHING: Figures = {
  events: 0,
  appended: 0,
  attempts: 0,
  acknowledged: 0,
  pages: 0,
  losses: 0,
  worstLagMs: 0,
  mostAnHour: 0,
}

const sumOf = (a: Figures, b: Figures): Figures => ({
  events: a.events + b.events,
  appended: a.appended + b.appended,
  attempts: a.attempts + b.attempts,
  acknowledged: a.acknowledged + b.acknowledged,
  pages: a.pages + b.pages,
  losses: a.losses + b.losses,
  worstLagMs: Math.max(a.worstLagMs, b.worstLagMs),
  mostAnHour: Math.max(a.mostAnHour, b.mostAnHour),
})

function add(sums: Map<string, number>, more: Map<string, number>): void {
  for (const [what, count] of more) sums.set(what, (sums.get(what) ?? 0) + count)
}

/** A lost instance may leave a promise that nobody reads. Any other is a bug. */
export function watchRejections(report: (error: unknown) => void): () => void {
  const listeners = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', (error) => {
    if (!(error instanceof Lost)) report(error)
  })
  return () => {
    process.removeAllListeners('unhandledRejection')
    for (const listener of listeners) process.on('unhandledRejection', listener)
  }
}

export async function runStreams({
  seed,
  events,
  onProgress,
  isShrinking,
  operations: length = OPERATIONS,
}: StreamsRunOptions): Promise<StreamsRun> {
  const startMs = performance.now()
  const platform = installPlatform(0)
  const rejections: unknown[] = []
  const unwatch = watchRejections((error) => rejections.push(error))
  const hash = createHash('sha256')
  const [operations, counts] = [new Map<string, number>(), new Map<string, number>()]
  let figures = NOTHING
  let broken: BrokenStreams | undefined
  let worlds = 0
  try {
    for (; figures.events < events && !broken; worlds++) {
      const worldSeed = seedFrom(seed, worlds)
      const played = await playStreams(platform, worldSeed, length)
      if (isBroken(played)) {
        const shrunk = isShrinking ? await shrinkRecord(platform, worldSeed, played) : []
        broken = { ...played, worldSeed, shrunk }
        break
      }
      if (rejections.length > 0) throw rejections[0]
      hash.update(played.hash)
      add(operations, played.operations)
      add(counts, played.counts)
      figures = sumOf(figures, played.figures)
      onProgress?.(figures)
    }
  } finally {
    unwatch()
    platform.restore()
  }
  const seconds = (performance.now() - startMs) / 1000
  const result = { seed, worlds, seconds, hash: hash.digest('hex'), operations, counts, figures }
  return broken ? { ...result, broken } : result
}

async function shrinkRecord(
  platform: Platform,
  worldSeed: number,
  { operations, position, error }: Broken,
): Promise<readonly string[]> {
  const kindOf = ({ message }: Error) => message.replaceAll(/[\da-f-]{2,}|\d+/g, '')
  const replay = (list: readonly Operation[]) => playStreams(platform, worldSeed, list.length, list)
  const breaks = async (list: readonly Operation[]) => {
    const replayed = await replay(list)
    return isBroken(replayed) && kindOf(replayed.error) === kindOf(error)
  }
  const shortest = await shrink(operations.slice(0, position + 1), breaks, SHRINK_TRIES)
  const last = await replay(shortest)
  return isBroken(last) ? last.record : []
}
