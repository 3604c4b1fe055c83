/** Exports of finance as CSV. Amounts are in NGN with two decimal places. */
import { formatNaira, type Kobo } from '../../common/money'
import { type CsvColumn, type CsvRecord, csvStream } from '../../http/csv-stream'
import type { StoredBook } from './book-store'
import type { ExportedLine } from './service'
import { toTime } from '../../common/text/time'

const naira = (amount: Kobo | null): string | null => (amount === null ? null : formatNaira(amount))

const columnsOf = (keys: readonly string[]): CsvColumn[] =>
  keys.map((key) => ({ key, header: key }))

const BOOK_COLUMNS = columnsOf([
  'day',
  'top_ups',
  'charges',
  'refunds',
  'reversals',
  'goodwill',
  'corrections',
  'debt_payments',
  'forfeits',
  'waivers',
  'other',
  'fees',
  'liability',
  'in_transit',
  'entries',
  'computed_at',
  'difference',
])

const bookRecord = (book: StoredBook): CsvRecord => ({
  day: book.day,
  top_ups: naira(book.topUpsKobo),
  charges: naira(book.chargesKobo),
  refunds: naira(book.refundsKobo),
  reversals: naira(book.reversalsKobo),
  goodwill: naira(book.goodwillKobo),
  corrections: naira(book.correctionsKobo),
  debt_payments: naira(book.debtPaymentsKobo),
  forfeits: naira(book.forfeitsKobo),
  waivers: naira(book.waiversKobo),
  other: naira(book.otherKobo),
  fees: naira(book.feesKobo),
  liability: naira(book.liabilityKobo),
  in_transit: naira(book.inTransitKobo),
  entries: book.entries,
  computed_at: toTime(book.computedAtMs),
  difference: naira(book.differenceKobo),
})

const LINE_COLUMNS = columnsOf([
  'settled_at',
  'settlement_reference',
  'line',
  'transaction_reference',
  'payment_reference',
  'payment_uuid',
  'amount_paid',
  'settled_amount',
  'fee',
  'outcome',
])

const lineRecord = (line: ExportedLine): CsvRecord => ({
  settled_at: toTime(line.settledAtMs),
  settlement_reference: line.settlementReference,
  line: line.line + 1,
  transaction_reference: line.transactionReference,
  payment_reference: line.paymentReference,
  payment_uuid: line.paymentUuid,
  amount_paid: naira(line.amountPaidKobo),
  settled_amount: naira(line.netKobo),
  fee: naira(line.feeKobo),
  outcome: line.outcome,
})

/** Yields an empty page first, so that an export without rows has its header. */
async function* records<T>(
  pages: AsyncIterable<readonly T[]>,
  recordOf: (row: T) => CsvRecord,
): AsyncGenerator<CsvRecord[]> {
  yield []
  for await (const page of pages) yield page.map(recordOf)
}

export const booksCsv = (pages: AsyncIterable<readonly StoredBook[]>): ReadableStream<Uint8Array> =>
  csvStream(records(pages, bookRecord), BOOK_COLUMNS)

export const linesCsv = (
  pages: AsyncIterable<readonly ExportedLine[]>,
): ReadableStream<Uint8Array> => csvStream(records(pages, lineRecord), LINE_COLUMNS)
