/** Monnify's refunds in the model: those that the service orders, and those of the dashboard. */
import type { Transaction } from './transaction'

type Status = 'PENDING' | 'COMPLETED' | 'FAILED'

export interface TwinRefund {
  readonly refundReference: string
  readonly transaction: Transaction
  readonly amountKobo: number
  readonly isOwn: boolean
  status: Status
  /** Queries until it is decided, and how. */
  queriesLeft: number
  readonly decision: Status
}

interface Order {
  readonly refundReference: string
  readonly transactionReference: string
  readonly refundAmount: number
}

/** How refunds end, in turn. */
const DECISIONS: readonly (readonly [queries: number, decision: Status])[] = [
  [0, 'COMPLETED'],
  [2, 'COMPLETED'],
  [1, 'FAILED'],
  [4, 'COMPLETED'],
]

const MIN_KOBO = 10_000

export class RefundTwin {
  /** Newest first. */
  readonly refunds: TwinRefund[] = []
  /** Every status that a refund has had. */
  readonly had = new Map<string, Set<Status>>()
  #count = 0

  byReference(reference: string): TwinRefund | undefined {
    return this.refunds.find(({ refundReference }) => refundReference === reference)
  }

  /** @returns Monnify's code */
  order(transaction: Transaction | undefined, { refundReference, refundAmount }: Order): string {
    if (this.byReference(refundReference)) return 'R9'
    if (!transaction) return 'R1'
    const amountKobo = Math.round(refundAmount * 100)
    if (amountKobo < MIN_KOBO) return 'R4'
    if (transaction.status !== 'PAID' || amountKobo > this.leftKobo(transaction)) return 'R12'
    const [queriesLeft, decision] = DECISIONS[this.#count++ % DECISIONS.length] ?? [0, 'COMPLETED']
    this.#add({ refundReference, transaction, amountKobo, isOwn: true, queriesLeft, decision })
    return '0'
  }

  /** A refund in the dashboard, which is completed at once. */
  make(transaction: Transaction, amountKobo: number): TwinRefund {
    const refundReference = `TRFD|${this.#count++}|${transaction.paymentReference}`
    const made = { refundReference, transaction, amountKobo, isOwn: false }
    return this.#add({ ...made, queriesLeft: 0, decision: 'COMPLETED' })
  }

  #add(refund: Omit<TwinRefund, 'status'>): TwinRefund {
    const added: TwinRefund = { ...refund, status: 'PENDING' }
    this.refunds.unshift(added)
    this.set(added, refund.queriesLeft === 0 ? refund.decision : 'PENDING')
    return added
  }

  set(refund: TwinRefund, status: Status): void {
    refund.status = status
    const had = this.had.get(refund.refundReference) ?? new Set()
    this.had.set(refund.refundReference, had.add(status))
  }

  /** Status as a query reports it; each query brings the decision nearer. */
  ask(refund: TwinRefund): TwinRefund {
    if (refund.status === 'PENDING' && --refund.queriesLeft <= 0) this.set(refund, refund.decision)
    return refund
  }

  /** Amount of a transaction that was not refunded. */
  leftKobo({ paymentReference, paidKobo }: Transaction): number {
    let leftKobo = paidKobo
    for (const { transaction, amountKobo, status } of this.refunds)
      if (transaction.paymentReference === paymentReference && status !== 'FAILED')
        leftKobo -= amountKobo
    return leftKobo
  }

  /** Refunded in the dashboard under a reference. */
  dashboardKobo(paymentReference: string): number {
    return this.#sum(
      ({ isOwn, transaction }) => !isOwn && transaction.paymentReference === paymentReference,
    )
  }

  /** All that reached the payer of a transaction by refunds. */
  completedKobo(paymentReference: string): number {
    return this.#sum(
      ({ status, transaction }) =>
        status === 'COMPLETED' && transaction.paymentReference === paymentReference,
    )
  }

  #sum(is: (refund: TwinRefund) => boolean): number {
    let sumKobo = 0
    for (const refund of this.refunds) if (is(refund)) sumKobo += refund.amountKobo
    return sumKobo
  }
}
