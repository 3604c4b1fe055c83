/**
 * Amounts of a payment that the gateway reports: received, refunded and reversed, each under the gateway's
 * reference. The wallet posts the difference between the reported and the posted amount, so a report that
 * arrives twice, late or out of order moves the money once. Pure.
 */
import { addKobo, type Kobo, maxKobo, minKobo, subtractKobo, ZERO } from '../../common/money'
import { type Change, type Decided, decided, noChange, post } from './change'
import { debitOrOwe } from './debt-commands'
import type { Entry } from './ledger'
import {
  attemptRefundPrefix,
  gatewayRefundPrefix,
  refundPrefix,
  returnedKobo,
  returnsOf,
  reversalPrefix,
  reversalReference,
} from './returned-money'
import type { PaymentAttempt, Reversal, WalletState } from './wallet'

export interface ConfirmedPayment extends PaymentAttempt {
  /** Amount of the payment, for all its attempts together. */
  readonly expectedKobo: Kobo
  /** Total that the gateway confirms as received under the reference; zero if it confirms none now. */
  readonly receivedKobo: Kobo
  /** Total that the gateway refunded under the reference, without refunds that the service ordered. */
  readonly refundedKobo?: Kobo
}

export interface ReversedPayment extends PaymentAttempt {
  readonly refundedKobo?: Kobo
}

/** Amounts that the wallet has already posted for a payment. */
export interface PaymentTotals {
  readonly referenceCreditedKobo: Kobo
  readonly paymentCreditedKobo: Kobo
  readonly reversals: readonly Reversal[]
  /** Entries of the payment's reversals and refunds; those of a refund begin with its hold. */
  readonly returns: readonly Entry[]
}

/** A payment's totals after a command. */
export interface PaymentCredit {
  /** Amount credited, less what was reversed. */
  readonly netCreditedKobo: Kobo
  readonly refundedKobo: Kobo
  /** Part of a reversal that an earlier release could not take. */
  readonly shortfallKobo: Kobo
  readonly isReversed: boolean
  /** Part of the reference's reversal and refunds that became a debt, whether or not it was paid since. */
  readonly owedKobo: Kobo
  /** Amount by which the gateway's refunds and reversal exceed what was received. It moves no money. */
  readonly excessKobo: Kobo
  /** Position of the ledger's last entry when these amounts were computed. */
  readonly entrySeq: number
}

/** Prefixes of the entry references of a payment, and of one of its attempts. */
export const paymentEntryPrefix = (paymentUuid: string): string => `receipt/${paymentUuid}/`
export const attemptEntryPrefix = ({ paymentUuid, reference }: PaymentAttempt): string =>
  `${paymentEntryPrefix(paymentUuid)}${reference}/`

/**
 * Credits the amount received under the reference that is not yet credited, and debits the amount that the
 * gateway has refunded. The part above the payment's amount is a separate `surplus` entry. A reversed reference is
 * not credited. Refuses nothing.
 */
export function creditPayment(
  state: WalletState,
  confirmed: ConfirmedPayment,
  totals: PaymentTotals,
  nowMs: number,
): Decided<PaymentCredit> {
  const credited = credit(noChange(state), confirmed, totals, nowMs)
  const gainKobo = subtractKobo(credited.state.head.balanceKobo, state.head.balanceKobo)
  const after = {
    ...totals,
    referenceCreditedKobo: addKobo(totals.referenceCreditedKobo, gainKobo),
    paymentCreditedKobo: addKobo(totals.paymentCreditedKobo, gainKobo),
  }
  return answered(takeRefunds(credited, confirmed, after, nowMs), confirmed, after)
}

/**
 * Debits the credit of a reference that was not refunded. The part that the wallet cannot spend becomes a
 * debt. A repeat moves nothing, and the reference is never credited again. Refuses nothing.
 */
export function reversePayment(
  state: WalletState,
  reversed: ReversedPayment,
  totals: PaymentTotals,
  nowMs: number,
): Decided<PaymentCredit> {
  const { paymentUuid, reference } = reversed
  const change = takeRefunds(noChange(state), reversed, totals, nowMs)
  if (reversalOf(reversed, totals)) return answered(change, reversed, totals)
  const dueKobo = leftKobo(reversed, { ...totals, returns: [...totals.returns, ...change.entries] })
  const reversal = { paymentUuid, reference, reversedKobo: dueKobo, shortfallKobo: ZERO }
  const noted = { ...change, reversals: [reversal] }
  const posting = {
    kind: 'reversal',
    amountKobo: dueKobo,
    reference: reversalReference(reversed),
    sourceUuid: paymentUuid,
  } as const
  return answered(debitOrOwe(noted, posting, nowMs), reversed, totals)
}

/** Amount credited under a reference that has not gone back. */
export const leftKobo = (
  name: PaymentAttempt,
  { referenceCreditedKobo, returns }: PaymentTotals,
): Kobo => subtractKobo(referenceCreditedKobo, returnedKobo(returnsOf(name, returns)))

export const reversalOf = (
  { reference }: PaymentAttempt,
  { reversals }: PaymentTotals,
): Reversal | undefined => reversals.find((reversal) => reversal.reference === reference)

function credit(
  change: Change,
  confirmed: ConfirmedPayment,
  totals: PaymentTotals,
  nowMs: number,
): Change {
  const { expectedKobo, receivedKobo, paymentUuid: sourceUuid } = confirmed
  if (reversalOf(confirmed, totals)) return change
  const gainKobo = maxKobo(ZERO, subtractKobo(receivedKobo, totals.referenceCreditedKobo))
  const missingKobo = maxKobo(ZERO, subtractKobo(expectedKobo, netCreditedKobo(sourceUuid, totals)))
  const topUpKobo = minKobo(gainKobo, missingKobo)
  const prefix = `${attemptEntryPrefix(confirmed)}${receivedKobo}`
  const topUp = { kind: 'top_up', reference: `${prefix}/top_up` } as const
  const surplus = { kind: 'surplus', reference: `${prefix}/surplus` } as const
  const toppedUp = post(change, { ...topUp, amountKobo: topUpKobo, sourceUuid }, nowMs)
  const surplusKobo = subtractKobo(gainKobo, topUpKobo)
  return post(toppedUp, { ...surplus, amountKobo: surplusKobo, sourceUuid }, nowMs)
}

/** Debits the reported refunds that are not yet debited, at most the remainder of the credit. */
function takeRefunds(
  change: Change,
  { refundedKobo = ZERO, ...name }: ReversedPayment,
  totals: PaymentTotals,
  nowMs: number,
): Change {
  const prefix = gatewayRefundPrefix(name)
  const takenKobo = returnedKobo(totals.returns, prefix)
  const newKobo = subtractKobo(refundedKobo, takenKobo)
  const amountKobo = maxKobo(ZERO, minKobo(newKobo, leftKobo(name, totals)))
  const reference = `${prefix}${addKobo(takenKobo, amountKobo)}`
  const posting = {
    kind: 'gateway_refund',
    amountKobo,
    reference,
    sourceUuid: name.paymentUuid,
  } as const
  return debitOrOwe(change, posting, nowMs)
}

/** Amount credited for a payment, less what was reversed. */
const netCreditedKobo = (
  paymentUuid: string,
  { paymentCreditedKobo, returns }: PaymentTotals,
): Kobo => subtractKobo(paymentCreditedKobo, returnedKobo(returns, reversalPrefix(paymentUuid)))

/** Amount by which the gateway's returns under a reference exceed its receipts. */
function excessKobo(
  { refundedKobo = ZERO, ...name }: ReversedPayment,
  isReversed: boolean,
  totals: PaymentTotals,
): Kobo {
  const refunds = returnedKobo(totals.returns, attemptRefundPrefix(name))
  const takenKobo = returnedKobo(totals.returns, gatewayRefundPrefix(name))
  const allRefundsKobo = addKobo(refunds, maxKobo(ZERO, subtractKobo(refundedKobo, takenKobo)))
  const { referenceCreditedKobo } = totals
  if (isReversed || referenceCreditedKobo === 0) return isReversed ? allRefundsKobo : ZERO
  return maxKobo(ZERO, subtractKobo(allRefundsKobo, referenceCreditedKobo))
}

const debtsOf = (name: PaymentAttempt, returns: readonly Entry[]): Entry[] =>
  returnsOf(name, returns).filter(({ kind }) => kind === 'debt')

function answered(
  change: Change,
  named: ReversedPayment,
  totals: PaymentTotals,
): Decided<PaymentCredit> {
  const after = {
    ...totals,
    returns: [...totals.returns, ...change.entries],
    reversals: [...totals.reversals, ...change.reversals],
  }
  const isReversed = reversalOf(named, after) !== undefined
  return decided(change, {
    netCreditedKobo: netCreditedKobo(named.paymentUuid, after),
    refundedKobo: returnedKobo(after.returns, refundPrefix(named.paymentUuid)),
    shortfallKobo: addKobo(...after.reversals.map(({ shortfallKobo }) => shortfallKobo)),
    isReversed,
    owedKobo: addKobo(...debtsOf(named, after.returns).map(({ amountKobo }) => amountKobo)),
    excessKobo: excessKobo(named, isReversed, after),
    entrySeq: change.state.head.seq,
  })
}
