/**
 * Removes from D1 what the retention table no longer keeps: a few hundred rows a statement, so that
 * no other query waits long, and at most so many statements a rule each time the cron runs.
 */
import { logError, logEvent } from '../common/log'
import { CRON_RULES, type CronTable } from './rules'

const ROWS_AT_ONCE = 500
const STATEMENTS = 20
/** The sweep of payments runs after it, and before the next run. */
const TIME_MS = 20_000

/** Removes at most `limit` rows from before an instant. @returns how many it removed */
export type Remove = (beforeMs: number, limit: number) => Promise<number>

export interface RetentionDeps {
  readonly removers: Readonly<Record<CronTable, Remove>>
  readonly now: () => number
}

/** Applies each rule; one that fails stops no other. */
export async function applyRetention(deps: RetentionDeps): Promise<void> {
  const startMs = deps.now()
  const isInTime = () => deps.now() - startMs < TIME_MS
  for (const { table, periodMs } of Object.values(CRON_RULES)) {
    try {
      const remove = () => deps.removers[table](startMs - periodMs, ROWS_AT_ONCE)
      const rows = await removeAll(remove, isInTime)
      if (rows > 0) logEvent('retention_applied', { kind: table, rows })
    } catch (error) {
      logError('retention_failed', error, { kind: table })
    }
  }
}

async function removeAll(remove: () => Promise<number>, isInTime: () => boolean): Promise<number> {
  let rows = 0
  for (let statement = 0; statement < STATEMENTS && isInTime(); statement++) {
    const removed = await remove()
    rows += removed
    if (removed < ROWS_AT_ONCE) break
  }
  return rows
}
