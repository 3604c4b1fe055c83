/** SQL clauses of a wallet's lists: one page after a position, with filters. */
import type { PostingKind } from '../../core/ledger'
import type { CallStatus } from '../../core/wallet'

interface ListPage {
  readonly limit: number
  /** Returns rows before this position, newest first. */
  readonly beforeSeq?: number | undefined
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
}

export interface CallPage extends ListPage {
  readonly status?: CallStatus | undefined
}

export interface EntryPage extends ListPage {
  /** Returns rows after this position, oldest first. */
  readonly afterSeq?: number | undefined
  readonly kind?: PostingKind | undefined
}

type Clause = [sql: string, ...values: (string | number)[]]

/** Range of positions of a page's rows, both ends excluded. */
export interface Span {
  readonly afterSeq: number
  readonly beforeSeq: number
}

/** Times ascend with positions, except that calls ending together may differ by a millisecond. */
const DISORDER_MS = 1000

/** First position with a time at or after `atMs`, by binary search over positions from 1. */
function firstSeqSince(lastSeq: number, atMs: number, msOf: (seq: number) => number): number {
  let [first, beyond] = [1, lastSeq + 1]
  while (first < beyond) {
    const middle = Math.floor((first + beyond) / 2)
    if (msOf(middle) < atMs) first = middle + 1
    else beyond = middle
  }
  return first
}

/** Range of positions for a page's cursor and period. A period costs O(log n) rows and needs no index. */
export function spanOf(
  page: ListPage & Pick<EntryPage, 'afterSeq'>,
  lastSeq: number,
  msOf: (seq: number) => number,
): Span {
  const { fromMs, toMs, afterSeq = 0, beforeSeq = lastSeq + 1 } = page
  const since = (atMs: number) => firstSeqSince(lastSeq, atMs, msOf)
  return {
    afterSeq: fromMs === undefined ? afterSeq : Math.max(afterSeq, since(fromMs - DISORDER_MS) - 1),
    beforeSeq: toMs === undefined ? beforeSeq : Math.min(beforeSeq, since(toMs + DISORDER_MS)),
  }
}

/** @param conditions SQL with one `?` each; those with an undefined value are omitted */
function pageClause(
  conditions: Record<string, string | number | undefined>,
  order: string,
  limit: number,
): Clause {
  const given = Object.entries(conditions).flatMap(([sql, value]) =>
    value === undefined ? [] : [{ sql, value }],
  )
  const where = given.map(({ sql }) => sql).join(' AND ')
  const values = given.map(({ value }) => value)
  return [`WHERE ${where} ORDER BY ${order} LIMIT ?`, ...values, limit]
}

const CLOSED = new Set<CallStatus>(['completed', 'failed', 'cancelled'])

/** Open calls, which are few, have their own index. Ended calls are found by status. */
const statusCondition = (status: CallStatus): string =>
  CLOSED.has(status)
    ? 'closed_change IS NOT NULL AND status = ?'
    : 'closed_change IS NULL AND status = ?'

export const callsClause = ({ limit, status, fromMs, toMs }: CallPage, span: Span): Clause =>
  pageClause(
    {
      'seq > ?': span.afterSeq,
      'seq < ?': span.beforeSeq,
      ...(status && { [statusCondition(status)]: status }),
      'created_at_ms >= ?': fromMs,
      'created_at_ms < ?': toMs,
    },
    'seq DESC',
    limit,
  )

export const entriesClause = (page: EntryPage, span: Span): Clause =>
  pageClause(
    {
      'entries.seq > ?': span.afterSeq,
      'entries.seq < ?': span.beforeSeq,
      'entries.kind = ?': page.kind,
      'entries.posted_at_ms >= ?': page.fromMs,
      'entries.posted_at_ms < ?': page.toMs,
    },
    page.afterSeq === undefined ? 'entries.seq DESC' : 'entries.seq',
    page.limit,
  )
