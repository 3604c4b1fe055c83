/**
 * References. A payment has one, and each attempt at a checkout its own, because Monnify takes a
 * reference but once: `AIL-<32 hex digits>`, and `…_a1`, `…_a2`. Pure.
 */
const PREFIX = 'AIL-'
const ATTEMPT = /_a([1-9]\d{0,5})$/

export const attemptReference = ({
  reference,
  attempt,
}: {
  readonly reference: string
  readonly attempt: number
}): string => (attempt === 0 ? reference : `${reference}_a${attempt}`)

/** The payment's own reference, from any of its attempts'. */
export const ownReference = (reference: string): string => reference.replace(ATTEMPT, '')

/** The attempt that a reference names; 0 for a payment's own. */
export const attemptOf = (reference: string): number => Number(ATTEMPT.exec(reference)?.[1] ?? 0)

/** A new payment's reference, from random hex digits. */
export const newReference = (hex: string): string => `${PREFIX}${hex}`

/** Whether it has the form of one of ours, so that a payment of it may turn up yet. */
export const isOurs = (reference: string): boolean => reference.startsWith(PREFIX)
