/**
 * Money is a whole number of kobo (1 NGN = 100 kobo). It is parsed once at the input and printed once at
 * the output; in between it is only added, subtracted and compared.
 */
declare const brand: unique symbol

export type Kobo = number & { readonly [brand]: 'kobo' }

/** @throws unless `value` is a safe integer: anything else is a bug */
export function kobo(value: number): Kobo {
  if (!Number.isSafeInteger(value)) throw new RangeError(`not a whole number of kobo: ${value}`)
  return value as Kobo
}

export const ZERO = kobo(0)

export const addKobo = (...amounts: readonly Kobo[]): Kobo =>
  amounts.reduce((sum, amount) => kobo(sum + amount), ZERO)

export const subtractKobo = (from: Kobo, amount: Kobo): Kobo => kobo(from - amount)

export const minKobo = (a: Kobo, b: Kobo): Kobo => (a < b ? a : b)
export const maxKobo = (a: Kobo, b: Kobo): Kobo => (a > b ? a : b)

/** `dividend / divisor` for whole numbers, rounded up; exact below 2^53. */
export function divideRoundingUp(dividend: number, divisor: number): number {
  const remainder = dividend % divisor
  return (dividend - remainder) / divisor + (remainder > 0 ? 1 : 0)
}

/**
 * Reads an unsigned amount of naira with at most two decimal places, as a JSON number or a string. It
 * reads the decimal text, so no binary fraction is rounded.
 * @returns kobo, or `undefined` for anything else (a sign, an exponent, a third decimal place, 2^53)
 */
export function parseNaira(amount: number | string): Kobo | undefined {
  const match = /^(\d{1,14})(?:\.(\d{1,2}))?$/.exec(String(amount))
  if (!match) return undefined
  const value = Number(`${match[1]}${(match[2] ?? '').padEnd(2, '0')}`)
  return Number.isSafeInteger(value) ? kobo(value) : undefined
}

/** Naira with two decimal places: `-10.05`. */
export function formatNaira(amount: Kobo): string {
  const digits = String(Math.abs(amount)).padStart(3, '0')
  return `${amount < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** `10.50 NGN`, for people. */
export const formatNgn = (amount: Kobo): string => `${formatNaira(amount)} NGN`

/** Naira as a JSON number: 1050 kobo is `10.5`. */
export const toNairaNumber = (amount: Kobo): number => Number(formatNaira(amount))
