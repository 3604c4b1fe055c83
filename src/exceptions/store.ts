/** Exceptions in D1: recorded once for each kind and subject, and counted from then on. */
import { inArray, sql } from 'drizzle-orm'
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

export type KnownException = typeof exceptions.$inferSelect

export interface ExceptionStore {
  /** Counts a repeat. A larger amount than before opens the exception again. */
  record(exception: NewException): Promise<void>
  about(subjects: readonly string[]): Promise<KnownException[]>
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
  about(subjects) {
    return db
      .select()
      .from(exceptions)
      .where(inArray(exceptions.subject, [...subjects]))
  },
})
