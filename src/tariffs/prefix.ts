/** Whether a number in E.164 can begin with a prefix at all. Pure. */
import { parsePhoneNumberFromString } from 'libphonenumber-js/min'

const MAX_LENGTH = 16
const FILLS = '0123456789'
const ZERO_AFTER_COUNTRY_CODE = /^\+[1-9]\d{0,2}0/

/**
 * Whether the prefix has a national trunk zero, such as `+2340803`: people write it, E.164 does not
 * have it, so no call's number begins so. Italy's zeros, for one, are part of the number.
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
