import { count, desc, inArray, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { Kobo } from '../common/money'
import type { ExceptionKind } from './exception'
import { exceptions } from './table'

export interface NewException {
  readonly kind: ExceptionKind
  readonly subject: string
  readonly amountKobo: Kobo | null
  readonly atMs: number
}

export interface KnownExceptions {
  readonly rows: readonly (typeof exceptions.$inferSelect)[]
  readonly total: number
}

const MAX_ROWS = 100

export interface ExceptionStore {
  /** Records an exception, or counts a repeat. A larger amount than before reopens it. */
  record(exception: NewException): Promise<void>
  /** Returns the newest 100, and the total. */
  about(subjects: readonly string[]): Promise<KnownExceptions>
}

export const createExceptionStore = (db: DrizzleD1Database): ExceptionStore => ({
  async record({ kind, subject, amountKobo, atMs }) {
    const times = { firstAtMs: atMs, lastAtMs: atMs, count: 1 }
    const grew = sql`COALESCE(excluded.amount_kobo, 0) > COALESCE(${exceptions.amountKobo}, 0)`
    await db
      .insert(exceptions)
      .values({ kind, subject, amountKobo, ...times, state: 'open' })
      .onConflictDoUpdate({
        target: [exceptions.kind, exceptions.subject],
        set: {
          amountKobo: sql`CASE WHEN ${grew} THEN excluded.amount_kobo ELSE ${exceptions.amountKobo} END`,
          lastAtMs: sql`MAX(${exceptions.lastAtMs}, excluded.last_at_ms)`,
          count: sql`${exceptions.count} + 1`,
          state: sql`CASE WHEN ${grew} THEN 'open' ELSE ${exceptions.state} END`,
        },
      })
  },
  async about(subjects) {
    const isNamed = inArray(exceptions.subject, [...subjects])
    const [rows, [counted]] = await db.batch([
      db
        .select()
        .from(exceptions)
        .where(isNamed)
        .orderBy(desc(exceptions.lastAtMs))
        .limit(MAX_ROWS),
      db.select({ total: count() }).from(exceptions).where(isNamed),
    ])
    return { rows, total: counted?.total ?? 0 }
  },
})
