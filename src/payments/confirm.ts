/**
 * The only path to a credit; webhook, verification, polls, sweep and audit all use it. It queries
 * Monnify, or the wallet that a transfer left. It credits or reverses in the wallet, then updates the
 * payment's row. The wallet credits each reference once, so interrupted confirmations can be repeated.
 */
import { currentRequestId, logEvent, logWith } from '../common/log'
import { type Kobo, ZERO } from '../common/money'
import { isUnreadable, ok, refuse, type Result } from '../common/result'
import type { DeliveryDeps } from '../mail/deliver'
import { receiptId } from '../receipts/core/receipt'
import type { NewReceipt, ReceiptPort } from '../receipts/pending'
import type { PaymentCredit } from '../wallets/core/payment-commands'
import { attemptOf, attemptReference, ownReference } from './core/references'
import type { ExceptionKind } from '../exceptions/exception'
import { type Interpretation, nextStatus, type PaymentStatus } from './core/payment'
import { beganAtMs, nextCheckTime } from './core/checks'
import { isAnswered, isDueStatus, nextPollTime } from './core/polls'
import { noticeOf } from './core/notices'
import { paymentEvents } from './core/payment-events'
import { readReport, type Report, type ReportDeps } from './report'
import type { Payment, PaymentStore } from './store'
import { isSupportedPayment } from './core/supported'

export interface ConfirmDeps extends ReportDeps, DeliveryDeps, ReceiptPort {
  readonly paymentStore: PaymentStore
}

/** Age at which a transfer fails if its wallet does not know it. */
const ORDER_LIFETIME_MS = 15 * 60 * 1000

/** Earlier attempts that are queried too. No checkout is stored for any of them. */
const QUERIED_ATTEMPTS = 5

/**
 * Queries the gateway about a payment and applies the result. Refuses `not_found` for a reference that
 * no payment has, and `gateway_unavailable`. Throws if the wallet refuses.
 * @param reference a payment's own, to query its current attempt and the five before it, or an attempt's,
 * to query only that one
 */
export async function confirmPayment(
  deps: ConfirmDeps,
  reference: string,
): Promise<Result<Payment>> {
  const payment = await deps.paymentStore.byReference(ownReference(reference))
  if (!payment) return refuse({ code: 'not_found' })
  return logWith({ reference }, () => confirm(deps, payment, reference))
}

async function confirm(
  deps: ConfirmDeps,
  payment: Payment,
  reference: string,
): Promise<Result<Payment>> {
  if (!isSupportedPayment(payment)) return leaveToLaterRelease(deps, payment)
  if (payment.method === 'wallet') return confirmTransfer(deps, payment)
  if (reference !== payment.reference) {
    const attempt = attemptOf(reference)
    return attempt > payment.attempt ? ok(payment) : confirmAttempt(deps, payment, attempt)
  }
  const oldest = Math.max(1, payment.attempt - QUERIED_ATTEMPTS)
  let confirmed = await confirmAttempt(deps, payment, payment.attempt)
  for (let attempt = payment.attempt - 1; attempt >= oldest && confirmed.ok; attempt--)
    confirmed = await confirmAttempt(deps, confirmed.value, attempt)
  return confirmed
}

/** Records an exception for a payment that only a later release understands, and does not change it. */
async function leaveToLaterRelease(deps: ConfirmDeps, payment: Payment): Promise<Result<Payment>> {
  await recordException(deps, payment, payment.reference, 'unknown_payment_state', null)
  return ok(payment)
}

/** Attempt 0 was never sent to Monnify: it is not queried, but it can still expire. */
async function confirmAttempt(
  deps: ConfirmDeps,
  payment: Payment,
  attempt: number,
): Promise<Result<Payment>> {
  const reference = attemptReference({ ...payment, attempt })
  const reported = await readReport(deps, payment, reference, attempt > 0)
  if (!reported.ok) {
    if (isUnreadable(reported.refusal))
      await recordException(deps, payment, reference, 'unreadable_answer', null)
    return reported
  }
  const report = reported.value
  const credit = await applyToWallet(deps, payment, reference, report)
  await recordExceptions(deps, payment, reference, report, credit)
  await recordRefunded(deps, payment, credit)
  await updatePayment(deps, payment, report.interpretation, credit, {
    attempt,
    monnifyReference: report.transaction?.transactionReference,
  })
  return reread(deps, payment)
}

/** Records what a person must look at, before the status update: an interrupted confirmation is repeated. */
async function recordExceptions(
  deps: ConfirmDeps,
  payment: Payment,
  reference: string,
  { interpretation, transaction }: Report,
  { owedKobo, excessKobo }: PaymentCredit,
): Promise<void> {
  const record = (kind: ExceptionKind, amountKobo: Kobo) =>
    recordException(deps, payment, reference, kind, amountKobo)
  if (interpretation.kind === 'exception')
    await record(interpretation.exception, interpretation.amountKobo)
  const amountKobo = transaction?.amountPaidKobo ?? ZERO
  if (interpretation.kind === 'reversed' && amountKobo > 0)
    await record('unexpected_amount', amountKobo)
  if (owedKobo > 0) await record('reversal_shortfall', owedKobo)
  if (excessKobo > 0) await record('excess_refund', excessKobo)
}

/** The wait for an outcome is over. */
const ENDED_NOTICE = { noticedAtMs: null, noticeCause: null }

interface QueriedAttempt {
  readonly attempt: number
  readonly monnifyReference: string | undefined
}

async function updatePayment(
  deps: ConfirmDeps,
  payment: Payment,
  interpretation: Interpretation,
  credit: PaymentCredit,
  { attempt, monnifyReference }: QueriedAttempt,
): Promise<void> {
  const isCurrent = attempt === payment.attempt
  const nowMs = deps.now()
  const facts = { ...payment, beganAtMs: beganAtMs(payment) }
  const update = nextStatus(facts, interpretation, credit, isCurrent, nowMs)
  const isCompleted = update.status === 'completed'
  const message = noticeOf(payment, update, credit, nowMs)
  const notice = message && { status: update.status, message }
  const change = {
    ...update,
    ...pollChange(payment, update.status, nowMs),
    amountPaidKobo: credit.netCreditedKobo,
    creditedEntrySeq: credit.entrySeq,
    completedAtMs: isCompleted ? (payment.completedAtMs ?? nowMs) : null,
    ...checkChange(payment, isCompleted, credit, nowMs),
    ...(isCurrent && monnifyReference && { monnifyReference }),
    ...(isAnswered(interpretation.kind, payment.noticeCause) && ENDED_NOTICE),
    ...(interpretation.kind === 'open' && payment.noticeCause === 'return' && { knownAtMs: null }),
  }
  const receipt = isCompleted ? receiptOf(payment, nowMs) : undefined
  const after = { ...update, creditedKobo: credit.netCreditedKobo, attempt }
  const events = paymentEvents(payment, after, nowMs)
  const rows = { notice, receipt, events }
  if (!(await deps.paymentStore.updateStatus(payment, change, rows))) return
  if (notice) deps.deliverMail()
  if (receipt) deps.issueReceipt(receiptId(receipt))
}

/** Receipt to issue; `undefined` if the payment was completed before. */
const receiptOf = (
  { status, uuid: subjectUuid, userUuid, walletType }: Payment,
  createdAtMs: number,
): NewReceipt | undefined =>
  status === 'completed'
    ? undefined
    : { kind: 'payment', subjectUuid, userUuid, walletType, createdAtMs }

const recordRefunded = async (
  { checkStore }: ConfirmDeps,
  payment: Payment,
  { refundedKobo, entrySeq }: PaymentCredit,
): Promise<void> =>
  refundedKobo === payment.refundedKobo
    ? undefined
    : checkStore.recordRefunded(payment.uuid, refundedKobo, entrySeq)

/** Plans the later checks when the payment is completed, and when money is credited without completing it. */
function checkChange(
  payment: Payment,
  isCompleted: boolean,
  { netCreditedKobo }: PaymentCredit,
  nowMs: number,
): { nextCheckAtMs?: number | null } {
  if (isCompleted)
    return payment.status === 'completed' ? {} : { nextCheckAtMs: nextCheckTime(nowMs, nowMs) }
  if (netCreditedKobo <= payment.amountPaidKobo) return {}
  return { nextCheckAtMs: nextCheckTime(beganAtMs(payment), nowMs) }
}

/** Ends or restarts the polls with the status; otherwise only a poll moves the next one. */
function pollChange(
  payment: Payment,
  status: PaymentStatus,
  nowMs: number,
): { nextPollAtMs?: number | null } {
  if (!isDueStatus(status)) return { nextPollAtMs: null }
  if (isDueStatus(payment.status)) return {}
  return {
    nextPollAtMs: nextPollTime({ ...payment, status, beganAtMs: beganAtMs(payment) }, nowMs),
  }
}

/**
 * The wallet's totals as last stored in the row. If the full amount is credited and the payment is not
 * completed, it has a shortfall. The row does not store it, so the whole credit counts as shortfall.
 */
function storedCredit(payment: Payment): PaymentCredit {
  const {
    amountPaidKobo: netCreditedKobo,
    amountKobo,
    status,
    failureReason,
    creditedEntrySeq,
  } = payment
  const isOwed = status !== 'completed' && netCreditedKobo >= amountKobo
  return {
    netCreditedKobo,
    refundedKobo: payment.refundedKobo,
    shortfallKobo: isOwed ? netCreditedKobo : ZERO,
    owedKobo: ZERO,
    excessKobo: ZERO,
    isReversed: failureReason === 'reversed',
    entrySeq: creditedEntrySeq,
  }
}

/** Posts in the wallet what the gateway reports. */
async function applyToWallet(
  deps: ConfirmDeps,
  payment: Payment,
  reference: string,
  { interpretation: { kind }, receivedKobo, refundedKobo }: Report,
): Promise<PaymentCredit> {
  const { userUuid, walletType: type, uuid: paymentUuid, amountKobo: expectedKobo } = payment
  const isMoved = kind === 'reversed' || receivedKobo > 0 || refundedKobo > 0
  if (!isMoved) return storedCredit(payment)
  const requestId = currentRequestId()
  const name = { paymentUuid, reference, refundedKobo }
  const moved = await deps.wallets.send({ userUuid, type }, (wallet) =>
    kind === 'reversed'
      ? wallet.reversePayment(name, requestId)
      : wallet.creditPayment({ ...name, expectedKobo, receivedKobo }, requestId),
  )
  if (!moved.ok) throw new Error(`the wallet refused ${kind}: ${moved.refusal.code}`)
  return moved.value
}

export async function recordException(
  deps: Pick<ConfirmDeps, 'exceptionStore' | 'now'>,
  payment: Payment,
  subject: string,
  kind: ExceptionKind,
  amountKobo: Kobo | null,
): Promise<void> {
  logEvent('payment_exception', { kind, payment: payment.uuid })
  await deps.exceptionStore.record({ kind, subject, amountKobo, atMs: deps.now() })
}

/** Updates a wallet payment with the state of its transfer in the primary wallet. */
async function confirmTransfer(deps: ConfirmDeps, payment: Payment): Promise<Result<Payment>> {
  const { uuid, userUuid } = payment
  const transfer = await deps.wallets.send({ userUuid, type: 'primary' }, (wallet) =>
    wallet.transfer(uuid),
  )
  if (transfer.ok) await recordTransfer(deps, payment, transfer.value.status === 'delivered')
  else if (beganAtMs(payment) < deps.now() - ORDER_LIFETIME_MS)
    await failTransfer(deps, payment, 'not_executed')
  return reread(deps, payment)
}

export async function recordTransfer(
  deps: ConfirmDeps,
  payment: Payment,
  delivered: boolean,
): Promise<void> {
  const nowMs = deps.now()
  const { amountKobo: amountPaidKobo } = payment
  const status = delivered ? 'completed' : 'processing'
  const change = {
    status,
    ...pollChange(payment, status, nowMs),
    ...(delivered && { completedAtMs: nowMs, amountPaidKobo }),
    failureReason: null,
  } as const
  const { attempt } = payment
  const after = { status, failureReason: null, creditedKobo: amountPaidKobo, attempt } as const
  const events = delivered ? paymentEvents(payment, after, nowMs) : []
  await deps.paymentStore.move(payment.uuid, ['pending', 'processing', 'failed'], change, events)
}

/** Fails a transfer that moved no money. A repeat with its idempotency key sends the same transfer. */
export async function failTransfer(
  { paymentStore, now }: Pick<ConfirmDeps, 'paymentStore' | 'now'>,
  payment: Payment,
  failureReason: string,
): Promise<void> {
  const failed = { status: 'failed', failureReason } as const
  const events = failureEvents(payment, failureReason, now())
  await paymentStore.move(payment.uuid, ['pending'], { ...failed, nextPollAtMs: null }, events)
}

/** Events about an attempt that failed before any money moved. */
export const failureEvents = (payment: Payment, failureReason: string, nowMs: number) =>
  paymentEvents(
    payment,
    { status: 'failed', failureReason, creditedKobo: ZERO, attempt: payment.attempt },
    nowMs,
  )

async function reread(deps: ConfirmDeps, { uuid }: Payment): Promise<Result<Payment>> {
  const payment = await deps.paymentStore.byUuid(uuid)
  return payment ? ok(payment) : refuse({ code: 'not_found' })
}
