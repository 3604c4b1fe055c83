/**
 * Audits a user's payments: compares each with its wallet and with Monnify. A repair confirms the payment
 * like a poll does, and counts as repaired only if no difference is left.
 */
import { addKobo, type Kobo, ZERO } from '../common/money'
import { isUnreadable } from '../common/result'
import { attemptReference } from '../payments/core/references'
import type { Gateway } from '../payments/monnify/client'
import { interpretTransaction } from '../payments/core/payment'
import { confirmPayment } from '../payments/confirm'
import type { Payment } from '../payments/store'
import { isSupportedPayment } from '../payments/core/supported'
import type { WalletAudit } from '../wallets/object/audit'
import type { AuditDeps, AuditRequest, Finding, FindingKind } from './finding'

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
  request: AuditRequest,
): Promise<Finding[]> {
  const findings: Finding[] = []
  const unexplained = new Set([...audits.values()].flatMap(({ paidKobo }) => Object.keys(paidKobo)))
  for await (const payment of paymentsOf(deps, userUuid)) {
    unexplained.delete(payment.uuid)
    if (!isSupportedPayment(payment)) continue
    const credited = audits.get(payment.walletType)?.paidKobo[payment.uuid] ?? ZERO
    const found = await differenceOf(deps, payment, credited, request)
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

async function repairs(deps: AuditDeps, payment: Payment, request: AuditRequest): Promise<boolean> {
  const { userUuid, walletType: type } = payment
  const confirmed = await confirmPayment(deps, payment.reference)
  if (!confirmed.ok) return false
  const { paidKobo } = await deps.wallets.send({ userUuid, type }, (wallet) => wallet.audit())
  const credited = paidKobo[payment.uuid] ?? ZERO
  return (await differenceOf(deps, confirmed.value, credited, request)) === undefined
}

async function differenceOf(
  deps: AuditDeps,
  payment: Payment,
  creditedKobo: Kobo,
  { sinceMs }: AuditRequest,
): Promise<Difference | undefined> {
  if (payment.method === 'wallet') return transferDifference(deps, payment)
  const { amountPaidKobo, createdAtMs } = payment
  const apart =
    createdAtMs < sinceMs ? undefined : await gatewayDifference(deps.gateway, payment, creditedKobo)
  if (apart || amountPaidKobo === creditedKobo) return apart
  const detail = `D1 has ${amountPaidKobo} kobo paid, but the wallet was credited ${creditedKobo}`
  return { kind: 'payment_marks_differ', detail, isSafe: true }
}

async function gatewayDifference(
  gateway: Gateway,
  payment: Payment,
  creditedKobo: Kobo,
): Promise<Difference | undefined> {
  const known = await receivedFor(gateway, payment)
  if (!known)
    return { kind: 'gateway_unavailable', detail: 'Monnify could not be queried', isSafe: false }
  const { receivedKobo, unclear } = known
  const detail = `Monnify received ${receivedKobo} kobo, but the wallet was credited ${creditedKobo}`
  if (receivedKobo > creditedKobo) return { kind: 'paid_not_credited', detail, isSafe: true }
  if (unclear.length > 0)
    return { kind: 'unclear_transaction', detail: unclear.join('; '), isSafe: false }
  if (receivedKobo < creditedKobo) return { kind: 'credited_not_paid', detail, isSafe: false }
  return undefined
}

interface Received {
  readonly receivedKobo: Kobo
  /** Transactions that are not understood and may have received money. */
  readonly unclear: readonly string[]
}

/** Amount that Monnify received over all attempts, or `undefined` if Monnify cannot be queried. */
async function receivedFor(gateway: Gateway, payment: Payment): Promise<Received | undefined> {
  let receivedKobo = ZERO
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
    if (finding.kind === 'received') receivedKobo = addKobo(receivedKobo, finding.receivedKobo)
    const paidKobo = queried.value?.amountPaidKobo ?? ZERO
    if (finding.kind === 'reversed' && paidKobo > 0)
      unclear.push(
        `unexpected_amount: Monnify reports ${queried.value?.status} with ${paidKobo} kobo`,
      )
    if (finding.kind === 'exception')
      unclear.push(
        `${finding.exception}: Monnify reports ${queried.value?.status} with ${finding.amountKobo} kobo`,
      )
  }
  return { receivedKobo, unclear }
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
