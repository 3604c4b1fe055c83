/** Middleware that requires a valid access token, or an API key with a scope, and identifies the caller. */
import type { Hono, MiddlewareHandler } from 'hono'
import { every } from 'hono/combine'
import { refuse, type Refusal, type Result } from '../common/result'
import type { Caller, Tokens } from '../common/tokens/access-token'
import { isKey, type KeyVerifier, type VerifiedKey } from '../keys/key'
import { grants, type Scope } from '../keys/scopes'
import { DEPLOYMENT } from '../outbox/event'
import { problemResponse } from './problems'
import type { AppContext, AppEnv } from './router'

export interface AuthenticationDeps {
  readonly tokens: Tokens
  readonly now: () => number
}

export interface LiveSession {
  /** Whether the user's wallets are frozen. */
  readonly isFrozen: boolean
}

export interface LiveSessionDeps extends AuthenticationDeps {
  /** Finds the caller's session, if it is still active. Costs one read of D1. */
  readonly findLive: (caller: Caller) => Promise<LiveSession | undefined>
}

export interface ScopeDeps extends AuthenticationDeps, Pick<KeyVerifier, 'verifyKey'> {}

export interface LiveScopeDeps extends ScopeDeps, LiveSessionDeps {
  /** Finds the owner of a key, unless the key has ended with the user's sessions. Costs one read of D1. */
  readonly findLiveOwner: (caller: Caller) => Promise<LiveSession | undefined>
}

/** Reads the token of the `Authorization` header (RFC 6750 section 2.1); empty if there is none. */
export const bearerToken = (c: AppContext): string =>
  /^Bearer +([^\s]+)$/i.exec(c.req.header('Authorization') ?? '')?.[1] ?? ''

const unauthenticated = (c: AppContext): Response => problemResponse(c, { code: 'unauthenticated' })

/** Looks only at the form of the token, so that a client with a key learns why it is rejected. */
const refusalOf = (token: string, key: 'invalid' | 'not_accepted'): Refusal => ({
  code: 'unauthenticated',
  ...(isKey(token) && { key }),
})

const identify = (c: AppContext, caller: Caller): void =>
  c.set('caller', { ...caller, requestId: c.get('requestId') })

/**
 * Requires a valid access token; otherwise, and for an API key, responds 401 with `WWW-Authenticate` (RFC 6750 section 3).
 * It reads no store: wallets themselves reject the tokens of an ended session.
 */
export const requireAccessToken =
  ({ tokens, now }: AuthenticationDeps): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    const token = bearerToken(c)
    const verified = await tokens.verifyAccess(token, now())
    if (!verified.ok) return problemResponse(c, refusalOf(token, 'not_accepted'))
    identify(c, verified.value)
    return next()
  }

/** Like `requireAccessToken`, but also rejects ended sessions. For routes that read D1 anyway. */
export const requireLiveSession = (deps: LiveSessionDeps): MiddlewareHandler<AppEnv> =>
  every(requireAccessToken(deps), async (c: AppContext, next) => {
    const session = await deps.findLive(c.get('caller'))
    if (!session) return unauthenticated(c)
    c.set('isFrozen', session.isFrozen)
    return next()
  })

/** Refuses commands of a frozen user that reach no wallet. Runs after `requireLiveSession`. */
export const refuseFrozen: MiddlewareHandler<AppEnv> = async (c, next) =>
  c.get('isFrozen') ? problemResponse(c, { code: 'wallet_frozen' }) : next()

/** Refuses `unauthenticated` and `insufficient_scope`. */
async function verifyScoped(
  { verifyKey }: ScopeDeps,
  key: string,
  scope: Scope,
): Promise<Result<VerifiedKey>> {
  const verified = await verifyKey(key)
  if (!verified) return refuse({ code: 'unauthenticated', key: 'invalid' })
  if (!grants(verified, scope)) return refuse({ code: 'insufficient_scope', scope })
  return { ok: true, value: verified }
}

/**
 * Requires a valid access token, which has every scope, or an API key with the scope; otherwise responds 401, or 403
 * with the scope (RFC 6750 section 3.1). The caller of a key has the key's UUID instead of a session's, so wallets
 * reject a revoked key as they reject an ended session. It reads no D1.
 */
export const requireScope =
  (deps: ScopeDeps, scope: Scope): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    const token = bearerToken(c)
    if (!isKey(token)) return requireAccessToken(deps)(c, next)
    const verified = await verifyScoped(deps, token, scope)
    if (!verified.ok) return problemResponse(c, verified.refusal)
    const { owner: userUuid, keyUuid: uuid, scopes, tokenVersion } = verified.value
    identify(c, { userUuid, sessionUuid: uuid, tokenVersion })
    c.set('key', { uuid, scopes })
    return next()
  }

/** Like `requireScope`, but also rejects ended sessions, and keys that ended with them. For routes that read D1. */
export const requireLiveScope = (deps: LiveScopeDeps, scope: Scope): MiddlewareHandler<AppEnv> =>
  every(requireScope(deps, scope), async (c: AppContext, next) => {
    const live = await findLiveCaller(deps, c)
    if (!live) return problemResponse(c, refusalOf(bearerToken(c), 'invalid'))
    c.set('isFrozen', live.isFrozen)
    return next()
  })

/** The deployment has no user, so its keys end only when they are revoked. */
async function findLiveCaller(
  deps: LiveScopeDeps,
  c: AppContext,
): Promise<LiveSession | undefined> {
  const caller = c.get('caller')
  if (c.get('key') === undefined) return deps.findLive(caller)
  return caller.userUuid === DEPLOYMENT ? { isFrozen: false } : deps.findLiveOwner(caller)
}

/** A declared route, with the scope in its `security`. */
interface ScopedRoute {
  readonly method: string
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[]
  getRoutingPath(): string
}

/** @throws if the route declares no scope */
function scopeOf(route: ScopedRoute): Scope {
  const [scope] = route.security?.flatMap((requirement) => requirement['apiKey'] ?? []) ?? []
  if (scope === undefined) throw new Error(`${route.getRoutingPath()} declares no scope.`)
  return scope as Scope
}

/** Guards each route with the scope that it declares. It must run before the routes are added to the router. */
export function guardByScope(
  router: Pick<Hono<AppEnv>, 'on'>,
  guard: (scope: Scope) => MiddlewareHandler<AppEnv>,
  routes: readonly ScopedRoute[],
): void {
  for (const route of routes)
    router.on(route.method.toUpperCase(), route.getRoutingPath(), guard(scopeOf(route)))
}
