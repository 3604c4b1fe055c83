/** Routes for operators, guarded by the operator token. Without a configured token they do not exist. */
import { createRoute, z } from '@hono/zod-openapi'
import { parsedField, timeParameter } from '../http/fields'
import { logEvent } from '../common/log'
import { ok } from '../common/result'
import { jsonBody } from '../http/declarations'
import { createProblem, problemResponse } from '../http/problems'
import { createRouter } from '../http/router'
import { parseUuid } from '../common/text/uuid'
import { accountRoutes } from './access/accounts/routes'
import { type InvitationRouteDeps, invitationRoutes } from './access/accounts/invitation-routes'
import type { ManageDeps } from './access/accounts/manage'
import type { AuthenticateDeps } from './access/authenticate'
import { limitByOperator, operatorOf } from './access/guard'
import { operatorRoute } from './access/operator-route'
import { mayDo } from './access/operator'
import { type LogInDeps, logInRoutes } from './access/log-in/routes'
import { type LogDeps, perform, recordRead } from './log/record'
import { type LogRouteDeps, logRoutes } from './log/routes'
import { type LookupDeps, lookUp, NOTHING_FOUND } from './customers/lookup'
import type { KeyDeps } from '../keys/service'
import { type RepeatDeps, repeatErasures } from '../privacy/repeat'
import { endAllSessions, type EndSessionsDeps } from './end-sessions'
import { checkGateway, type GatewayCheckDeps } from './gateway-check'
import { presentLookup } from './customers/present-lookup'
import type { AuditDeps } from './audit/finding'
import { apiKeyRoutes } from './api-key-routes'
import { exceptionRoutes } from './exception-routes'
import { type FinanceRouteDeps, financeRoutes } from './finance/routes'
import { proposalRoutes, type ProposalRouteDeps } from './proposals/routes'
import { type CustomerRouteDeps, customerRoutes } from './customers/routes'
import { paymentActionRoutes } from './customers/payment-routes'
import type { PaymentActionDeps } from './customers/payment-actions'
import { type AuditPage, auditUsers } from './audit/service'
import { tariffRoutes, type TariffRouteDeps } from './tariffs/routes'

export interface OperatorDeps
  extends
    RepeatDeps,
    AuditDeps,
    LookupDeps,
    EndSessionsDeps,
    GatewayCheckDeps,
    ProposalRouteDeps,
    CustomerRouteDeps,
    PaymentActionDeps,
    TariffRouteDeps,
    AuthenticateDeps,
    InvitationRouteDeps,
    LogInDeps,
    LogRouteDeps,
    ManageDeps,
    FinanceRouteDeps,
    KeyDeps,
    LogDeps {}

const raiseLimit = z.coerce.number().int().min(1).max(1000).default(500)

const auditQuery = z.object({
  after: z.union([z.literal(''), parsedField(parseUuid)], 'must be a UUID').default(''),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  repair: z.stringbool('must be true or false').default(false),
  since: timeParameter.default(0),
})

const audit = createRoute({
  ...operatorRoute('post', '/operator/audit', 'audit.read', 'Page of the audit.'),
  request: { query: auditQuery },
})

const raised = createRoute({
  ...operatorRoute(
    'post',
    '/operator/token-versions',
    'audit.repair',
    'Page of users whose sessions were ended.',
  ),
  request: { query: auditQuery.pick({ after: true }).extend({ limit: raiseLimit }) },
})

const repeatedErasures = createRoute({
  ...operatorRoute(
    'post',
    '/operator/erasures',
    'audit.repair',
    'Page of users whose erasures were planned again.',
  ),
  request: { query: auditQuery.pick({ after: true, limit: true }) },
})

const name = z.string('must be a string').min(1).max(300).optional()

/** Subject of a lookup: exactly one, except that a call may name its user too. */
const caseBody = z
  .strictObject({ payment: name, call: name, wallet: name, user: name })
  .refine(
    ({ call, user, ...others }) =>
      [call ?? user, ...Object.values(others)].filter((subject) => subject !== undefined).length ===
      1,
    'must name exactly one of: a payment, a call (optionally with its user), a wallet, a user',
  )

const openedCase = createRoute({
  ...operatorRoute('post', '/operator/case', 'customers.read', 'Everything about the subject.'),
  request: { body: jsonBody(caseBody) },
})

const gatewayCheck = createRoute(
  operatorRoute('post', '/operator/gateway', 'audit.read', 'The gateway accepts the credentials.'),
)

const presentPage = ({ sumsKobo, inTransitKobo, next, ...page }: AuditPage) => ({
  ...page,
  sums_kobo: sumsKobo,
  in_transit_kobo: inTransitKobo,
  next: next ?? null,
})

export function operatorRoutes(deps: OperatorDeps) {
  const router = createRouter()
  router.post(openedCase.path, limitByOperator(deps, deps.policies.operatorSearches))
  return router
    .route('/', invitationRoutes(deps))
    .route('/', logInRoutes(deps))
    .route('/', accountRoutes(deps))
    .route('/', logRoutes(deps))
    .route('/', customerRoutes(deps))
    .route('/', paymentActionRoutes(deps))
    .route('/', exceptionRoutes(deps))
    .route('/', apiKeyRoutes(deps))
    .route('/', proposalRoutes(deps))
    .route('/', tariffRoutes(deps))
    .route('/', financeRoutes(deps))
    .openapi(audit, async (c) => {
      const { since: sinceMs, ...request } = c.req.valid('query')
      const operator = operatorOf(c)
      if (request.repair && !mayDo(operator, 'audit.repair'))
        return problemResponse(c, {
          code: 'not_permitted',
          permission: 'audit.repair',
          role: operator.role,
        })
      const audited = await perform(
        deps,
        operator,
        {
          action: request.repair ? 'audit_repaired' : 'audit_read',
          subject: request.after || null,
        },
        async () => ok(await auditUsers(deps, { ...request, sinceMs })),
      )
      if (!audited.ok) return problemResponse(c, audited.refusal)
      const page = audited.value
      logEvent('audit_read', { kind: request.repair ? 'repair' : 'read', users: page.users })
      return c.json(presentPage(page), 200)
    })
    .openapi(gatewayCheck, async (c) => {
      const checked = await checkGateway(deps)
      return checked.ok
        ? c.json({ gateway: checked.value }, 200)
        : problemResponse(c, checked.refusal)
    })
    .openapi(raised, async (c) => {
      const { after, limit } = c.req.valid('query')
      const action = { action: 'all_sessions_ended', subject: after || null }
      const ended = await perform(deps, operatorOf(c), action, async () =>
        ok(await endAllSessions(deps, after, limit)),
      )
      return ended.ok ? c.json(ended.value, 200) : problemResponse(c, ended.refusal)
    })
    .openapi(repeatedErasures, async (c) => {
      const { after, limit } = c.req.valid('query')
      const action = { action: 'erasures_repeated', subject: after || null }
      const repeated = await perform(deps, operatorOf(c), action, async () =>
        ok(await repeatErasures(deps, after, limit)),
      )
      return repeated.ok ? c.json(repeated.value, 200) : problemResponse(c, repeated.refusal)
    })
    .openapi(openedCase, async (c) => {
      const opened = await lookUp(deps, c.req.valid('json'))
      if (!opened.ok) return createProblem(c, 'not_found', NOTHING_FOUND) as never
      const subject = opened.value.user?.uuid ?? null
      await recordRead(deps, operatorOf(c), { action: 'customer_looked_up', subject })
      return c.json(presentLookup(opened.value), 200)
    })
}
