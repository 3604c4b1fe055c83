/** Outcomes of payments, about which users receive messages and streams receive events. Pure. */
import type { PaymentStatus, StatusUpdate } from './payment'

export type PaymentOutcome =
  | 'completed'
  | 'failed'
  | 'expired'
  | 'cancelled'
  | 'partially_paid'
  | 'reversed'

const isClosed = (status: PaymentStatus): status is 'failed' | 'cancelled' | 'expired' =>
  status === 'failed' || status === 'cancelled' || status === 'expired'

/**
 * Returns the outcomes that a payment has after a status update. It has two if it was closed although a part was paid.
 * @param creditedKobo amount credited, less what was reversed
 */
export function outcomesOf(
  { status, failureReason }: StatusUpdate,
  creditedKobo: number,
): readonly PaymentOutcome[] {
  if (status === 'completed') return ['completed']
  if (failureReason === 'reversed') return ['reversed']
  const paid = creditedKobo > 0 ? (['partially_paid'] as const) : []
  return isClosed(status) ? [...paid, status] : paid
}
