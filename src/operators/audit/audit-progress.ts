/** Progress of the audit by cron. A pass audits all users in order of their UUIDs, one page in each run. Pure. */

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
  /** User whose audit failed. The page ends there. */
  readonly failedUuid: string | undefined
  /** Whether no user is left. */
  readonly isLast: boolean
}

export interface NextProgress {
  readonly progress: AuditProgress
  /** User whose audit failed too often. This pass skips the user. */
  readonly skippedUuid: string | undefined
}

/** Minimum time between the starts of two passes, because each reads the whole ledger of every wallet. */
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

/** Number of users in a run's page. After a failure it is one, to find the user who causes it. */
export const pageSize = ({ failures }: AuditProgress): number => (failures > 0 ? 1 : USERS)

/** Whether the next user is skipped, because every run that began with this user was interrupted. */
export const isSkipDue = ({ failures }: AuditProgress): boolean => failures >= MAX_FAILURES

/**
 * Returns the progress after a page. A failed page is retried from its first user who was not audited. After three
 * failures, this user is skipped.
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
