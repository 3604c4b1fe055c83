/**
 * A payment's reference is `AIL-<32 hex digits>`. Each attempt has its own (`…_a1`, `…_a2`), because
 * Monnify accepts a reference once.
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

/** Parses a reference. One of ours may be in any letter case; any other is returned as written. */
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

/** Returns the payment's own reference for that of any attempt. */
export const ownReference = (reference: string): string => reference.replace(ATTEMPT, '')

/** Returns the number of the attempt in a reference; 0 for a payment's own reference. */
export const attemptOf = (reference: string): number => Number(ATTEMPT.exec(reference)?.[1] ?? 0)

/** @param hex 32 random lower-case hex digits */
export const newReference = (hex: string): string => `${PREFIX}${hex}`

const REFUND_PREFIX = 'AILR-'

/** Reference of a refund that the service orders. @param hex 32 random lower-case hex digits */
export const newRefundReference = (hex: string): string => `${REFUND_PREFIX}${hex}`

export const isOwnRefund = (refundReference: string): boolean =>
  refundReference.startsWith(REFUND_PREFIX)

/** Reports whether a reference has our prefix, so that a payment may have it. */
export const isOurs = (reference: string): boolean => reference.startsWith(PREFIX)
