/**
 * The one path to a credit. Webhook, verify, poll and audit all come here: ask who knows (Monnify,
 * or the wallet that a transfer left), let the wallet credit or take back by reference, then mark
 * the payment. Each step may be repeated, and stopped in between; credit first, mark second.
 */
import { currentRequestId, logEvent, logWith } from '../common/log'
import { type Kobo, ZERO } from '../common/money'
import { isUnreadable, ok, refuse, type Result } from '../common/result'
import type { PaymentStanding } from '../wallets/core/payment-commands'
import type { WalletClient } from '../wallets/object/client'
import { attemptOf, attemptReference, ownReference } from './core/references'
import type { Gateway } from './monnify/client'
import type { ExceptionKind } from '../exceptions/exception'
import type { ExceptionStore } from '../exceptions/store'
import {
  type Finding,
  isDueStatus,
  judge,
  nextMarks,
  nextPollAtMs,
  type PaymentStatus,
} from './core/payment'
import type { Payment, PaymentStore } from './store'
import { isUnderstood } from './core/understood'

export interface SettleDeps {
  readonly paymentStore: PaymentStore
  readonly exceptionStore: ExceptionStore
  readonly gateway: Gateway
  readonly wallets: WalletClient
  readonly now: () => number
}

/** An order for a transfer that never reached the wallet is given up after this long. */
const ORDER_LIFETIME_MS = 15 * 60 * 1000

/** Attempts before the present one that are asked about: each was left without a checkout. */
const ASKED_ATTEMPTS = 5

/**
 * Finds out about a payment by its reference, over all its attempts, or by the reference of one, and
 * does what follows. Refuses `not_found` for a reference that is not ours, `gateway_unavailable`.
 */
export async function settlePayment(deps: SettleDeps, reference: string): Promise<Result<Payment>> {
  const payment = await deps.paymentStore.byReference(ownReference(reference))
  if (!payment) return refuse({ code: 'not_found' })
  return logWith({ reference }, () => settle(deps, payment, reference))
}

async function settle(
  deps: SettleDeps,
  payment: Payment,
  reference: string,
): Promise<Result<Payment>> {
  if (!isUnderstood(payment)) return leaveToLaterRelease(deps, payment)
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

/** A payment that only a later release understands stays as it is, and is recorded. */
async function leaveToLaterRelease(deps: SettleDeps, payment: Payment): Promise<Result<Payment>> {
  await recordException(deps, payment, payment.reference, 'unknown_payment_state', null)
  return ok(payment)
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
    if (isUnreadable(asked.refusal))
      await recordException(deps, payment, reference, 'unreadable_answer', null)
    return asked
  }
  const finding = judge(reference, asked.value)
  const standing = await applyToWallet(deps, payment, reference, finding)
  if (finding.kind === 'exception')
    await recordException(deps, payment, reference, finding.exception, finding.amountKobo)
  const amountKobo = asked.value?.amountPaidKobo ?? ZERO
  if (finding.kind === 'reversed' && amountKobo > 0)
    await recordException(deps, payment, reference, 'unexpected_amount', amountKobo)
  if (finding.kind === 'reversed' && standing.shortKobo > 0)
    await recordException(deps, payment, reference, 'reversal_shortfall', standing.shortKobo)
  await markFinding(deps, payment, finding, standing, {
    isCurrent: attempt === payment.attempt,
    monnifyReference: asked.value?.transactionReference,
  })
  return reread(deps, payment)
}

interface Asked {
  readonly isCurrent: boolean
  readonly monnifyReference: string | undefined
}

async function markFinding(
  deps: SettleDeps,
  payment: Payment,
  finding: Finding,
  standing: PaymentStanding,
  { isCurrent, monnifyReference }: Asked,
): Promise<void> {
  const nowMs = deps.now()
  const judged = { ...payment, beganAtMs: beganAtMs(payment) }
  const marks = nextMarks(judged, finding, standing, isCurrent, nowMs)
  const isCompleted = marks.status === 'completed'
  await deps.paymentStore.mark(payment, {
    ...marks,
    ...pollChange(payment, marks.status, nowMs),
    amountPaidKobo: standing.paidKobo,
    standingSeq: standing.entrySeq,
    completedAtMs: isCompleted ? (payment.completedAtMs ?? nowMs) : null,
    ...(isCurrent && monnifyReference && { monnifyReference }),
  })
}

const beganAtMs = ({ attemptBeganAtMs, createdAtMs }: Payment): number =>
  attemptBeganAtMs ?? createdAtMs

/** Only polls move the next poll; a change of status ends the polls, or has them go on. */
function pollChange(
  payment: Payment,
  status: PaymentStatus,
  nowMs: number,
): { nextAskAtMs?: number | null } {
  if (!isDueStatus(status)) return { nextAskAtMs: null }
  if (isDueStatus(payment.status)) return {}
  return { nextAskAtMs: nextPollAtMs({ ...payment, status }, nowMs) }
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

export async function recordException(
  deps: Pick<SettleDeps, 'exceptionStore' | 'now'>,
  payment: Payment,
  subject: string,
  kind: ExceptionKind,
  amountKobo: Kobo | null,
): Promise<void> {
  logEvent('payment_exception', { kind, payment: payment.uuid })
  await deps.exceptionStore.record({ kind, subject, amountKobo, atMs: deps.now() })
}

/** Marks a wallet payment by what its wallet says: debited and delivered, under way, or never done. */
async function settleTransfer(deps: SettleDeps, payment: Payment): Promise<Result<Payment>> {
  const { uuid, userUuid } = payment
  const transfer = await deps.wallets.ask({ userUuid, type: 'primary' }, (wallet) =>
    wallet.transfer(uuid),
  )
  if (transfer.ok) await markTransfer(deps, payment, transfer.value.status === 'delivered')
  else if (beganAtMs(payment) < deps.now() - ORDER_LIFETIME_MS)
    await failTransfer(deps.paymentStore, payment, 'not_executed')
  return reread(deps, payment)
}

export async function markTransfer(
  deps: SettleDeps,
  payment: Payment,
  delivered: boolean,
): Promise<void> {
  const nowMs = deps.now()
  const { amountKobo: amountPaidKobo } = payment
  const status = delivered ? 'completed' : 'processing'
  await deps.paymentStore.move(payment.uuid, ['pending', 'processing', 'failed'], {
    status,
    ...pollChange(payment, status, nowMs),
    ...(delivered && { completedAtMs: nowMs, amountPaidKobo }),
    failureReason: null,
  })
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
