/** Phone numbers: in as people write them, on as E.164 (ITU-T E.164, `+` and up to 15 digits). Pure. */
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/min'

/** What a number is written in. */
export const WRITTEN = /^\+?[\d ().-]+$/

const E164 = /^\+\d{1,15}$/

/**
 * Reads an international number, or a local one of `country`.
 * @returns the number in E.164, or `undefined` for what is not a possible number of its country; a
 * local one has to be valid there, since its country is only assumed
 */
export function parsePhone(text: string, country: CountryCode): string | undefined {
  if (!WRITTEN.test(text)) return undefined
  const number = parsePhoneNumberFromString(text, { defaultCountry: country, extract: false })
  const isGood = text.startsWith('+') ? number?.isPossible() : number?.isValid()
  const e164 = isGood ? number?.number : undefined
  return e164 !== undefined && E164.test(e164) ? e164 : undefined
}
