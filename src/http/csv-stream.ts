/** CSV (RFC 4180) for people and spreadsheets, streamed page by page. */
import { textStream } from './text-stream'

/** Media type with its parameters (RFC 4180 section 3, RFC 7111). */
export const CSV_TYPE = 'text/csv; charset=utf-8; header=present'

export interface CsvColumn {
  /** Property of a record. */
  readonly key: string
  readonly header: string
}

export type CsvRecord = Readonly<Record<string, string | number | null>>

/**
 * Yields one chunk of CSV per page. An apostrophe keeps spreadsheets from reading a value as a formula.
 * The text begins with a byte order mark, without which Excel misreads names outside ASCII.
 */
async function* toCsv(
  pages: AsyncIterable<readonly CsvRecord[]>,
  columns: readonly CsvColumn[],
): AsyncGenerator<string> {
  /** Evaluated for the first export, not at every start of the Worker. */
  const { stringify } = await import('csv-stringify/sync')
  let isFirst = true
  for await (const page of pages) {
    yield stringify([...page], {
      columns: [...columns],
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
  pages: AsyncIterable<readonly CsvRecord[]>,
  columns: readonly CsvColumn[],
): ReadableStream<Uint8Array> => textStream(toCsv(pages, columns))
