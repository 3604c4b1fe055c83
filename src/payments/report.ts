/**
 * Monnify's report about an attempt. If it says "refunded" and the known refunds do not explain that, Monnify's list of
 * refunds is searched before anything is concluded.
 */
import { addKobo, type Kobo, ZERO } from '../common/money'
import { ok, type Result } from '../common/result'
import { attemptEntryPrefix } from '../wallets/core/payment-commands'
import type { WalletClient } from '../wallets/object/client'
import { type GatewayTransaction, type Interpretation, interpretTransaction } from './core/payment'
import {
  interpretRefunded,
  type KnownRefunds,
  needsSearch,
  receivedBeforeRefunds,
  type RefundedAttempt,
} from './core/refunded'
import { findRefundsOf, type GatewayRefundDeps } from './gateway-refunds'
import type { Payment } from './store'

export interface ReportDeps extends GatewayRefundDeps {
  readonly wallets: WalletClient
}

export interface Report {
  /** `undefined` if Monnify does not know the attempt. */
  readonly transaction: GatewayTransaction | undefined
  readonly interpretation: Interpretation
  /** Amount to credit under the attempt's reference; zero if none is confirmed. */
  readonly receivedKobo: Kobo
  /** Total of the attempt's recorded refunds that the service did not order. */
  readonly refundedKobo: Kobo
}

/** A report whose refunds are not explained yet. */
interface Reading {
  readonly transaction: GatewayTransaction | undefined
  readonly interpretation: Interpretation
  /** Refunds that were known before the query, so that what Monnify reports as left excludes them. */
  readonly knownBefore: KnownRefunds
}

/**
 * Queries Monnify about an attempt and explains the response. Refuses `gateway_unavailable`, also if an unexplained
 * refund could not be searched for.
 * @param isSent whether the attempt was sent to Monnify; if not, nothing is queried
 */
export async function readReport(
  deps: ReportDeps,
  payment: Payment,
  reference: string,
  isSent: boolean,
): Promise<Result<Report>> {
  const first = await readAttempt(deps, payment, reference, isSent)
  if (!first.ok) return first
  const { transaction, interpretation } = first.value
  if (!transaction || interpretation.kind !== 'refunded') return ok(plainReport(first.value))
  const { attempt, known } = await refundedAttempt(deps, payment, reference, interpretation)
  if (!needsSearch(attempt, known)) return ok(explained(first.value, attempt, known, false))
  const { transactionReference } = transaction
  const searched = await findRefundsOf(deps, transactionReference, reference)
  return searched.ok ? readAgain(deps, payment, reference, searched.value) : searched
}

/** Queries Monnify after the search, so that what it reports as left excludes each refund found. */
async function readAgain(
  deps: ReportDeps,
  payment: Payment,
  reference: string,
  { isWholeList }: { readonly isWholeList: boolean },
): Promise<Result<Report>> {
  const reading = await readAttempt(deps, payment, reference, true)
  if (!reading.ok) return reading
  const { interpretation } = reading.value
  if (interpretation.kind !== 'refunded') return ok(plainReport(reading.value))
  const { attempt, known } = await refundedAttempt(deps, payment, reference, interpretation)
  return ok(explained(reading.value, attempt, known, isWholeList))
}

async function readAttempt(
  deps: ReportDeps,
  { uuid }: Payment,
  reference: string,
  isSent: boolean,
): Promise<Result<Reading>> {
  const knownBefore = await deps.checkStore.refundsOf(uuid, reference)
  const queried = isSent ? await deps.gateway.query(reference) : ok(undefined)
  if (!queried.ok) return queried
  const transaction = queried.value
  const interpretation = interpretTransaction(reference, transaction)
  return ok({ transaction, interpretation, knownBefore })
}

/**
 * Reads the refunds after Monnify was queried: a refund that Monnify has paid then has a row, because the service
 * inserts the row before it orders.
 */
async function refundedAttempt(
  deps: ReportDeps,
  payment: Payment,
  reference: string,
  { leftKobo }: { readonly leftKobo: Kobo },
): Promise<{ attempt: RefundedAttempt; known: KnownRefunds }> {
  const { uuid: paymentUuid, amountKobo: expectedKobo, userUuid, walletType: type } = payment
  const under = [attemptEntryPrefix({ paymentUuid, reference })]
  const { entries } = await deps.wallets.send({ userUuid, type }, (wallet) =>
    wallet.inspect({ under }),
  )
  const creditedKobo = addKobo(...entries.map(({ amountKobo }) => amountKobo))
  const known = await deps.checkStore.refundsOf(paymentUuid, reference)
  return { attempt: { leftKobo, creditedKobo, expectedKobo }, known }
}

function plainReport({ transaction, interpretation, knownBefore }: Reading): Report {
  const receivedKobo = interpretation.kind === 'received' ? interpretation.receivedKobo : ZERO
  return { transaction, interpretation, receivedKobo, refundedKobo: knownBefore.gatewayKobo }
}

function explained(
  { transaction, knownBefore }: Reading,
  attempt: RefundedAttempt,
  known: KnownRefunds,
  isWholeList: boolean,
): Report {
  const interpretation = interpretRefunded(attempt, known, isWholeList)
  const isExplained = interpretation.kind === 'refunded'
  const receivedKobo = isExplained ? receivedBeforeRefunds(attempt, knownBefore) : ZERO
  return { transaction, interpretation, receivedKobo, refundedKobo: known.gatewayKobo }
}
