import {
  getCountries,
  getCountryCallingCode,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/min'

const MAX_LENGTH = 16
const FILLS = '0123456789'
const MAX_CODE_LENGTH = 3

const CODES: ReadonlySet<string> = new Set(
  getCountries().map((country) => getCountryCallingCode(country)),
)

/** Returns a country's code at the start of a prefix, or `undefined`. No code is the start of another. */
export function callingCodeOf(prefix: string): string | undefined {
  for (let length = 1; length <= MAX_CODE_LENGTH; length++) {
    const code = prefix.slice(1, 1 + length)
    if (code.length === length && CODES.has(code)) return code
  }
  return undefined
}

/**
 * Reports whether a prefix contains a national trunk zero, as in `+2340803`. E.164 numbers do not contain
 * it, so such a prefix matches no call. In some countries, such as Italy, the zero is part of the number.
 */
export function hasTrunkZero(prefix: string): boolean {
  const code = callingCodeOf(prefix)
  /** Most prefixes of a long tariff end here, without a number parsed. */
  if (code === undefined || prefix[1 + code.length] !== '0') return false
  let isWritten = false
  for (let length = prefix.length; length <= MAX_LENGTH; length++)
    for (const fill of FILLS) {
      const number = parsePhoneNumberFromString(prefix.padEnd(length, fill), { extract: false })
      if (!number?.isValid()) continue
      if (number.number.startsWith(prefix)) return false
      isWritten = true
    }
  return isWritten
}
