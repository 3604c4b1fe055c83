/** The simulator's transactions and sent events. */
import { createRun } from './database'
import { createFaultStore, type FaultStore } from './fault-store'
import { createMailStore, type MailStore } from './mail-store'
import { createReceiverStore, type ReceiverStore } from './receiver-store'
import { createRefundStore, type RefundStore } from './refund-store'
import { createSettlementStore, type SettlementStore } from './settlement-store'
import type { Faults, TransactionMethod, TransactionStatus } from './scenario'

export interface SimulatedTransaction {
  readonly transactionReference: string
  readonly paymentReference: string
  readonly amountKobo: number
  readonly paidKobo: number
  readonly status: TransactionStatus
  /** Number of status queries since the last change. */
  readonly asked: number
  readonly faults: Faults
  readonly customerName: string
  readonly customerEmail: string
  readonly description: string
  readonly redirectUrl: string | null
  /** A person uses the checkout, so the customer does not pay automatically. */
  readonly isAttended?: boolean
  readonly createdAtMs: number
  /** How the customer paid; by transfer if nothing is stored. */
  readonly method?: TransactionMethod
  readonly reversal?: Reversal | undefined
  /** Reference of the settlement that listed it. */
  readonly settlement?: string
}

/** Money that goes back from `atMs` on. The merchant can win a dispute, but not undo a reversal. */
export interface Reversal {
  readonly kind: 'reversal' | 'dispute'
  readonly atMs: number
}

/** Sent event, and the service's response. */
export interface SentEvent {
  readonly id: number
  /** Reference of the payment; for a settlement, its own reference. */
  readonly paymentReference: string
  readonly body: string
  readonly signature: string | null
  readonly answer: number
  /** Outcome, or code of the problem. */
  readonly verdict: string | null
  readonly sentAtMs: number
}

type Change = Partial<
  Pick<
    SimulatedTransaction,
    | 'status'
    | 'paidKobo'
    | 'asked'
    | 'faults'
    | 'isAttended'
    | 'redirectUrl'
    | 'method'
    | 'reversal'
    | 'settlement'
  >
>

export interface SimulatorStore
  extends RefundStore, FaultStore, MailStore, SettlementStore, ReceiverStore {
  /** @returns whether the payment reference was new */
  insert(transaction: SimulatedTransaction): Promise<boolean>
  byTransactionReference(reference: string): Promise<SimulatedTransaction | undefined>
  byPaymentReference(reference: string): Promise<SimulatedTransaction | undefined>
  /** Compare-and-set. @returns whether the transaction was unchanged since it was read */
  change(from: SimulatedTransaction, to: Change): Promise<boolean>
  newest(): Promise<SimulatedTransaction[]>
  /** Paid transactions without a settlement, oldest first. */
  unsettled(nowMs: number): Promise<SimulatedTransaction[]>
  recordEvent(event: Omit<SentEvent, 'id'>): Promise<SentEvent>
  /** Events of all payments, or of the given ones, newest first. */
  events(paymentReferences?: readonly string[]): Promise<SentEvent[]>
  event(id: number): Promise<SentEvent | undefined>
}

const LISTED = 20
const LISTED_OF_PAYMENTS = 200
const SETTLED_AT_ONCE = 50

const EVENT = 'id, paymentReference, body, signature, answer, verdict, sentAtMs'

export function createSimulatorStore(d1: D1Database): SimulatorStore {
  const run = createRun(d1)
  const select = async (rest: string, ...values: unknown[]): Promise<SimulatedTransaction[]> => {
    const { results } = await run<{ state: string }>(
      `SELECT state FROM simulator_transactions ${rest}`,
      ...values,
    )
    return results.map(({ state }) => JSON.parse(state) as SimulatedTransaction)
  }
  const sent = async (rest: string, ...values: unknown[]): Promise<SentEvent[]> =>
    (await run<SentEvent>(`SELECT ${EVENT} FROM simulator_sent_events ${rest}`, ...values)).results

  return {
    ...createRefundStore(run),
    ...createFaultStore(run),
    ...createMailStore(run),
    ...createSettlementStore(run),
    ...createReceiverStore(run),
    async insert(transaction) {
      const { transactionReference, paymentReference } = transaction
      const { meta } = await run(
        `INSERT INTO simulator_transactions (transaction_reference, payment_reference, state)
          VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
        transactionReference,
        paymentReference,
        JSON.stringify(transaction),
      )
      return meta.changes === 1
    },
    async byTransactionReference(reference) {
      return (await select('WHERE transaction_reference = ?', reference))[0]
    },
    async byPaymentReference(reference) {
      return (await select('WHERE payment_reference = ?', reference))[0]
    },
    async change(from, to) {
      const { meta } = await run(
        'UPDATE simulator_transactions SET state = ? WHERE transaction_reference = ? AND state = ?',
        JSON.stringify({ ...from, ...to }),
        from.transactionReference,
        JSON.stringify(from),
      )
      return meta.changes === 1
    },
    newest: () => select('ORDER BY rowid DESC LIMIT ?', LISTED),
    unsettled: (nowMs) =>
      select(
        `WHERE json_extract(state, '$.paidKobo') > 0 AND json_extract(state, '$.settlement') IS NULL
          AND COALESCE(json_extract(state, '$.reversal.atMs') > ?, TRUE) ORDER BY rowid LIMIT ?`,
        nowMs,
        SETTLED_AT_ONCE,
      ),
    async recordEvent(event) {
      const { paymentReference, body, signature, answer, verdict, sentAtMs } = event
      const { meta } = await run(
        `INSERT INTO simulator_sent_events
          (paymentReference, body, signature, answer, verdict, sentAtMs) VALUES (?, ?, ?, ?, ?, ?)`,
        paymentReference,
        body,
        signature,
        answer,
        verdict,
        sentAtMs,
      )
      return { ...event, id: meta.last_row_id }
    },
    events: (references) =>
      references
        ? sent(
            `WHERE paymentReference IN (SELECT value FROM json_each(?)) ORDER BY id DESC LIMIT ?`,
            JSON.stringify(references),
            LISTED_OF_PAYMENTS,
          )
        : sent('ORDER BY id DESC LIMIT ?', LISTED),
    event: async (id) => (await sent('WHERE id = ?', id))[0],
  }
}
