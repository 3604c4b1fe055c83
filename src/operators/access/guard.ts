/** Middleware of operators' routes: identifies the operator, and checks the permission of each route. */
import type { Context, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import { bearerToken } from '../../http/authentication'
import { createProblem, problemResponse } from '../../http/problems'
import type { AppContext, AppEnv } from '../../http/router'
import { logEvent } from '../../common/log'
import { limitBy } from '../../limits/middleware'
import type { Policy } from '../../limits/policy'
import type { LimitDeps } from '../../limits/service'
import { authenticate, type AuthenticateDeps } from './authenticate'
import { mayDo, type Operator } from './operator'
import type { Permission } from './permissions'

interface OperatorEnv {
  Variables: AppEnv['Variables'] & { operator?: Operator | undefined }
}

/** The prefix makes browsers demand `Secure`, the path `/`, and no domain (RFC 6265bis section 4.1.3.2). */
export const SESSION_COOKIE = '__Host-operator'

const variables = (c: AppContext) => c as unknown as Context<OperatorEnv>

/**
 * Identifies the operator, if there is one. The app runs it before all routes of operators. A browser adds the cookie or
 * the token of Cloudflare Access also to requests of other sites. With either, a request that is not a GET must have the
 * service's own origin.
 */
export const identify =
  (deps: AuthenticateDeps): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    const bearer = bearerToken(c)
    if (bearer === '' && c.req.method !== 'GET' && !isSameOrigin(c)) return refuseOtherSite(c)
    const operator = await authenticate(deps, {
      token: bearer || getCookie(c, SESSION_COOKIE) || '',
      accessToken: bearer === '' ? (c.req.header('Cf-Access-Jwt-Assertion') ?? '') : '',
    })
    variables(c).set('operator', operator)
    return next()
  }

/** A request without an `Origin` header is not from a page; without a cookie it can do nothing for another site. */
function isSameOrigin(c: AppContext): boolean {
  const origin = c.req.header('Origin')
  if (origin === undefined)
    return getCookie(c, SESSION_COOKIE) === undefined && !c.req.header('Cf-Access-Jwt-Assertion')
  return origin === new URL(c.req.url).origin
}

const refuseOtherSite = (c: AppContext): Response =>
  createProblem(
    c,
    'origin_refused',
    'Send the request from the pages under /desk, or with the header Authorization.',
  )

/** Requires an operator with a permission. Each route but a log-in has it. */
export const allow =
  (permission: Permission): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    const operator = variables(c).get('operator')
    if (!operator) return problemResponse(c, { code: 'operator_unknown' })
    if (mayDo(operator, permission)) return next()
    logEvent('operator_refused', { operator: operator.uuid, reason: permission })
    return problemResponse(c, { code: 'not_permitted', permission, role: operator.role })
  }

/** Requires any operator, for routes about the operator's own sessions. */
export const allowAnyOperator: MiddlewareHandler<AppEnv> = async (c, next) =>
  variables(c).get('operator') ? next() : problemResponse(c, { code: 'operator_unknown' })

/** Requires an operator with a session or a token of Cloudflare Access, for routes that no key may use. */
export const allowSession: MiddlewareHandler<AppEnv> = async (c, next) => {
  const operator = variables(c).get('operator')
  if (!operator) return problemResponse(c, { code: 'operator_unknown' })
  if (operator.via !== 'key') return next()
  return problemResponse(c, { code: 'not_permitted', permission: 'own_sessions', role: 'key' })
}

/** Counts an operator's requests under a policy. Runs after `identify`, and does not limit strangers. */
export const limitByOperator = (deps: LimitDeps, policy: Policy): MiddlewareHandler<AppEnv> =>
  limitBy(deps, policy, (c) => variables(c).get('operator')?.uuid)

/** The operator, after `allow`. */
export function operatorOf(c: AppContext): Operator {
  const operator = variables(c).get('operator')
  if (!operator) throw new Error('A route of operators has no guard.')
  return operator
}
