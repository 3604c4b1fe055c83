import { and, eq } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { AuditProgress } from './audit-progress'
import { auditProgress } from '../table'

export interface AuditProgressStore {
  /** Returns when the last full pass ended; null before the first one. */
  lastPassEndedAtMs(): Promise<number | null>
  read(): Promise<AuditProgress | undefined>
  /** @returns `false` if another run has saved its progress since `read` */
  save(read: AuditProgress | undefined, next: AuditProgress): Promise<boolean>
}

const ONE = 1

export const createAuditProgress = (db: DrizzleD1Database): AuditProgressStore => {
  const isRow = eq(auditProgress.id, ONE)
  const read = async () => {
    const row = await db.select().from(auditProgress).where(isRow).get()
    if (!row) return undefined
    const { id: _, ...progress } = row
    return progress
  }
  return {
    read,
    lastPassEndedAtMs: async () => (await read())?.lastPassEndedAtMs ?? null,
    async save(stored, next) {
      const { afterUuid, passBeganAtMs, failures } = auditProgress
      const isUnchanged =
        stored &&
        and(
          isRow,
          eq(afterUuid, stored.afterUuid),
          eq(passBeganAtMs, stored.passBeganAtMs),
          eq(failures, stored.failures),
        )
      const { meta } = isUnchanged
        ? await db.update(auditProgress).set(next).where(isUnchanged)
        : await db
            .insert(auditProgress)
            .values({ id: ONE, ...next })
            .onConflictDoNothing()
      return meta.changes === 1
    },
  }
}
