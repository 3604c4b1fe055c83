/** Words for the values of the API. Each table has every value of its type; others become plain words. Pure. */
import type { Call, Payment, Refund, Transaction } from '../../client/client'
import { capitalise, printWord } from './print'

type Words<T extends string> = Readonly<Record<T, string>>

export const CALL_STATUSES: Words<Call['status']> = {
  initiated: 'Calling',
  ringing: 'Ringing',
  answered: 'In progress',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

export const END_REASONS: Words<NonNullable<Call['end_reason']>> = {
  hangup: 'Hung up',
  busy: 'Busy',
  declined: 'Declined',
  failed: 'Connection failed',
  no_answer: 'No answer',
  credit_exhausted: 'Credit ran out',
  max_duration: 'Longest duration reached',
  wallet_frozen: 'Wallet frozen',
  lost: 'Connection lost',
}

export const CALL_TYPES: Words<Call['type']> = { audio: 'Audio call', video: 'Video call' }

export const PAYMENT_STATUSES: Words<Payment['status']> = {
  pending: 'Preparing',
  processing: 'Awaiting payment',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
  expired: 'Expired',
}

export const PAYMENT_METHODS: Words<Payment['method']> = {
  monnify: 'Monnify',
  wallet: 'Transfer between wallets',
}

export const REFUND_STATUSES: Words<Refund['status']> = {
  pending: 'Requested',
  processing: 'On its way to the payer',
  completed: 'Received by the payer',
  failed: 'Failed; the money is in the wallet again',
}

export const KINDS: Words<Transaction['kind']> = {
  top_up: 'Top-up',
  surplus: 'Overpayment',
  reversal: 'Payment reversed',
  transfer_out: 'Transfer out',
  transfer_in: 'Transfer in',
  call_charge: 'Call',
  refund: 'Refund requested',
  refund_paid: 'Refund paid',
  refund_returned: 'Refund returned',
  refund_bounced: 'Refund rejected by the bank',
  gateway_refund: 'Refund by Monnify',
  debt: 'Debt',
  debt_payment: 'Debt paid',
  debt_waiver: 'Debt waived',
  debt_taken_over: 'Debt taken over',
  goodwill: 'Goodwill',
  goodwill_out: 'Goodwill moved out',
  goodwill_in: 'Goodwill moved in',
  correction_in: 'Correction, credited',
  correction_out: 'Correction, debited',
}

/** The API declares these reasons as text. */
export const FAILURE_REASONS: Readonly<Record<string, string>> = {
  declined: 'The payment was declined',
  cancelled_by_customer: 'You cancelled the payment',
  abandoned_by_customer: 'The checkout was closed without a payment',
  checkout_expired: 'The checkout expired without a payment',
  reversed: 'Monnify took the money back',
  partially_paid: 'Only a part was paid',
  currency_mismatch: 'The currency does not match; support reviews the payment',
  reference_mismatch: 'The reference does not match; support reviews the payment',
  unexpected_amount: 'The amount is unexpected; support reviews the payment',
  unknown_status: 'Monnify sent an unknown status; support reviews the payment',
  not_executed: 'The transfer was not carried out',
  insufficient_funds: 'The wallet does not have enough money',
  debt_open: 'A debt must be paid first',
  wallet_frozen: 'The wallet is frozen',
}

/** Word of a value. A value that a later release added becomes plain words. */
export const wordOf = (table: Readonly<Record<string, string>>, value: string): string =>
  Object.hasOwn(table, value) ? (table[value] ?? '') : capitalise(printWord(value))
