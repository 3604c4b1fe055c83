import { plainText } from './characters.ts'
import { type Parsed, parsed, unparsed } from './parsed.ts'

const DATE = /^(\d{4})-(\d\d)-(\d\d)/
const TIME = /^T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

/** Offset whose `+` became a space by the form encoding of a query. */
const LOST_PLUS = /:[\d.]+ \d\d:\d\d$/

/** Checks in the years 2000 to 2399, because `Date.UTC` changes years below 100. The calendar repeats. */
function isDate(text: string): boolean {
  const [, year = 0, month = 0, day = 0] = (DATE.exec(text) ?? []).map(Number)
  const daysInMonth = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth
}

/**
 * Parses an RFC 3339 time (section 5.6), with `t` and `z` in either letter case. Rejects dates that do not
 * exist, hour 24, leap seconds, and times without an offset.
 * @returns milliseconds since 1970; finer fractions are truncated
 */
export function parseTime(text: string): Parsed<number> {
  const plain = plainText(text).toUpperCase()
  if (LOST_PLUS.test(plain))
    return unparsed('must have a + or - before its offset; in a query, write %2B01:00 for +01:00')
  if (!DATE.test(plain) || !TIME.test(plain.slice(10)))
    return unparsed('must be a time such as 2026-03-14T10:15:30Z')
  if (!isDate(plain)) return unparsed('must be a date that exists')
  return parsed(Date.parse(plain))
}

/**
 * Parses `YYYY-MM-DD`. Rejects dates that do not exist.
 * @returns start of that day in UTC, in milliseconds since 1970
 */
export function parseDate(text: string): Parsed<number> {
  const plain = plainText(text)
  if (!DATE.test(plain) || plain.length !== 10) return unparsed('must be a date such as 2026-03-14')
  if (!isDate(plain)) return unparsed('must be a date that exists')
  return parsed(Date.parse(`${plain}T00:00:00Z`))
}

/** Time in JSON: RFC 3339, UTC, milliseconds. */
export const toTime = (ms: number): string => new Date(ms).toISOString()

export const toTimeOrNull = (ms: number | null): string | null => (ms === null ? null : toTime(ms))
