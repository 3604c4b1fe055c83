/**
 * Money that a gateway received for a payment, and money that it took back. Each is counted under
 * the gateway's reference, so that telling it twice, late or in any order moves it once. Pure.
 */
import { addKobo, type Kobo, subtractKobo, ZERO } from '../../common/money'
import { availableKobo, type Decided, decided, noChange, post } from './change'
import type { PaymentAttempt, Reversal, WalletState } from './wallet'

export interface ConfirmedPayment extends PaymentAttempt {
  /** What the payment is for, over all its attempts. */
  readonly expectedKobo: Kobo
  /** All that the gateway confirms as received under the reference so far. */
  readonly receivedKobo: Kobo
}

/** What the wallet has posted for a payment so far. */
export interface PaymentTotals {
  readonly referenceCreditedKobo: Kobo
  readonly paymentCreditedKobo: Kobo
  readonly paymentReversedKobo: Kobo
  readonly paymentShortfallKobo: Kobo
  readonly reversal: Reversal | undefined
}

/** What the wallet holds of the payment: credited less taken back, and what could not be taken. */
export interface PaymentCredit {
  readonly netCreditedKobo: Kobo
  readonly shortfallKobo: Kobo
  readonly isReversed: boolean
  /** The ledger position that this is true of. */
  readonly entrySeq: number
}

/** The entries of a payment, and of one of its references, begin with these. */
export const paymentEntryPrefix = (paymentUuid: string): string => `receipt/${paymentUuid}/`
export const attemptEntryPrefix = ({ paymentUuid, reference }: PaymentAttempt): string =>
  `${paymentEntryPrefix(paymentUuid)}${reference}/`

const atLeastZero = (amount: Kobo): Kobo => (amount > 0 ? amount : ZERO)
const atMost = (amount: Kobo, limit: Kobo): Kobo => (amount < limit ? amount : limit)

/**
 * Credits what was received beyond what has been credited under the reference. What exceeds the
 * payment's expected amount is an entry of its own. A reference that was reversed credits no more.
 */
export function creditPayment(
  state: WalletState,
  confirmed: ConfirmedPayment,
  facts: PaymentTotals,
  nowMs: number,
): Decided<PaymentCredit> {
  const { expectedKobo, receivedKobo, paymentUuid: sourceUuid } = confirmed
  const gainKobo = facts.reversal
    ? ZERO
    : atLeastZero(subtractKobo(receivedKobo, facts.referenceCreditedKobo))
  const netCreditedKobo = subtractKobo(facts.paymentCreditedKobo, facts.paymentReversedKobo)
  const missingKobo = atLeastZero(subtractKobo(expectedKobo, netCreditedKobo))
  const topUpKobo = atMost(gainKobo, missingKobo)
  const parts = { top_up: topUpKobo, surplus: subtractKobo(gainKobo, topUpKobo) }
  let change = noChange(state)
  for (const kind of ['top_up', 'surplus'] as const) {
    const amountKobo = parts[kind]
    if (amountKobo === 0) continue
    const reference = `${attemptEntryPrefix(confirmed)}${receivedKobo}/${kind}`
    change = post(change, { kind, amountKobo, reference, sourceUuid }, nowMs)
  }
  return decided(change, {
    netCreditedKobo: addKobo(netCreditedKobo, gainKobo),
    shortfallKobo: facts.paymentShortfallKobo,
    isReversed: facts.reversal !== undefined,
    entrySeq: change.state.head.seq,
  })
}

/**
 * Takes back what was credited under a reference, as far as the wallet can spend it, and notes what
 * it could not. Once; afterwards the reference credits nothing.
 */
export function reversePayment(
  state: WalletState,
  name: PaymentAttempt,
  facts: PaymentTotals,
  nowMs: number,
): Decided<PaymentCredit> {
  if (facts.reversal)
    return creditPayment(state, { ...name, expectedKobo: ZERO, receivedKobo: ZERO }, facts, nowMs)
  const { paymentUuid, reference } = name
  const dueKobo = facts.referenceCreditedKobo
  const reversedKobo = atMost(dueKobo, availableKobo(state, nowMs))
  const shortfallKobo = subtractKobo(dueKobo, reversedKobo)
  const reversal = { paymentUuid, reference, reversedKobo, shortfallKobo }
  const noted = { ...noChange(state), reversals: [reversal] }
  const posting = {
    kind: 'reversal',
    amountKobo: reversedKobo,
    reference: `reversal/${paymentUuid}/${reference}`,
    sourceUuid: paymentUuid,
  } as const
  const change = reversedKobo > 0 ? post(noted, posting, nowMs) : noted
  const netCreditedKobo = subtractKobo(facts.paymentCreditedKobo, facts.paymentReversedKobo)
  return decided(change, {
    netCreditedKobo: subtractKobo(netCreditedKobo, reversedKobo),
    shortfallKobo: addKobo(facts.paymentShortfallKobo, shortfallKobo),
    isReversed: true,
    entrySeq: change.state.head.seq,
  })
}
