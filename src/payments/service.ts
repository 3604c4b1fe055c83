import { bytesToHex } from '@noble/hashes/utils.js'
import { z } from 'zod'
import type { Idempotency, IdempotentResult } from '../common/idempotency'
import { currentRequestId, logError } from '../common/log'
import { type Kobo, ZERO } from '../common/money'
import { readCursor, type Page, pageOf } from '../http/pagination'
import { ok, refuse, type Result } from '../common/result'
import type { WalletType } from '../wallets/core/wallet'
import type { Checkout } from './monnify/client'
import type { PaymentMethod, PaymentStatus } from './core/payment'
import { nextPollTime } from './core/polls'
import { attemptReference, newReference, ownReference } from './core/references'
import { type NoticeDeps, prepareNews } from './notice'
import {
  failTransfer,
  failureEvents,
  recordTransfer,
  type ConfirmDeps,
  confirmPayment,
} from './confirm'
import type { Payment } from './store'
import { isSupportedPayment } from './core/supported'

const REFERENCE_BYTES = 16

/** Exceeds the time limits of a log-in and a checkout at the gateway, each sent twice (4 × 10 s). */
const ATTEMPT_LEASE_MS = 45_000
const CHECKOUT_WAIT_MS = 12_000
const CHECKOUT_LOOK_MS = 500

export interface PaymentDeps extends ConfirmDeps, NoticeDeps {
  /** Customer that Monnify receives; `undefined` if the account is gone or disabled. */
  readonly customerOf: (userUuid: string) => Promise<Checkout['customer'] | undefined>
  /** Refuses `email_unverified` if the deployment requires a verified address for checkouts. */
  readonly checkPayer: (userUuid: string) => Promise<Result<null>>
  readonly wait: (ms: number) => Promise<unknown>
}

export interface NewPayment {
  readonly amountKobo: Kobo
  readonly method: PaymentMethod
  readonly walletType: WalletType
  readonly description: string | null
}

const firstPollAtMs = (uuid: string, nowMs: number): number | null =>
  nextPollTime({ uuid, status: 'pending', beganAtMs: nowMs }, nowMs)

function draft(
  deps: PaymentDeps,
  userUuid: string,
  request: NewPayment,
  idempotency: Idempotency | undefined,
): Payment {
  const uuid = crypto.randomUUID()
  const nowMs = deps.now()
  return {
    ...request,
    uuid,
    userUuid,
    status: 'pending',
    reference: newReference(bytesToHex(crypto.getRandomValues(new Uint8Array(REFERENCE_BYTES)))),
    attempt: 0,
    attemptBeganAtMs: null,
    monnifyReference: null,
    checkoutUrl: null,
    amountPaidKobo: ZERO,
    creditedEntrySeq: 0,
    failureReason: null,
    nextPollAtMs: firstPollAtMs(uuid, nowMs),
    polls: 0,
    idempotencyKey: idempotency?.key ?? null,
    fingerprint: idempotency?.fingerprint ?? null,
    createdAtMs: nowMs,
    completedAtMs: null,
    refundedKobo: ZERO,
    refundedEntrySeq: 0,
    nextCheckAtMs: null,
    noticedAtMs: null,
    noticeCause: null,
    knownAtMs: null,
  }
}

/**
 * Creates a payment: a checkout at Monnify, or a transfer between the user's wallets. Inserts the row
 * with the idempotency key before anything happens under its reference, so that a repeat resumes it.
 * Refuses `email_unverified`, `idempotency_key_reused`, `insufficient_funds`, `request_in_progress`,
 * `gateway_unavailable`, `gateway_refused`, and `not_found` if the account is gone or disabled.
 */
export async function createPayment(
  deps: PaymentDeps,
  userUuid: string,
  request: NewPayment,
  idempotency: Idempotency | undefined,
): Promise<Result<IdempotentResult<Payment>>> {
  const payer = request.method === 'monnify' ? await deps.checkPayer(userUuid) : ok(null)
  if (!payer.ok) return payer
  const drafted = draft(deps, userUuid, request, idempotency)
  const payment = await deps.paymentStore.insertOnce(drafted)
  if (payment.fingerprint !== drafted.fingerprint) return refuse({ code: 'idempotency_key_reused' })
  if (!isSupportedPayment(payment)) return ok({ answer: payment, replayed: true })
  return payment.method === 'wallet' ? startTransfer(deps, payment) : startCheckout(deps, payment)
}

/** A failure is only logged, because the sweep polls the payment later. */
async function startPolling(deps: PaymentDeps, { reference, nextPollAtMs: atMs }: Payment) {
  if (atMs === null) return
  await deps
    .startPoller(reference, atMs)
    .catch((error: unknown) => logError('poller_start_failed', error))
}

/** A checkout as first returned, so that a replay does not show its later result. */
const asFirstAnswered = (payment: Payment): Payment =>
  payment.method === 'wallet'
    ? payment
    : {
        ...payment,
        status: 'processing',
        amountPaidKobo: ZERO,
        completedAtMs: null,
        failureReason: null,
      }

const first = (payment: Payment, replayed: boolean): Result<IdempotentResult<Payment>> =>
  ok({ answer: asFirstAnswered(payment), replayed })

async function startCheckout(
  deps: PaymentDeps,
  payment: Payment,
): Promise<Result<IdempotentResult<Payment>>> {
  const { uuid, userUuid, amountKobo } = payment
  const nowMs = deps.now()
  const claimed = await deps.paymentStore.beginAttempt(uuid, {
    nowMs,
    claimedAfterMs: nowMs - ATTEMPT_LEASE_MS,
    nextPollAtMs: firstPollAtMs(uuid, nowMs),
  })
  if (!claimed) return awaitCheckout(deps, uuid)
  await startPolling(deps, claimed)
  const customer = await deps.customerOf(userUuid)
  if (!customer) return refuse({ code: 'not_found' })
  const paymentReference = attemptReference(claimed)
  const { attempt, description } = claimed
  const initialised = await deps.gateway.initialise({
    paymentReference,
    amountKobo,
    description,
    customer,
  })
  if (!initialised.ok) {
    const reason = initialised.refusal.code
    const events = failureEvents(claimed, reason, deps.now())
    await deps.paymentStore.failAttempt(uuid, attempt, reason, events)
    return initialised
  }
  const opened = await deps.paymentStore.openCheckout(uuid, attempt, initialised.value)
  return opened ? first(opened, false) : awaitCheckout(deps, uuid)
}

/**
 * Waits for another request with the same key to open the checkout, and returns that checkout. Refuses
 * `request_in_progress` after `CHECKOUT_WAIT_MS`.
 */
async function awaitCheckout(
  deps: PaymentDeps,
  uuid: string,
): Promise<Result<IdempotentResult<Payment>>> {
  for (let waitedMs = 0; waitedMs <= CHECKOUT_WAIT_MS; waitedMs += CHECKOUT_LOOK_MS) {
    const payment = await deps.paymentStore.byUuid(uuid)
    if (!payment) return refuse({ code: 'not_found' })
    if (payment.checkoutUrl || payment.amountPaidKobo > 0) return first(payment, true)
    if (payment.failureReason === 'gateway_refused')
      return refuse({ code: 'gateway_refused', reason: 'Monnify refused the payment.' })
    if (payment.status !== 'pending') return refuse({ code: 'gateway_unavailable' })
    await deps.wait(CHECKOUT_LOOK_MS)
  }
  return refuse({ code: 'request_in_progress' })
}

async function startTransfer(
  deps: PaymentDeps,
  known: Payment,
): Promise<Result<IdempotentResult<Payment>>> {
  const { uuid, userUuid, amountKobo, walletType: to } = known
  if (known.status !== 'pending' && known.status !== 'failed') return first(known, true)
  const payment = known.status === 'failed' ? await reopenTransfer(deps, known) : known
  await startPolling(deps, payment)
  const sent = await deps.wallets.send({ userUuid, type: 'primary' }, (wallet) =>
    wallet.sendTransfer({ uuid, to, amountKobo }, currentRequestId()),
  )
  if (!sent.ok) {
    await failTransfer(deps, payment, sent.refusal.code)
    return sent
  }
  await recordTransfer(deps, payment, sent.value.delivered)
  const marked = await deps.paymentStore.byUuid(uuid)
  return ok({ answer: marked ?? payment, replayed: false })
}

/** Reopens the payment before money can move, so that polls complete it after an interruption. */
async function reopenTransfer(deps: PaymentDeps, failed: Payment): Promise<Payment> {
  const nowMs = deps.now()
  const open = {
    status: 'pending',
    attemptBeganAtMs: nowMs,
    failureReason: null,
    polls: 0,
    nextPollAtMs: firstPollAtMs(failed.uuid, nowMs),
  } as const
  await deps.paymentStore.move(failed.uuid, ['failed'], open)
  return { ...failed, ...open }
}

/** Refuses `not_found`, also for another user's payment. */
export async function getPayment(
  deps: PaymentDeps,
  userUuid: string,
  uuid: string,
): Promise<Result<Payment>> {
  return ownedBy(userUuid, await deps.paymentStore.byUuid(uuid))
}

const ownedBy = (userUuid: string, payment: Payment | undefined): Result<Payment> =>
  payment?.userUuid === userUuid ? ok(payment) : refuse({ code: 'not_found' })

/**
 * Confirms a payment, unless it is completed. Refuses `not_found`, also for another user's payment, and
 * `gateway_unavailable`.
 * @param reference the payment's own, or an attempt's
 */
export async function verifyPayment(
  deps: PaymentDeps,
  userUuid: string,
  reference: string,
): Promise<Result<Payment>> {
  const owned = ownedBy(userUuid, await deps.paymentStore.byReference(ownReference(reference)))
  if (!owned.ok || owned.value.status === 'completed') return owned
  const confirmed = await confirmPayment(deps, reference)
  if (!confirmed.ok && confirmed.refusal.code === 'gateway_unavailable')
    await deps.paymentStore.notice(await prepareNews(deps, owned.value.reference, 'return'))
  return confirmed
}

export interface PaymentQuery {
  readonly limit: number
  readonly cursor?: string | undefined
  readonly status?: PaymentStatus | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
}

const positionSchema = z.tuple([z.int(), z.string().max(36)])

/** Newest first. Refuses `invalid_cursor`. */
export async function listPayments(
  deps: PaymentDeps,
  userUuid: string,
  query: PaymentQuery,
): Promise<Result<Page<Payment>>> {
  const { limit, cursor, status, from: fromMs, to: toMs } = query
  const position = readCursor(positionSchema, cursor)
  if (!position.ok) return position
  const payments = await deps.paymentStore.list(userUuid, {
    limit: limit + 1,
    before: position.value,
    status,
    fromMs,
    toMs,
  })
  return ok(pageOf(payments, limit, ({ createdAtMs, uuid }) => [createdAtMs, uuid]))
}
