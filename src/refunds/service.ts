/** Requests of refunds, by the payer or by an operator. */
import { bytesToHex } from '@noble/hashes/utils.js'
import type { Idempotency, IdempotentResult } from '../common/idempotency'
import { logEvent } from '../common/log'
import { kobo, type Kobo } from '../common/money'
import { ok, refuse, type Result } from '../common/result'
import type { Caller } from '../common/tokens/access-token'
import { attemptReference, newRefundReference } from '../payments/core/references'
import { interpretTransaction } from '../payments/core/payment'
import type { Gateway } from '../payments/monnify/client'
import type { Payment } from '../payments/store'
import { checkRefund, DAY_REFUNDS, isDecided, isOrderable, type RefundRequest } from './core/refund'
import { type PayDeps, payRefund, settle } from './pay'
import type { Refund } from './store'

export interface RefundLimits {
  /** Period after a payment's completion in which its user may request a refund. */
  readonly windowMs: number
  /** Limits of 24 hours: of each user's own refunds, and of all amounts that operators refund, give and waive. */
  readonly userDayKobo: Kobo
  readonly operatorDayKobo: Kobo
}

export interface RefundDeps extends PayDeps {
  readonly gateway: Gateway
  readonly refundLimits: RefundLimits
  /**
   * Requires that the user has confirmed their identity before money leaves. A refusal stops the request.
   * @param confirmation token of the confirmation
   */
  readonly confirmIdentity: (
    caller: Caller,
    confirmation: string | undefined,
  ) => Promise<Result<null>>
}

export interface RefundDestination {
  readonly accountNumber: string
  readonly bankCode: string
}

const MAX_LISTED = 100
const REFERENCE_BYTES = 16
/** Maximum attempts of a payment that are searched for its money. */
const SEARCHED_ATTEMPTS = 6

/** Refunds of a user's payment, newest first. Refuses `not_found`, also for another user's payment. */
export async function listRefunds(
  deps: Pick<RefundDeps, 'paymentStore' | 'refundStore'>,
  userUuid: string,
  paymentUuid: string,
): Promise<Result<Refund[]>> {
  const payment = await ownPayment(deps, userUuid, paymentUuid)
  return payment.ok ? ok(await deps.refundStore.ofPayment(paymentUuid, MAX_LISTED)) : payment
}

async function ownPayment(
  { paymentStore }: Pick<RefundDeps, 'paymentStore'>,
  userUuid: string,
  paymentUuid: string,
): Promise<Result<Payment>> {
  const payment = await paymentStore.byUuid(paymentUuid)
  return payment?.userUuid === userUuid ? ok(payment) : refuse({ code: 'not_found' })
}

export interface OwnRefundRequest extends Pick<RefundRequest, 'amountKobo' | 'reason'> {
  readonly confirmation: string | undefined
}

/**
 * Requests a refund of a user's own payment. A repeat needs no confirmation, because the cron job would order the same
 * refund. Refuses `not_found`, `confirmation_required`, `refund_not_allowed`, `refund_limit_exceeded`,
 * `idempotency_key_reused`, `gateway_unavailable`, and what the wallet refuses.
 */
export async function requestOwnRefund(
  deps: RefundDeps,
  caller: Caller,
  paymentUuid: string,
  { confirmation, ...request }: OwnRefundRequest,
  idempotency: Idempotency | undefined,
): Promise<Result<IdempotentResult<Refund>>> {
  const payment = await ownPayment(deps, caller.userUuid, paymentUuid)
  if (!payment.ok) return payment
  const earlier = await findEarlier(deps, payment.value, idempotency)
  if (earlier) return resume(deps, earlier, idempotency, true)
  const identity = await deps.confirmIdentity(caller, confirmation)
  if (!identity.ok) return identity
  const own = { ...request, method: 'monnify', operator: null } as const
  return insertRefund(deps, payment.value, own, idempotency)
}

const findEarlier = async (
  { refundStore }: Pick<RefundDeps, 'refundStore'>,
  { userUuid }: Payment,
  idempotency: Idempotency | undefined,
): Promise<Refund | undefined> => idempotency && refundStore.byKey(userUuid, idempotency.key)

/**
 * Requests a refund, or resumes the one with the same key. Inserts the row before it moves or orders anything, so that
 * a repeat can resume it.
 */
export async function requestRefund(
  deps: RefundDeps,
  payment: Payment,
  request: RefundRequest,
  idempotency: Idempotency | undefined,
  destination?: RefundDestination,
): Promise<Result<IdempotentResult<Refund>>> {
  const earlier = await findEarlier(deps, payment, idempotency)
  if (earlier) return resume(deps, earlier, idempotency, true)
  return insertRefund(deps, payment, request, idempotency, destination)
}

async function insertRefund(
  deps: RefundDeps,
  payment: Payment,
  request: RefundRequest,
  idempotency: Idempotency | undefined,
  destination?: RefundDestination,
): Promise<Result<IdempotentResult<Refund>>> {
  const { refundStore, refundLimits } = deps
  const nowMs = deps.now()
  const allowed = checkRefund(request, payment, refundLimits.windowMs, nowMs)
  if (!allowed.ok) return allowed
  const source = await findMoney(deps, payment, request.amountKobo)
  if (!source.ok) return source
  const drafted: Refund = {
    ...request,
    ...source.value,
    uuid: crypto.randomUUID(),
    paymentUuid: payment.uuid,
    userUuid: payment.userUuid,
    reference: newRefundReference(
      bytesToHex(crypto.getRandomValues(new Uint8Array(REFERENCE_BYTES))),
    ),
    status: 'pending',
    evidence: null,
    destination: destination ? JSON.stringify(destination) : null,
    failureReason: null,
    tries: 0,
    nextTryAtMs: nowMs,
    idempotencyKey: idempotency?.key ?? null,
    fingerprint: idempotency?.fingerprint ?? null,
    createdAtMs: nowMs,
    completedAtMs: null,
  }
  const { userDayKobo, operatorDayKobo } = refundLimits
  const limitKobo = request.operator === null ? userDayKobo : operatorDayKobo
  const refund = await refundStore.insertOnce(drafted, limitKobo)
  if (!refund)
    return refuse({
      code: 'refund_limit_exceeded',
      limitKobo,
      ...(request.operator === null && { limitCount: DAY_REFUNDS }),
    })
  if (refund.uuid === drafted.uuid) {
    const by = request.operator === null ? {} : { operator: request.operator }
    logEvent('refund_requested', { user: payment.userUuid, reference: refund.reference, ...by })
  }
  return resume(deps, refund, idempotency, refund.uuid !== drafted.uuid)
}

async function resume(
  deps: RefundDeps,
  refund: Refund,
  idempotency: Idempotency | undefined,
  replayed: boolean,
): Promise<Result<IdempotentResult<Refund>>> {
  const fingerprint = idempotency?.fingerprint ?? null
  if (refund.fingerprint !== fingerprint) return refuse({ code: 'idempotency_key_reused' })
  const paid = await payRefund(deps, refund)
  return paid.ok ? ok({ answer: paid.value, replayed }) : paid
}

type Source = Pick<Refund, 'paymentReference' | 'transactionReference'>

/**
 * Finds the newest attempt that has the amount left, and Monnify's reference of it. Refuses `gateway_unavailable`, and
 * `refund_exceeds_payment` if no attempt has the amount left.
 */
async function findMoney(
  { gateway, refundStore, checkStore }: RefundDeps,
  payment: Payment,
  amountKobo: Kobo,
): Promise<Result<Source>> {
  let mostKobo = kobo(0)
  const oldest = Math.max(1, payment.attempt - SEARCHED_ATTEMPTS + 1)
  for (let attempt = payment.attempt; attempt >= oldest; attempt--) {
    const paymentReference = attemptReference({ ...payment, attempt })
    const queried = await gateway.query(paymentReference)
    if (!queried.ok) return queried
    const interpretation = interpretTransaction(paymentReference, queried.value)
    if (interpretation.kind !== 'received' && interpretation.kind !== 'refunded') continue
    const paidKobo =
      interpretation.kind === 'received' ? interpretation.receivedKobo : payment.amountPaidKobo
    const gatewayKobo = await checkStore.gatewayRefundedKobo(paymentReference)
    const orderedKobo = await refundStore.orderedKobo(payment.uuid, paymentReference)
    const leftKobo = kobo(Math.max(0, paidKobo - gatewayKobo - orderedKobo))
    if (leftKobo > mostKobo) mostKobo = leftKobo
    const transactionReference = queried.value?.transactionReference
    if (leftKobo >= amountKobo && transactionReference)
      return ok({ paymentReference, transactionReference })
  }
  return refuse({ code: 'refund_exceeds_payment', leftKobo: mostKobo })
}

/** An operator's decision about a refund that was paid by hand, or that will not be paid. */
export interface RefundDecision {
  readonly outcome: 'completed' | 'failed'
  readonly evidence: string
}

/** Failure reason of a refund that an operator decided not to pay. */
const NOT_PAID = 'not_paid'

/**
 * Records an operator's decision about a manual refund, or about one that Monnify has not decided for three days. The
 * first decision counts; a repeat changes nothing. Refuses `not_found`, `gateway_unavailable`, and `refund_not_allowed`
 * for a refund that has another outcome, or that Monnify may still pay.
 */
export async function decideRefund(
  deps: RefundDeps,
  uuid: string,
  { outcome, evidence }: RefundDecision,
): Promise<Result<Refund>> {
  const refund = await deps.refundStore.byUuid(uuid)
  const payment = refund && (await deps.paymentStore.byUuid(refund.paymentUuid))
  if (!refund || !payment) return refuse({ code: 'not_found' })
  if (isDecided(refund.status))
    return refund.status === outcome ? ok(refund) : alreadyDecided(refund)
  const allowed = await mayDecide(deps, refund)
  if (!allowed.ok) return allowed
  const failureReason = outcome === 'failed' ? NOT_PAID : null
  const isOurs = await deps.refundStore.recordDecision(uuid, { evidence, failureReason })
  const decided = isOurs ? refund : await deps.refundStore.byUuid(uuid)
  const isContradicted = !isOurs && decided?.failureReason !== failureReason
  if (!decided || isContradicted) return alreadyDecided(decided ?? refund)
  return ok(await settle(deps, { refund: decided, payment }, outcome, failureReason))
}

const alreadyDecided = ({ status, failureReason }: Refund) => {
  const isFailed = status === 'failed' || failureReason === NOT_PAID
  return refuse({
    code: 'refund_not_allowed',
    reason: `The refund has another outcome: ${isFailed ? 'failed' : 'completed'}.`,
  })
}

/** Reports whether the decision is an operator's: Monnify must not be able to pay the refund any more. */
async function mayDecide(
  { refundGateway, now }: RefundDeps,
  { method, status, createdAtMs, reference, amountKobo }: Refund,
): Promise<Result<null>> {
  const notAllowed = (reason: string) => refuse({ code: 'refund_not_allowed', reason })
  if (status !== 'processing') return notAllowed('The refund holds no money yet. Retry later.')
  if (method === 'manual') return ok(null)
  if (isOrderable(createdAtMs, now()))
    return notAllowed('Monnify may still pay this refund. Retry three days after its request.')
  const queried = await refundGateway.queryRefund(reference)
  if (!queried.ok) return queried
  const isKnown = queried.value && queried.value.amountKobo === amountKobo
  return isKnown && queried.value?.status !== 'failed'
    ? notAllowed('Monnify knows this refund. The next check applies its status.')
    : ok(null)
}
