/** The queries behind a wallet's lists: a page of rows beyond a position, of those that the filters select. */
import type { PostingKind } from './ledger'
import type { CallStatus } from './wallet'

interface ListPage {
  readonly limit: number
  /** Only rows before this position, newest first. */
  readonly beforeSeq?: number | undefined
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
}

export interface CallPage extends ListPage {
  readonly status?: CallStatus | undefined
}

export interface EntryPage extends ListPage {
  /** Only rows after this position, and oldest first. */
  readonly afterSeq?: number | undefined
  readonly kind?: PostingKind | undefined
}

type Query = [sql: string, ...values: (string | number)[]]

/** Its conditions are those that have a value, each with one `?`. */
function pageQuery(
  select: string,
  conditions: Record<string, string | number | undefined>,
  order: string,
  limit: number,
): Query {
  const given = Object.entries(conditions).flatMap(([sql, value]) =>
    value === undefined ? [] : [{ sql, value }],
  )
  const where = ['TRUE', ...given.map(({ sql }) => sql)].join(' AND ')
  const values = given.map(({ value }) => value)
  return [`${select} WHERE ${where} ORDER BY ${order} LIMIT ?`, ...values, limit]
}

export const callsQuery = ({ limit, beforeSeq, status, fromMs, toMs }: CallPage): Query =>
  pageQuery(
    'SELECT * FROM calls',
    {
      'seq < ?': beforeSeq,
      'status = ?': status,
      'created_at_ms >= ?': fromMs,
      'created_at_ms < ?': toMs,
    },
    'seq DESC',
    limit,
  )

/** Each entry with the recipient of the call that it charges. */
export const entriesQuery = (page: EntryPage): Query =>
  pageQuery(
    `SELECT entries.*, recipient_phone, recipient_name
       FROM entries LEFT JOIN calls ON calls.uuid = source_uuid`,
    {
      'entries.seq < ?': page.beforeSeq,
      'entries.seq > ?': page.afterSeq,
      'kind = ?': page.kind,
      'posted_at_ms >= ?': page.fromMs,
      'posted_at_ms < ?': page.toMs,
    },
    page.afterSeq === undefined ? 'entries.seq DESC' : 'entries.seq',
    page.limit,
  )
