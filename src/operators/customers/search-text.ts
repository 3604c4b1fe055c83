/** Reads what an operator typed into the search. Pure. */
import { plainText } from '../../common/text/characters'
import { parseEmail } from '../../common/text/email'
import { parseUuid } from '../../common/text/uuid'
import { isOurs } from '../../payments/core/references'
import { isMonnifys, readReference, readUser } from './spelling'

export type SearchKind = 'email' | 'uuid' | 'payment' | 'refund' | 'receipt' | 'name' | 'nothing'

export interface SearchedText {
  readonly kind: SearchKind
  /** Address, UUID, reference, number or name, as the stores have it. */
  readonly value: string
}

const MIN_NAME_LENGTH = 3
const MAX_NAME_LENGTH = 100

const RECEIPT = /^(\d{4})-(\d{1,9})$/

/**
 * Recognises what the text is. `payment` is a reference of ours or of the gateway. `nothing` is too short for a name, or
 * too long.
 */
export function readSearch(text: string): SearchedText {
  const user = readUser(text)
  if (parseEmail(user).ok) return { kind: 'email', value: user }
  if (parseUuid(user).ok) return { kind: 'uuid', value: user }
  const reference = readReference(text)
  if (/^ailr-/i.test(reference))
    return { kind: 'refund', value: reference.replace(/^ailr/i, 'AILR') }
  if (isMonnifys(reference) || isOurs(reference)) return { kind: 'payment', value: reference }
  const name = plainText(text).replaceAll(/\s+/g, ' ').normalize('NFC')
  if (RECEIPT.test(name)) return { kind: 'receipt', value: name }
  const length = Array.from(name).length
  const isName = length >= MIN_NAME_LENGTH && length <= MAX_NAME_LENGTH
  return isName ? { kind: 'name', value: name } : { kind: 'nothing', value: '' }
}

/** Reads a receipt's number, such as `2026-000042`. */
export function readReceiptNumber(text: string): { year: number; number: number } | undefined {
  const [, year, number] = RECEIPT.exec(text) ?? []
  return year && number ? { year: Number(year), number: Number(number) } : undefined
}

/** Like `lower()` of SQLite, which changes ASCII letters only. */
const lowerAscii = (text: string): string =>
  text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

const capitalise = (text: string): string =>
  text.replaceAll(/(?<![\p{L}\p{M}])\p{L}/gu, (letter) => letter.toUpperCase())

/** Spellings of a name that SQLite, which ignores the case of ASCII letters only, compares with `lower()` of a column. */
export function spellingsOf(name: string): string[] {
  const lower = name.toLowerCase()
  return [...new Set([lower, capitalise(lower), name, name.toUpperCase()].map(lowerAscii))]
}

/** First text after all texts that begin with a prefix. */
export const endOfPrefix = (prefix: string): string => `${prefix}\u{10FFFF}`
