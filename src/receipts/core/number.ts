/** Numbers of receipts, such as `2026-000042`. They begin at 1 in each calendar year in Lagos. */

/** Lagos is an hour ahead of UTC and has no daylight saving time. */
const LAGOS_OFFSET_MS = 3_600_000

export interface ReceiptNumber {
  readonly year: number
  readonly number: number
}

/** Calendar year in Africa/Lagos. */
export const lagosYear = (atMs: number): number => new Date(atMs + LAGOS_OFFSET_MS).getUTCFullYear()

export const formatNumber = ({ year, number }: ReceiptNumber): string =>
  `${year}-${String(number).padStart(6, '0')}`
