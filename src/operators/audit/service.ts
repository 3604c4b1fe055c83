/**
 * The audit: replays every wallet's ledger, compares the projection with the wallet, and each payment with
 * the wallet and with Monnify. On request it repairs what has a safe repair: it projects a wallet again, or
 * confirms a payment.
 */
import { addKobo, type Kobo } from '../../common/money'
import type { WalletAudit } from '../../wallets/object/audit'
import { type AccountSums, addSums } from '../../wallets/core/ledger'
import { WALLET_TYPES, type WalletName } from '../../wallets/core/wallet'
import type { AuditDeps, AuditRequest, Finding, UserAuditRequest } from './finding'
import { paymentFindings } from './payment-audit'

export interface AuditPage {
  readonly users: number
  readonly entries: number
  readonly sumsKobo: AccountSums
  readonly inTransitKobo: Kobo
  readonly findings: readonly Finding[]
  /** Last user of the page; `undefined` after the last page. */
  readonly next: string | undefined
}

const SHARED_LIMIT = 100

/** Audits the wallets and payments of a page of users. */
export async function auditUsers(deps: AuditDeps, request: AuditRequest): Promise<AuditPage> {
  const uuids = await deps.userStore.uuidsAfter(request.after, request.limit)
  const audits: WalletAudit[] = []
  const findings: Finding[] = request.after === '' ? await sharedReferences(deps) : []
  for (const userUuid of uuids) {
    const audited = await auditUser(deps, userUuid, request)
    audits.push(...audited.audits)
    findings.push(...audited.findings)
  }
  return {
    users: uuids.length,
    entries: audits.reduce((count, { entries }) => count + entries, 0),
    sumsKobo: addSums(...audits.map(({ sums }) => sums)),
    inTransitKobo: addKobo(...audits.map(({ inTransitKobo }) => inTransitKobo)),
    findings,
    next: uuids.length < request.limit ? undefined : uuids.at(-1),
  }
}

export interface AuditedUser {
  readonly audits: readonly WalletAudit[]
  readonly findings: readonly Finding[]
}

/** Audits a user's wallets and payments. */
export async function auditUser(
  deps: AuditDeps,
  userUuid: string,
  request: UserAuditRequest,
): Promise<AuditedUser> {
  const audits = new Map<string, WalletAudit>()
  const findings: Finding[] = []
  for (const type of WALLET_TYPES) {
    const name = { userUuid, type }
    const audit = await deps.wallets.send(name, (wallet) => wallet.audit())
    audits.set(type, audit)
    findings.push(
      ...ledgerFindings(audit),
      ...(await projectionFindings(deps, name, audit, request)),
    )
  }
  findings.push(...(await paymentFindings(deps, userUuid, audits, request)))
  return { audits: [...audits.values()], findings }
}

export async function sharedReferences({ paymentStore }: AuditDeps): Promise<Finding[]> {
  const shared = await paymentStore.sharedMonnifyReferences(SHARED_LIMIT)
  const detail = 'several payments have this Monnify reference'
  return shared.map((subject) => ({ kind: 'shared_reference', subject, detail, repaired: false }))
}

const ledgerFindings = ({ uuid, faults, erasedAtMs, postedKobo }: WalletAudit): Finding[] => [
  ...faults.map((detail) => ({
    kind: 'ledger_fault' as const,
    subject: uuid,
    detail,
    repaired: false,
  })),
  ...(erasedAtMs !== null && postedKobo > 0 ? [lateMoney(uuid, postedKobo)] : []),
]

/** An erased user can neither spend money nor request a refund, so an operator must refund it. */
const lateMoney = (subject: string, postedKobo: Kobo): Finding => ({
  kind: 'money_after_erasure',
  subject,
  detail: `${postedKobo} kobo arrived after the user was erased`,
  repaired: false,
})

type Difference = readonly [what: string, inD1: unknown, inWallet: unknown]

/** A projection that is still incomplete is not a finding. After a repair it compares again. */
async function projectionFindings(
  deps: AuditDeps,
  name: WalletName,
  audit: WalletAudit,
  { repair }: UserAuditRequest,
): Promise<Finding[]> {
  if (audit.projectedRevision < audit.revision) return []
  const differing = await projectionDifferences(deps, audit)
  if (differing.length === 0) return []
  const repaired = repair && (await projectAgain(deps, name, audit.uuid))
  const words = differing.map(
    ([what, inD1, inWallet]) => `${what}: ${inD1} in D1, ${inWallet} in the wallet`,
  )
  return [{ kind: 'copy_differs', subject: audit.uuid, detail: words.join('; '), repaired }]
}

/** @returns whether the projection then equals the wallet; the alarm completes that of a long wallet */
async function projectAgain(deps: AuditDeps, name: WalletName, uuid: string): Promise<boolean> {
  await deps.projections.remove(uuid)
  await deps.wallets.send(name, (wallet) => wallet.resetProjection())
  await deps.wallets.send(name, (wallet) => wallet.projectNow())
  const audit = await deps.wallets.send(name, (wallet) => wallet.audit())
  return (await projectionDifferences(deps, audit)).length === 0
}

async function projectionDifferences(deps: AuditDeps, audit: WalletAudit): Promise<Difference[]> {
  const projected = await deps.projections.of(audit.uuid)
  const pairs: Difference[] = [
    ['change', projected?.revision, audit.revision],
    ['balance', projected?.postedKobo, audit.postedKobo],
    ['last entry', projected?.entrySeq, audit.entries],
    ['last hash', projected?.entryHash, audit.entryHash],
    ['entries', projected?.entries, audit.entries],
    ['sum of balances', projected?.balancesKobo, audit.balancesKobo],
    ['charges', projected?.chargedKobo, audit.chargedKobo],
    ['open calls', projected?.openCalls, audit.openCalls],
  ]
  return pairs.filter(([, inD1, inWallet]) => inD1 !== inWallet)
}
