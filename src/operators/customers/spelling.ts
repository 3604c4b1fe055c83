/** Cleans references and names that people paste into a lookup, before the API's parsers read them. Pure. */
import { plainText } from '../../common/text/characters'
import { parseEmail } from '../../common/text/email'
import { parseUuid } from '../../common/text/uuid'
import { ownReference, parseReference } from '../../payments/core/references'

/**
 * Removes spaces, also percent-encoded ones; quotes, brackets and full stops at both ends; a name before
 * `<…>`; and everything before the last part of a path or URL.
 */
const bare = (text: string): string =>
  plainText(text.replaceAll(/%(?:25)*20|\p{Cc}/gu, ' '))
    .replaceAll(' ', '')
    .replace(/^.*<([^<>]+)>$/, '$1')
    .replaceAll(/^["'`<([{]+|["'`>)\]}.,;/]+$/g, '')
    .replace(/^.*\/|^mailto:/i, '')

/** Reads a payment's reference, ours or Monnify's, or its UUID. */
export function readReference(text: string): string {
  const plain = bare(text).replaceAll(/%(?:25)*7c|¦/gi, '|')
  if (isMonnifys(plain)) return plain.toUpperCase()
  const uuid = parseUuid(plain)
  if (uuid.ok) return uuid.value
  const reference = parseReference(plain)
  return reference.ok ? ownReference(reference.value) : plain
}

export const isMonnifys = (reference: string): boolean => reference.includes('|')

export function readUuid(text: string): string {
  const uuid = parseUuid(bare(text))
  return uuid.ok ? uuid.value : bare(text)
}

/** Reads an e-mail address or a UUID. */
export function readUser(text: string): string {
  const email = parseEmail(bare(text))
  return email.ok ? email.value : readUuid(text)
}
