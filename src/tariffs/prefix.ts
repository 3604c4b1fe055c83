import { parsePhoneNumberFromString } from 'libphonenumber-js/min'

const MAX_LENGTH = 16
const FILLS = '0123456789'
const ZERO_AFTER_COUNTRY_CODE = /^\+[1-9]\d{0,2}0/

/**
 * Reports whether a prefix contains a national trunk zero, as in `+2340803`. E.164 numbers do not contain
 * it, so such a prefix matches no call. In some countries, such as Italy, the zero is part of the number.
 */
export function hasTrunkZero(prefix: string): boolean {
  if (!ZERO_AFTER_COUNTRY_CODE.test(prefix)) return false
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
