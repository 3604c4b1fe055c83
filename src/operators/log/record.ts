/** Records what operators read and do. */
import { currentRequestId, logError, logEvent } from '../../common/log'
import type { Result } from '../../common/result'
import type { Json } from '../../receipts/core/canonical'
import type { Actor } from '../access/operator'
import type { ActionLog } from './store'
import type { ActionOutcome } from './table'

export interface LogDeps {
  readonly actionLog: ActionLog
  readonly now: () => number
}

/** Facts without personal data: UUIDs, references, states, and whole numbers such as amounts in kobo. */
export type Facts = Readonly<Record<string, Json>>

export interface Action {
  /** Past tense, such as `customer_frozen`. */
  readonly action: string
  /** UUID or reference; null for an action on no single subject. */
  readonly subject: string | null
  readonly reason?: string | undefined
  readonly before?: Facts | undefined
}

interface Ending {
  readonly outcome: ActionOutcome
  readonly after?: Facts | undefined
  readonly startedSeq?: number
}

/** E-mail address or phone number. Operators type some subjects, and no entry can be changed later. */
const PERSONAL = /@|^\+\d/

async function append(
  { actionLog, now }: LogDeps,
  actor: Actor | null,
  { action, subject, reason, before }: Action,
  { outcome, after, startedSeq }: Ending,
): Promise<number> {
  const entry = await actionLog.append({
    atMs: now(),
    operatorUuid: actor?.uuid ?? null,
    action,
    outcome,
    startedSeq: startedSeq ?? null,
    subject: subject !== null && PERSONAL.test(subject) ? null : subject,
    reason: reason ?? null,
    requestId: currentRequestId() ?? null,
    before: before ? JSON.stringify(before) : null,
    after: after ? JSON.stringify(after) : null,
  })
  const { seq, hash } = entry
  /** The hash in the log of the platform proves later that no entry of D1 was replaced. */
  logEvent('operator_action', {
    kind: action,
    reason: outcome,
    rows: seq,
    subject: hash,
    ...(actor && { operator: actor.uuid }),
  })
  return seq
}

/**
 * Records a read of customer data, before the data is returned.
 * @param facts what was read, for example the UUIDs that a search found
 */
export async function recordRead(
  deps: LogDeps,
  actor: Actor,
  { facts: after, ...action }: Omit<Action, 'before'> & { readonly facts?: Facts | undefined },
): Promise<void> {
  await append(deps, actor, action, { outcome: 'read', after })
}

/**
 * Runs an action between two entries of the log. If the first entry cannot be written, the action does not run. A
 * missing second entry shows an action that was interrupted.
 * @param actor null before a log-in
 * @param afterOf facts after a success
 */
export async function perform<T>(
  deps: LogDeps,
  actor: Actor | null,
  action: Action,
  run: () => Promise<Result<T>>,
  afterOf?: (value: T) => Facts,
): Promise<Result<T>> {
  const startedSeq = await append(deps, actor, action, { outcome: 'started' })
  const end = (outcome: ActionOutcome, after?: Facts) =>
    append(deps, actor, { ...action, before: undefined }, { outcome, after, startedSeq }).catch(
      (error: unknown) => logError('operator_action_not_recorded', error),
    )
  let result: Result<T>
  try {
    result = await run()
  } catch (error) {
    await end('failed')
    throw error
  }
  await (result.ok
    ? end('done', afterOf?.(result.value))
    : end('refused', { code: result.refusal.code }))
  return result
}
