import type { Context, MiddlewareHandler } from 'hono'
import { getConnInfo } from 'hono/cloudflare-workers'
import { problemResponse } from '../http/problems'
import type { AppContext, AppEnv } from '../http/router'
import { logError } from '../common/log'
import { type LimitState, setLimitHeaders } from '../common/rate-limit'
import type { Result } from '../common/result'
import { clientIpKey } from './client-ip'
import { refresherOf, type RefresherDeps } from './holder'
import type { Policy } from './policy'
import { guessPassword, type LimitDeps, consumeOne } from './service'

const addressOf = (c: Context): string | undefined => clientIpKey(getConnInfo(c).remote.address)

/**
 * Counts requests by subject, and does not limit requests without one. Sends `RateLimit` headers. If the
 * limiter fails, so does the request.
 */
export const limitBy =
  (
    deps: LimitDeps,
    policy: Policy,
    subjectOf: (c: AppContext) => string | undefined | Promise<string | undefined>,
  ): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    const subject = await subjectOf(c)
    if (subject === undefined) return next()
    const { allowed, limitState } = await consumeOne(deps, policy, subject)
    setLimitHeaders(c, limitState)
    return allowed ? next() : problemResponse(c, { code: 'rate_limited', limitState })
  }

export const limitByClientIp = (deps: LimitDeps, policy: Policy) => limitBy(deps, policy, addressOf)

/** Must run after authentication, which sets the caller. */
export const limitByUser = (deps: LimitDeps, policy: Policy) =>
  limitBy(deps, policy, (c) => c.get('caller').userUuid)

/** By session, because customers of a carrier share IP addresses; by IP address without a valid token. */
export const limitRefreshes = (deps: LimitDeps & RefresherDeps, policy: Policy) =>
  limitBy(deps, policy, async (c) => (await refresherOf(deps, c))?.sessionUuid ?? addressOf(c))

/** Calls `guessPassword` and sends the `RateLimit` headers of the account. */
export async function limitGuesses<T>(
  c: AppContext,
  deps: LimitDeps,
  action: string,
  account: string,
  attempt: () => Promise<Result<T>>,
  policy: Policy = deps.policies.loginAccount,
): Promise<Result<T>> {
  const { result, limitState } = await guessPassword(deps, action, account, attempt, policy)
  setLimitHeaders(c, limitState)
  return result
}

export interface FloodGuardDeps {
  readonly floodGuard: RateLimit
}

/** Figures of wrangler.toml. The platform does not return how many uses remain. */
const FLOOD = {
  policy: 'flood',
  quota: 600,
  windowSeconds: 60,
  remaining: 0,
  resetSeconds: 60,
}

/**
 * The platform's rate limit per IP address, which is approximate. If it fails, it allows the request,
 * because exact limits follow.
 */
export const limitFlood =
  (deps: FloodGuardDeps): MiddlewareHandler<AppEnv> =>
  (c, next) =>
    refuseFlood(deps, c, next)

/** Returns the result of `answer`, or `rate_limited` if the IP address has sent too many requests. */
export async function refuseFlood<T>(
  { floodGuard }: FloodGuardDeps,
  c: Context,
  answer: () => Promise<T>,
): Promise<T | Response> {
  const key = addressOf(c)
  if (key === undefined || (await isWithinLimit(floodGuard, key))) return answer()
  return refuseRateLimited(c, FLOOD)
}

export function refuseRateLimited(c: Context, limitState: LimitState): Response {
  setLimitHeaders(c, limitState)
  return problemResponse(c, { code: 'rate_limited', limitState })
}

/** Reports whether a rate-limit binding allows a request. A binding that fails allows it. */
export async function isWithinLimit(binding: RateLimit, key: string): Promise<boolean> {
  try {
    return (await binding.limit({ key })).success
  } catch (error) {
    logError('flood_guard_failed', error)
    return true
  }
}
