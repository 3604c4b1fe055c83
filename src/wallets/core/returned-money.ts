/**
 * Money of a payment that went back: reversals, refunds that the service ordered, and other refunds that the
 * gateway reports. The entries' references name each, so the ledger alone prevents a repeat. Pure.
 */
import { addKobo, type Kobo, subtractKobo, ZERO } from '../../common/money'
import type { Entry, PostingKind } from './ledger'
import type { PaymentAttempt } from './wallet'

/** Refund that the service ordered, under one of the payment's gateway references. */
export interface RefundName extends PaymentAttempt {
  readonly refundUuid: string
}

export const reversalPrefix = (paymentUuid: string): string => `reversal/${paymentUuid}/`
export const refundPrefix = (paymentUuid: string): string => `refund/${paymentUuid}/`

export const reversalReference = ({ paymentUuid, reference }: PaymentAttempt): string =>
  `${reversalPrefix(paymentUuid)}${reference}`
export const attemptRefundPrefix = ({ paymentUuid, reference }: PaymentAttempt): string =>
  `${refundPrefix(paymentUuid)}${reference}/`
export const gatewayRefundPrefix = (name: PaymentAttempt): string =>
  `${attemptRefundPrefix(name)}gateway/`
export const ownRefundPrefix = (name: RefundName): string =>
  `${attemptRefundPrefix(name)}${name.refundUuid}/`

/** Effect of an entry on the amount that has gone back. A debt counts: the gateway has that money. */
const RETURNED: Partial<Record<PostingKind, 1 | -1>> = {
  reversal: 1,
  debt: 1,
  gateway_refund: 1,
  refund: 1,
  refund_returned: -1,
}

/** Sums the money that went back in entries whose reference begins with `prefix`. */
export function returnedKobo(entries: readonly Entry[], prefix = ''): Kobo {
  return addKobo(
    ...entries
      .filter(({ reference }) => reference.startsWith(prefix))
      .map(({ kind, amountKobo }) => signed(amountKobo, RETURNED[kind])),
  )
}

const signed = (amountKobo: Kobo, sign: 1 | -1 | undefined): Kobo => {
  if (sign === undefined) return ZERO
  return sign === 1 ? amountKobo : subtractKobo(ZERO, amountKobo)
}

/**
 * Entries that returned money under one gateway reference. The reversal's own entry ends with that reference. A
 * prefix without a slash would also match other attempts: `…_a1` begins `…_a10`.
 */
export function returnsOf(name: PaymentAttempt, entries: readonly Entry[]): Entry[] {
  const reversal = reversalReference(name)
  const prefixes = [`${reversal}/`, attemptRefundPrefix(name)]
  return entries.filter(
    ({ reference }) =>
      reference === reversal || prefixes.some((prefix) => reference.startsWith(prefix)),
  )
}

/** An ordered refund: the amount in the account `refund`, and the amount that reached the payer. */
export interface RefundAmounts {
  readonly heldKobo: Kobo
  readonly paidKobo: Kobo
  /** Number of its entries. */
  readonly steps: number
}

const HELD: Partial<Record<PostingKind, 1 | -1>> = {
  refund: 1,
  refund_paid: -1,
  refund_returned: -1,
  refund_bounced: 1,
}
const PAID: Partial<Record<PostingKind, 1 | -1>> = {
  refund_paid: 1,
  refund_bounced: -1,
  gateway_refund: 1,
  debt: 1,
}

export function refundAmounts(entries: readonly Entry[], name: RefundName): RefundAmounts {
  const own = entries.filter(({ reference }) => reference.startsWith(ownRefundPrefix(name)))
  const sum = (signs: Partial<Record<PostingKind, 1 | -1>>) =>
    addKobo(...own.map(({ kind, amountKobo }) => signed(amountKobo, signs[kind])))
  return { heldKobo: sum(HELD), paidKobo: sum(PAID), steps: own.length }
}
