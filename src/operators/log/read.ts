/** Reads, verifies and exports the log of actions. */
import { ok, refuse, type Result } from '../../common/result'
import { type NamesDeps, namesOf } from '../access/names'
import type { Operator } from '../access/operator'
import { type ActionEntry, brokenAt, type Head } from './chain'
import { type LogDeps, recordRead } from './record'
import type { ActionFilter } from './store'

export interface ReadLogDeps extends LogDeps, NamesDeps {}

/** Entries that one request verifies. */
const VERIFIED_AT_ONCE = 500
/** Entries of one CSV file. */
const MOST_EXPORTED = 5000

export interface NamedEntry extends ActionEntry {
  readonly operatorName: string | null
}

export interface LogPage {
  readonly entries: readonly NamedEntry[]
  /** Number before which the next page begins. */
  readonly next: number | null
}

/** The newest entries first. */
export async function readLog(deps: ReadLogDeps, filter: ActionFilter): Promise<LogPage> {
  const found = await deps.actionLog.list({ ...filter, limit: filter.limit + 1 })
  const shown = found.slice(0, filter.limit)
  const operators = new Set(shown.map(({ operatorUuid }) => operatorUuid))
  const names = await namesOf(deps, [...operators])
  const entries = shown.map((entry) => ({
    ...entry,
    operatorName: names.get(entry.operatorUuid ?? '') ?? null,
  }))
  const next = found.length > filter.limit ? (entries.at(-1)?.seq ?? null) : null
  return { entries, next }
}

/** Entries of a CSV file. The export itself is recorded first. */
export async function exportLog(
  deps: ReadLogDeps,
  operator: Operator,
  filter: Omit<ActionFilter, 'limit'>,
): Promise<LogPage> {
  await recordRead(deps, operator, { action: 'log_exported', subject: null })
  return readLog(deps, { ...filter, limit: MOST_EXPORTED })
}

export interface VerifiedPage {
  readonly checked: number
  /** Last entry that continues the chain. */
  readonly head: Head
  /** Number of the first entry that does not continue the chain. */
  readonly brokenAt: number | null
}

/**
 * Verifies the entries after a number. Refuses `not_found` for an unknown number.
 * @param after number of an entry that was verified before; 0 for the start
 */
export async function verifyLog(
  { actionLog }: ReadLogDeps,
  after: number,
): Promise<Result<VerifiedPage>> {
  const from = await actionLog.headAt(after)
  if (!from) return refuse({ code: 'not_found' })
  const entries = await actionLog.after(after, VERIFIED_AT_ONCE)
  const broken = brokenAt(from, entries)
  const good = broken === undefined ? entries : entries.slice(0, broken - after - 1)
  const { seq, hash } = good.at(-1) ?? from
  return ok({ checked: good.length, head: { seq, hash }, brokenAt: broken ?? null })
}
