/** Limits in front of routes: each shows where the client stands, or refuses `rate_limited`. */
import type { Context, MiddlewareHandler } from 'hono'
import { getConnInfo } from 'hono/cloudflare-workers'
import { type AppContext, type AppEnv, refused } from '../http/problems'
import { logError } from '../common/log'
import { type LimitStanding, showLimit } from '../common/rate-limit'
import type { Result } from '../common/result'
import { addressKeyOf } from './client-ip'
import { type HolderDeps, refresherOf } from './holder'
import type { Policy } from './policy'
import { guessPassword, type LimitDeps, takeOne } from './service'

const addressOf = (c: Context): string | undefined => addressKeyOf(getConnInfo(c).remote.address)

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
    const { allowed, standing } = await takeOne(deps, policy, subject)
    showLimit(c, standing)
    return allowed ? next() : refused(c, { code: 'rate_limited', standing })
  }

export const limitByAddress = (deps: LimitDeps, policy: Policy) => limitBy(deps, policy, addressOf)

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
  const { result, standing } = await guessPassword(deps, action, account, attempt)
  showLimit(c, standing)
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
  if (key === undefined || (await isLetThrough(floodGuard, key))) return answer()
  return showRefusal(c, FLOOD)
}

/** Refuses a request that a binding of the platform's has turned away. */
export function showRefusal(c: Context, standing: LimitStanding): Response {
  showLimit(c, standing)
  return refused(c, { code: 'rate_limited', standing })
}

/** Whether a binding of the platform's lets one more through. One that fails does. */
export async function isLetThrough(binding: RateLimit, key: string): Promise<boolean> {
  try {
    return (await binding.limit({ key })).success
  } catch (error) {
    logError('flood_guard_failed', error)
    return true
  }
}
