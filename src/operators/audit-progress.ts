/** Progress of the audit by cron, in one row of D1. */
import { eq } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { auditProgress } from './table'

export type AuditProgress = Omit<typeof auditProgress.$inferSelect, 'id' | 'failures'> & {
  /** Findings of the running pass. */
  readonly findings: number
}

export interface AuditProgressStore {
  read(nowMs: number): Promise<AuditProgress>
  write(progress: AuditProgress): Promise<void>
  /** End of the last complete pass; null before the first. */
  lastPassEndedAtMs(): Promise<number | null>
}

/** @param audited page that was audited; without `next`, it was the last one and a new pass begins */
export function nextProgress(
  progress: AuditProgress,
  audited: { readonly findings: number; readonly next: string | undefined },
  nowMs: number,
): AuditProgress {
  const findings = progress.findings + audited.findings
  if (audited.next !== undefined) return { ...progress, findings, afterUuid: audited.next }
  return {
    afterUuid: '',
    passBeganAtMs: nowMs,
    findings: 0,
    lastPassBeganAtMs: progress.passBeganAtMs,
    lastPassEndedAtMs: nowMs,
    lastPassFindings: findings,
  }
}

export const createAuditProgress = (db: DrizzleD1Database): AuditProgressStore => {
  const select = () => db.select().from(auditProgress).where(eq(auditProgress.id, 1)).get()
  return {
    async read(nowMs) {
      const row = await select()
      const first = { lastPassBeganAtMs: null, lastPassEndedAtMs: null, lastPassFindings: null }
      return row ?? { afterUuid: '', passBeganAtMs: nowMs, findings: 0, ...first }
    },
    async write(progress) {
      const row = { ...progress, id: 1 }
      const { id: _, ...set } = row
      await db
        .insert(auditProgress)
        .values(row)
        .onConflictDoUpdate({ target: auditProgress.id, set })
    },
    async lastPassEndedAtMs() {
      return (await select())?.lastPassEndedAtMs ?? null
    },
  }
}
