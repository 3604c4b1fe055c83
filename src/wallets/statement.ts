/** A wallet's ledger as CSV (RFC 4180), for people and spreadsheets, in the user's language and time zone. */
import { type Language, type Locale, timesIn } from '../common/text/locale'
import { textStream } from '../http/text-stream'
import { formatNaira } from '../common/money'
import { debtGainKobo, walletGainKobo } from './core/ledger'
import { CURRENCY, type EntryView, sourceTypeOf } from './core/wallet'

/** Media type with its parameters (RFC 4180 section 3, RFC 7111). */
export const CSV_TYPE = 'text/csv; charset=utf-8; header=present'

/** Columns, and their names in each language. */
const COLUMNS = {
  date: { en: 'date', fr: 'date' },
  kind: { en: 'kind', fr: 'opération' },
  credit: { en: 'credit', fr: 'crédit' },
  debit: { en: 'debit', fr: 'débit' },
  balance: { en: 'balance', fr: 'solde' },
  currency: { en: 'currency', fr: 'devise' },
  recipient_phone: { en: 'recipient_phone', fr: 'numéro_appelé' },
  recipient_name: { en: 'recipient_name', fr: 'nom_appelé' },
  source_type: { en: 'source_type', fr: 'type_origine' },
  source_uuid: { en: 'source_uuid', fr: 'uuid_origine' },
  seq: { en: 'seq', fr: 'position' },
  debt: { en: 'debt', fr: 'dette' },
} as const satisfies Record<string, Record<Language, string>>

type Column = keyof typeof COLUMNS

const columnsIn = (language: Language): { key: string; header: string }[] =>
  Object.entries(COLUMNS).map(([key, header]) => ({ key, header: header[language] }))

function recordOf(
  entry: EntryView,
  timeOf: (ms: number) => string,
): Record<Column, string | number | null> {
  const amount = formatNaira(entry.amountKobo)
  const gainKobo = walletGainKobo(entry)
  const debtKobo = debtGainKobo(entry)
  return {
    date: timeOf(entry.postedAtMs),
    kind: entry.kind,
    credit: gainKobo > 0 ? amount : null,
    debit: gainKobo < 0 ? amount : null,
    balance: formatNaira(entry.balanceKobo),
    currency: CURRENCY,
    recipient_phone: entry.recipientPhone || null,
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
async function* toCsv(
  pages: AsyncIterable<readonly EntryView[]>,
  { language, timeZone }: Locale,
): AsyncGenerator<string> {
  /** Evaluated for the first statement, not at every start of the Worker. */
  const { stringify } = await import('csv-stringify/sync')
  const columns = columnsIn(language)
  const timeOf = timesIn(timeZone)
  let isFirst = true
  for await (const page of pages) {
    const records = page.map((entry) => recordOf(entry, timeOf))
    yield stringify(records, {
      columns,
      header: isFirst,
      bom: isFirst,
      escape_formulas: true,
      quoted_match: ';',
      record_delimiter: 'windows',
    })
    isFirst = false
  }
}

export const csvStream = (
  pages: AsyncIterable<readonly EntryView[]>,
  locale: Locale,
): ReadableStream<Uint8Array> => textStream(toCsv(pages, locale))
