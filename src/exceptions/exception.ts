/** Kinds of exceptions, and their states. Pure. */
export type ExceptionKind =
  | 'currency_mismatch'
  | 'reference_mismatch'
  | 'unknown_reference'
  | 'unknown_status'
  | 'unexpected_amount'
  | 'unreadable_answer'
  | 'unknown_payment_state'
  | 'reversal_shortfall'
  /** The gateway refunded and reversed more than it received. */
  | 'excess_refund'
  /** A refund of a transaction that no payment has. */
  | 'unknown_refund'
  /** The gateway reports a refund, but lists none. */
  | 'unexplained_refund'
  /** A settlement names a transaction that no payment has. */
  | 'unknown_settlement'
  /** A refund that the gateway has not decided for three days. */
  | 'refund_undecided'
  | 'never_answered'

export type ExceptionState = 'open' | 'taken' | 'resolved'
