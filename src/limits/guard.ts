/** Limits in front of routes: each shows where the client stands, or refuses `rate_limited`. */
import type { MiddlewareHandler } from 'hono'
import { getConnInfo } from 'hono/cloudflare-workers'
import { type AppContext, type AppEnv, refused } from '../common/http'
import { logError } from '../common/log'
import { showLimit } from '../common/rate-limit'
import type { Result } from '../common/result'
import { addressKeyOf } from './address'
import type { Policy } from './policy'
import { guessPassword, type LimitDeps, takeOne } from './service'

const addressOf = (c: AppContext): string | undefined => addressKeyOf(getConnInfo(c).remote.address)

/** Counts requests by subject; there is no limit without one. A limiter that fails lets nothing through. */
const limitBy =
  (
    deps: LimitDeps,
    policy: Policy,
    subjectOf: (c: AppContext) => string | undefined,
  ): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    const subject = subjectOf(c)
    if (subject === undefined) return next()
    const { allowed, standing } = await takeOne(deps, policy, subject)
    showLimit(c, standing)
    return allowed ? next() : refused(c, { code: 'rate_limited', standing })
  }

export const limitByAddress = (deps: LimitDeps, policy: Policy) => limitBy(deps, policy, addressOf)

/** Below the guard, which says whose request it is. */
export const limitByUser = (deps: LimitDeps, policy: Policy) =>
  limitBy(deps, policy, (c) => c.get('caller').userUuid)

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
  ({ floodGuard }: FloodGuardDeps): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    const key = addressOf(c)
    if (key === undefined || (await isLetThrough(floodGuard, key))) return next()
    showLimit(c, FLOOD)
    return refused(c, { code: 'rate_limited', standing: FLOOD })
  }

async function isLetThrough(floodGuard: RateLimit, key: string): Promise<boolean> {
  try {
    return (await floodGuard.limit({ key })).success
  } catch (error) {
    logError('flood_guard_failed', error)
    return true
  }
}
