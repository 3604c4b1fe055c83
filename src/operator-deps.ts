/** Part of the composition root: creates the stores and settings that only operators and finance use. */
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { SessionStore } from './auth/store'
import { kobo } from './common/money'
import type { Config } from './config'
import { createAccountStore } from './operators/access/accounts/store'
import { createInvitationStore } from './operators/access/accounts/invitation-store'
import { createAccessVerifier } from './operators/access/cloudflare-access'
import { createLogInStore } from './operators/access/log-in/store'
import { createSeal } from './common/tokens/seal'
import { createOperatorSessionStore } from './operators/access/session-store'
import { createAdjustmentStore } from './operators/adjustments'
import { createAuditProgress } from './operators/audit/audit-progress-store'
import { createProjectionStore } from './operators/audit/projection-check'
import { createLookupStore } from './operators/customers/lookup-store'
import { createTimelineStore } from './operators/customers/timeline/store'
import { createBookStore } from './operators/finance/book-store'
import { createLevelStore } from './operators/finance/level-store'
import { createSettlementLineStore } from './operators/finance/settlements/line-store'
import { createSettledPaymentStore } from './operators/finance/settlements/payment-store'
import { recordSettlement } from './operators/finance/settlements/service'
import type { SettlementDeps } from './operators/finance/settlements/step'
import { createSettlementStore } from './operators/finance/settlements/store'
import { createActionLog } from './operators/log/store'
import { createProposalStore } from './operators/proposals/store'
import { createDryRunCalls } from './operators/tariffs/store'
import type { ReportedSettlement } from './payments/monnify/settlements'

/** Parts that the operators share with other features. */
interface SharedParts extends Pick<
  SettlementDeps,
  'settlementGateway' | 'exceptionStore' | 'paymentStore' | 'now'
> {
  readonly db: DrizzleD1Database
  readonly config: Config
  readonly secrets: readonly [string, ...string[]]
  readonly sessionStore: SessionStore
}

export function createOperatorDeps({ db, config, secrets, sessionStore, ...shared }: SharedParts) {
  const { now } = shared
  const auditProgress = createAuditProgress(db)
  const settlementStores = {
    settlementStore: createSettlementStore(db),
    settlementLineStore: createSettlementLineStore(db),
    settledPaymentStore: createSettledPaymentStore(db),
  }
  return {
    ...settlementStores,
    recordSettlement: (settlement: ReportedSettlement) =>
      recordSettlement({ ...settlementStores, ...shared }, settlement),
    bookStore: createBookStore(db),
    levelStore: createLevelStore(db),
    actionLog: createActionLog(db),
    operatorSessions: createOperatorSessionStore(db),
    accountStore: createAccountStore(db),
    invitationStore: createInvitationStore(db),
    logInStore: createLogInStore(db),
    totpSeal: createSeal('operatorTotp', secrets),
    bootstrapSecret: config.OPERATOR_BOOTSTRAP_SECRET,
    verifyAccessToken: accessVerifierOf(config, now),
    proposalStore: createProposalStore(db),
    approvalAboveKobo: kobo(config.APPROVAL_ABOVE * 100),
    adjustmentStore: createAdjustmentStore(db),
    auditProgress,
    lastAuditAtMs: () => auditProgress.lastPassEndedAtMs(),
    projections: createProjectionStore(db),
    raiseVersions: (after: string, limit: number) =>
      sessionStore.raiseVersions(after, limit, now()),
    lookupStore: createLookupStore(db),
    timelineStore: createTimelineStore(db),
    dryRunCalls: createDryRunCalls(db),
  }
}

/** Without both settings, no token of Cloudflare Access is accepted. */
const accessVerifierOf = (
  { ACCESS_TEAM_DOMAIN: teamDomain, ACCESS_AUDIENCE: audience }: Config,
  now: () => number,
) =>
  teamDomain === undefined || audience === undefined
    ? undefined
    : createAccessVerifier({ teamDomain, audience, fetch: (url, init) => fetch(url, init), now })
