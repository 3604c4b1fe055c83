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
  | 'never_answered'

export type ExceptionState = 'open' | 'taken' | 'resolved'
