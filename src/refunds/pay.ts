/**
 * Pays a refund, step by step: hold the money in the wallet, order at Monnify, confirm by a query, settle in the wallet.
 * Each step may be repeated after an interruption. Monnify always receives the same reference, so it can pay once only.
 */
import { currentRequestId, logError, logEvent } from '../common/log'
import { type Kobo, subtractKobo } from '../common/money'
import { type Refusal, refuse, ok, type Result } from '../common/result'
import type { ExceptionStore } from '../exceptions/store'
import type { CheckStore } from '../payments/check-store'
import { nextCheckTime, retryCheckTime } from '../payments/core/checks'
import type { DeliveryDeps } from '../mail/deliver'
import type { NewMessage } from '../mail/message'
import type { GatewayRefund, RefundGateway } from '../payments/monnify/refunds'
import type { Payment, PaymentStore } from '../payments/store'
import type { RefundOutcome, RefundState } from '../wallets/core/refund-commands'
import { otherType } from '../wallets/core/wallet'
import type { WalletClient } from '../wallets/object/client'
import {
  isDecided,
  isOrderable,
  isTryDue,
  lateQueryTime,
  manualDueTime,
  nextRefundTry,
  TRY_LEASE_MS,
} from './core/refund'
import { refundEvent } from './core/refund-events'
import type { Refund, RefundStore } from './store'

export interface PayDeps extends DeliveryDeps {
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

/** A try, which owns the refund until its next try is due. */
interface Try extends Work {
  /** Whether no earlier try can have held or ordered anything. */
  readonly isFirst: boolean
}

/** Refusals of the wallet that end the refund. */
const FINAL = new Set<Refusal['code']>([
  'wallet_frozen',
  'debt_open',
  'refund_exceeds_payment',
  'insufficient_funds',
  'refund_not_allowed',
])

/**
 * Advances a refund as far as possible now. Refuses what the wallet refuses; the refund has then failed or was removed.
 * Changes nothing if the refund is decided, or if another try owns it.
 */
export async function payRefund(deps: PayDeps, refund: Refund): Promise<Result<Refund>> {
  const nowMs = deps.now()
  if (isDecided(refund.status) || !isTryDue(refund, nowMs)) return ok(refund)
  const nextRetryMs = nextRefundTry(refund.createdAtMs, nowMs)
  const nextTryAtMs = nextRetryMs ?? nextQueryTime(refund, nowMs)
  const payment = await deps.paymentStore.byUuid(refund.paymentUuid)
  if (!payment || !(await deps.refundStore.beginTry(refund, nextTryAtMs)))
    return reread(deps, refund)
  const begun = { refund: { ...refund, tries: refund.tries + 1, nextTryAtMs }, payment }
  const work = { ...begun, isFirst: refund.tries === 0 }
  try {
    const paid = refund.status === 'pending' ? await start(deps, work) : await confirm(deps, work)
    if (paid.ok && !isDecided(paid.value.status) && nextRetryMs === null)
      await recordUndecided(deps, paid.value)
    return paid
  } catch (error) {
    if (nextRetryMs === null) await recordUndecided(deps, refund)
    throw error
  }
}

const nextQueryTime = ({ createdAtMs }: Refund, nowMs: number): number | null =>
  lateQueryTime(createdAtMs, nextCheckTime(createdAtMs, nowMs), nowMs)

/** Records a refund that is undecided after three days, so that an operator decides it. */
async function recordUndecided(deps: PayDeps, { reference, amountKobo }: Refund): Promise<void> {
  const kind = 'refund_undecided'
  await deps.exceptionStore.record({ kind, subject: reference, amountKobo, atMs: deps.now() })
}

async function reread({ refundStore }: PayDeps, refund: Refund): Promise<Result<Refund>> {
  return ok((await refundStore.byUuid(refund.uuid)) ?? refund)
}

/**
 * Reports whether the try still owns the refund, and extends that. Checked before each step that another try must not
 * repeat or contradict.
 */
const owns = ({ refundStore, now }: PayDeps, { refund }: Try): Promise<boolean> =>
  refundStore.extendTry(refund, now() + TRY_LEASE_MS)

/** Holds the money, then orders. A refund that is older than three days is not ordered for the first time either. */
async function start(deps: PayDeps, work: Try): Promise<Result<Refund>> {
  const { refund } = work
  const { createdAtMs, method } = refund
  const { held, isMoved } = await holdMoney(deps, work)
  if (!held.ok && held.refusal.code === 'request_in_progress') return reread(deps, refund)
  if (!held.ok) return endRefusedHold(deps, work, held.refusal, isMoved)
  const { refundedKobo, entrySeq } = held.value
  await deps.checkStore.recordRefunded(refund.paymentUuid, refundedKobo, entrySeq)
  if (!(await owns(deps, work))) return reread(deps, refund)
  const isManual = method === 'manual'
  const processing = await deps.refundStore.update(refund.uuid, {
    status: 'processing',
    ...(isManual && { nextTryAtMs: manualDueTime(createdAtMs) }),
  })
  return isManual || !isOrderable(createdAtMs, deps.now()) ? ok(processing) : order(deps, work)
}

/**
 * Ends a refund whose hold the wallet refused; its idempotency key can be used again. A refund that never moved
 * anything is removed.
 */
async function endRefusedHold(
  deps: PayDeps,
  work: Try,
  refusal: Refusal,
  isMoved: boolean,
): Promise<Result<Refund>> {
  if (!FINAL.has(refusal.code)) throw new Error(`the hold was refused: ${refusal.code}`)
  if (!(await owns(deps, work))) return reread(deps, work.refund)
  if (work.isFirst && !isMoved) await deps.refundStore.remove(work.refund)
  else {
    await settle(deps, work, 'failed', refusal.code)
    await deps.refundStore.update(work.refund.uuid, { idempotencyKey: null })
  }
  return refuse(refusal)
}

interface Hold {
  readonly held: Result<RefundState>
  /** Whether the user's other wallet may have sent money for the refund. */
  readonly isMoved: boolean
}

/**
 * Holds the money. If the payment's wallet has too little, the user's other wallet sends the difference. Refuses what
 * the wallets refuse, `debt_open` for a debt in either, and `request_in_progress` while that transfer is in transit.
 */
async function holdMoney(deps: PayDeps, { refund, payment }: Work): Promise<Hold> {
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
  if (!debt.ok) return { held: debt, isMoved: false }
  if (debt.value > 0)
    return { held: refuse({ code: 'debt_open', debtKobo: debt.value }), isMoved: false }
  const held = await hold()
  if (held.ok || held.refusal.code !== 'insufficient_funds') return { held, isMoved: false }
  const lackingKobo = subtractKobo(held.refusal.requiredKobo, held.refusal.availableKobo)
  const transfer = { uuid: refund.uuid, paymentUuid: refund.paymentUuid, to: type }
  const sent = await deps.wallets.send(other, (wallet) =>
    wallet.sendForRefund({ ...transfer, amountKobo: lackingKobo }, requestId),
  )
  if (!sent.ok)
    return { held: sent.refusal.code === 'insufficient_funds' ? held : sent, isMoved: false }
  if (!sent.value.delivered) return { held: refuse({ code: 'request_in_progress' }), isMoved: true }
  return { held: await hold(), isMoved: true }
}

const nameOf = ({ paymentUuid, paymentReference, uuid: refundUuid }: Refund) => ({
  paymentUuid,
  reference: paymentReference,
  refundUuid,
})

/** Orders the refund. If an order that may not be the first is rejected, the refund is still queried later. */
async function order(deps: PayDeps, work: Try): Promise<Result<Refund>> {
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
    if (!(await owns(deps, work))) return reread(deps, refund)
    const failed = await settle(deps, work, 'failed', ordered.code)
    if (work.isFirst) return ok(failed)
    const nextTryAtMs = nextCheckTime(refund.createdAtMs, deps.now())
    return ok(await deps.refundStore.update(refund.uuid, { nextTryAtMs }))
  }
  if (ordered.kind === 'wait') return reread(deps, refund)
  const queried = await deps.refundGateway.queryRefund(refund.reference)
  return queried.ok && queried.value ? apply(deps, work, queried.value) : reread(deps, refund)
}

const destinationOf = (stored: string) =>
  JSON.parse(stored) as { readonly accountNumber: string; readonly bankCode: string }

/** Queries before it orders again: an earlier order may have arrived although its response was lost. */
async function confirm(deps: PayDeps, work: Try): Promise<Result<Refund>> {
  if (!isMonnifys(work.refund)) return ok(work.refund)
  const queried = await deps.refundGateway.queryRefund(work.refund.reference)
  if (!queried.ok) return reread(deps, work.refund)
  if (queried.value) return apply(deps, work, queried.value)
  const isOrderedAgain =
    isOrderable(work.refund.createdAtMs, deps.now()) && (await owns(deps, work))
  return isOrderedAgain ? order(deps, work) : reread(deps, work.refund)
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
  const isChecked = completedAtMs !== null && isMonnifys(known)
  const isNews = outcome !== known.status
  if (isNews) logEvent(`refund_${outcome}`, { reference: refund.reference })
  const updated = await deps.refundStore.update(
    refund.uuid,
    {
      status: outcome,
      failureReason,
      completedAtMs,
      nextTryAtMs: isChecked ? nextCheckTime(completedAtMs, nowMs) : null,
    },
    isNews ? noticeOf(refund, outcome, nowMs) : undefined,
    refundEvent(known, outcome, failureReason, nowMs),
  )
  if (isNews) deps.deliverMail()
  return updated
}

const noticeOf = (
  { uuid, userUuid, amountKobo, reference }: Refund,
  outcome: RefundOutcome,
  createdAtMs: number,
): NewMessage => ({
  id: `refund_${outcome}/${uuid}`,
  kind: `refund_${outcome}`,
  userUuid,
  recipient: null,
  facts: { amount: String(amountKobo), reference },
  createdAtMs,
})

/** Records that the payer received more than the remainder of the payment, which was reversed meanwhile. */
const recordExcess = (deps: PayDeps, { reference: subject }: Refund, amountKobo: Kobo) =>
  deps.exceptionStore.record({ kind: 'excess_refund', subject, amountKobo, atMs: deps.now() })

/** Reports whether Monnify decides the refund. Otherwise an operator does, with evidence. */
const isMonnifys = ({ method, evidence }: Refund): boolean =>
  method === 'monnify' && evidence === null

/** Queries Monnify about a refund and applies the result, whatever its status. Refuses `gateway_unavailable`. */
async function recheck(deps: PayDeps, refund: Refund): Promise<Result<Refund>> {
  if (!isMonnifys(refund)) return ok(refund)
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
  return recheck(deps, refund)
}

const LIMIT = 50
/** Monnify's time-outs could make a run longer than the time until the next one. */
const SWEEP_LIMIT_MS = 60_000

/** Cron job: tries undecided refunds, and checks decided ones again. A failure does not stop the others. */
export async function sweepRefunds(deps: PayDeps): Promise<void> {
  const nowMs = deps.now()
  for (const refund of await deps.refundStore.listDue(nowMs, LIMIT)) {
    if (deps.now() >= nowMs + SWEEP_LIMIT_MS) return
    try {
      if (isDecided(refund.status)) await checkDecided(deps, refund)
      else await payRefund(deps, refund)
    } catch (error) {
      logError('refund_not_tried', error, { reference: refund.reference })
    }
  }
}

/**
 * Sets the next check before it queries. If Monnify does not respond, the check is repeated; the last failure is an
 * exception.
 */
async function checkDecided(deps: PayDeps, refund: Refund): Promise<void> {
  const { uuid, reference: subject, amountKobo } = refund
  const sinceMs = refund.completedAtMs ?? refund.createdAtMs
  const nowMs = deps.now()
  const nextTryAtMs = nextCheckTime(sinceMs, nowMs)
  await deps.refundStore.update(uuid, { nextTryAtMs })
  const checked = await recheck(deps, { ...refund, nextTryAtMs })
  if (checked.ok) return
  const retryMs = retryCheckTime(sinceMs, nowMs)
  await deps.refundStore.update(uuid, { nextTryAtMs: retryMs })
  if (retryMs === null)
    await deps.exceptionStore.record({ kind: 'check_failed', subject, amountKobo, atMs: nowMs })
}
