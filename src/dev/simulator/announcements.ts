/** Events of payments, refunds and settlements, with the variants that webhook faults need. Pure. */
import { eventOf, refundEventOf, settlementEventOf } from './messages'
import type { Announcement } from './notify'
import type { SimulatedRefund } from './refund-store'
import type { SettledLine } from './settled-lines'
import type { SimulatedTransaction } from './store'

const FACTOR = 10

export const paymentAnnouncement = (transaction: SimulatedTransaction): Announcement => ({
  paymentReference: transaction.paymentReference,
  event: eventOf(transaction),
  older: eventOf({ ...transaction, status: 'PARTIALLY_PAID', paidKobo: 1 }),
  altered: eventOf({ ...transaction, paidKobo: transaction.paidKobo * FACTOR }),
})

/** The older event of a failed refund reports it as completed. */
export const refundAnnouncement = (
  refund: SimulatedRefund,
  transaction: SimulatedTransaction,
): Announcement => ({
  paymentReference: refund.paymentReference,
  event: refundEventOf(refund),
  older:
    refund.status === 'FAILED'
      ? refundEventOf({ ...refund, status: 'COMPLETED' })
      : eventOf(transaction),
  altered: refundEventOf({ ...refund, amountKobo: refund.amountKobo * FACTOR }),
})

export function settlementAnnouncement(
  reference: string,
  lines: readonly SettledLine[],
  settledAtMs: number,
): Announcement {
  const event = settlementEventOf(reference, lines, settledAtMs)
  const dearer = lines.map((line) => ({ ...line, netKobo: line.netKobo * FACTOR }))
  return {
    paymentReference: reference,
    event,
    older: event,
    altered: settlementEventOf(reference, dearer, settledAtMs),
  }
}
