/** The request, the dependencies and the findings of an audit. */
import type { ConfirmDeps } from '../payments/confirm'
import type { UserStore } from '../users/store'
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
  | 'gateway_unavailable'

export interface Finding {
  readonly kind: FindingKind
  /** A wallet's or payment's uuid, or Monnify's reference. */
  readonly subject: string
  readonly detail: string
  /** Whether a comparison after the repair found nothing any more. */
  readonly repaired: boolean
}

export interface AuditRequest {
  /** Users after this one, in the order of their uuids. */
  readonly after: string
  readonly limit: number
  readonly repair: boolean
  /** Payments made before are not asked about at Monnify. */
  readonly sinceMs: number
}
