/** Limits in front of routes: each shows where the client stands, or refuses `rate_limited`. */
import type { Context, MiddlewareHandler } from 'hono'
import { getConnInfo } from 'hono/cloudflare-workers'
import { problemResponse } from '../http/problems'
import type { AppContext, AppEnv } from '../http/router'
import { logError } from '../common/log'
import { type LimitState, setLimitHeaders } from '../common/rate-limit'
import type { Result } from '../common/result'
import { clientIpKey } from './client-ip'
import { type HolderDeps, refresherOf } from './holder'
import type { Policy } from './policy'
import { guessPassword, type LimitDeps, consumeOne } from './service'

const addressOf = (c: Context): string | undefined => clientIpKey(getConnInfo(c).remote.address)

/** Counts requests by subject; there is no limit without one. A limiter that fails lets nothing through. */
const limitBy =
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

/** Below the guard, which says whose request it is. */
export const limitByUser = (deps: LimitDeps, policy: Policy) =>
  limitBy(deps, policy, (c) => c.get('caller').userUuid)

/** By the session of a valid refresh token, and by address without one: carriers share addresses. */
export const limitRefreshes = (deps: LimitDeps & HolderDeps, policy: Policy) =>
  limitBy(deps, policy, async (c) => (await refresherOf(deps, c))?.sessionUuid ?? addressOf(c))

/** `guessPassword`, with the headers that show where the account stands. */
export async function limitGuesses<T>(
  c: AppContext,
  deps: LimitDeps,
  action: string,
  account: string,
  attempt: () => Promise<Result<T>>,
): Promise<Result<T>> {
  const { result, limitState } = await guessPassword(deps, action, account, attempt)
  setLimitHeaders(c, limitState)
  return result
}

export interface FloodGuardDeps {
  readonly floodGuard: RateLimit
}

/** As in wrangler.toml; the platform tells whether there is more, not how much. */
const FLOOD = {
  policy: 'flood',
  quota: 600,
  windowSeconds: 60,
  remaining: 0,
  resetSeconds: 60,
}

/** The platform's own guard: approximate and cheap, and open when it fails, for exact limits follow. */
export const limitFlood =
  (deps: FloodGuardDeps): MiddlewareHandler<AppEnv> =>
  (c, next) =>
    refuseFlood(deps, c, next)

/** Answers as `answer` does, unless the address has sent too much. */
export async function refuseFlood<T>(
  { floodGuard }: FloodGuardDeps,
  c: Context,
  answer: () => Promise<T>,
): Promise<T | Response> {
  const key = addressOf(c)
  if (key === undefined || (await isWithinLimit(floodGuard, key))) return answer()
  return refuseRateLimited(c, FLOOD)
}

/** Refuses a request that a binding of the platform's has turned away. */
export function refuseRateLimited(c: Context, limitState: LimitState): Response {
  setLimitHeaders(c, limitState)
  return problemResponse(c, { code: 'rate_limited', limitState })
}

/** Whether a binding of the platform's lets one more through. One that fails does. */
export async function isWithinLimit(binding: RateLimit, key: string): Promise<boolean> {
  try {
    return (await binding.limit({ key })).success
  } catch (error) {
    logError('flood_guard_failed', error)
    return true
  }
}
