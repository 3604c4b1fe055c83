/** A transaction of the modelled Monnify. */
export interface Transaction {
  readonly paymentReference: string
  readonly transactionReference: string
  readonly orderedKobo: number
  status: 'PENDING' | 'PAID' | 'FAILED' | 'CANCELLED' | 'ABANDONED' | 'EXPIRED' | 'REVERSED'
  paidKobo: number
  currency: string
}
