/** Progress of the audit by cron. A pass audits all users in order of their UUIDs, a page in each run. Pure. */

export interface AuditProgress {
  /** The last user who was audited or skipped; empty between two passes. */
  readonly afterUuid: string
  readonly passBeganAtMs: number
  /** Findings of this pass. */
  readonly findings: number
  /** Runs in a row that began with the same user, and failed or were interrupted. */
  readonly failures: number
  readonly lastPassBeganAtMs: number | null
  readonly lastPassEndedAtMs: number | null
  readonly lastPassFindings: number | null
}

export interface AuditedPage {
  /** The last user of the page who was audited; `undefined` if none was. */
  readonly lastUuid: string | undefined
  readonly findings: number
  /** User who was not audited. The page ends there. */
  readonly failedUuid: string | undefined
  /** Whether no user is left. */
  readonly isLast: boolean
}

export interface NextProgress {
  readonly progress: AuditProgress
  /** User who failed too often, and whom this pass leaves out. */
  readonly skippedUuid: string | undefined
}

/** Two passes begin at least this far apart: each one reads the whole ledger of every wallet. */
export const PASS_INTERVAL_MS = 24 * 3_600_000
const MAX_FAILURES = 3
const USERS = 50

/** Returns the progress from which a run continues, or `undefined` if the next pass is not due. */
export function dueProgress(
  stored: AuditProgress | undefined,
  nowMs: number,
): AuditProgress | undefined {
  if (stored && (stored.afterUuid !== '' || stored.failures > 0)) return stored
  const last = stored ?? {
    lastPassBeganAtMs: null,
    lastPassEndedAtMs: null,
    lastPassFindings: null,
  }
  if (last.lastPassBeganAtMs !== null && nowMs < last.lastPassBeganAtMs + PASS_INTERVAL_MS)
    return undefined
  return { ...last, afterUuid: '', passBeganAtMs: nowMs, findings: 0, failures: 0 }
}

/** Counts a run before it begins, so that an interruption counts too. */
export const begunProgress = (progress: AuditProgress): AuditProgress => ({
  ...progress,
  failures: progress.failures + 1,
})

/** Number of users in a run's page. After a failure it is one, which finds the user who causes it. */
export const pageSize = ({ failures }: AuditProgress): number => (failures > 0 ? 1 : USERS)

/** Whether the next user is skipped, because every run that began with this user was interrupted. */
export const isSkipDue = ({ failures }: AuditProgress): boolean => failures >= MAX_FAILURES

/**
 * A page that failed is retried from the first user who is left. This user is skipped after three failures.
 * @param begun from `begunProgress`
 */
export function nextProgress(begun: AuditProgress, page: AuditedPage, nowMs: number): NextProgress {
  const { lastUuid, failedUuid, isLast } = page
  const afterUuid = lastUuid ?? begun.afterUuid
  const findings = begun.findings + page.findings
  if (failedUuid === undefined) {
    const continued = { ...begun, afterUuid, findings, failures: 0 }
    return { progress: isLast ? ended(continued, nowMs) : continued, skippedUuid: undefined }
  }
  const failures = lastUuid === undefined ? begun.failures : 1
  if (failures < MAX_FAILURES)
    return { progress: { ...begun, afterUuid, findings, failures }, skippedUuid: undefined }
  const skipped = { ...begun, afterUuid: failedUuid, findings: findings + 1, failures: 0 }
  return { progress: skipped, skippedUuid: failedUuid }
}

const ended = (progress: AuditProgress, nowMs: number): AuditProgress => ({
  ...progress,
  afterUuid: '',
  findings: 0,
  lastPassBeganAtMs: progress.passBeganAtMs,
  lastPassEndedAtMs: nowMs,
  lastPassFindings: progress.findings,
})
