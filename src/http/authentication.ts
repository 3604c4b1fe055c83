/** Lets only requests with a valid access token through, and says whose they are. */
import type { MiddlewareHandler } from 'hono'
import { every } from 'hono/combine'
import type { Caller, Tokens } from '../common/tokens/access-token'
import { problemResponse } from './problems'
import type { AppContext, AppEnv } from './router'

export interface AuthenticationDeps {
  readonly tokens: Tokens
  readonly now: () => number
}

export interface LiveSessionDeps extends AuthenticationDeps {
  /** Whether the caller's session has not ended, which costs one read of D1. */
  readonly isLive: (caller: Caller) => Promise<boolean>
}

/** The token that a request shows (RFC 6750 section 2.1), or nothing. */
export const bearerToken = (c: AppContext): string =>
  /^Bearer +([^\s]+)$/i.exec(c.req.header('Authorization') ?? '')?.[1] ?? ''

const unauthenticated = (c: AppContext): Response => problemResponse(c, { code: 'unauthenticated' })

/**
 * Guards the routes it is mounted on: 401 with `WWW-Authenticate` (RFC 6750 section 3) or on. Reads
 * no store: whether the session was ended, the wallets that act for the caller know.
 */
export const requireAccessToken =
  ({ tokens, now }: AuthenticationDeps): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    const verified = await tokens.verifyAccess(bearerToken(c), now())
    if (!verified.ok) return unauthenticated(c)
    c.set('caller', { ...verified.value, requestId: c.get('requestId') })
    return next()
  }

/** As `guard`, and refuses alike what belongs to an ended session: for routes that live in D1 anyway. */
export const requireLiveSession = (deps: LiveSessionDeps): MiddlewareHandler<AppEnv> =>
  every(requireAccessToken(deps), async (c: AppContext, next) =>
    (await deps.isLive(c.get('caller'))) ? next() : unauthenticated(c),
  )
