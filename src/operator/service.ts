/**
 * The audit: every wallet's books from their first entry on, D1's copy against the wallet, and each
 * payment against the wallet and against Monnify. What has a safe remedy is remedied if asked for:
 * a copy is made anew, a payment is settled by the one path that all payments take.
 */
import { addKobo, type Kobo, ZERO } from '../common/money'
import { attemptReference } from '../payments/attempt'
import type { Gateway } from '../payments/monnify'
import { judge } from '../payments/payment'
import { type SettleDeps, settlePayment } from '../payments/settle'
import type { Payment } from '../payments/store'
import type { UserStore } from '../users/store'
import type { WalletAudit } from '../wallets/audit'
import type { Account } from '../wallets/ledger'
import { WALLET_TYPES, type WalletName } from '../wallets/wallet'
import type { CopyStore } from './copies'

export interface AuditDeps extends SettleDeps {
  readonly userStore: UserStore
  readonly copies: CopyStore
}

type FindingKind =
  | 'ledger_fault'
  | 'copy_differs'
  | 'paid_not_credited'
  | 'credited_not_paid'
  | 'payment_marks_differ'
  | 'credit_without_payment'
  | 'shared_reference'
  | 'gateway_unavailable'

export interface Finding {
  readonly kind: FindingKind
  /** A wallet's or payment's uuid, or Monnify's reference. */
  readonly subject: string
  readonly detail: string
  readonly repaired: boolean
}

export interface AuditRequest {
  /** Users after this one, in the order of their uuids. */
  readonly after: string
  readonly limit: number
  readonly repair: boolean
  /** Payments made before are not asked about at Monnify. */
  readonly sinceMs: number
}

export interface AuditPage {
  readonly users: number
  readonly entries: number
  readonly sumsKobo: Record<Account, Kobo>
  readonly inTransitKobo: Kobo
  readonly findings: readonly Finding[]
  /** The last user of the page; none when there are no more. */
  readonly next: string | undefined
}

const SHARED_LIMIT = 100
const PAYMENTS_PAGE = 100

/** Audits a page of users with all that is theirs. */
export async function auditUsers(deps: AuditDeps, request: AuditRequest): Promise<AuditPage> {
  const uuids = await deps.userStore.uuidsAfter(request.after, request.limit)
  const audits: WalletAudit[] = []
  const findings: Finding[] = request.after === '' ? await sharedReferences(deps) : []
  for (const userUuid of uuids) {
    const own = new Map<string, WalletAudit>()
    for (const type of WALLET_TYPES) {
      const name = { userUuid, type }
      const audit = await deps.wallets.ask(name, (wallet) => wallet.audit())
      own.set(type, audit)
      findings.push(...ledgerFindings(audit), ...(await copyFindings(deps, name, audit, request)))
    }
    audits.push(...own.values())
    findings.push(...(await paymentFindings(deps, userUuid, own, request)))
  }
  const sum = (of: (audit: WalletAudit) => Kobo) => addKobo(...audits.map(of))
  return {
    users: uuids.length,
    entries: audits.reduce((count, { entries }) => count + entries, 0),
    sumsKobo: {
      gateway: sum(({ sums }) => sums.gateway),
      wallet: sum(({ sums }) => sums.wallet),
      transfer: sum(({ sums }) => sums.transfer),
      revenue: sum(({ sums }) => sums.revenue),
    },
    inTransitKobo: sum(({ inTransitKobo }) => inTransitKobo),
    findings,
    next: uuids.length < request.limit ? undefined : uuids.at(-1),
  }
}

async function sharedReferences({ paymentStore }: AuditDeps): Promise<Finding[]> {
  const shared = await paymentStore.sharedMonnifyReferences(SHARED_LIMIT)
  const detail = "several payments have this reference of Monnify's"
  return shared.map((subject) => ({ kind: 'shared_reference', subject, detail, repaired: false }))
}

const ledgerFindings = ({ uuid, faults }: WalletAudit): Finding[] =>
  faults.map((detail) => ({ kind: 'ledger_fault', subject: uuid, detail, repaired: false }))

/** A copy that is on its way is late, not wrong. */
async function copyFindings(
  deps: AuditDeps,
  name: WalletName,
  audit: WalletAudit,
  { repair }: AuditRequest,
): Promise<Finding[]> {
  if (audit.projectedChange < audit.change) return []
  const copy = await deps.copies.of(audit.uuid)
  const pairs: [what: string, inD1: unknown, inWallet: unknown][] = [
    ['change', copy?.change, audit.change],
    ['balance', copy?.postedKobo, audit.postedKobo],
    ['last entry', copy?.entrySeq, audit.entries],
    ['last hash', copy?.entryHash, audit.entryHash],
    ['entries', copy?.entries, audit.entries],
    ['sum of balances', copy?.balancesKobo, audit.balancesKobo],
    ['charges', copy?.chargedKobo, audit.sums.revenue],
    ['open calls', copy?.openCalls, audit.openCalls],
  ]
  const differing = pairs.filter(([, inD1, inWallet]) => inD1 !== inWallet)
  if (differing.length === 0) return []
  if (repair) {
    await deps.copies.forget(audit.uuid)
    await deps.wallets.ask(name, (wallet) => wallet.projectAgain())
  }
  const words = differing.map(
    ([what, inD1, inWallet]) => `${what}: ${inD1} in D1, ${inWallet} in the wallet`,
  )
  return [{ kind: 'copy_differs', subject: audit.uuid, detail: words.join('; '), repaired: repair }]
}

async function paymentFindings(
  deps: AuditDeps,
  userUuid: string,
  audits: ReadonlyMap<string, WalletAudit>,
  request: AuditRequest,
): Promise<Finding[]> {
  const findings: Finding[] = []
  const unexplained = new Set([...audits.values()].flatMap(({ paidKobo }) => Object.keys(paidKobo)))
  for await (const payment of paymentsOf(deps, userUuid)) {
    unexplained.delete(payment.uuid)
    if (payment.method !== 'monnify') continue
    const creditedKobo = audits.get(payment.walletType)?.paidKobo[payment.uuid] ?? ZERO
    const found = await findingOf(deps, payment, creditedKobo, request)
    if (!found) continue
    const isRepaired = request.repair && found.isSafe && (await settles(deps, payment))
    const { kind, detail } = found
    findings.push({ kind, subject: payment.uuid, detail, repaired: isRepaired })
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

interface Found {
  readonly kind: FindingKind
  readonly detail: string
  /** Whether settling the payment once more can only do right. */
  readonly isSafe: boolean
}

async function findingOf(
  { gateway }: AuditDeps,
  payment: Payment,
  creditedKobo: Kobo,
  { sinceMs }: AuditRequest,
): Promise<Found | undefined> {
  if (payment.createdAtMs >= sinceMs) {
    const received = await receivedKobo(gateway, payment)
    if (received === undefined)
      return { kind: 'gateway_unavailable', detail: 'Monnify could not be asked', isSafe: false }
    const detail = `Monnify received ${received} kobo, the wallet was credited ${creditedKobo}`
    if (received > creditedKobo) return { kind: 'paid_not_credited', detail, isSafe: true }
    if (received < creditedKobo) return { kind: 'credited_not_paid', detail, isSafe: false }
  }
  if (payment.amountPaidKobo === creditedKobo) return undefined
  const detail = `D1 says ${payment.amountPaidKobo} kobo were paid, the wallet was credited ${creditedKobo}`
  return { kind: 'payment_marks_differ', detail, isSafe: true }
}

/** What Monnify has received over all attempts at a payment, or `undefined` if it cannot be asked. */
async function receivedKobo(gateway: Gateway, payment: Payment): Promise<Kobo | undefined> {
  let sum = ZERO
  for (let attempt = 1; attempt <= payment.attempt; attempt++) {
    const reference = attemptReference({ ...payment, attempt })
    const asked = await gateway.query(reference)
    if (!asked.ok) return undefined
    const finding = judge(reference, asked.value)
    if (finding.kind === 'received') sum = addKobo(sum, finding.receivedKobo)
  }
  return sum
}

const settles = async (deps: AuditDeps, { reference }: Payment): Promise<boolean> =>
  (await settlePayment(deps, reference)).ok
