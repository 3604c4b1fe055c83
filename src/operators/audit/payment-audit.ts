/**
 * Audits a user's payments: compares each with its wallet and with Monnify. A repair confirms the payment
 * like a poll does, and counts as repaired only if no difference is left.
 */
import { addKobo, type Kobo, ZERO } from '../../common/money'
import { isUnreadable } from '../../common/result'
import { attemptReference } from '../../payments/core/references'
import type { Gateway } from '../../payments/monnify/client'
import type { ExceptionKind } from '../../exceptions/exception'
import { type Interpretation, interpretTransaction } from '../../payments/core/payment'
import { confirmPayment } from '../../payments/confirm'
import type { Payment } from '../../payments/store'
import { isSupportedPayment } from '../../payments/core/supported'
import type { WalletAudit } from '../../wallets/object/audit'
import type { AuditDeps, Finding, FindingKind, UserAuditRequest } from './finding'

interface Difference {
  readonly kind: FindingKind
  readonly detail: string
  /** Whether another confirmation of the payment is safe. */
  readonly isSafe: boolean
}

const PAYMENTS_PAGE = 100

export async function paymentFindings(
  deps: AuditDeps,
  userUuid: string,
  audits: ReadonlyMap<string, WalletAudit>,
  request: UserAuditRequest,
): Promise<Finding[]> {
  const findings: Finding[] = []
  const unexplained = new Set([...audits.values()].flatMap(({ paidKobo }) => Object.keys(paidKobo)))
  for await (const payment of paymentsOf(deps, userUuid)) {
    unexplained.delete(payment.uuid)
    if (!isSupportedPayment(payment)) continue
    const found = await differenceOf(
      deps,
      payment,
      amountsOf(payment, audits.get(payment.walletType)),
      request,
    )
    if (!found) continue
    const { kind, detail, isSafe } = found
    const repaired = request.repair && isSafe && (await repairs(deps, payment, request))
    findings.push({ kind, subject: payment.uuid, detail, repaired })
  }
  for (const subject of unexplained) {
    const detail = 'the wallet was credited for a payment that D1 does not have'
    findings.push({ kind: 'credit_without_payment', subject, detail, repaired: false })
  }
  return findings
}

/** Amounts of a payment in its wallet. */
interface WalletAmounts {
  /** Credited less reversed. */
  readonly creditedKobo: Kobo
  /** Refunded, or held for refunds. */
  readonly refundedKobo: Kobo
}

const amountsOf = ({ uuid }: Payment, audit: WalletAudit | undefined): WalletAmounts => ({
  creditedKobo: audit?.paidKobo[uuid] ?? ZERO,
  refundedKobo: audit?.refundedKobo[uuid] ?? ZERO,
})

async function* paymentsOf({ paymentStore }: AuditDeps, userUuid: string): AsyncGenerator<Payment> {
  let before: readonly [number, string] | undefined
  for (;;) {
    const page = await paymentStore.list(userUuid, { limit: PAYMENTS_PAGE, before })
    yield* page
    const last = page.at(-1)
    if (!last || page.length < PAYMENTS_PAGE) return
    before = [last.createdAtMs, last.uuid]
  }
}

async function repairs(
  deps: AuditDeps,
  payment: Payment,
  request: UserAuditRequest,
): Promise<boolean> {
  const { userUuid, walletType: type } = payment
  const confirmed = await confirmPayment(deps, payment.reference)
  if (!confirmed.ok) return false
  const audit = await deps.wallets.send({ userUuid, type }, (wallet) => wallet.audit())
  const amounts = amountsOf(payment, audit)
  return (await differenceOf(deps, confirmed.value, amounts, request)) === undefined
}

async function differenceOf(
  deps: AuditDeps,
  payment: Payment,
  amounts: WalletAmounts,
  { sinceMs }: UserAuditRequest,
): Promise<Difference | undefined> {
  if (payment.method === 'wallet') return transferDifference(deps, payment)
  const apart =
    payment.createdAtMs < sinceMs
      ? undefined
      : await gatewayDifference(deps.gateway, payment, amounts)
  return apart ?? markDifference(payment, amounts)
}

function markDifference(
  { amountPaidKobo, refundedKobo }: Payment,
  amounts: WalletAmounts,
): Difference | undefined {
  const kind = 'payment_marks_differ'
  if (amountPaidKobo !== amounts.creditedKobo) {
    const detail = `D1 has ${amountPaidKobo} kobo paid, but the wallet was credited ${amounts.creditedKobo}`
    return { kind, detail, isSafe: true }
  }
  if (refundedKobo !== amounts.refundedKobo) {
    const detail = `D1 has ${refundedKobo} kobo refunded, but the wallet has ${amounts.refundedKobo}`
    return { kind, detail, isSafe: true }
  }
  return undefined
}

async function gatewayDifference(
  gateway: Gateway,
  payment: Payment,
  { creditedKobo, refundedKobo }: WalletAmounts,
): Promise<Difference | undefined> {
  const known = await receivedFor(gateway, payment, refundedKobo)
  if (!known)
    return { kind: 'gateway_unavailable', detail: 'Monnify could not be queried', isSafe: false }
  const { receivedKobo, isReturned, unclear } = known
  const detail = `Monnify received ${receivedKobo} kobo, but the wallet was credited ${creditedKobo}`
  if (receivedKobo > creditedKobo) return { kind: 'paid_not_credited', detail, isSafe: true }
  if (unclear.length > 0)
    return { kind: 'unclear_transaction', detail: unclear.join('; '), isSafe: false }
  if (addKobo(receivedKobo, isReturned ? refundedKobo : ZERO) < creditedKobo)
    return { kind: 'credited_not_paid', detail, isSafe: false }
  return undefined
}

interface Received {
  readonly receivedKobo: Kobo
  /** Whether Monnify's amount already excludes refunds. */
  readonly isReturned: boolean
  /** Transactions that are not understood and may have received money. */
  readonly unclear: readonly string[]
}

/** Amount that Monnify received over all attempts, or `undefined` if Monnify cannot be queried. */
async function receivedFor(
  gateway: Gateway,
  payment: Payment,
  refundedKobo: Kobo,
): Promise<Received | undefined> {
  let receivedKobo = ZERO
  let isReturned = false
  const unclear: string[] = []
  for (let attempt = 1; attempt <= payment.attempt; attempt++) {
    const reference = attemptReference({ ...payment, attempt })
    const queried = await gateway.query(reference)
    if (!queried.ok && isUnreadable(queried.refusal)) {
      unclear.push("unreadable_answer: Monnify's response could not be read")
      continue
    }
    if (!queried.ok) return undefined
    const finding = interpretTransaction(reference, queried.value)
    const leftKobo = queried.value?.amountPaidKobo ?? ZERO
    const isExplained = refundedKobo > 0
    if (finding.kind === 'received') receivedKobo = addKobo(receivedKobo, finding.receivedKobo)
    if (finding.kind === 'refunded' && isExplained) receivedKobo = addKobo(receivedKobo, leftKobo)
    if (finding.kind === 'reversed' || finding.kind === 'refunded') isReturned = true
    const exception = unclearAs(finding, leftKobo, isExplained)
    if (exception !== undefined)
      unclear.push(`${exception}: Monnify reports ${queried.value?.status} with ${leftKobo} kobo`)
  }
  return { receivedKobo, isReturned, unclear }
}

function unclearAs(
  finding: Interpretation,
  leftKobo: Kobo,
  isExplained: boolean,
): ExceptionKind | undefined {
  if (finding.kind === 'exception') return finding.exception
  if (leftKobo === 0) return undefined
  if (finding.kind === 'reversed') return 'unexpected_amount'
  return finding.kind === 'refunded' && !isExplained ? 'unexplained_refund' : undefined
}

/** Compares a wallet payment with the transfer in its source wallet. */
async function transferDifference(
  { wallets }: AuditDeps,
  { uuid, userUuid, status }: Payment,
): Promise<Difference | undefined> {
  const sent = await wallets.send({ userUuid, type: 'primary' }, (wallet) => wallet.transfer(uuid))
  const isMarkedAsSent = status === 'completed' || status === 'processing'
  const kind = 'payment_marks_differ'
  if (!sent.ok)
    return isMarkedAsSent
      ? { kind, detail: `D1 has ${status}, but the wallet has no such transfer`, isSafe: false }
      : undefined
  const expected = sent.value.status === 'delivered' ? 'completed' : 'processing'
  if (status === expected) return undefined
  return {
    kind,
    detail: `D1 has ${status}, but the transfer is ${sent.value.status}`,
    isSafe: true,
  }
}
