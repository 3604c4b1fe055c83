/** An event of each type that Monnify sends. Pure. */
export interface EventDetails {
  readonly reference: string
  readonly amount: number
}

type Build = (details: EventDetails) => object

const customer = { name: 'Ngozi Example', email: 'ngozi@example.com' }
const theirs = 'MNFY|41|20260314101530|000812'

const refund =
  (refundStatus: string): Build =>
  ({ amount }) => ({
    merchantReason: 'item out of stock',
    transactionReference: theirs,
    completedOn: '14/03/2026 4:24:05 PM',
    refundStatus,
    customerNote: 'Refund 7Q2M',
    createdOn: '14/03/2026 4:23:37 PM',
    refundReference: 'rf_7Q2M_1',
    refundAmount: amount,
  })

const disbursement =
  (status: string): Build =>
  ({ amount, reference }) => ({
    amount,
    transactionReference: 'MFDS41EXAMPLE0001',
    fee: 20,
    destinationAccountNumber: '0123456789',
    destinationAccountName: 'NGOZI EXAMPLE',
    destinationBankCode: '058',
    reference,
    narration: 'Payout 551',
    currency: 'NGN',
    status,
  })

const BUILDERS: Readonly<Record<string, Build>> = {
  SUCCESSFUL_TRANSACTION: ({ reference, amount }) => ({
    product: { reference, type: 'API_NOTIFICATION' },
    transactionReference: theirs,
    paymentReference: reference,
    paidOn: '2026-03-14 10:16:02.0',
    paymentDescription: 'Wallet top-up',
    metaData: {},
    paymentSourceInformation: [
      { bankCode: '058', amountPaid: amount, accountNumber: '0123456789' },
    ],
    amountPaid: amount,
    totalPayable: amount,
    cardDetails: {},
    paymentMethod: 'ACCOUNT_TRANSFER',
    currency: 'NGN',
    settlementAmount: amount.toFixed(2),
    paymentStatus: 'PAID',
    customer,
  }),
  REJECTED_PAYMENT: ({ reference, amount }) => ({
    product: { reference, type: 'WEB_SDK' },
    amount,
    paymentSourceInformation: { bankCode: '50515', amountPaid: amount / 2 },
    transactionReference: theirs,
    created_on: '2026-03-15 09:00:05.0',
    paymentReference: reference,
    paymentRejectionInformation: { rejectionReason: 'UNDER_PAYMENT', expectedAmount: amount },
    customer,
  }),
  SUCCESSFUL_REFUND: refund('COMPLETED'),
  FAILED_REFUND: refund('FAILED'),
  SUCCESSFUL_DISBURSEMENT: disbursement('SUCCESS'),
  FAILED_DISBURSEMENT: disbursement('FAILED'),
  REVERSED_DISBURSEMENT: disbursement('REVERSED'),
  SETTLEMENT: ({ amount }) => ({
    amount: amount.toFixed(2),
    settlementTime: '15/03/2026 02:29:00 PM',
    settlementReference: 'EXAMPLESETTLEMENT01',
    transactionsCount: 0,
    transactions: [],
  }),
  MANDATE_UPDATE: () => ({ mandateStatus: 'ACTIVATED', mandateCode: 'EXAMPLEMANDATE01' }),
  ACCOUNT_ACTIVITY: ({ amount }) => ({ amount, currency: '566', activityType: 'CREDIT' }),
  LOW_BALANCE_ALERT: ({ amount }) => ({
    transactionTime: '15/03/2026 02:29:00 PM',
    merchantCode: 'EXAMPLEMERCHANT01',
    walletAccountNumber: '8000000001',
    walletBalance: amount,
    lowBalanceThreshold: amount * 2,
    currency: 'NGN',
    description: 'The wallet balance is low.',
  }),
}

export const EVENT_TYPES = Object.keys(BUILDERS)

/** @returns the event as Monnify would send it, or `undefined` for an unknown type */
export function buildEvent(eventType: string, details: EventDetails): object | undefined {
  const build = Object.hasOwn(BUILDERS, eventType) ? BUILDERS[eventType] : undefined
  return build && { eventType, eventData: build(details) }
}
