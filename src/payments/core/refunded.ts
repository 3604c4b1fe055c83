/** Explains a transaction that Monnify reports as refunded by the refunds that the service knows. Pure. */
import { addKobo, type Kobo, maxKobo, minKobo, subtractKobo, ZERO } from '../../common/money'
import type { Interpretation } from './payment'

/** Refunds of one attempt that the service knows. */
export interface KnownRefunds {
  /** Completed refunds that the service did not order. */
  readonly gatewayKobo: Kobo
  /** Refunds that the service ordered at Monnify and that are completed. */
  readonly paidKobo: Kobo
  /** Refunds that the service ordered at Monnify and that did not fail. */
  readonly orderedKobo: Kobo
  /** Whether a refund was ever requested here, whatever its method and outcome. */
  readonly isRequested: boolean
}

export interface RefundedAttempt {
  /** Amount that Monnify still has. */
  readonly leftKobo: Kobo
  /** Amount that the wallet has credited under the attempt's reference. */
  readonly creditedKobo: Kobo
  /** Amount of the payment. */
  readonly expectedKobo: Kobo
}

/** Part of the refunded amount that no known refund explains. Before the first credit, it is an estimate. */
export function unexplainedKobo(
  { leftKobo, creditedKobo, expectedKobo }: RefundedAttempt,
  { gatewayKobo, orderedKobo }: KnownRefunds,
): Kobo {
  const receivedKobo = creditedKobo > 0 ? creditedKobo : expectedKobo
  const knownKobo = addKobo(leftKobo, gatewayKobo, orderedKobo)
  return maxKobo(ZERO, subtractKobo(receivedKobo, knownKobo))
}

/** Reports whether Monnify's list of refunds must be searched before the attempt is interpreted. */
export const needsSearch = (attempt: RefundedAttempt, known: KnownRefunds): boolean =>
  unexplainedKobo(attempt, known) > 0 || (attempt.creditedKobo === 0 && known.gatewayKobo === 0)

/**
 * Interprets a refunded attempt after the search. It is reversed only if nothing is left, the whole list was
 * searched, and no refund of it exists. Any other unexplained amount is an exception.
 */
export function interpretRefunded(
  attempt: RefundedAttempt,
  known: KnownRefunds,
  isWholeListSearched: boolean,
): Interpretation {
  const { leftKobo, creditedKobo } = attempt
  const unexplained = (amountKobo: Kobo): Interpretation => ({
    kind: 'exception',
    exception: 'unexplained_refund',
    amountKobo,
  })
  const hasRefund = known.gatewayKobo > 0
  if (creditedKobo === 0 && hasRefund) return { kind: 'refunded', leftKobo }
  if (creditedKobo === 0 && leftKobo > 0) return unexplained(leftKobo)
  const amountKobo = unexplainedKobo(attempt, known)
  if (amountKobo === 0) return { kind: 'refunded', leftKobo }
  const isReversed = leftKobo === 0 && isWholeListSearched && !hasRefund && !known.isRequested
  return isReversed ? { kind: 'reversed' } : unexplained(amountKobo)
}

/**
 * Amount received under the reference of a refunded attempt: what is left, and the refunds known before Monnify was
 * queried. An attempt that was credited before is credited up to the payment's amount only, because Monnify may
 * report a refund as completed before it updates the transaction.
 */
export function receivedBeforeRefunds(
  { leftKobo, creditedKobo, expectedKobo }: RefundedAttempt,
  { gatewayKobo, paidKobo }: KnownRefunds,
): Kobo {
  const receivedKobo = addKobo(leftKobo, gatewayKobo, paidKobo)
  return creditedKobo === 0 ? receivedKobo : minKobo(receivedKobo, expectedKobo)
}
