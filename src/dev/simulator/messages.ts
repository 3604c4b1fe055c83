/** Formats of Monnify's responses and events. Pure. */
import { kobo, toNairaNumber } from '../../common/money'
import { REFUND_CODES, type RefundCode } from './refund-rules'
import type { SimulatedRefund } from './refund-store'
import { CHECKOUT_MS } from './scenario'
import type { SettledLine } from './settled-lines'
import type { SimulatedTransaction } from './store'

export const success = (responseBody: object) => ({
  requestSuccessful: true,
  responseMessage: 'success',
  responseCode: '0',
  responseBody,
})

export const failure = (responseMessage: string, responseCode = '99') => ({
  requestSuccessful: false,
  responseMessage,
  responseCode,
})

export const refundFailure = (code: RefundCode) => failure(REFUND_CODES[code], code)

/** Transaction at `nowMs`: unpaid ones expire, and money that went back is no longer paid. */
export function current(transaction: SimulatedTransaction, nowMs: number): SimulatedTransaction {
  const { status, createdAtMs, reversal } = transaction
  if (reversal && nowMs >= reversal.atMs) return { ...transaction, status: 'REVERSED', paidKobo: 0 }
  return status === 'PENDING' && nowMs >= createdAtMs + CHECKOUT_MS
    ? { ...transaction, status: 'EXPIRED' }
    : transaction
}

/** Monnify's format of an amount: two decimal places. */
const decimal = (amountKobo: number): string => toNairaNumber(kobo(amountKobo)).toFixed(2)

/** Body of a status response. Its amounts are strings. */
export function statusOf(transaction: SimulatedTransaction) {
  const { transactionReference, paymentReference, paidKobo, amountKobo, status } = transaction
  const isOpen = status === 'PENDING'
  return {
    transactionReference,
    paymentReference,
    amountPaid: decimal(paidKobo),
    totalPayable: isOpen ? '0.00' : decimal(amountKobo),
    settlementAmount: isOpen ? null : decimal(paidKobo),
    paidOn: isOpen ? null : lagosTime(transaction.createdAtMs),
    paymentStatus: status,
    paymentDescription: transaction.description,
    currency: 'NGN',
    paymentMethod: transaction.method ?? 'ACCOUNT_TRANSFER',
    product: { type: 'API_NOTIFICATION', reference: paymentReference },
    cardDetails: null,
    customer: { email: transaction.customerEmail, name: transaction.customerName },
    metaData: {},
  }
}

/** Event about a transaction. Its amounts are numbers. */
export const eventOf = (transaction: SimulatedTransaction) => ({
  eventType: 'SUCCESSFUL_TRANSACTION',
  eventData: {
    ...statusOf(transaction),
    amountPaid: toNairaNumber(kobo(transaction.paidKobo)),
    totalPayable: toNairaNumber(kobo(transaction.amountKobo)),
  },
})

/** Monnify's format of a time: an hour ahead of UTC, without a zone. */
const lagosTime = (ms: number): string =>
  new Date(ms + 3_600_000).toISOString().replace('T', ' ').replace('Z', '')

const DAY_FIRST = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Africa/Lagos',
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: true,
})

/** Monnify's other format of a time: `14/03/2026 04:23:37 PM`. */
const dayFirst = (ms: number): string => DAY_FIRST.format(ms).replace(',', '').toUpperCase()

/** Body of a response about a refund. */
export function refundOf(refund: SimulatedRefund) {
  const { refundReference, transactionReference, status, completedAtMs, destination } = refund
  return {
    refundReference,
    transactionReference,
    refundReason: refund.reason,
    customerNote: refund.note,
    refundAmount: toNairaNumber(kobo(refund.amountKobo)),
    currencyCode: 'NGN',
    refundType: refund.isFull ? 'FULL_REFUND' : 'PARTIAL_REFUND',
    refundStatus: status,
    refundStrategy: 'MERCHANT_WALLET',
    comment: COMMENTS[status],
    createdOn: dayFirst(refund.createdAtMs),
    completedOn: completedAtMs === null ? '' : dayFirst(completedAtMs),
    ...(destination && {
      destinationAccountNumber: destination.accountNumber,
      destinationAccountBankCode: destination.bankCode,
    }),
  }
}

const COMMENTS: Readonly<Record<SimulatedRefund['status'], string>> = {
  PENDING: 'Transaction refund is in progress.',
  COMPLETED: 'Transaction refund was successful.',
  FAILED: 'Transaction refund failed.',
}

/** Event about a refund. It has no `paymentReference`. */
export function refundEventOf(refund: SimulatedRefund) {
  const { refundReference, transactionReference, refundAmount, ...rest } = refundOf(refund)
  const { refundStatus, customerNote, createdOn, completedOn } = rest
  return {
    eventType: refund.status === 'FAILED' ? 'FAILED_REFUND' : 'SUCCESSFUL_REFUND',
    eventData: {
      refundReference,
      transactionReference,
      refundAmount,
      refundStatus,
      merchantReason: refund.reason,
      customerNote,
      createdOn,
      completedOn,
    },
  }
}

/** Transaction of a settlement. Its amounts are strings. */
export const settledOf = ({ transaction, netKobo }: SettledLine) => ({
  ...statusOf(transaction),
  settlementAmount: decimal(netKobo),
})

/** Event about a settlement. All its amounts are strings. */
export const settlementEventOf = (
  settlementReference: string,
  lines: readonly SettledLine[],
  settledAtMs: number,
) => ({
  eventType: 'SETTLEMENT',
  eventData: {
    amount: decimal(lines.reduce((sum, { netKobo }) => sum + netKobo, 0)),
    settlementTime: dayFirst(settledAtMs),
    settlementReference,
    destinationAccountNumber: '6001112223',
    destinationBankName: 'Example Bank',
    destinationAccountName: 'AIleana',
    transactionsCount: lines.length,
    transactions: lines.map(settledOf),
  },
})
