/**
 * Refunds that the service orders. The money is held in the account `refund` before the gateway is called. It
 * leaves that account when the gateway has paid, or has failed to pay. Pure.
 */
import { type Kobo, maxKobo, minKobo, subtractKobo, ZERO } from '../../common/money'
import { refuse } from '../../common/result'
import { availableKobo, type Change, type Decided, decided, noChange, post } from './change'
import { debitOrOwe } from './debt-commands'
import type { Posting } from './ledger'
import { leftKobo, type PaymentTotals, reversalOf } from './payment-commands'
import {
  ownRefundPrefix,
  refundPrefix,
  type RefundAmounts,
  refundAmounts,
  type RefundName,
  returnedKobo,
  reversalReference,
} from './returned-money'
import type { WalletState } from './wallet'

export interface NewRefund extends RefundName {
  readonly amountKobo: Kobo
  /** A user's refund is refused while the wallet is frozen; an operator's is not. */
  readonly isByUser: boolean
}

/** Paid money that the wallet can spend. Goodwill is never refunded. */
export const refundableKobo = (state: WalletState, nowMs: number): Kobo =>
  maxKobo(ZERO, subtractKobo(availableKobo(state, nowMs), state.goodwillKobo))

/**
 * Holds the money of a refund; a repeat changes nothing. Refuses `wallet_frozen`, `debt_open`,
 * `refund_exceeds_payment` if less is left of the credit of the payment's reference,
 * `insufficient_funds`, `reference_reused` if its UUID was used with another amount, and `refund_not_allowed`
 * if the refund has failed and its money was returned.
 */
export function holdRefund(
  state: WalletState,
  refund: NewRefund,
  totals: PaymentTotals,
  nowMs: number,
): Decided<RefundState> {
  const { amountKobo, isByUser } = refund
  const known = holdOf(refund, totals)
  if (known && known.amountKobo !== amountKobo) return refuse({ code: 'reference_reused' })
  if (known) return repeatedHold(state, refund, totals)
  const { debtKobo, frozenAtMs } = state
  if (isByUser && frozenAtMs !== null) return refuse({ code: 'wallet_frozen' })
  if (debtKobo > 0) return refuse({ code: 'debt_open', debtKobo })
  const payableKobo = leftKobo(refund, totals)
  if (amountKobo > payableKobo)
    return refuse({ code: 'refund_exceeds_payment', leftKobo: payableKobo })
  const spendableKobo = refundableKobo(state, nowMs)
  if (amountKobo > spendableKobo)
    return refuse({
      code: 'insufficient_funds',
      requiredKobo: amountKobo,
      availableKobo: spendableKobo,
    })
  return stepped(noChange(state), refund, totals, (change, posting) =>
    post(change, posting('refund', amountKobo), nowMs),
  )
}

export interface RefundState extends RefundAmounts {
  /** Amount of the payment that was refunded or is held for refunds. */
  readonly refundedKobo: Kobo
  /** Position of the ledger's last entry when these amounts were computed. */
  readonly entrySeq: number
}

export type RefundOutcome = 'completed' | 'failed'

/**
 * Records whether the payer received a refund; the latest outcome counts. The money of a failed refund returns
 * to the wallet; if its reference was reversed, the reversal then debits it. A returned refund that is later
 * reported as completed is debited again, at most the remainder of the reference's credit. A repeat changes
 * nothing, nor does an outcome without a hold. Refuses nothing.
 */
export function settleRefund(
  state: WalletState,
  refund: RefundName,
  outcome: RefundOutcome,
  totals: PaymentTotals,
  nowMs: number,
): Decided<RefundState> {
  const { heldKobo, paidKobo, steps } = refundAmounts(totals.returns, refund)
  const amountKobo = holdOf(refund, totals)?.amountKobo
  if (amountKobo === undefined) return answered(noChange(state), refund, totals)
  return stepped(noChange(state), refund, totals, (change, posting) => {
    if (outcome === 'completed') {
      if (heldKobo > 0) return post(change, posting('refund_paid', heldKobo), nowMs)
      if (paidKobo > 0) return change
      const takenKobo = minKobo(amountKobo, leftKobo(refund, totals))
      return debitOrOwe(change, posting('gateway_refund', takenKobo), nowMs)
    }
    const bounced = post(change, posting('refund_bounced', paidKobo), nowMs)
    const backKobo = paidKobo > 0 ? paidKobo : heldKobo
    const returned = post(bounced, posting('refund_returned', backKobo), nowMs)
    if (backKobo === 0 || !reversalOf(refund, totals)) return returned
    const reversal = {
      kind: 'reversal',
      amountKobo: backKobo,
      reference: `${reversalReference(refund)}/${refund.refundUuid}/${steps}`,
      sourceUuid: refund.paymentUuid,
    } as const
    return debitOrOwe(returned, reversal, nowMs)
  })
}

/** A returned hold is refused: with nothing held, the order would pay the payer without a debit. */
function repeatedHold(
  state: WalletState,
  refund: RefundName,
  totals: PaymentTotals,
): Decided<RefundState> {
  const { heldKobo, paidKobo } = refundAmounts(totals.returns, refund)
  if (heldKobo > 0 || paidKobo > 0) return answered(noChange(state), refund, totals)
  const reason = 'The refund failed, and its money is in the wallet again. Request a new refund.'
  return refuse({ code: 'refund_not_allowed', reason })
}

/** The entry that holds the refund's money. */
const holdOf = (refund: RefundName, { returns }: PaymentTotals): Posting | undefined =>
  returns.find(({ reference }) => reference.startsWith(ownRefundPrefix(refund)))

/** Applies a step. Its postings are numbered, because a refund may fail and succeed more than once. */
function stepped(
  before: Change,
  refund: RefundName,
  totals: PaymentTotals,
  step: (change: Change, posting: (kind: Posting['kind'], amountKobo: Kobo) => Posting) => Change,
): Decided<RefundState> {
  const { steps } = refundAmounts(totals.returns, refund)
  const change = step(before, (kind, amountKobo) => ({
    kind,
    amountKobo,
    reference: `${ownRefundPrefix(refund)}${steps}/${kind}`,
    sourceUuid: refund.paymentUuid,
  }))
  return answered(change, refund, totals)
}

function answered(change: Change, refund: RefundName, totals: PaymentTotals): Decided<RefundState> {
  const returns = [...totals.returns, ...change.entries]
  return decided(change, {
    ...refundAmounts(returns, refund),
    refundedKobo: returnedKobo(returns, refundPrefix(refund.paymentUuid)),
    entrySeq: change.state.head.seq,
  })
}
