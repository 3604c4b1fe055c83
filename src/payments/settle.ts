/**
 * The one path to a credit. Webhook, verify and sweep all come here: ask who knows (Monnify, or the
 * wallet that a transfer left), credit by reference, then mark the payment. Each step may be
 * repeated, and stopped in between; credit first, mark second, so that no money is lost.
 */
import { logError, logEvent } from '../common/log'
import { type Kobo, maxKobo, ZERO } from '../common/money'
import { ok, refuse, type Result } from '../common/result'
import type { WalletClient } from '../wallets/wallet-client'
import type { Gateway } from './monnify'
import { judge, type PaymentStatus } from './payment'
import type { Payment, PaymentStore } from './store'

export interface SettleDeps {
  readonly paymentStore: PaymentStore
  readonly gateway: Gateway
  readonly wallets: WalletClient
  readonly now: () => number
}

/** An order for a transfer that never reached the wallet is given up after this long. */
const ORDER_LIFETIME_MS = 15 * 60 * 1000
const SWEEP_AFTER_MS = 30_000
const SWEEP_LIMIT = 50
const CHECKOUT_LIFETIME_MS = 24 * 60 * 60 * 1000

const ALL_STATUSES = [
  'pending',
  'processing',
  'completed',
  'failed',
  'cancelled',
  'expired',
] as const

/** Our reference for an attempt at a payment, as Monnify knows it. */
export const attemptReference = ({
  reference,
  attempt,
}: Pick<Payment, 'reference' | 'attempt'>): string =>
  attempt === 0 ? reference : `${reference}_a${attempt}`

/** The payment's own reference, from any of its attempts'. */
export const ownReference = (attempted: string): string => attempted.replace(/_a[1-9]\d*$/, '')

/**
 * Finds out about a payment by the reference of one of its attempts, and does what follows.
 * Refuses `not_found` for a reference that is not ours, `gateway_unavailable`.
 */
export async function settlePayment(deps: SettleDeps, reference: string): Promise<Result<Payment>> {
  const payment = await deps.paymentStore.byReference(ownReference(reference))
  if (!payment) return refuse({ code: 'not_found' })
  if (payment.method === 'wallet') return settleTransfer(deps, payment)
  return settleCheckout(
    deps,
    payment,
    reference === payment.reference ? attemptReference(payment) : reference,
  )
}

async function settleCheckout(
  deps: SettleDeps,
  payment: Payment,
  reference: string,
): Promise<Result<Payment>> {
  const found = await deps.gateway.query(reference)
  if (!found.ok) return found
  if (!found.value) return ok(payment)
  const { receivedKobo, status, failureReason } = judge(payment, reference, found.value)
  const creditedKobo = await credit(deps, payment, reference, receivedKobo)
  const completedAtMs = status === 'completed' ? (payment.completedAtMs ?? deps.now()) : null
  const amountPaidKobo = maxKobo(payment.amountPaidKobo, creditedKobo)
  const monnifyReference = found.value.transactionReference
  const marks = { status, failureReason, completedAtMs, amountPaidKobo, monnifyReference }
  await deps.paymentStore.move(payment.uuid, statesBefore(status), marks)
  return reread(deps, payment)
}

/** A payment is completed from any state, and never leaves it; the others may follow each other. */
const statesBefore = (status: PaymentStatus): readonly PaymentStatus[] =>
  status === 'completed' ? ALL_STATUSES : ALL_STATUSES.filter((from) => from !== 'completed')

async function credit(
  deps: SettleDeps,
  payment: Payment,
  reference: string,
  receivedKobo: Kobo,
): Promise<Kobo> {
  if (receivedKobo === 0) return ZERO
  const { userUuid, walletType, uuid: paymentUuid, amountKobo: expectedKobo } = payment
  const credited = await deps.wallets.ask({ userUuid, type: walletType }, (wallet) =>
    wallet.receive({ reference, paymentUuid, expectedKobo, receivedKobo }),
  )
  if (!credited.ok) throw new Error(`a receipt was refused: ${credited.refusal.code}`)
  return credited.value
}

/** Marks a wallet payment by what its wallet says: debited and delivered, under way, or never done. */
async function settleTransfer(deps: SettleDeps, payment: Payment): Promise<Result<Payment>> {
  const transfer = await deps.wallets.ask(
    { userUuid: payment.userUuid, type: 'primary' },
    (wallet) => wallet.transfer(payment.uuid),
  )
  if (transfer.ok) await markTransfer(deps, payment, transfer.value.status === 'delivered')
  else if (payment.createdAtMs < deps.now() - ORDER_LIFETIME_MS)
    await failTransfer(deps.paymentStore, payment, 'not_executed')
  return reread(deps, payment)
}

export async function markTransfer(
  deps: SettleDeps,
  payment: Payment,
  delivered: boolean,
): Promise<void> {
  const { uuid, amountKobo: amountPaidKobo } = payment
  const completed = {
    status: 'completed',
    failureReason: null,
    completedAtMs: deps.now(),
    amountPaidKobo,
  } as const
  if (delivered) await deps.paymentStore.move(uuid, ['pending', 'processing', 'failed'], completed)
  else
    await deps.paymentStore.move(uuid, ['pending', 'failed'], {
      status: 'processing',
      failureReason: null,
    })
}

/** Nothing was moved, so the key is free for another try. */
export async function failTransfer(
  paymentStore: PaymentStore,
  { uuid }: Payment,
  failureReason: string,
): Promise<void> {
  await paymentStore.move(uuid, ['pending'], {
    status: 'failed',
    failureReason,
    idempotencyKey: null,
  })
}

async function reread(deps: SettleDeps, { uuid }: Payment): Promise<Result<Payment>> {
  const payment = await deps.paymentStore.byUuid(uuid)
  return payment ? ok(payment) : refuse({ code: 'not_found' })
}

/**
 * Asks about every open payment that has had time to be asked about by others. One failure stops
 * none. A checkout that is open after a day is given up; money that still comes is credited.
 */
export async function sweepPayments(deps: SettleDeps): Promise<void> {
  const open = await deps.paymentStore.openBefore(deps.now() - SWEEP_AFTER_MS, SWEEP_LIMIT)
  let completed = 0
  for (const payment of open) {
    try {
      const settled = await settlePayment(deps, payment.reference)
      if (settled.ok && settled.value.status === 'completed') completed += 1
      if (settled.ok && isOverdue(settled.value, deps.now())) await expire(deps, payment)
    } catch (error) {
      logError('sweep_failed', error, { payment: payment.uuid })
    }
  }
  if (open.length > 0) logEvent('payments_swept', { open: open.length, completed })
}

const isOverdue = ({ method, createdAtMs }: Payment, nowMs: number): boolean =>
  method === 'monnify' && createdAtMs < nowMs - CHECKOUT_LIFETIME_MS

async function expire(deps: SettleDeps, { uuid }: Payment): Promise<void> {
  const expired = { status: 'expired', failureReason: 'checkout_expired' } as const
  await deps.paymentStore.move(uuid, ['pending', 'processing'], expired)
}
