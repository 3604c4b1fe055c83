/**
 * The users' payment requests and the gateway's statuses: the auditor's reasons to accept money from outside,
 * and its expectations of a payment's row.
 */
import type { Grounds } from './auditor'
import { hold } from './violation'
import type { WalletModel } from './wallet-model'

export interface Order {
  readonly userUuid: string
  readonly wallet: string
  readonly method: string
  readonly amountKobo: number
  readonly key: string | undefined
}

interface Gateway {
  readonly said: ReadonlyMap<string, readonly { kind: string; kobo?: number }[]>
  readonly refunds: {
    dashboardKobo(paymentReference: string): number
    readonly had: ReadonlyMap<string, ReadonlySet<string>>
  }
}

interface Database {
  rows(query: string, ...values: string[]): Record<string, unknown>[]
}

const PAYMENT = `SELECT uuid, user_uuid AS userUuid, wallet_type AS wallet, method, amount_kobo AS amountKobo,
  status, amount_paid_kobo AS paidKobo, reference, idempotency_key AS key FROM payments`

export interface PaymentRow extends Order {
  readonly uuid: string
  readonly status: string
  readonly paidKobo: number
  readonly reference: string
}

export class Orders implements Grounds {
  readonly #gateway: Gateway
  readonly #d1: Database
  /** Every payment request of a user, by its content. */
  readonly #made = new Set<string>()
  /** Payment of each idempotency key. */
  readonly #byKey = new Map<string, string>()

  constructor(gateway: Gateway, d1: Database) {
    this.#gateway = gateway
    this.#d1 = d1
  }

  make(order: Order): void {
    this.#made.add(contentOf(order))
  }

  /** Checks that a key always returns the same payment. */
  answered({ userUuid, key }: Pick<Order, 'userUuid' | 'key'>, paymentUuid: string): void {
    if (key === undefined) return
    const name = `${userUuid} ${key}`
    const known = this.#byKey.get(name) ?? paymentUuid
    hold(known === paymentUuid, () => `key ${key} stands for two payments`)
    this.#byKey.set(name, known)
  }

  knows(userUuid: string, key: string): boolean {
    return this.#byKey.has(`${userUuid} ${key}`)
  }

  hasConfirmed(reference: string, receivedKobo: number): boolean {
    const said = this.#gateway.said.get(reference) ?? []
    return said.some(({ kind, kobo }) => kind === 'received' && kobo === receivedKobo)
  }

  hasRefunded(reference: string, refundedKobo: number): boolean {
    return refundedKobo <= this.#gateway.refunds.dashboardKobo(reference)
  }

  hasPaidRefund(refundUuid: string): boolean {
    const [row] = this.#d1.rows('SELECT reference FROM refunds WHERE uuid = ?', refundUuid)
    return this.#gateway.refunds.had.get(String(row?.['reference']))?.has('COMPLETED') ?? false
  }

  hasReversed(reference: string): boolean {
    return (this.#gateway.said.get(reference) ?? []).some(({ kind }) => kind === 'reversed')
  }

  order(paymentUuid: string): PaymentRow | undefined {
    const [row] = this.#d1.rows(`${PAYMENT} WHERE uuid = ?`, paymentUuid)
    const payment = row as PaymentRow | undefined
    hold(!payment || this.#made.has(contentOf(payment)), () => 'a payment that nobody ordered')
    return payment
  }

  /** Checks that completed payments were paid. */
  checkCompleted(walletOf: (name: string) => WalletModel): void {
    const rows = this.#d1.rows(`${PAYMENT} WHERE status = 'completed'`) as unknown as PaymentRow[]
    for (const payment of rows) {
      const { userUuid, wallet: type, method, uuid, amountKobo } = payment
      const wallet = walletOf(`${userUuid}/${type}`)
      if (method === 'wallet')
        hold(wallet.accepted.has(uuid), () => `transfer ${uuid} is completed and has not arrived`)
      else
        hold(
          creditedKobo(wallet, uuid) >= amountKobo,
          () => `payment ${uuid} is completed with ${creditedKobo(wallet, uuid)} of ${amountKobo}`,
        )
    }
  }

  /** Checks after an undisturbed confirmation that the payment's row equals the wallet. */
  checkSettled(paymentUuid: string, walletOf: (name: string) => WalletModel): void {
    const payment = this.order(paymentUuid)
    if (!payment || payment.method === 'wallet') return
    const wallet = walletOf(`${payment.userUuid}/${payment.wallet}`)
    let heldKobo = creditedKobo(wallet, paymentUuid)
    for (const returned of wallet.returned.values())
      if (returned.paymentUuid === paymentUuid) heldKobo -= returned.reversedKobo
    const isPaid = heldKobo >= payment.amountKobo
    hold(
      isPaid === (payment.status === 'completed'),
      () => `payment ${paymentUuid} of ${payment.amountKobo} is ${payment.status} with ${heldKobo}`,
    )
    hold(payment.paidKobo === heldKobo, () => `payment ${paymentUuid} shows ${payment.paidKobo}`)
  }
}

const contentOf = ({ userUuid, wallet, method, amountKobo }: Order): string =>
  [userUuid, wallet, method, amountKobo].join(' ')

function creditedKobo({ credits }: WalletModel, paymentUuid: string): number {
  let sumKobo = 0
  for (const credit of credits.values())
    if (credit.paymentUuid === paymentUuid) sumKobo += credit.kobo
  return sumKobo
}
