/** Queries of D1 for settlements. */
import { and, asc, desc, eq, isNotNull, lte, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { Kobo } from '../../../common/money'
import type { SettlementState } from '../core/match'
import { settlements } from '../table'

export type Settlement = Omit<typeof settlements.$inferSelect, 'amountKobo'> & {
  readonly amountKobo: Kobo | null
}

export interface SettlementPage {
  readonly state?: SettlementState | undefined
  readonly before?: readonly [settledAtMs: number, reference: string] | undefined
  readonly limit: number
}

export interface SettlementStore {
  /** @returns the stored settlement if one with this reference exists, and otherwise `undefined` */
  insertOnce(settlement: Settlement): Promise<Settlement | undefined>
  byReference(reference: string): Promise<Settlement | undefined>
  /** Changes a settlement that has not changed since it was read. @returns whether it was changed */
  change(
    read: Settlement,
    to: Partial<Pick<Settlement, 'state' | 'lines' | 'nextPage' | 'tries' | 'nextTryAtMs'>>,
  ): Promise<boolean>
  listDue(nowMs: number, limit: number): Promise<Settlement[]>
  /** The last settled first. */
  list(page: SettlementPage): Promise<Settlement[]>
  /** When the first settlement was made; `undefined` before it. */
  firstSettledAtMs(): Promise<number | undefined>
}

const firstOf = (rows: (typeof settlements.$inferSelect)[]) => rows[0] as Settlement | undefined

export function createSettlementStore(db: DrizzleD1Database): SettlementStore {
  return {
    async insertOnce(settlement) {
      const { meta } = await db.insert(settlements).values(settlement).onConflictDoNothing()
      if (meta.changes === 1) return undefined
      const isIt = eq(settlements.reference, settlement.reference)
      return firstOf(await db.select().from(settlements).where(isIt))
    },
    byReference: async (reference) =>
      firstOf(await db.select().from(settlements).where(eq(settlements.reference, reference))),
    async change({ reference, state, nextPage, tries, nextTryAtMs }, to) {
      const isAsRead = and(
        eq(settlements.reference, reference),
        eq(settlements.state, state),
        eq(settlements.nextPage, nextPage),
        eq(settlements.tries, tries),
        sql`${settlements.nextTryAtMs} IS ${nextTryAtMs}`,
      )
      return (await db.update(settlements).set(to).where(isAsRead)).meta.changes === 1
    },
    async listDue(nowMs, limit) {
      const { nextTryAtMs } = settlements
      const isDue = and(isNotNull(nextTryAtMs), lte(nextTryAtMs, nowMs))
      const due = db.select().from(settlements).where(isDue).orderBy(nextTryAtMs).limit(limit)
      return (await due) as Settlement[]
    },
    async list({ state, before, limit }) {
      const { settledAtMs, reference } = settlements
      const isBefore = before && sql`(${settledAtMs}, ${reference}) < (${before[0]}, ${before[1]})`
      const isInState = state && eq(settlements.state, state)
      const rows = await db
        .select()
        .from(settlements)
        .where(and(isInState, isBefore))
        .orderBy(desc(settledAtMs), desc(reference))
        .limit(limit)
      return rows as Settlement[]
    },
    async firstSettledAtMs() {
      const { settledAtMs } = settlements
      const [first] = await db
        .select({ settledAtMs })
        .from(settlements)
        .orderBy(asc(settledAtMs))
        .limit(1)
      return first?.settledAtMs
    },
  }
}
