/**
 * The one path to a credit. Webhook, verify, chase and sweep all come here: ask who knows (Monnify,
 * or the wallet that a transfer left), let the wallet credit or take back by reference, then mark
 * the payment. Each step may be repeated, and stopped in between; credit first, mark second.
 */
import { logError, logEvent } from '../common/log'
import { ZERO } from '../common/money'
import { ok, refuse, type Result } from '../common/result'
import type { PaymentStanding } from '../wallets/decide-receipt'
import type { WalletClient } from '../wallets/wallet-client'
import { attemptOf, attemptReference, ownReference } from './attempt'
import type { Gateway } from './monnify'
import { type Finding, jitterOf, judge, nextAskAtMs, nextMarks } from './payment'
import type { Payment, PaymentStore } from './store'

export interface SettleDeps {
  readonly paymentStore: PaymentStore
  readonly gateway: Gateway
  readonly wallets: WalletClient
  readonly now: () => number
}

/** An order for a transfer that never reached the wallet is given up after this long. */
const ORDER_LIFETIME_MS = 15 * 60 * 1000

/**
 * Finds out about a payment by its reference or one of its attempts', and does what follows.
 * Refuses `not_found` for a reference that is not ours, `gateway_unavailable`.
 */
export async function settlePayment(deps: SettleDeps, reference: string): Promise<Result<Payment>> {
  const payment = await deps.paymentStore.byReference(ownReference(reference))
  if (!payment) return refuse({ code: 'not_found' })
  if (payment.method === 'wallet') return settleTransfer(deps, payment)
  const attempt = reference === payment.reference ? payment.attempt : attemptOf(reference)
  if (attempt < 1 || attempt > payment.attempt) return ok(await postpone(deps, payment, true))
  return settleAttempt(deps, payment, attempt)
}

async function settleAttempt(
  deps: SettleDeps,
  payment: Payment,
  attempt: number,
): Promise<Result<Payment>> {
  const reference = attemptReference({ ...payment, attempt })
  const asked = await deps.gateway.query(reference)
  if (!asked.ok) {
    await postpone(deps, payment, false)
    return asked
  }
  const finding = judge(reference, asked.value)
  const standing = await applyToWallet(deps, payment, reference, finding)
  if (finding.kind === 'exception') await noteException(deps, payment, reference, finding.exception)
  if (standing.shortKobo > 0) await noteException(deps, payment, reference, 'reversal_shortfall')

  const nowMs = deps.now()
  const isCurrent = attempt === payment.attempt
  const marks = nextMarks(payment, finding, standing, isCurrent, nowMs)
  const isCompleted = marks.status === 'completed'
  await deps.paymentStore.mark(payment.uuid, {
    ...marks,
    amountPaidKobo: standing.paidKobo,
    standingSeq: standing.entrySeq,
    completedAtMs: isCompleted ? (payment.completedAtMs ?? nowMs) : null,
    nextAskAtMs: isCompleted ? null : plannedAskAtMs(payment, nowMs, true),
    ...(isCurrent && asked.value && { monnifyReference: asked.value.transactionReference }),
  })
  return reread(deps, payment)
}

const plannedAskAtMs = ({ uuid, createdAtMs }: Payment, nowMs: number, wasAnswered: boolean) =>
  nextAskAtMs(createdAtMs, nowMs, jitterOf(uuid), wasAnswered)

/** Asked and not wiser: the payment stands as it is, and its turn comes again. */
async function postpone(
  deps: SettleDeps,
  payment: Payment,
  wasAnswered: boolean,
): Promise<Payment> {
  if (payment.status === 'completed') return payment
  await deps.paymentStore.postpone(payment.uuid, plannedAskAtMs(payment, deps.now(), wasAnswered))
  return payment
}

/** What Monnify holds, or holds no more, is moved in the wallet; anything else leaves it alone. */
async function applyToWallet(
  deps: SettleDeps,
  payment: Payment,
  reference: string,
  finding: Finding,
): Promise<PaymentStanding> {
  const { userUuid, walletType: type, uuid: paymentUuid, amountKobo: expectedKobo } = payment
  const name = { paymentUuid, reference }
  if (finding.kind !== 'received' && finding.kind !== 'reversed')
    return {
      paidKobo: payment.amountPaidKobo,
      shortKobo: ZERO,
      isReversed: payment.failureReason === 'reversed',
      entrySeq: payment.standingSeq,
    }
  const moved = await deps.wallets.ask({ userUuid, type }, (wallet) =>
    finding.kind === 'received'
      ? wallet.receive({ ...name, expectedKobo, receivedKobo: finding.receivedKobo })
      : wallet.takeBack(name),
  )
  if (!moved.ok) throw new Error(`the wallet refused ${finding.kind}: ${moved.refusal.code}`)
  return moved.value
}

async function noteException(
  deps: SettleDeps,
  payment: Payment,
  reference: string,
  kind: Parameters<PaymentStore['noteException']>[0]['kind'],
): Promise<void> {
  const { uuid: paymentUuid } = payment
  logEvent('payment_exception', { kind, payment: paymentUuid })
  await deps.paymentStore.noteException({ kind, reference, paymentUuid, notedAtMs: deps.now() })
}

/** Marks a wallet payment by what its wallet says: debited and delivered, under way, or never done. */
async function settleTransfer(deps: SettleDeps, payment: Payment): Promise<Result<Payment>> {
  const { uuid, userUuid, createdAtMs } = payment
  const transfer = await deps.wallets.ask({ userUuid, type: 'primary' }, (wallet) =>
    wallet.transfer(uuid),
  )
  if (transfer.ok) await markTransfer(deps, payment, transfer.value.status === 'delivered')
  else if (createdAtMs < deps.now() - ORDER_LIFETIME_MS)
    await failTransfer(deps.paymentStore, payment, 'not_executed')
  else await postpone(deps, payment, false)
  return reread(deps, payment)
}

export async function markTransfer(
  deps: SettleDeps,
  payment: Payment,
  delivered: boolean,
): Promise<void> {
  const nowMs = deps.now()
  const isDone = { status: 'completed', completedAtMs: nowMs, nextAskAtMs: null } as const
  const isUnderWay = {
    status: 'processing',
    nextAskAtMs: plannedAskAtMs(payment, nowMs, false),
  } as const
  const marks = delivered ? { ...isDone, amountPaidKobo: payment.amountKobo } : isUnderWay
  const from = delivered
    ? (['pending', 'processing', 'failed'] as const)
    : (['pending', 'failed'] as const)
  await deps.paymentStore.move(payment.uuid, from, { ...marks, failureReason: null })
}

/** Nothing was moved, so the key is free for another try. */
export async function failTransfer(
  paymentStore: PaymentStore,
  { uuid }: Payment,
  failureReason: string,
): Promise<void> {
  const failed = {
    status: 'failed',
    failureReason,
    idempotencyKey: null,
    nextAskAtMs: null,
  } as const
  await paymentStore.move(uuid, ['pending'], failed)
}

async function reread(deps: SettleDeps, { uuid }: Payment): Promise<Result<Payment>> {
  const payment = await deps.paymentStore.byUuid(uuid)
  return payment ? ok(payment) : refuse({ code: 'not_found' })
}

/**
 * One link of a payment's chase: asks, and says when to ask again.
 * @returns the instant, or `null` when the payment is completed or has been asked about for long enough
 */
export async function chasePayment(deps: SettleDeps, reference: string): Promise<number | null> {
  try {
    await settlePayment(deps, reference)
  } catch (error) {
    logError('chase_failed', error, { reference })
  }
  const payment = await deps.paymentStore.byReference(ownReference(reference))
  return payment?.nextAskAtMs ?? null
}
