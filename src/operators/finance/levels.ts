/** Service levels of the last days, as docs/finance.md defines them. Reads only. */
import type { Period } from './book-store'
import { type Levels, levelsOf } from './core/levels'
import type { LevelStore, OpenExceptions } from './level-store'

export interface LevelDeps {
  readonly levelStore: LevelStore
  readonly now: () => number
}

export interface ServiceLevels extends Levels, Period {
  readonly openExceptions: readonly OpenExceptions[]
  /** Age of the oldest exception that is not resolved; null without one. */
  readonly oldestExceptionMs: number | null
}

const DAY_MS = 86_400_000

/** @param days length of the period, which ends now */
export async function readLevels(
  { levelStore, now }: LevelDeps,
  days: number,
): Promise<ServiceLevels> {
  const toMs = now()
  const period = { fromMs: toMs - days * DAY_MS, toMs }
  const levels = levelsOf(await levelStore.counts(period))
  const openExceptions = await levelStore.openExceptions()
  const oldestAtMs = Math.min(...openExceptions.map((each) => each.oldestAtMs))
  const oldestExceptionMs = openExceptions.length === 0 ? null : toMs - oldestAtMs
  return { ...levels, ...period, openExceptions, oldestExceptionMs }
}
