/** How customers and operators spell what they look for; the parsers of the API read what is left. Pure. */
import { plainText } from '../common/text/characters'
import { parseEmail } from '../common/text/email'
import { parseUuid } from '../common/text/uuid'
import { ownReference, parseReference } from '../payments/core/references'

/**
 * Without blanks, also percent-encoded ones, without quotes, brackets and full stops around, without the
 * name before `<…>`, and without what leads to the last part of a path or an address.
 */
const bare = (text: string): string =>
  plainText(text.replaceAll(/%(?:25)*20|\p{Cc}/gu, ' '))
    .replaceAll(' ', '')
    .replace(/^.*<([^<>]+)>$/, '$1')
    .replaceAll(/^["'`<([{]+|["'`>)\]}.,;/]+$/g, '')
    .replace(/^.*\/|^mailto:/i, '')

/** A payment's reference, ours or Monnify's, or its uuid. */
export function readReference(text: string): string {
  const plain = bare(text).replaceAll(/%(?:25)*7c|¦/gi, '|')
  if (isMonnifys(plain)) return plain.toUpperCase()
  const uuid = parseUuid(plain)
  if (uuid.ok) return uuid.value
  const reference = parseReference(plain)
  return reference.ok ? ownReference(reference.value) : plain
}

/** Whether Monnify may know it. */
export const isMonnifys = (reference: string): boolean => reference.includes('|')

export function readUuid(text: string): string {
  const uuid = parseUuid(bare(text))
  return uuid.ok ? uuid.value : bare(text)
}

/** An e-mail or a uuid. */
export function readUser(text: string): string {
  const email = parseEmail(bare(text))
  return email.ok ? email.value : readUuid(text)
}
