/**
 * The one path to a credit. Webhook, verify, chase and sweep all come here: ask who knows (Monnify,
 * or the wallet that a transfer left), let the wallet credit or take back by reference, then mark
 * the payment. Each step may be repeated, and stopped in between; credit first, mark second.
 */
import { currentRequestId, logError, logEvent, logWith } from '../common/log'
import { ZERO } from '../common/money'
import { ok, refuse, type Result } from '../common/result'
import type { PaymentStanding } from '../wallets/decide-receipt'
import type { WalletClient } from '../wallets/wallet-client'
import { attemptOf, attemptReference, ownReference } from './attempt'
import type { Gateway } from './monnify'
import {
  type ExceptionKind,
  type Finding,
  jitterOf,
  judge,
  nextAskAtMs,
  nextMarks,
  RETRY_MS,
} from './payment'
import type { Payment, PaymentStore } from './store'

export interface SettleDeps {
  readonly paymentStore: PaymentStore
  readonly gateway: Gateway
  readonly wallets: WalletClient
  readonly now: () => number
}

/** An order for a transfer that never reached the wallet is given up after this long. */
const ORDER_LIFETIME_MS = 15 * 60 * 1000
const SOONEST_MS = 2000

/** Attempts before the present one that are asked about: each was left without a checkout. */
const ASKED_ATTEMPTS = 5

/**
 * Finds out about a payment by its reference, over all its attempts, or by the reference of one, and
 * does what follows. Refuses `not_found` for a reference that is not ours, `gateway_unavailable`.
 */
export async function settlePayment(deps: SettleDeps, reference: string): Promise<Result<Payment>> {
  const payment = await deps.paymentStore.byReference(ownReference(reference))
  if (!payment) return refuse({ code: 'not_found' })
  try {
    return await logWith({ reference }, () => settle(deps, payment, reference))
  } catch (error) {
    await postpone(deps, payment, false)
    throw error
  }
}

async function settle(
  deps: SettleDeps,
  payment: Payment,
  reference: string,
): Promise<Result<Payment>> {
  if (payment.method === 'wallet') return settleTransfer(deps, payment)
  if (reference !== payment.reference) {
    const attempt = attemptOf(reference)
    return attempt > payment.attempt ? ok(payment) : settleAttempt(deps, payment, attempt)
  }
  const oldest = Math.max(1, payment.attempt - ASKED_ATTEMPTS)
  let settled = await settleAttempt(deps, payment, payment.attempt)
  for (let attempt = payment.attempt - 1; attempt >= oldest && settled.ok; attempt--)
    settled = await settleAttempt(deps, settled.value, attempt)
  return settled
}

/** Of a payment without an attempt there is nobody to ask, but time passes for it too. */
async function settleAttempt(
  deps: SettleDeps,
  payment: Payment,
  attempt: number,
): Promise<Result<Payment>> {
  const reference = attemptReference({ ...payment, attempt })
  const asked = attempt === 0 ? ok(undefined) : await deps.gateway.query(reference)
  if (!asked.ok) {
    await postpone(deps, payment, false)
    return asked
  }
  const finding = judge(reference, asked.value)
  const standing = await applyToWallet(deps, payment, reference, finding)
  if (finding.kind === 'exception') await noteException(deps, payment, reference, finding.exception)
  if (finding.kind === 'reversed' && standing.shortKobo > 0)
    await noteException(deps, payment, reference, 'reversal_shortfall')
  const isMarked = await markFinding(deps, payment, finding, standing, {
    isCurrent: attempt === payment.attempt,
    monnifyReference: asked.value?.transactionReference,
  })
  if (!isMarked) await postpone(deps, payment, true)
  return reread(deps, payment)
}

interface Asked {
  readonly isCurrent: boolean
  readonly monnifyReference: string | undefined
}

function markFinding(
  deps: SettleDeps,
  payment: Payment,
  finding: Finding,
  standing: PaymentStanding,
  { isCurrent, monnifyReference }: Asked,
): Promise<boolean> {
  const nowMs = deps.now()
  const judged = { ...payment, beganAtMs: beganAtMs(payment) }
  const marks = nextMarks(judged, finding, standing, isCurrent, nowMs)
  const isCompleted = marks.status === 'completed'
  return deps.paymentStore.mark(payment, {
    ...marks,
    amountPaidKobo: standing.paidKobo,
    standingSeq: standing.entrySeq,
    completedAtMs: isCompleted ? (payment.completedAtMs ?? nowMs) : null,
    nextAskAtMs: isCompleted ? null : plannedAskAtMs(payment, nowMs, true),
    ...(isCurrent && monnifyReference && { monnifyReference }),
  })
}

const beganAtMs = ({ attemptBeganAtMs, createdAtMs }: Payment): number =>
  attemptBeganAtMs ?? createdAtMs

const plannedAskAtMs = (payment: Payment, nowMs: number, wasAnswered: boolean) =>
  nextAskAtMs(beganAtMs(payment), nowMs, jitterOf(payment.uuid), wasAnswered)

/** Asked and not wiser: the payment stands as it is, and its turn comes again. */
async function postpone(deps: SettleDeps, payment: Payment, wasAnswered: boolean): Promise<void> {
  if (payment.status === 'completed') return
  const nextMs = plannedAskAtMs(payment, deps.now(), wasAnswered)
  if (nextMs === null && !wasAnswered)
    await noteException(deps, payment, attemptReference(payment), 'never_answered')
  await deps.paymentStore.postpone(payment.uuid, nextMs)
}

/**
 * What the wallet holds, as it was last marked. A payment that shows its whole amount and is not
 * completed owes of it after a reversal; how much, only the wallet knows, so none of it counts.
 */
function markedStanding(payment: Payment): PaymentStanding {
  const { amountPaidKobo: paidKobo, amountKobo, status, failureReason, standingSeq } = payment
  const isOwed = status !== 'completed' && paidKobo >= amountKobo
  return {
    paidKobo,
    shortKobo: isOwed ? paidKobo : ZERO,
    isReversed: failureReason === 'reversed',
    entrySeq: standingSeq,
  }
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
  if (finding.kind !== 'received' && finding.kind !== 'reversed') return markedStanding(payment)
  const requestId = currentRequestId()
  const moved = await deps.wallets.ask({ userUuid, type }, (wallet) =>
    finding.kind === 'received'
      ? wallet.receive({ ...name, expectedKobo, receivedKobo: finding.receivedKobo }, requestId)
      : wallet.takeBack(name, requestId),
  )
  if (!moved.ok) throw new Error(`the wallet refused ${finding.kind}: ${moved.refusal.code}`)
  return moved.value
}

async function noteException(
  deps: SettleDeps,
  payment: Payment,
  reference: string,
  kind: ExceptionKind,
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
  const { amountKobo: amountPaidKobo } = payment
  const done = {
    status: 'completed',
    completedAtMs: nowMs,
    amountPaidKobo,
    nextAskAtMs: null,
  } as const
  const underWay = { status: 'processing', nextAskAtMs: nowMs + RETRY_MS } as const
  const marks = { ...(delivered ? done : underWay), failureReason: null }
  await deps.paymentStore.move(payment.uuid, ['pending', 'processing', 'failed'], marks)
}

/** Nothing was moved. The key stays with the payment, so that a repeat orders the same transfer. */
export async function failTransfer(
  paymentStore: PaymentStore,
  { uuid }: Payment,
  failureReason: string,
): Promise<void> {
  await paymentStore.move(uuid, ['pending'], { status: 'failed', failureReason, nextAskAtMs: null })
}

async function reread(deps: SettleDeps, { uuid }: Payment): Promise<Result<Payment>> {
  const payment = await deps.paymentStore.byUuid(uuid)
  return payment ? ok(payment) : refuse({ code: 'not_found' })
}

/**
 * One link of a payment's chase: asks, and says when to ask again, which is never at once.
 * @returns the instant, or `null` when the payment is completed or has been asked about for long enough
 */
export async function chasePayment(deps: SettleDeps, reference: string): Promise<number | null> {
  const soonestMs = deps.now() + SOONEST_MS
  try {
    await settlePayment(deps, reference)
    const payment = await deps.paymentStore.byReference(ownReference(reference))
    const nextMs = payment?.nextAskAtMs ?? null
    return nextMs === null ? null : Math.max(nextMs, soonestMs)
  } catch (error) {
    logError('chase_failed', error, { reference })
    return deps.now() + RETRY_MS
  }
}
