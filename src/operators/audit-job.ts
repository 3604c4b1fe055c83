/**
 * Cron job that audits all users, some pages in each run, without queries to Monnify. Each finding becomes an
 * exception. Its progress is stored, so an interrupted pass continues where it stopped.
 */
import { logError, logEvent } from '../common/log'
import { type AuditProgress, type AuditProgressStore, nextProgress } from './audit-progress'
import type { AuditDeps, Finding } from './finding'
import { auditUsers } from './service'

export interface AuditJobDeps extends AuditDeps {
  readonly auditProgress: AuditProgressStore
}

const USERS = 20
const PAGES = 10
const TIME_MS = 20_000

/** Audits pages until the time is up, or the pass is complete. Does not throw. */
export async function auditByCron(deps: AuditJobDeps): Promise<void> {
  const startMs = deps.now()
  try {
    let progress = await deps.auditProgress.read(startMs)
    for (let page = 0; page < PAGES && deps.now() < startMs + TIME_MS; page++) {
      const audited = await auditPage(deps, progress.afterUuid)
      progress = nextProgress(progress, audited, deps.now())
      await deps.auditProgress.write(progress)
      if (audited.next === undefined) return logPass(progress)
    }
  } catch (error) {
    logError('audit_failed', error)
  }
}

const logPass = ({ lastPassFindings }: AuditProgress): void =>
  logEvent('audit_passed', { rows: lastPassFindings ?? 0 })

interface Audited {
  readonly findings: number
  /** Last user of the page; `undefined` after the last page. */
  readonly next: string | undefined
}

/** If a page cannot be audited, its first user is audited alone; if that fails too, it is skipped as an exception. */
async function auditPage(deps: AuditJobDeps, after: string): Promise<Audited> {
  try {
    return await auditAfter(deps, after, USERS)
  } catch (error) {
    logError('audit_page_failed', error, { user: after })
  }
  try {
    return await auditAfter(deps, after, 1)
  } catch (error) {
    const [user = ''] = await deps.userStore.uuidsAfter(after, 1)
    await record(deps, { kind: 'page', subject: user, detail: String(error) })
    return { findings: 1, next: user || undefined }
  }
}

async function auditAfter(deps: AuditJobDeps, after: string, limit: number): Promise<Audited> {
  const { findings, next } = await auditUsers(deps, {
    after,
    limit,
    repair: false,
    sinceMs: Infinity,
  })
  for (const finding of findings) await record(deps, finding)
  return { findings: findings.length, next }
}

const record = (
  { exceptionStore, now }: AuditJobDeps,
  { kind, subject, detail }: Omit<Finding, 'kind' | 'repaired'> & { readonly kind: string },
): Promise<void> =>
  exceptionStore.record({
    kind: 'audit_finding',
    subject: `${kind}/${subject}`,
    amountKobo: null,
    atMs: now(),
    note: detail,
  })
