/** E-mail addresses as text. Pure; tools import it. */
import { firstOutside, nameCharacter, plainText } from './characters.ts'
import { type Parsed, parsed, unparsed } from './parsed.ts'

/** Zod's own form of an address, which the API document shows. */
export const EMAIL =
  /^(?:[A-Za-z0-9_'+-]+\.)*[A-Za-z0-9_'+-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}$/

export const MAX_EMAIL_LENGTH = 254

/** Parses an address. @returns it in the letter case that was written */
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

/** The form by which an address is unique: NFC, lower case. Aliases are left to their owner. */
export const emailKeyOf = (email: string): string => email.normalize('NFC').toLowerCase()
