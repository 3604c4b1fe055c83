/** Parses phone numbers as people write them into ITU-T E.164: `+` and at most 15 digits. */
import { type CountryCode, Metadata, parsePhoneNumberFromString } from 'libphonenumber-js/min'
import { firstOutside, nameCharacter, PLUS_OR_BLANK, plainText } from '../common/text/characters'
import { type Parsed, parsed, unparsed } from '../common/text/parsed'

/** Characters of a written number, with the blanks and invisible characters that people paste. */
export const WRITTEN =
  /^[\d ()./+\-\u00a0\u00ad\u061c\u1680\u180e\u2000-\u2015\u202a-\u202f\u2043\u205f-\u206f\u2212\u3000\ufe58\ufe63\ufeff\uff08-\uff09\uff0b\uff0d-\uff19]+$/

const PLAIN = /[\d ()./+-]/
const E164 = /^\+\d{1,15}$/

/** A `+` is accepted only before the first digit, also in brackets: `(+234) 803…`. */
const INTERNATIONAL = /^[^\d+]*\+/

const metadata = new Metadata()

/** Reports whether the digits begin with `00` or with the country's exit code. */
function hasExitCode(digits: string, country: CountryCode): boolean {
  metadata.selectNumberingPlan(country)
  const exitCode = metadata.numberingPlan?.IDDPrefix() ?? ''
  return digits.startsWith('00') || (exitCode !== '' && new RegExp(`^(?:${exitCode})`).test(digits))
}

/**
 * Parses an international number, which has a `+`, or a local number of `country`. Rejects exit codes:
 * they differ by country, so the same digits would reach another destination elsewhere. Rejects a number
 * that is not possible in its country. A local number must also be valid, because its country is assumed.
 * @returns the number in E.164
 */
export function parsePhone(text: string, country: CountryCode): Parsed<string> {
  const plain = plainText(text)
  const odd = firstOutside(plain, PLAIN)
  const example = `must be a phone number such as +2348031234567, or a local number of ${country}`
  if (odd !== undefined) return unparsed(`${example}, without ${nameCharacter(odd)}`)
  const isInternational = INTERNATIONAL.test(plain)
  const local = plain.replace(INTERNATIONAL, '')
  if (local.includes('+')) return unparsed(`${example}, with + at its start only`)
  const digits = local.replaceAll(/\D/g, '')
  if (!isInternational && hasExitCode(digits, country))
    return unparsed(
      'must begin with + and the country code, not with an exit code such as 00 or 009',
    )
  const number = parsePhoneNumberFromString(isInternational ? `+${digits}` : digits, {
    defaultCountry: country,
    extract: false,
  })
  const isGood = isInternational ? number?.isPossible() : number?.isValid()
  const e164 = isGood ? number?.number : undefined
  return e164 !== undefined && E164.test(e164) ? parsed(e164) : unparsed(example)
}

/**
 * Parses a number from a query string, where a bare `+` at the start may be a plus or a blank. Rejects
 * the number if the two readings are different destinations.
 */
export function parseQueriedPhone(text: string, country: CountryCode): Parsed<string> {
  if (!text.startsWith(PLUS_OR_BLANK)) return parsePhone(text, country)
  const rest = text.slice(PLUS_OR_BLANK.length)
  const [asPlus, asBlank] = [parsePhone(`+${rest}`, country), parsePhone(rest, country)]
  if (!asPlus.ok) return asBlank
  if (!asBlank.ok || asBlank.value === asPlus.value) return asPlus
  return unparsed(
    `must begin with %2B to mean ${asPlus.value}, or without a space to mean ${asBlank.value}`,
  )
}
