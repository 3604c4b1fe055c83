/**
 * Credits and reversals of payments. The wallet counts both under the gateway's reference, so that a
 * report that arrives twice, late or out of order moves the money once. Pure.
 */
import { addKobo, type Kobo, subtractKobo, ZERO } from '../../common/money'
import { availableKobo, type Decided, decided, noChange, post } from './change'
import type { PaymentAttempt, Reversal, WalletState } from './wallet'

export interface ConfirmedPayment extends PaymentAttempt {
  /** Amount of the payment, for all its attempts together. */
  readonly expectedKobo: Kobo
  /** Total that the gateway confirms as received under the reference. */
  readonly receivedKobo: Kobo
}

/** Amounts that the wallet has already posted for a payment. */
export interface PaymentTotals {
  readonly referenceCreditedKobo: Kobo
  readonly paymentCreditedKobo: Kobo
  readonly paymentReversedKobo: Kobo
  readonly paymentShortfallKobo: Kobo
  readonly reversal: Reversal | undefined
}

/** A payment's totals after a command: amount credited less reversed, and the shortfall of reversals. */
export interface PaymentCredit {
  readonly netCreditedKobo: Kobo
  readonly shortfallKobo: Kobo
  readonly isReversed: boolean
  /** Position of the ledger's last entry when these amounts were computed. */
  readonly entrySeq: number
}

/** Prefixes of the entry references of a payment, and of one of its attempts. */
export const paymentEntryPrefix = (paymentUuid: string): string => `receipt/${paymentUuid}/`
export const attemptEntryPrefix = ({ paymentUuid, reference }: PaymentAttempt): string =>
  `${paymentEntryPrefix(paymentUuid)}${reference}/`

const atLeastZero = (amount: Kobo): Kobo => (amount > 0 ? amount : ZERO)
const atMost = (amount: Kobo, limit: Kobo): Kobo => (amount < limit ? amount : limit)

/**
 * Credits the received amount that has not yet been credited under the reference. The part above the
 * payment's amount is a separate `surplus` entry. A reversed reference credits nothing. Refuses nothing.
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
 * Reverses all that was credited under a reference, up to the amount that the wallet can spend, and
 * records the rest as the shortfall. A repeat changes nothing, and the reference is never credited again.
 * Refuses nothing.
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
