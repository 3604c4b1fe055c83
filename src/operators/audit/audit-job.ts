/**
 * Cron job that audits all wallets and payments without querying Monnify. Each run audits one page of users and
 * records each finding as an exception. The next run continues an interrupted one.
 */
import { logError, logEvent } from '../../common/log'
import {
  type AuditedPage,
  type AuditProgress,
  begunProgress,
  dueProgress,
  isSkipDue,
  nextProgress,
  pageSize,
} from './audit-progress'
import type { AuditProgressStore } from './audit-progress-store'
import type { AuditDeps, Finding } from './finding'
import { auditUser, sharedReferences } from './service'

export interface AuditJobDeps extends AuditDeps {
  readonly auditProgress: AuditProgressStore
}

/** The audit is the last job of a run. With this limit, all jobs end before the next run. */
const TIME_MS = 20_000
const MAX_NOTE_LENGTH = 500

/** Last step of a pass. As text, it sorts after every UUID, so `afterUuid` can store it. */
const SHARED_REFERENCES = 'shared_references'

/** A command between two reads can look like a difference. A finding counts only if three audits have it. */
const AUDITS = 3

/** Audits the next page. Never throws. */
export async function auditByCron(deps: AuditJobDeps): Promise<void> {
  const { auditProgress } = deps
  try {
    const stored = await auditProgress.read()
    const progress = dueProgress(stored, deps.now())
    if (!progress) return
    const begun = begunProgress(progress)
    if (await auditProgress.save(stored, begun)) await auditFrom(deps, progress, begun)
  } catch (error) {
    logError('audit_failed', error)
  }
}

async function auditFrom(
  deps: AuditJobDeps,
  progress: AuditProgress,
  begun: AuditProgress,
): Promise<void> {
  const page = await auditPage(deps, progress)
  const next = nextProgress(begun, page, deps.now())
  if (next.skippedUuid !== undefined)
    await record(deps, `page/${next.skippedUuid}`, 'the audit failed three times in a row')
  await deps.auditProgress.save(begun, next.progress)
  if (page.isLast) logEvent('audit_pass_ended', { rows: next.progress.lastPassFindings ?? 0 })
}

async function auditPage(deps: AuditJobDeps, progress: AuditProgress): Promise<AuditedPage> {
  const startMs = deps.now()
  const { steps, isLast } = await stepsOf(deps, progress)
  const page = { lastUuid: undefined as string | undefined, findings: 0 }
  const ending = (failedUuid: string | undefined, isLast: boolean) => ({
    ...page,
    failedUuid,
    isLast,
  })
  if (isSkipDue(progress) && steps[0]) return ending(steps[0], false)
  for (const step of steps) {
    if (deps.now() - startMs >= TIME_MS) return ending(undefined, false)
    try {
      page.findings += await runStep(deps, step)
      page.lastUuid = step
    } catch (error) {
      logError('audit_step_failed', error, { step })
      return ending(step, false)
    }
  }
  return ending(undefined, isLast)
}

/** Users of the page and, after the last of them, the shared references. */
async function stepsOf({ userStore }: AuditJobDeps, progress: AuditProgress) {
  const { afterUuid } = progress
  const size = pageSize(progress)
  const uuids = await userStore.uuidsAfter(afterUuid, size)
  const isLast = uuids.length < size
  const isWhole = !isLast || afterUuid === SHARED_REFERENCES
  return { steps: isWhole ? uuids : [...uuids, SHARED_REFERENCES], isLast }
}

/** @returns the number of findings */
async function runStep(deps: AuditJobDeps, step: string): Promise<number> {
  const findings =
    step === SHARED_REFERENCES ? await sharedReferences(deps) : await lastingFindings(deps, step)
  const bySubject = Map.groupBy(findings, nameOf)
  for (const [subject, same] of bySubject)
    await record(deps, subject, same.map(({ detail }) => detail).join('; '))
  return bySubject.size
}

const nameOf = ({ kind, subject }: Finding): string => `${kind}/${subject}`

/** Returns the findings that each audit has. Does not query Monnify, so an outage there causes no finding. */
async function lastingFindings(deps: AuditJobDeps, userUuid: string): Promise<readonly Finding[]> {
  const audit = async () =>
    (await auditUser(deps, userUuid, { repair: false, sinceMs: Infinity })).findings
  let findings = await audit()
  for (let again = 1; again < AUDITS && findings.length > 0; again++) {
    const names = new Set((await audit()).map(nameOf))
    findings = findings.filter((finding) => names.has(nameOf(finding)))
  }
  return findings
}

async function record(deps: AuditJobDeps, subject: string, detail: string): Promise<void> {
  logEvent('audit_exception', { reference: subject })
  await deps.exceptionStore.record({
    kind: 'audit_finding',
    subject,
    amountKobo: null,
    atMs: deps.now(),
    note: detail.slice(0, MAX_NOTE_LENGTH),
  })
}
