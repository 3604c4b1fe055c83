/** Middleware that requires a valid access token and identifies the caller. */
import type { MiddlewareHandler } from 'hono'
import { every } from 'hono/combine'
import type { Caller, Tokens } from '../common/tokens/access-token'
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

/** Reads the token of the `Authorization` header (RFC 6750 section 2.1); empty if there is none. */
export const bearerToken = (c: AppContext): string =>
  /^Bearer +([^\s]+)$/i.exec(c.req.header('Authorization') ?? '')?.[1] ?? ''

const unauthenticated = (c: AppContext): Response => problemResponse(c, { code: 'unauthenticated' })

/**
 * Requires a valid access token; otherwise responds 401 with `WWW-Authenticate` (RFC 6750 section 3).
 * It reads no store: wallets themselves reject the tokens of an ended session.
 */
export const requireAccessToken =
  ({ tokens, now }: AuthenticationDeps): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    const verified = await tokens.verifyAccess(bearerToken(c), now())
    if (!verified.ok) return unauthenticated(c)
    c.set('caller', { ...verified.value, requestId: c.get('requestId') })
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
