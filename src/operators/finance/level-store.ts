/** Queries of D1 for service levels. Each reads a period by an index. */
import { and, eq, gte, isNotNull, lt, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { exceptions } from '../../exceptions/table'
import { payments } from '../../payments/table'
import { callSessions } from '../../wallets/table'
import type { Period } from './book-store'
import { CREDIT_TARGET_MS, type LevelCounts } from './core/levels'

export interface OpenExceptions {
  readonly kind: string
  readonly count: number
  readonly oldestAtMs: number
}

export interface LevelStore {
  counts(period: Period): Promise<LevelCounts>
  /** Exceptions that are not resolved, by kind. */
  openExceptions(): Promise<OpenExceptions[]>
}

export const createLevelStore = (db: DrizzleD1Database): LevelStore => ({
  async counts({ fromMs, toMs }) {
    const { completedAtMs, knownAtMs, method } = payments
    const isInTime = sql`${completedAtMs} - COALESCE(${knownAtMs}, ${completedAtMs}) <= ${CREDIT_TARGET_MS}`
    const { createdAtMs, endedAtMs, status } = callSessions
    const isCompleted = and(
      isNotNull(completedAtMs),
      gte(completedAtMs, fromMs),
      lt(completedAtMs, toMs),
      eq(method, 'monnify'),
    )
    const [[paid], [called]] = await db.batch([
      db
        .select({
          credited: sql<number>`COUNT(*)`,
          inTime: sql<number>`COUNT(*) FILTER (WHERE ${isInTime})`,
        })
        .from(payments)
        .where(isCompleted),
      db
        .select({
          calls: sql<number>`COUNT(${endedAtMs})`,
          failed: sql<number>`COUNT(*) FILTER (WHERE ${status} = 'failed')`,
        })
        .from(callSessions)
        .where(and(gte(createdAtMs, fromMs), lt(createdAtMs, toMs))),
    ])
    return {
      credited: paid?.credited ?? 0,
      creditedInTime: paid?.inTime ?? 0,
      calls: called?.calls ?? 0,
      failedCalls: called?.failed ?? 0,
    }
  },
  async openExceptions() {
    const { kind, firstAtMs, state } = exceptions
    const inState = (of: 'open' | 'taken') =>
      db
        .select({ kind, count: sql<number>`COUNT(*)`, oldestAtMs: sql<number>`MIN(${firstAtMs})` })
        .from(exceptions)
        .where(eq(state, of))
        .groupBy(kind)
    const rows = (await db.batch([inState('open'), inState('taken')])).flat()
    return [...Map.groupBy(rows, (row) => row.kind)].map(([name, same]) => ({
      kind: name,
      count: same.reduce((sum, each) => sum + each.count, 0),
      oldestAtMs: Math.min(...same.map((each) => each.oldestAtMs)),
    }))
  },
})
