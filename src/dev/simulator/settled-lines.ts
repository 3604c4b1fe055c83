/** Lines of a simulated settlement: fees as at Monnify, and the faults of their customers. Pure. */
import { divideRoundingUp } from '../../common/money'
import type { SettlementFault } from './scenario'
import type { SimulatedTransaction } from './store'

export interface SettledLine {
  readonly transaction: SimulatedTransaction
  readonly netKobo: number
}

/** Monnify keeps 1.5 %, at most 2,000 NGN. */
const MAX_FEE_KOBO = 2000_00
const feeOf = (paidKobo: number): number =>
  Math.min(MAX_FEE_KOBO, divideRoundingUp(paidKobo * 15, 1000))

const lineOf = (transaction: SimulatedTransaction): SettledLine => ({
  transaction,
  netKobo: transaction.paidKobo - feeOf(transaction.paidKobo),
})

type Names = Pick<SimulatedTransaction, 'transactionReference' | 'paymentReference'>

const LINES: Readonly<
  Record<SettlementFault, (paid: SimulatedTransaction, other: Names) => SimulatedTransaction[]>
> = {
  none: (paid) => [paid],
  missing: () => [],
  doubled: (paid) => [paid, paid],
  foreign: (paid, other) => [paid, { ...paid, ...other }],
  short: (paid) => [{ ...paid, paidKobo: Math.ceil(paid.paidKobo / 2) }],
}

/** Lines of one transaction. @param other references that no payment has */
export const linesOf = (
  transaction: SimulatedTransaction,
  fault: SettlementFault,
  other: Names,
): SettledLine[] => LINES[fault](transaction, other).map(lineOf)
