/**
 * Cron job that removes expired rows from D1. Each statement removes a few hundred rows, so that other
 * queries do not wait long, and each run has a limit of statements per rule.
 */
import { logError, logEvent } from '../common/log'
import { CRON_RULES, type CronTable } from './rules'

const ROWS_AT_ONCE = 500
const STATEMENTS = 20
/** Time limit of a run. The sweep of payments follows, and must end before the next run. */
const TIME_MS = 20_000

/** Removes at most `limit` rows that are older than `beforeMs`. @returns how many */
export type Remove = (beforeMs: number, limit: number) => Promise<number>

export interface RetentionDeps {
  readonly removers: Readonly<Record<CronTable, Remove>>
  readonly now: () => number
}

/** Applies each rule. A failing rule does not stop the others. */
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
