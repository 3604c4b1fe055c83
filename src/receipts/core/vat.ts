/** Value-added tax that a price contains, in whole kobo. Pure. */
import { formatNaira, kobo, type Kobo, subtractKobo } from '../../common/money.ts'

/** Receipts that have a VAT line: those of top-ups, or those of calls. */
export const VAT_POINTS = ['topup', 'usage'] as const
export type VatPoint = (typeof VAT_POINTS)[number]

/** The net price, in hundredths of a percent. */
const WHOLE = 10_000n
const RATE = /^(\d{1,2})(?:\.(\d{1,2}))?$/

/**
 * Parses a percentage with at most two decimal places, such as `7.5`.
 * @returns hundredths of a percent; `undefined` for anything else, and for zero
 */
export function parseVatRate(text: string): number | undefined {
  const match = RATE.exec(text)
  if (!match) return undefined
  return Number(`${match[1]}${(match[2] ?? '').padEnd(2, '0')}`) || undefined
}

/** `750` becomes `7.50`. */
export const formatVatRate = (rate: number): string => formatNaira(kobo(rate))

/**
 * VAT contained in a price: gross × rate / (100 + rate), rounded half up to whole kobo.
 * @param grossKobo price including VAT, not negative
 * @param rate hundredths of a percent
 */
export function containedVatKobo(grossKobo: Kobo, rate: number): Kobo {
  const divisor = WHOLE + BigInt(rate)
  return kobo(Number((2n * BigInt(grossKobo) * BigInt(rate) + divisor) / (2n * divisor)))
}

export type VatLine = {
  /** Percent. */
  readonly rate: string
  readonly net: string
  readonly amount: string
}

export function vatLine(grossKobo: Kobo, rate: number): VatLine {
  const vatKobo = containedVatKobo(grossKobo, rate)
  return {
    rate: formatVatRate(rate),
    net: formatNaira(subtractKobo(grossKobo, vatKobo)),
    amount: formatNaira(vatKobo),
  }
}
