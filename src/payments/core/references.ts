/**
 * References. A payment has one, and each attempt at a checkout its own, because Monnify takes a
 * reference but once: `AIL-<32 hex digits>`, and `…_a1`, `…_a2`. Pure.
 */
import { firstOutside, nameCharacter, plainText } from '../../common/text/characters'
import { type Parsed, parsed, unparsed } from '../../common/text/parsed'

const PREFIX = 'AIL-'
const WRITTEN = /^ail-([\da-f]{32}(?:_a[1-9]\d{0,5})?)$/i
const MAX_REFERENCE_LENGTH = 64
const ATTEMPT = /_a([1-9]\d{0,5})$/

export const attemptReference = ({
  reference,
  attempt,
}: {
  readonly reference: string
  readonly attempt: number
}): string => (attempt === 0 ? reference : `${reference}_a${attempt}`)

/** Parses a reference: one of ours in either letter case, any other as it is written. */
export function parseReference(text: string): Parsed<string> {
  const plain = plainText(text)
  if (plain === '') return unparsed('must not be empty')
  if (plain.length > MAX_REFERENCE_LENGTH)
    return unparsed(`must have at most ${MAX_REFERENCE_LENGTH} characters`)
  const odd = firstOutside(plain, /[^\p{Cc}\p{Cs}\u2028\u2029]/u)
  if (odd !== undefined) return unparsed(`must not have ${nameCharacter(odd)}`)
  const hex = WRITTEN.exec(plain)?.[1]
  return parsed(hex === undefined ? plain : `${PREFIX}${hex.toLowerCase()}`)
}

/** The payment's own reference, from any of its attempts'. */
export const ownReference = (reference: string): string => reference.replace(ATTEMPT, '')

/** The attempt that a reference names; 0 for a payment's own. */
export const attemptOf = (reference: string): number => Number(ATTEMPT.exec(reference)?.[1] ?? 0)

/** A new payment's reference, from random hex digits. */
export const newReference = (hex: string): string => `${PREFIX}${hex}`

/** Whether it has the form of one of ours, so that a payment of it may turn up yet. */
export const isOurs = (reference: string): boolean => reference.startsWith(PREFIX)
