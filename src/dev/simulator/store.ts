/**
 * The simulator's transactions, events and settings. The simulator creates its own tables in the local D1, so
 * production does not have them, and they survive a restart.
 */
import { type Faults, NO_FAULTS, type TransactionStatus } from './scenario'

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
}

/** Sent event, and the service's response. */
export interface SentEvent {
  readonly id: number
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
    'status' | 'paidKobo' | 'asked' | 'faults' | 'isAttended' | 'redirectUrl'
  >
>

export interface SimulatorStore {
  /** @returns whether the payment reference was new */
  insert(transaction: SimulatedTransaction): Promise<boolean>
  byTransactionReference(reference: string): Promise<SimulatedTransaction | undefined>
  byPaymentReference(reference: string): Promise<SimulatedTransaction | undefined>
  /** Compare-and-set. @returns whether the transaction was unchanged since it was read */
  change(from: SimulatedTransaction, to: Change): Promise<boolean>
  newest(): Promise<SimulatedTransaction[]>
  recordEvent(event: Omit<SentEvent, 'id'>): Promise<SentEvent>
  /** Events of all payments, or of the given ones, newest first. */
  events(paymentReferences?: readonly string[]): Promise<SentEvent[]>
  event(id: number): Promise<SentEvent | undefined>
  faults(): Promise<Faults>
  setFaults(faults: Faults): Promise<void>
}

const LISTED = 20
const LISTED_OF_PAYMENTS = 200

const CREATE = [
  `CREATE TABLE IF NOT EXISTS simulator_transactions (
    transaction_reference TEXT PRIMARY KEY,
    payment_reference TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS simulator_sent_events (
    id INTEGER PRIMARY KEY,
    paymentReference TEXT NOT NULL,
    body TEXT NOT NULL,
    signature TEXT,
    answer INTEGER NOT NULL,
    verdict TEXT,
    sentAtMs INTEGER NOT NULL
  )`,
  'CREATE TABLE IF NOT EXISTS simulator_settings (id INTEGER PRIMARY KEY, faults TEXT NOT NULL)',
]

const EVENT = 'id, paymentReference, body, signature, answer, verdict, sentAtMs'

export function createSimulatorStore(d1: D1Database): SimulatorStore {
  async function run<Row>(query: string, ...values: unknown[]): Promise<D1Result<Row>> {
    const statements = [
      ...CREATE.map((create) => d1.prepare(create)),
      d1.prepare(query).bind(...values),
    ]
    const result = (await d1.batch<Row>(statements)).at(-1)
    if (!result) throw new Error('the batch returned no result')
    return result
  }
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
    async faults() {
      const { results } = await run<{ faults: string }>('SELECT faults FROM simulator_settings')
      return results[0] ? (JSON.parse(results[0].faults) as Faults) : NO_FAULTS
    },
    async setFaults(faults) {
      await run(
        `INSERT INTO simulator_settings (id, faults) VALUES (1, ?)
          ON CONFLICT (id) DO UPDATE SET faults = excluded.faults`,
        JSON.stringify(faults),
      )
    },
  }
}
