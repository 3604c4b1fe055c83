import { type Kobo, kobo as toKobo } from '../../../common/money'
import type { Entry } from '../../core/ledger'
import type { EntryView } from '../../core/wallet'
import { RECIPIENT } from './calls'
import { type Columns, integer, kobo, text, word } from '../../../common/sql/columns'
import { entriesClause, type EntryPage, type Span, spanOf } from './pages'
import { firstValue, listNames, Selection, Table } from '../../../common/sql/rows'

const ENTRY: Columns<Entry> = {
  seq: integer('seq'),
  kind: word('kind'),
  from: word('from_account'),
  to: word('to_account'),
  amountKobo: kobo('amount_kobo'),
  balanceKobo: kobo('balance_kobo'),
  reference: text('reference'),
  sourceUuid: text('source_uuid'),
  postedAtMs: integer('posted_at_ms'),
  previousHash: text('previous_hash'),
  hash: text('hash'),
}

/** Entry with the revision that posted it. */
interface EntryRow extends Entry {
  readonly revision: number
}

const ENTRY_ROW: Columns<EntryRow> = { ...ENTRY, revision: integer('change') }

const WITH_RECIPIENT = 'entries LEFT JOIN calls ON calls.uuid = entries.source_uuid'
const VIEW_NAMES = `${listNames(ENTRY, 'entries')}, ${listNames(RECIPIENT, 'calls')}`

export class EntryTable {
  readonly #sql: SqlStorage
  readonly #rows: Table<EntryRow>
  readonly #entries: Selection<Entry>
  readonly #views: Selection<EntryView>
  readonly #instants: Selection<Pick<Entry, 'postedAtMs'>>

  constructor(sql: SqlStorage) {
    this.#sql = sql
    this.#rows = new Table(sql, 'entries', ENTRY_ROW)
    this.#entries = new Selection(sql, 'entries', ENTRY)
    this.#views = new Selection(sql, WITH_RECIPIENT, { ...ENTRY, ...RECIPIENT }, VIEW_NAMES)
    this.#instants = new Selection(sql, 'entries', { postedAtMs: ENTRY.postedAtMs })
  }

  append(entry: Entry, revision: number): void {
    this.#rows.insert({ ...entry, revision })
  }

  byReference(reference: string): Entry | undefined {
    return this.#entries.first('WHERE reference = ?', reference)
  }

  /** Entries whose reference begins with `prefix`, oldest first. */
  under(prefix: string): Entry[] {
    return this.matching(prefix).toSorted((a, b) => a.seq - b.seq)
  }

  /** Like `under`, in the order of the references, which needs no sorting. */
  matching(prefix: string): Entry[] {
    const clause = 'WHERE reference BETWEEN ? AND ? ORDER BY reference'
    return this.#entries.all(clause, prefix, `${prefix}~`)
  }

  /** Amount that entries whose reference begins with `prefix` credited, before reversals. */
  creditedKobo(prefix: string): Kobo {
    const credited = firstValue(
      this.#sql,
      `SELECT COALESCE(SUM(amount_kobo), 0) FROM entries
         WHERE reference BETWEEN ? AND ? AND to_account = 'wallet'`,
      prefix,
      `${prefix}~`,
    )
    return toKobo(Number(credited))
  }

  page(page: EntryPage): EntryView[] {
    return this.#views.all(...entriesClause(page, this.#span(page)))
  }

  #span(page: EntryPage): Span {
    const lastSeq = firstValue(this.#sql, 'SELECT MAX(seq) FROM entries')
    return spanOf(page, Number(lastSeq), (seq) =>
      Number(this.#instants.first('WHERE seq = ?', seq)?.postedAtMs),
    )
  }

  /** Entries after `afterSeq`, posted up to `toRevision`. Reads at most one row more. */
  posted(afterSeq: number, toRevision: number): Entry[] {
    const entries: Entry[] = []
    for (const { revision, ...entry } of this.#rows.each('WHERE seq > ? ORDER BY seq', afterSeq)) {
      if (revision > toRevision) break
      entries.push(entry)
    }
    return entries
  }
}
