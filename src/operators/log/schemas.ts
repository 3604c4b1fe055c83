/** Queries and responses of the log of actions, and its CSV. */
import { z } from '@hono/zod-openapi'
import { parsedField, wholeNumberField } from '../../http/fields'
import { parseUuid } from '../../common/text/uuid'
import type { LogBody, LogEntry, VerifiedLogBody } from '../desk-types'
import type { LogPage, NamedEntry, VerifiedPage } from './read'
import { toTime } from '../../common/text/time'

const MAX_SEQ = 999_999_999

const filterText = z.string('must be a string').min(1, 'must not be empty').max(200, 'is too long')

export const filterQuery = z.object({
  cursor: wholeNumberField(0, MAX_SEQ, 0),
  operator: parsedField(parseUuid).optional(),
  subject: filterText.optional(),
  action: filterText.optional(),
})

export const logQuery = filterQuery.extend({ limit: wholeNumberField(1, 100, 50) })

export const verifyQuery = z.object({ after: wholeNumberField(0, MAX_SEQ, 0) })

export const toFilter = ({ cursor, operator, subject, action }: z.infer<typeof filterQuery>) => ({
  operatorUuid: operator,
  subject,
  action,
  beforeSeq: cursor === 0 ? undefined : cursor,
})

const factsIn = (text: string | null): LogEntry['before'] =>
  text === null ? null : (JSON.parse(text) as Record<string, unknown>)

const presentEntry = (entry: NamedEntry): LogEntry => ({
  seq: entry.seq,
  at: toTime(entry.atMs),
  operator: entry.operatorUuid,
  operator_name: entry.operatorName,
  action: entry.action,
  outcome: entry.outcome,
  started_seq: entry.startedSeq,
  subject: entry.subject,
  reason: entry.reason,
  request_id: entry.requestId,
  before: factsIn(entry.before),
  after: factsIn(entry.after),
})

export const presentLog = ({ entries, next }: LogPage): LogBody => ({
  items: entries.map(presentEntry),
  next: next === null ? null : String(next),
})

export const presentVerified = ({ checked, head, brokenAt }: VerifiedPage): VerifiedLogBody => ({
  checked,
  head,
  broken_at: brokenAt,
})

const COLUMNS = [
  'seq',
  'at',
  'operator',
  'operator_name',
  'action',
  'outcome',
  'started_seq',
  'subject',
  'reason',
  'request_id',
  'before',
  'after',
  'previous_hash',
  'hash',
] as const

/** Rows with the hashes, so that the file can be verified. An apostrophe makes formulas of reasons inert. */
export async function logCsv({ entries }: LogPage): Promise<string> {
  /** Evaluated for the first file, not at every start of the Worker. */
  const { stringify } = await import('csv-stringify/sync')
  const records = entries.map((entry) => ({
    ...presentEntry(entry),
    before: entry.before,
    after: entry.after,
    previous_hash: entry.previousHash,
    hash: entry.hash,
  }))
  return stringify(records, {
    header: true,
    columns: [...COLUMNS],
    bom: true,
    escape_formulas: true,
    record_delimiter: 'windows',
  })
}
