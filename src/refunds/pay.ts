/**
 * Pays a refund, step by step: hold the money in the wallet, order at Monnify, confirm by a query, settle in the wallet.
 * Each step may be repeated after an interruption. Monnify always receives the same reference, so it can pay once only.
 */
import { currentRequestId, logError, logEvent } from '../common/log'
import { type Kobo, subtractKobo } from '../common/money'
import { type Refusal, refuse, ok, type Result } from '../common/result'
import type { ExceptionStore } from '../exceptions/store'
import type { CheckStore } from '../payments/check-store'
import { nextCheckTime } from '../payments/core/checks'
import type { GatewayRefund, RefundGateway } from '../payments/monnify/refunds'
import type { Payment, PaymentStore } from '../payments/store'
import type { RefundOutcome, RefundState } from '../wallets/core/refund-commands'
import { otherType } from '../wallets/core/wallet'
import type { WalletClient } from '../wallets/object/client'
import { isDecided, isOrderedAgain, lastQueryTime, nextRefundTry } from './core/refund'
import type { Refund, RefundStore } from './store'

export interface PayDeps {
  readonly refundStore: RefundStore
  readonly paymentStore: PaymentStore
  readonly checkStore: CheckStore
  readonly exceptionStore: ExceptionStore
  readonly refundGateway: RefundGateway
  readonly wallets: WalletClient
  readonly now: () => number
}

interface Work {
  readonly refund: Refund
  readonly payment: Payment
}

/** Refusals of the wallet that end the refund. */
const FINAL = new Set<Refusal['code']>([
  'wallet_frozen',
  'debt_open',
  'refund_exceeds_payment',
  'insufficient_funds',
])

/**
 * Advances a refund as far as possible now. Refuses what the wallet refuses; the refund has then failed. Changes
 * nothing if the refund is decided, or if another request is paying it.
 */
export async function payRefund(deps: PayDeps, refund: Refund): Promise<Result<Refund>> {
  if (isDecided(refund.status)) return ok(refund)
  const nowMs = deps.now()
  const nextRetryMs = nextRefundTry(refund.createdAtMs, nowMs)
  const nextTryAtMs = nextRetryMs ?? nextCheckTime(refund.createdAtMs, nowMs)
  const payment = await deps.paymentStore.byUuid(refund.paymentUuid)
  if (!payment || !(await deps.refundStore.beginTry(refund, nextTryAtMs)))
    return reread(deps, refund)
  const work = { refund: { ...refund, nextTryAtMs }, payment }
  const paid = refund.status === 'pending' ? await start(deps, work) : await confirm(deps, work)
  if (paid.ok && paid.value.status === 'processing' && nextRetryMs === null)
    await recordUndecided(deps, paid.value)
  return paid
}

/** Records a refund that Monnify has not decided. An operator decides a manual one. */
async function recordUndecided(
  deps: PayDeps,
  { method, reference, amountKobo }: Refund,
): Promise<void> {
  if (method === 'manual') return
  const kind = 'refund_undecided'
  await deps.exceptionStore.record({ kind, subject: reference, amountKobo, atMs: deps.now() })
}

async function reread({ refundStore }: PayDeps, refund: Refund): Promise<Result<Refund>> {
  return ok((await refundStore.byUuid(refund.uuid)) ?? refund)
}

/**
 * Holds the money, then orders. If the wallet refuses the hold, the refund fails, and its idempotency key can be used
 * again.
 */
async function start(deps: PayDeps, work: Work): Promise<Result<Refund>> {
  const { refund } = work
  const held = await holdMoney(deps, work)
  if (!held.ok && held.refusal.code === 'request_in_progress') return reread(deps, refund)
  if (!held.ok) {
    if (!FINAL.has(held.refusal.code)) throw new Error(`the hold was refused: ${held.refusal.code}`)
    await settle(deps, work, 'failed', held.refusal.code)
    await deps.refundStore.update(refund.uuid, { idempotencyKey: null })
    return held
  }
  await deps.checkStore.recordRefunded(
    refund.paymentUuid,
    held.value.refundedKobo,
    held.value.entrySeq,
  )
  const isManual = refund.method === 'manual'
  const processing = await deps.refundStore.update(refund.uuid, {
    status: 'processing',
    ...(isManual && { nextTryAtMs: null }),
  })
  return isManual ? ok(processing) : order(deps, work, true)
}

/**
 * Holds the money. If the payment's wallet has too little, the user's other wallet sends the difference. Refuses what
 * the wallets refuse, `debt_open` for a debt in either, and `request_in_progress` while that transfer is in transit.
 */
async function holdMoney(deps: PayDeps, { refund, payment }: Work): Promise<Result<RefundState>> {
  const { userUuid, walletType: type } = payment
  const { amountKobo } = refund
  const requestId = currentRequestId()
  const isByUser = refund.operator === null
  const hold = () =>
    deps.wallets.send({ userUuid, type }, (wallet) =>
      wallet.holdRefund({ ...nameOf(refund), amountKobo, isByUser }, requestId),
    )
  const other = { userUuid, type: otherType(type) }
  const debt = await deps.wallets.send(other, (wallet) => wallet.debt())
  if (!debt.ok) return debt
  if (debt.value > 0) return refuse({ code: 'debt_open', debtKobo: debt.value })
  const held = await hold()
  if (held.ok || held.refusal.code !== 'insufficient_funds') return held
  const lackingKobo = subtractKobo(held.refusal.requiredKobo, held.refusal.availableKobo)
  const transfer = { uuid: refund.uuid, paymentUuid: refund.paymentUuid, to: type }
  const sent = await deps.wallets.send(other, (wallet) =>
    wallet.sendForRefund({ ...transfer, amountKobo: lackingKobo }, requestId),
  )
  if (!sent.ok) return sent.refusal.code === 'insufficient_funds' ? held : sent
  if (!sent.value.delivered) return refuse({ code: 'request_in_progress' })
  return hold()
}

const nameOf = ({ paymentUuid, paymentReference, uuid: refundUuid }: Refund) => ({
  paymentUuid,
  reference: paymentReference,
  refundUuid,
})

/** @param isFirst whether no order was sent before */
async function order(deps: PayDeps, work: Work, isFirst: boolean): Promise<Result<Refund>> {
  const { refund } = work
  const ordered = await deps.refundGateway.orderRefund({
    refundReference: refund.reference,
    transactionReference: refund.transactionReference,
    amountKobo: refund.amountKobo,
    reason: refund.reason,
    note: 'AIleana refund',
    ...(refund.destination !== null && { destination: destinationOf(refund.destination) }),
  })
  logEvent('refund_ordered', { reference: refund.reference, kind: ordered.kind })
  if (ordered.kind === 'rejected') {
    const failed = await settle(deps, work, 'failed', ordered.code)
    if (isFirst) return ok(failed)
    const nextTryAtMs = lastQueryTime(deps.now())
    return ok(await deps.refundStore.update(refund.uuid, { nextTryAtMs }))
  }
  if (ordered.kind === 'wait') return reread(deps, refund)
  const queried = await deps.refundGateway.queryRefund(refund.reference)
  return queried.ok && queried.value ? apply(deps, work, queried.value) : reread(deps, refund)
}

const destinationOf = (stored: string) =>
  JSON.parse(stored) as { readonly accountNumber: string; readonly bankCode: string }

/** Queries before it orders again: an earlier order may have arrived although its response was lost. */
async function confirm(deps: PayDeps, work: Work): Promise<Result<Refund>> {
  if (work.refund.method === 'manual') return ok(work.refund)
  const queried = await deps.refundGateway.queryRefund(work.refund.reference)
  if (!queried.ok) return reread(deps, work.refund)
  if (queried.value) return apply(deps, work, queried.value)
  return isOrderedAgain(work.refund.createdAtMs, deps.now())
    ? order(deps, work, false)
    : reread(deps, work.refund)
}

/** Applies Monnify's record of the refund. */
async function apply(deps: PayDeps, work: Work, record: GatewayRefund): Promise<Result<Refund>> {
  const { refund } = work
  if (record.amountKobo !== refund.amountKobo) {
    const { amountKobo } = record
    const exception = { kind: 'unexpected_amount', subject: refund.reference } as const
    await deps.exceptionStore.record({ ...exception, amountKobo, atMs: deps.now() })
    return reread(deps, refund)
  }
  if (record.status === 'open') return reread(deps, refund)
  const reason = record.status === 'failed' ? 'gateway_failed' : null
  return ok(await settle(deps, work, record.status, reason))
}

/**
 * Posts the outcome in the wallet before it updates the row, so that the next try repeats an interrupted one. After a
 * failed refund the payment is checked again, because the gateway may have refunded the money that this one held.
 */
export async function settle(
  deps: PayDeps,
  { refund, payment }: Work,
  outcome: RefundOutcome,
  failureReason: string | null,
): Promise<Refund> {
  const { userUuid, walletType: type } = payment
  const settled = await deps.wallets.send({ userUuid, type }, (wallet) =>
    wallet.settleRefund(nameOf(refund), outcome, currentRequestId()),
  )
  if (!settled.ok) throw new Error(`the wallet refused a refund's outcome: ${settled.refusal.code}`)
  const { refundedKobo, entrySeq, paidKobo } = settled.value
  const excessKobo = subtractKobo(refund.amountKobo, paidKobo)
  if (outcome === 'completed' && excessKobo > 0) await recordExcess(deps, refund, excessKobo)
  await deps.checkStore.recordRefunded(payment.uuid, refundedKobo, entrySeq)
  const nowMs = deps.now()
  if (outcome === 'failed') await deps.checkStore.makeCheckDue(payment.uuid, nowMs)
  const known = (await deps.refundStore.byUuid(refund.uuid)) ?? refund
  const completedAtMs = outcome === 'completed' ? (known.completedAtMs ?? nowMs) : null
  const isChecked = completedAtMs !== null && refund.method === 'monnify'
  if (outcome !== known.status) logEvent(`refund_${outcome}`, { reference: refund.reference })
  return deps.refundStore.update(refund.uuid, {
    status: outcome,
    failureReason,
    completedAtMs,
    nextTryAtMs: isChecked ? nextCheckTime(completedAtMs, nowMs) : null,
  })
}

/** Records that the payer received more than the remainder of the payment, which was reversed meanwhile. */
const recordExcess = (deps: PayDeps, { reference: subject }: Refund, amountKobo: Kobo) =>
  deps.exceptionStore.record({ kind: 'excess_refund', subject, amountKobo, atMs: deps.now() })

/** Queries Monnify about a refund and applies the result, whatever its status. Refuses `gateway_unavailable`. */
async function recheck(deps: PayDeps, refund: Refund): Promise<Result<Refund>> {
  const payment = await deps.paymentStore.byUuid(refund.paymentUuid)
  const queried = await deps.refundGateway.queryRefund(refund.reference)
  if (!queried.ok) return queried
  return payment && queried.value
    ? apply(deps, { refund, payment }, queried.value)
    : reread(deps, refund)
}

/** Confirms a refund after an event. Refuses `not_found` and `gateway_unavailable`. */
export async function confirmRefund(deps: PayDeps, reference: string): Promise<Result<Refund>> {
  const refund = await deps.refundStore.byReference(reference)
  if (!refund) return refuse({ code: 'not_found' })
  return refund.method === 'manual' ? ok(refund) : recheck(deps, refund)
}

const LIMIT = 50

/** Cron job: tries undecided refunds, and checks decided ones again. A failure does not stop the others. */
export async function sweepRefunds(deps: PayDeps): Promise<void> {
  const nowMs = deps.now()
  for (const refund of await deps.refundStore.listDue(nowMs, LIMIT)) {
    try {
      if (isDecided(refund.status)) await checkDecided(deps, refund)
      else await payRefund(deps, refund)
    } catch (error) {
      logError('refund_not_tried', error, { reference: refund.reference })
    }
  }
}

/** Sets the next check before it queries. */
async function checkDecided(deps: PayDeps, refund: Refund): Promise<void> {
  const { completedAtMs } = refund
  const nextMs = completedAtMs === null ? null : nextCheckTime(completedAtMs, deps.now())
  await deps.refundStore.update(refund.uuid, { nextTryAtMs: nextMs })
  await recheck(deps, { ...refund, nextTryAtMs: nextMs })
}
