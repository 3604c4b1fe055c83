import { firstOutside, nameCharacter, plainText } from './characters.ts'
import { type Parsed, parsed, unparsed } from './parsed.ts'

/** Zod's pattern of an e-mail address, which the API document shows. */
export const EMAIL =
  /^(?:[A-Za-z0-9_'+-]+\.)*[A-Za-z0-9_'+-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}$/

export const MAX_EMAIL_LENGTH = 254

/** Parses an e-mail address, and keeps its letter case. */
export function parseEmail(text: string): Parsed<string> {
  const plain = plainText(text)
  if (plain.length > MAX_EMAIL_LENGTH)
    return unparsed(`must have at most ${MAX_EMAIL_LENGTH} characters`)
  if (EMAIL.test(plain)) return parsed(plain)
  const odd = firstOutside(plain, /[\w'+\-.@]/)
  return unparsed(
    odd === undefined
      ? 'must be an e-mail address'
      : `must be an e-mail address, without ${nameCharacter(odd)}`,
  )
}

/** Key by which an address is unique: NFC and lower case. Aliases such as `+tag` stay distinct. */
export const emailKeyOf = (email: string): string => email.normalize('NFC').toLowerCase()
