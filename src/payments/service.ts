/** A user's payments: made, listed, looked at, verified. */
import { bytesToHex } from '@noble/hashes/utils.js'
import { z } from 'zod'
import type { Idempotency, Once } from '../common/idempotency'
import { type Kobo, ZERO } from '../common/money'
import { decodeCursor, type Page, pageOf } from '../common/page'
import { ok, refuse, type Result } from '../common/result'
import type { WalletType } from '../wallets/wallet'
import type { Checkout } from './monnify'
import type { PaymentMethod, PaymentStatus } from './payment'
import {
  attemptReference,
  failTransfer,
  markTransfer,
  ownReference,
  type SettleDeps,
  settlePayment,
} from './settle'
import type { Payment } from './store'

const REFERENCE_BYTES = 16

export interface PaymentDeps extends SettleDeps {
  /** Whom Monnify is to ask for the money; `undefined` for an account that is gone. */
  readonly customerOf: (userUuid: string) => Promise<Checkout['customer'] | undefined>
}

export interface NewPayment {
  readonly amountKobo: Kobo
  readonly method: PaymentMethod
  readonly walletType: WalletType
  readonly description: string | null
}

function draft(
  deps: PaymentDeps,
  userUuid: string,
  request: NewPayment,
  idempotency: Idempotency | undefined,
): Payment {
  return {
    ...request,
    uuid: crypto.randomUUID(),
    userUuid,
    status: 'pending',
    reference: `AIL-${bytesToHex(crypto.getRandomValues(new Uint8Array(REFERENCE_BYTES)))}`,
    attempt: 0,
    monnifyReference: null,
    checkoutUrl: null,
    amountPaidKobo: ZERO,
    failureReason: null,
    idempotencyKey: idempotency?.key ?? null,
    fingerprint: idempotency?.fingerprint ?? null,
    createdAtMs: deps.now(),
    completedAtMs: null,
  }
}

/**
 * Makes a payment: a checkout at Monnify, or a transfer between the user's wallets. The row carries
 * the idempotency key and is there before anything happens under its reference, so a repeat takes
 * up what the first left. Refuses `idempotency_key_reused`, `insufficient_funds`,
 * `gateway_unavailable`, `gateway_refused`.
 */
export async function createPayment(
  deps: PaymentDeps,
  userUuid: string,
  request: NewPayment,
  idempotency: Idempotency | undefined,
): Promise<Result<Once<Payment>>> {
  const drafted = draft(deps, userUuid, request, idempotency)
  const payment = await deps.paymentStore.insertOnce(drafted)
  if (payment.fingerprint !== drafted.fingerprint) return refuse({ code: 'idempotency_key_reused' })
  return payment.method === 'wallet' ? startTransfer(deps, payment) : startCheckout(deps, payment)
}

/** What was answered when the payment was made: what came later is not in it. */
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

const replay = async (deps: PaymentDeps, uuid: string): Promise<Result<Once<Payment>>> => {
  const payment = await deps.paymentStore.byUuid(uuid)
  if (!payment) return refuse({ code: 'not_found' })
  return ok({ answer: asFirstAnswered(payment), replayed: true })
}

async function startCheckout(
  deps: PaymentDeps,
  { uuid, userUuid }: Payment,
): Promise<Result<Once<Payment>>> {
  const attempt = await deps.paymentStore.beginAttempt(uuid)
  if (!attempt) return replay(deps, uuid)
  const customer = await deps.customerOf(userUuid)
  if (!customer) return refuse({ code: 'not_found' })
  const initialised = await deps.gateway.initialise({
    paymentReference: attemptReference(attempt),
    amountKobo: attempt.amountKobo,
    description: attempt.description ?? 'Top-up',
    customer,
  })
  if (!initialised.ok) {
    const { code } = initialised.refusal
    await deps.paymentStore.move(uuid, ['pending'], { status: 'failed', failureReason: code })
    return initialised
  }
  const { checkoutUrl, transactionReference: monnifyReference } = initialised.value
  const marks = { status: 'processing', checkoutUrl, monnifyReference } as const
  const moved = await deps.paymentStore.move(uuid, ['pending'], marks)
  return moved ? ok({ answer: { ...attempt, ...marks }, replayed: false }) : replay(deps, uuid)
}

async function startTransfer(deps: PaymentDeps, payment: Payment): Promise<Result<Once<Payment>>> {
  const { uuid, userUuid, amountKobo, walletType: to } = payment
  if (payment.status !== 'pending') return replay(deps, uuid)
  const sent = await deps.wallets.ask({ userUuid, type: 'primary' }, (wallet) =>
    wallet.sendTransfer({ uuid, to, amountKobo }),
  )
  if (!sent.ok) {
    await failTransfer(deps.paymentStore, payment, sent.refusal.code)
    return sent
  }
  await markTransfer(deps, payment, sent.value.delivered)
  const marked = await deps.paymentStore.byUuid(uuid)
  return ok({ answer: marked ?? payment, replayed: false })
}

/** Refuses `not_found`, also for another user's. */
export async function getPayment(
  deps: PaymentDeps,
  userUuid: string,
  uuid: string,
): Promise<Result<Payment>> {
  return ownedBy(userUuid, await deps.paymentStore.byUuid(uuid))
}

const ownedBy = (userUuid: string, payment: Payment | undefined): Result<Payment> =>
  payment?.userUuid === userUuid ? ok(payment) : refuse({ code: 'not_found' })

/** Asks for the truth, unless it is known. Refuses `not_found`, also for another user's, and `gateway_unavailable`. */
export async function verifyPayment(
  deps: PaymentDeps,
  userUuid: string,
  reference: string,
): Promise<Result<Payment>> {
  const owned = ownedBy(userUuid, await deps.paymentStore.byReference(ownReference(reference)))
  if (!owned.ok || owned.value.status === 'completed') return owned
  return settlePayment(deps, reference)
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
  const before = cursor === undefined ? undefined : decodeCursor(positionSchema, cursor)
  if (cursor !== undefined && !before) return refuse({ code: 'invalid_cursor' })
  const payments = await deps.paymentStore.list(userUuid, {
    limit: limit + 1,
    before,
    status,
    fromMs,
    toMs,
  })
  return ok(pageOf(payments, limit, ({ createdAtMs, uuid }) => [createdAtMs, uuid]))
}
