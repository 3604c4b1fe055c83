/** Formats of Monnify's responses and events. Pure. */
import { kobo, toNairaNumber } from '../../common/money'
import { CHECKOUT_MS } from './scenario'
import type { SimulatedTransaction } from './store'

export const success = (responseBody: object) => ({
  requestSuccessful: true,
  responseMessage: 'success',
  responseCode: '0',
  responseBody,
})

export const failure = (responseMessage: string) => ({
  requestSuccessful: false,
  responseMessage,
  responseCode: '99',
})

/** Transaction at `nowMs`: unpaid ones expire. */
export const current = (transaction: SimulatedTransaction, nowMs: number): SimulatedTransaction =>
  transaction.status === 'PENDING' && nowMs >= transaction.createdAtMs + CHECKOUT_MS
    ? { ...transaction, status: 'EXPIRED' }
    : transaction

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
    paymentMethod: 'ACCOUNT_TRANSFER',
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
