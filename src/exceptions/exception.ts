/** Kinds and states of exceptions, and operators' actions on them. Pure. */
import { ok, refuse, type Result } from '../common/result'

export const EXCEPTION_KINDS = [
  'currency_mismatch',
  'reference_mismatch',
  'unknown_reference',
  'unknown_status',
  'unexpected_amount',
  'unreadable_answer',
  'unknown_payment_state',
  'reversal_shortfall',
  /** The gateway refunded and reversed more than it received. */
  'excess_refund',
  /** A refund of a transaction that no payment has. */
  'unknown_refund',
  /** The gateway reports a refund that no known refund explains. */
  'unexplained_refund',
  /** A refund that the service did not order failed after the wallet was debited. */
  'gateway_refund_failed',
  /** A settlement names a transaction that no payment has. */
  'unknown_settlement',
  /** Two lines of settlements have the same transaction. */
  'settled_twice',
  /** The amounts of a settlement's line are not what the wallet credited. */
  'settled_short',
  /** A settlement has other content than before, or its lines do not add up to it. */
  'settlement_differs',
  /** A completed payment has no settlement after two days. */
  'unsettled_payment',
  /** The gateway has not decided a refund for three days. */
  'refund_undecided',
  /** The last later check of a payment failed. */
  'check_failed',
  /** The cron job's audit found a difference. */
  'audit_finding',
  'never_answered',
  /** The gateway has not confirmed within 30 s what an event or a returning customer reported. */
  'outcome_late',
  /** An approved proposal could not be executed. Its subject is the proposal. */
  'proposal_unfinished',
  /** An account cannot be erased yet. Its subject is the user. */
  'erasure_blocked',
  /** An endpoint of the deployment's stream was disabled. Its subject is the endpoint. */
  'endpoint_disabled',
] as const
export type ExceptionKind = (typeof EXCEPTION_KINDS)[number]

export const EXCEPTION_STATES = ['open', 'taken', 'resolved'] as const
export type ExceptionState = (typeof EXCEPTION_STATES)[number]

export const EXCEPTION_ACTIONS = ['take', 'note', 'resolve', 'reopen'] as const
export type ExceptionAction = (typeof EXCEPTION_ACTIONS)[number]

const RESULTS: Readonly<
  Record<ExceptionAction, { from: readonly ExceptionState[]; to?: ExceptionState }>
> = {
  note: { from: EXCEPTION_STATES },
  take: { from: ['open'], to: 'taken' },
  resolve: { from: ['open', 'taken'], to: 'resolved' },
  reopen: { from: ['taken', 'resolved'], to: 'open' },
}

/** Returns the state after an action. Refuses `exception_state_conflict`. */
export function stateAfter(state: ExceptionState, action: ExceptionAction): Result<ExceptionState> {
  const { from, to } = RESULTS[action]
  return from.includes(state)
    ? ok(to ?? state)
    : refuse({ code: 'exception_state_conflict', state })
}
