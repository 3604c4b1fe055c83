/**
 * Reads tariffs and costs from CSV (RFC 4180) with a header. A problem names the line and the column. Pure.
 * The browser build of csv-parse needs no module of Node.
 */
import { CsvError, parse } from 'csv-parse/browser/esm/sync'
import { z } from 'zod'
import {
  MAX_ROWS,
  prefixField,
  priceField,
  reachOf,
  repetitionsIn,
  type Row,
  rowSchema,
  typeField,
} from './row'

/** Longest CSV text, in bytes: more than `MAX_ROWS` rows need. */
export const MAX_CSV_BYTES = 4 * 1024 * 1024

/** No row needs more characters. */
const MAX_LINE_LENGTH = 1000

/** Problems that one reading reports. The first ones show what is wrong with the file. */
const MAX_PROBLEMS = 50

export type CsvResult<T> =
  | { readonly ok: true; readonly rows: T[] }
  | { readonly ok: false; readonly problems: readonly string[] }

const failed = (...problems: string[]): CsvResult<never> => ({
  ok: false,
  problems: problems.slice(0, MAX_PROBLEMS),
})

interface Format<T> {
  readonly schema: z.ZodType<T>
  readonly columns: readonly string[]
  readonly required: readonly string[]
  /** Name of a row in a problem. */
  readonly nameOf: (row: T) => string
  /** Combinations that no two rows may share. */
  readonly keys: readonly { readonly what: string; readonly of: (row: T) => string }[]
}

const costSchema = z.strictObject({
  prefix: prefixField,
  type: typeField,
  cost_kobo_per_minute: priceField,
})

/** The carrier's price of a minute to a prefix. */
export type CostRow = z.infer<typeof costSchema>

const REACH = { what: 'has the same prefix and type', of: reachOf }

const TARIFF: Format<Row> = {
  schema: rowSchema,
  columns: [
    'id',
    'prefix',
    'type',
    'forbidden',
    'kobo_per_minute',
    'unit_kobo',
    'minimum_seconds',
    'increment_seconds',
    'setup_kobo',
  ],
  required: ['id', 'prefix', 'kobo_per_minute'],
  nameOf: ({ id }) => id,
  keys: [{ what: 'has the same id', of: ({ id }) => id }, REACH],
}

const COSTS: Format<CostRow> = {
  schema: costSchema,
  columns: ['prefix', 'type', 'cost_kobo_per_minute'],
  required: ['prefix', 'cost_kobo_per_minute'],
  nameOf: ({ prefix }) => prefix,
  keys: [REACH],
}

interface Line {
  readonly record: string[]
  readonly info: { readonly lines: number }
}

const linesOf = (text: string): Line[] =>
  parse(text, {
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: MAX_LINE_LENGTH,
    /** One more than allowed, so that a longer file is detected. */
    to: MAX_ROWS + 2,
  }) as unknown as Line[]

/** An empty cell is a missing value, digits are a number, and `true` is true. */
function valueOf(column: string, cell: string): unknown {
  if (cell === '' || (column === 'forbidden' && cell === 'false')) return undefined
  if (column === 'forbidden' && cell === 'true') return true
  const isNumber =
    /_(?:kobo|minute|seconds)$/.test(column) && /^-?\d{1,12}(?:\.\d{1,6})?$/.test(cell)
  return isNumber ? Number(cell) : cell
}

function headerProblems<T>({ columns, required }: Format<T>, header: readonly string[]): string[] {
  const at = 'line 1'
  return [
    ...required
      .filter((name) => !header.includes(name))
      .map((name) => `${at}: column ${name} is missing`),
    ...header
      .filter((name) => !columns.includes(name))
      .map((name) => `${at}: column ${name.slice(0, 40)} is unknown`),
    ...header
      .filter((name, index) => header.indexOf(name) < index)
      .map((name) => `${at}: column ${name.slice(0, 40)} is repeated`),
  ]
}

function readLines<T>(
  format: Format<T>,
  header: readonly string[],
  lines: readonly Line[],
): CsvResult<T> {
  const problems: string[] = []
  const rows: T[] = []
  for (const { record, info } of lines) {
    if (problems.length >= MAX_PROBLEMS) break
    if (record.length !== header.length) {
      problems.push(`line ${info.lines}: has ${record.length} columns, not ${header.length}`)
      continue
    }
    const values = header.map((name, index) => [name, valueOf(name, record[index] ?? '')] as const)
    const given = Object.fromEntries(values.filter(([, value]) => value !== undefined))
    const parsed = format.schema.safeParse(given)
    if (parsed.success) rows.push(parsed.data)
    else
      for (const { path, message } of parsed.error.issues)
        problems.push(`line ${info.lines}, column ${path.map(String).join('.')}: ${message}`)
  }
  return problems.length > 0 ? failed(...problems) : { ok: true, rows }
}

function repeatedLines<T>(
  { keys, nameOf }: Format<T>,
  rows: readonly T[],
  lines: readonly Line[],
): string[] {
  const lineOf = (index: number) => lines[index]?.info.lines ?? 0
  return keys.flatMap(({ what, of }) =>
    repetitionsIn(rows, of).map(
      ({ item, index, first, firstIndex }) =>
        `line ${lineOf(index)} (${nameOf(item)}): ${what} as line ${lineOf(firstIndex)} (${nameOf(first)})`,
    ),
  )
}

function readCsv<T>(format: Format<T>, text: string): CsvResult<T> {
  if (text.length > MAX_CSV_BYTES) return failed(`must have at most ${MAX_CSV_BYTES} bytes`)
  let all: Line[]
  try {
    all = linesOf(text)
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return failed(`is not valid CSV: ${error.message.slice(0, 200)}`)
  }
  const [first, ...lines] = all
  if (!first || lines.length === 0) return failed('must have a header and at least one row')
  if (lines.length > MAX_ROWS) return failed(`must have at most ${MAX_ROWS} rows`)
  const wrongHeader = headerProblems(format, first.record)
  if (wrongHeader.length > 0) return failed(...wrongHeader)
  const read = readLines(format, first.record, lines)
  if (!read.ok) return read
  const repeated = repeatedLines(format, read.rows, lines)
  return repeated.length > 0 ? failed(...repeated) : read
}

/** Reads a tariff. The same rules apply as to the setting `TARIFF`. */
export const readTariffCsv = (text: string): CsvResult<Row> => readCsv(TARIFF, text)

export const readCostsCsv = (text: string): CsvResult<CostRow> => readCsv(COSTS, text)
