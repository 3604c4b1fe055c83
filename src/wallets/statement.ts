/** A wallet's ledger as CSV (RFC 4180), for people and spreadsheets, in the user's language and time zone. */
import { type Language, type Locale, timesIn } from '../common/text/locale'
import { csvStream as streamCsv } from '../http/csv-stream'
import { formatNaira } from '../common/money'
import { debtGainKobo, walletGainKobo } from './core/ledger'
import { CURRENCY, type EntryView, sourceTypeOf } from './core/wallet'

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

/** Yields one record for each entry. */
async function* recordsOf(
  pages: AsyncIterable<readonly EntryView[]>,
  timeZone: string,
): AsyncGenerator<Record<Column, string | number | null>[]> {
  const timeOf = timesIn(timeZone)
  for await (const page of pages) yield page.map((entry) => recordOf(entry, timeOf))
}

export const csvStream = (
  pages: AsyncIterable<readonly EntryView[]>,
  { language, timeZone }: Locale,
): ReadableStream<Uint8Array> => streamCsv(recordsOf(pages, timeZone), columnsIn(language))
