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

/** Lines of one transaction. @param other references that no payment has */
export function linesOf(
  transaction: SimulatedTransaction,
  fault: SettlementFault,
  other: Pick<SimulatedTransaction, 'transactionReference' | 'paymentReference'>,
): SettledLine[] {
  const line = lineOf(transaction)
  switch (fault) {
    case 'none':
      return [line]
    case 'missing':
      return []
    case 'doubled':
      return [line, line]
    case 'foreign':
      return [line, lineOf({ ...transaction, ...other })]
    case 'short':
      return [lineOf({ ...transaction, paidKobo: Math.ceil(transaction.paidKobo / 2) })]
  }
}
