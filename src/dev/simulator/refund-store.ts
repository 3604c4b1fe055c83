/** The simulator's refunds. */
import type { Run } from './database'
import type { RefundStatus } from './refund-rules'
import type { RefundSetting, WebhookFault } from './scenario'

export interface SimulatedRefund {
  readonly refundReference: string
  readonly transactionReference: string
  readonly paymentReference: string
  readonly amountKobo: number
  readonly isFull: boolean
  readonly reason: string
  readonly note: string
  readonly destination: { readonly accountNumber: string; readonly bankCode: string } | null
  readonly setting: RefundSetting
  readonly webhook: WebhookFault
  readonly status: RefundStatus
  /** Number of queries while it was pending. */
  readonly asked: number
  readonly createdAtMs: number
  readonly completedAtMs: number | null
}

type Change = Pick<SimulatedRefund, 'status' | 'completedAtMs'> &
  Partial<Pick<SimulatedRefund, 'asked'>>

export interface RefundStore {
  /** @returns whether the reference was new, and all refunds together stay within `limitKobo` */
  insertRefund(refund: SimulatedRefund, limitKobo: number): Promise<boolean>
  refund(reference: string): Promise<SimulatedRefund | undefined>
  /** Compare-and-set. @returns whether the refund was unchanged since it was read */
  changeRefund(from: SimulatedRefund, to: Change): Promise<boolean>
  /** Newest first. @param page from 0 */
  refunds(page?: number, size?: number): Promise<SimulatedRefund[]>
}

const LISTED = 20

export function createRefundStore(run: Run): RefundStore {
  const select = async (rest: string, ...values: unknown[]): Promise<SimulatedRefund[]> => {
    const { results } = await run<{ state: string }>(
      `SELECT state FROM simulator_refunds ${rest}`,
      ...values,
    )
    return results.map(({ state }) => JSON.parse(state) as SimulatedRefund)
  }

  return {
    async insertRefund(refund, limitKobo) {
      const { refundReference, transactionReference, amountKobo } = refund
      const { meta } = await run(
        `INSERT INTO simulator_refunds (refund_reference, transaction_reference, state)
          SELECT ?1, ?2, ?3 WHERE ?4 + (
            SELECT COALESCE(SUM(json_extract(state, '$.amountKobo')), 0) FROM simulator_refunds
            WHERE transaction_reference = ?2 AND json_extract(state, '$.status') <> 'FAILED'
          ) <= ?5
          ON CONFLICT DO NOTHING`,
        refundReference,
        transactionReference,
        JSON.stringify(refund),
        amountKobo,
        limitKobo,
      )
      return meta.changes === 1
    },
    refund: async (reference) => (await select('WHERE refund_reference = ?', reference))[0],
    async changeRefund(from, to) {
      const { meta } = await run(
        'UPDATE simulator_refunds SET state = ? WHERE refund_reference = ? AND state = ?',
        JSON.stringify({ ...from, ...to }),
        from.refundReference,
        JSON.stringify(from),
      )
      return meta.changes === 1
    },
    refunds: (page = 0, size = LISTED) =>
      select('ORDER BY id DESC LIMIT ? OFFSET ?', size, page * size),
  }
}
