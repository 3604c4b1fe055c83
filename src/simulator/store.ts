/**
 * The simulator's transactions. They live in a table of the local D1 that the simulator makes for
 * itself, so that production has no trace of it and a restart of the development server keeps them.
 */
export interface SimulatedTransaction {
  readonly transactionReference: string
  readonly paymentReference: string
  readonly amount: string
  readonly amountPaid: string
  readonly currency: string
  readonly status: string
  readonly customerName: string
  readonly customerEmail: string
  readonly description: string
  readonly redirectUrl: string | null
  readonly createdAtMs: number
}

export interface SimulatorStore {
  /** @returns whether the payment reference was new */
  insert(transaction: SimulatedTransaction): Promise<boolean>
  byTransactionReference(reference: string): Promise<SimulatedTransaction | undefined>
  byPaymentReference(reference: string): Promise<SimulatedTransaction | undefined>
  /** @returns whether the transaction was still pending */
  finish(transactionReference: string, status: string, amountPaid: string): Promise<boolean>
}

const CREATE = `CREATE TABLE IF NOT EXISTS simulator_transactions (
  transaction_reference TEXT PRIMARY KEY,
  payment_reference TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL,
  amount_paid TEXT NOT NULL,
  details TEXT NOT NULL
)`

interface Row {
  status: string
  amount_paid: string
  details: string
}

const toTransaction = ({
  status,
  amount_paid: amountPaid,
  details,
}: Row): SimulatedTransaction => ({
  ...(JSON.parse(details) as SimulatedTransaction),
  status,
  amountPaid,
})

export function createSimulatorStore(d1: D1Database): SimulatorStore {
  const run = async (query: string, ...values: string[]): Promise<D1Result<Row>> => {
    const [, result] = await d1.batch<Row>([d1.prepare(CREATE), d1.prepare(query).bind(...values)])
    if (!result) throw new Error('the batch gave no result')
    return result
  }
  const find = async (column: string, reference: string) => {
    const { results } = await run(
      `SELECT * FROM simulator_transactions WHERE ${column} = ?`,
      reference,
    )
    return results.map(toTransaction)[0]
  }
  return {
    async insert(transaction) {
      const { transactionReference, paymentReference, status, amountPaid } = transaction
      const { meta } = await run(
        'INSERT INTO simulator_transactions VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
        transactionReference,
        paymentReference,
        status,
        amountPaid,
        JSON.stringify(transaction),
      )
      return meta.changes === 1
    },
    byTransactionReference: (reference) => find('transaction_reference', reference),
    byPaymentReference: (reference) => find('payment_reference', reference),
    async finish(transactionReference, status, amountPaid) {
      const { meta } = await run(
        `UPDATE simulator_transactions SET status = ?, amount_paid = ?
           WHERE transaction_reference = ? AND status = 'PENDING'`,
        status,
        amountPaid,
        transactionReference,
      )
      return meta.changes === 1
    },
  }
}
