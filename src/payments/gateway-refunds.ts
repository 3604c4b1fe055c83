/**
 * Refunds that the service did not order, such as those from Monnify's dashboard. Each completed one is recorded
 * once, under its attempt's reference. The next confirmation of the attempt debits the wallet.
 */
import { logEvent } from '../common/log'
import { ok, refuse, type Result } from '../common/result'
import { attemptReference, isOurs, isOwnRefund } from './core/references'
import type { ExceptionStore } from '../exceptions/store'
import type { Gateway } from './monnify/client'
import type { GatewayRefund, RefundGateway } from './monnify/refunds'
import type { CheckStore } from './check-store'

interface RecordDeps {
  readonly checkStore: CheckStore
  readonly exceptionStore: ExceptionStore
  readonly gateway: Pick<Gateway, 'query'>
  readonly now: () => number
}

export interface GatewayRefundDeps extends RecordDeps {
  readonly gateway: Gateway
  readonly refundGateway: RefundGateway
}

const PAGE = 50

/** Maximum pages of Monnify's newest refunds that a search for the refunds of one transaction reads. */
const SEARCHED_PAGES = 10

/** Maximum transactions that one run queries at Monnify, because no payment has their reference. */
const MAX_QUERIES = 50

/** Refund that the service did not order, and that has moved money. */
const isForeign = ({ refundReference, status, amountKobo }: GatewayRefund): boolean =>
  status === 'completed' && amountKobo > 0 && !isOwnRefund(refundReference)

/**
 * Finds the attempt that a transaction of Monnify belongs to. Refuses `gateway_unavailable`.
 * @returns the attempt's reference, or `undefined` if the transaction is not one of ours
 */
export async function attemptOfTransaction(
  { checkStore, gateway }: Pick<RecordDeps, 'checkStore' | 'gateway'>,
  transactionReference: string,
): Promise<Result<string | undefined>> {
  const payment = await checkStore.byMonnifyReference(transactionReference)
  if (payment) return ok(attemptReference(payment))
  const queried = await gateway.query(transactionReference, 'transactionReference')
  if (!queried.ok) return queried
  const paymentReference = queried.value?.paymentReference ?? ''
  return ok(isOurs(paymentReference) ? paymentReference : undefined)
}

/**
 * Records a completed refund. Refuses `gateway_unavailable`. A refund of an unknown transaction becomes an
 * exception.
 * @returns the reference of the attempt to confirm, or `undefined`
 */
export async function recordGatewayRefund(
  deps: RecordDeps,
  refund: GatewayRefund,
): Promise<Result<string | undefined>> {
  const { transactionReference, amountKobo } = refund
  if (!isForeign(refund)) return ok(undefined)
  const attempt = await attemptOfTransaction(deps, transactionReference)
  if (!attempt.ok) return attempt
  if (attempt.value === undefined) {
    const exception = { kind: 'unknown_refund', subject: transactionReference } as const
    await deps.exceptionStore.record({ ...exception, amountKobo, atMs: deps.now() })
    return ok(undefined)
  }
  await store(deps, refund, attempt.value)
  return attempt
}

/**
 * Records an exception for each refund that failed although it was recorded as completed: the wallet was debited, but
 * the payer did not receive the money. A repeat is not counted.
 */
export async function recordFailedRefunds(
  deps: RecordDeps,
  refunds: readonly GatewayRefund[],
): Promise<void> {
  const kind = 'gateway_refund_failed'
  const failed = refunds.filter(({ status }) => status === 'failed')
  if (failed.length === 0) return
  const names = failed.map(({ refundReference }) => refundReference)
  const known = await deps.checkStore.knownGatewayRefunds(names)
  if (known.size === 0) return
  const recorded = await deps.exceptionStore.recorded(kind, [...known.keys()])
  for (const { refundReference: subject, amountKobo } of failed) {
    const attempt = known.get(subject)
    if (attempt === undefined || recorded.has(subject)) continue
    const exception = { kind, subject, amountKobo, note: `Refund of ${attempt}` } as const
    await deps.exceptionStore.record({ ...exception, atMs: deps.now() })
    logEvent('gateway_refund_failed', { reference: attempt })
  }
}

/**
 * Searches Monnify's list for the refunds of one transaction, and records them. Refuses `gateway_unavailable` if a page
 * could not be read. The list ends with an empty page: a short one may lack items that could not be read.
 * @returns whether the whole list was searched
 */
export async function findRefundsOf(
  deps: GatewayRefundDeps,
  transactionReference: string,
  paymentReference: string,
): Promise<Result<{ readonly isWholeList: boolean }>> {
  const isOfIt = (refund: GatewayRefund) =>
    isForeign(refund) &&
    refund.transactionReference.toLowerCase() === transactionReference.toLowerCase()
  for (let page = 0; page < SEARCHED_PAGES; page++) {
    const listed = await deps.refundGateway.listRefunds(page, PAGE)
    if (!listed.ok) return listed
    if (listed.value.length === 0) return ok({ isWholeList: true })
    for (const refund of await unrecorded(deps, listed.value.filter(isOfIt)))
      await store(deps, refund, paymentReference)
  }
  return ok({ isWholeList: false })
}

async function unrecorded(
  { checkStore }: RecordDeps,
  refunds: readonly GatewayRefund[],
): Promise<GatewayRefund[]> {
  if (refunds.length === 0) return []
  const known = await checkStore.knownGatewayRefunds(
    refunds.map(({ refundReference }) => refundReference),
  )
  return refunds.filter(({ refundReference }) => !known.has(refundReference))
}

async function store(
  deps: RecordDeps,
  { refundReference, transactionReference, amountKobo }: GatewayRefund,
  paymentReference: string,
): Promise<void> {
  const names = { refundReference, transactionReference, paymentReference }
  const notedAtMs = deps.now()
  const isNew = await deps.checkStore.recordGatewayRefund({ ...names, amountKobo, notedAtMs })
  if (isNew) logEvent('gateway_refund_recorded', { reference: paymentReference })
}

/**
 * Records Monnify's newest refunds that are not known yet. This finds refunds whose events were lost. The oldest is
 * recorded first: if a run is interrupted or reaches its limit of queries, the next one still finds the rest. Records
 * nothing if a page cannot be read.
 * @returns references of the attempts to confirm
 */
export async function findGatewayRefunds(
  deps: GatewayRefundDeps,
  pages: number,
): Promise<Set<string>> {
  const attempts = new Set<string>()
  const limited = { ...deps, gateway: limitQueries(deps.gateway, MAX_QUERIES) }
  for (const refund of (await listNewRefunds(deps, pages)).toReversed()) {
    const recorded = await recordGatewayRefund(limited, refund)
    if (recorded.ok && recorded.value !== undefined) attempts.add(recorded.value)
  }
  return attempts
}

/**
 * Lists refunds that are not known yet, newest first. The last page read is one whose refunds are all known. A page that
 * has only refunds that the service ordered says nothing about older ones.
 */
async function listNewRefunds(deps: GatewayRefundDeps, pages: number): Promise<GatewayRefund[]> {
  const found: GatewayRefund[] = []
  for (let page = 0; page < pages; page++) {
    const listed = await deps.refundGateway.listRefunds(page, PAGE)
    if (!listed.ok) return []
    if (listed.value.length === 0) break
    await recordFailedRefunds(deps, listed.value)
    const foreign = listed.value.filter(isForeign)
    const unknown = await unattributed(deps, foreign)
    found.push(...unknown)
    if (foreign.length > 0 && unknown.length === 0) break
  }
  return found
}

/** Refunds that are neither recorded nor known to belong to a transaction that no payment has. */
async function unattributed(
  deps: RecordDeps,
  refunds: readonly GatewayRefund[],
): Promise<GatewayRefund[]> {
  const fresh = await unrecorded(deps, refunds)
  if (fresh.length === 0) return []
  const names = fresh.map(({ transactionReference }) => transactionReference)
  const theirs = await deps.exceptionStore.recorded('unknown_refund', names)
  return fresh.filter(({ transactionReference }) => !theirs.has(transactionReference))
}

/** A gateway that refuses queries after `limit` of them. Other runs continue with the rest. */
function limitQueries(gateway: Gateway, limit: number): Pick<Gateway, 'query'> {
  let left = limit
  return {
    query: async (...args) =>
      left-- > 0 ? gateway.query(...args) : refuse({ code: 'gateway_unavailable' }),
  }
}
