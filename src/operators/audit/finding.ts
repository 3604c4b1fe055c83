import type { ConfirmDeps } from '../../payments/confirm'
import type { UserStore } from '../../users/store'
import type { ProjectionStore } from './projection-check'

export interface AuditDeps extends ConfirmDeps {
  readonly userStore: UserStore
  readonly projections: ProjectionStore
}

export type FindingKind =
  | 'ledger_fault'
  | 'copy_differs'
  | 'paid_not_credited'
  | 'credited_not_paid'
  | 'payment_marks_differ'
  | 'unclear_transaction'
  | 'credit_without_payment'
  | 'shared_reference'
  | 'money_after_erasure'
  | 'gateway_unavailable'

export interface Finding {
  readonly kind: FindingKind
  /** UUID of a wallet or payment, or Monnify's reference. */
  readonly subject: string
  readonly detail: string
  /** True if a comparison after the repair found no difference. */
  readonly repaired: boolean
}

export interface UserAuditRequest {
  readonly repair: boolean
  /** Monnify is not queried about payments that were created before this time. */
  readonly sinceMs: number
}

export interface AuditRequest extends UserAuditRequest {
  /** Last user of the previous page. Users are in order of their UUIDs. */
  readonly after: string
  readonly limit: number
}
