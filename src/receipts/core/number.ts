/** Numbers of receipts, such as `2026-000042`. They begin at 1 in each calendar year in Lagos. */

export interface ReceiptNumber {
  readonly year: number
  readonly number: number
}

export const formatNumber = ({ year, number }: ReceiptNumber): string =>
  `${year}-${String(number).padStart(6, '0')}`
