/** A wallet's ledger as CSV (RFC 4180), for people and spreadsheets. */
import { toTime } from '../http/fields'
import { formatNaira } from '../common/money'
import { debtGainKobo, walletGainKobo } from './core/ledger'
import { CURRENCY, type EntryView, sourceTypeOf } from './core/wallet'

/** Media type with its parameters (RFC 4180 section 3, RFC 7111). */
export const CSV_TYPE = 'text/csv; charset=utf-8; header=present'

const COLUMNS = [
  'date',
  'kind',
  'credit',
  'debit',
  'balance',
  'currency',
  'recipient_phone',
  'recipient_name',
  'source_type',
  'source_uuid',
  'seq',
  'debt',
] as const

function recordOf(entry: EntryView): Record<(typeof COLUMNS)[number], string | number | null> {
  const amount = formatNaira(entry.amountKobo)
  const gainKobo = walletGainKobo(entry)
  const debtKobo = debtGainKobo(entry)
  return {
    date: toTime(entry.postedAtMs),
    kind: entry.kind,
    credit: gainKobo > 0 ? amount : null,
    debit: gainKobo < 0 ? amount : null,
    balance: formatNaira(entry.balanceKobo),
    currency: CURRENCY,
    recipient_phone: entry.recipientPhone,
    recipient_name: entry.recipientName,
    source_type: sourceTypeOf(entry),
    source_uuid: entry.sourceUuid,
    seq: entry.seq,
    debt: debtKobo === 0 ? null : formatNaira(debtKobo),
  }
}

/**
 * Yields one chunk of CSV per page. An apostrophe keeps spreadsheets from reading a value as a formula.
 * The text begins with a byte order mark, without which Excel misreads names outside ASCII.
 */
async function* toCsv(pages: AsyncIterable<readonly EntryView[]>): AsyncGenerator<string> {
  /** Evaluated for the first statement, not at every start of the Worker. */
  const { stringify } = await import('csv-stringify/sync')
  let isFirst = true
  for await (const page of pages) {
    yield stringify(page.map(recordOf), {
      columns: COLUMNS,
      header: isFirst,
      bom: isFirst,
      escape_formulas: true,
      quoted_match: ';',
      record_delimiter: 'windows',
    })
    isFirst = false
  }
}

/**
 * Reads a page only when the client has room for it. A fault aborts the response, so that an incomplete
 * statement never looks complete.
 */
export function csvStream(pages: AsyncIterable<readonly EntryView[]>): ReadableStream<Uint8Array> {
  const pieces = toCsv(pages)
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
  })
}
