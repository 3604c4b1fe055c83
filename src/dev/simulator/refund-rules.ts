/** Rules of a simulated refund: Monnify's codes, and its status. Pure. */
import type { RefundFault, RefundSetting, TransactionMethod } from './scenario'

export type RefundStatus = 'PENDING' | 'COMPLETED' | 'FAILED'

/** Monnify's messages. */
export const REFUND_CODES = {
  R1: 'Transaction not found',
  R2: 'Transaction is not refundable',
  R3: 'Refund amount is above the transaction amount',
  R4: 'Refund amount is below the minimum of 100',
  R5: 'Insufficient wallet balance',
  R6: 'Source account details are missing or invalid',
  R7: 'No refund with this reference',
  R8: 'A value is too long',
  R9: 'Refund reference has been used',
  R10: 'Wallet balance is unavailable',
  R11: 'Name enquiry failed, try again later',
  R12: 'Total refunds are above the transaction amount',
  M01: 'System error',
  M02: 'System error',
  '99': 'Request could not be completed',
} as const
export type RefundCode = keyof typeof REFUND_CODES

const MIN_REFUND_KOBO = 10_000
const MAX_REASON_LENGTH = 64
const MAX_NOTE_LENGTH = 16

export interface OrderFacts {
  readonly amountKobo: number
  readonly reason: string
  readonly note: string
  readonly isReferenceUsed: boolean
  /** `undefined` if there is no such transaction. */
  readonly transaction:
    | { readonly paidKobo: number; readonly method: TransactionMethod }
    | undefined
}

/** Returns the code that follows from the order and the transaction. R12 follows from the other refunds. */
export function codeOf(order: OrderFacts): RefundCode | undefined {
  const { amountKobo, reason, note, isReferenceUsed, transaction } = order
  if (reason.length > MAX_REASON_LENGTH || note.length > MAX_NOTE_LENGTH) return 'R8'
  if (isReferenceUsed) return 'R9'
  if (!transaction) return 'R1'
  if (transaction.method !== 'ACCOUNT_TRANSFER') return 'R2'
  if (amountKobo < MIN_REFUND_KOBO) return 'R4'
  return amountKobo > transaction.paidKobo ? 'R3' : undefined
}

/** Code of a fault; `undefined` for faults without one. */
export const codeOfFault = (fault: RefundFault): RefundCode | undefined =>
  fault in REFUND_CODES ? (fault as RefundFault & RefundCode) : undefined

/** Status of a refund that has just arrived. */
export function statusOnArrival(fault: RefundFault): RefundStatus {
  if (fault === 'failed') return 'FAILED'
  return fault === 'pending' ? 'PENDING' : 'COMPLETED'
}

/** Status that a query returns. @param asked number of earlier queries */
export const statusOnQuery = (
  status: RefundStatus,
  { queries }: RefundSetting,
  asked: number,
): RefundStatus => (status === 'PENDING' && asked >= queries ? 'COMPLETED' : status)
