/**
 * Limits on reads of D1, which all users share. A request with a valid token counts for its user and its
 * session. Any other counts for its IP address, because many phones share a carrier's address. A session
 * has half of its user's quota, so that a stolen token cannot use up what the owner needs to log out
 * everywhere.
 */
import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from '../http/router'
import type { LimitState } from '../common/rate-limit'
import { type FloodGuardDeps, isWithinLimit, limitFlood, refuseRateLimited } from './middleware'
import { type HolderDeps, holderOf } from './holder'

export interface QuotaDeps extends FloodGuardDeps, HolderDeps {
  readonly userQuota: RateLimit
  readonly sessionQuota: RateLimit
}

const WINDOW = { windowSeconds: 60, remaining: 0, resetSeconds: 60 }

/** Figures of wrangler.toml. */
const USER: LimitState = { policy: 'user', quota: 600, ...WINDOW }
const SESSION: LimitState = { policy: 'session', quota: 300, ...WINDOW }

export const limitReads =
  (deps: QuotaDeps): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    const holder = await holderOf(deps, c)
    if (!holder) return limitFlood(deps)(c, next)
    if (!(await isWithinLimit(deps.sessionQuota, holder.sessionUuid)))
      return refuseRateLimited(c, SESSION)
    if (!(await isWithinLimit(deps.userQuota, holder.userUuid))) return refuseRateLimited(c, USER)
    return next()
  }

/** For routes that do not read D1: counts only requests without a valid token. */
export const limitStrangers =
  (deps: QuotaDeps): MiddlewareHandler<AppEnv> =>
  async (c, next) =>
    (await holderOf(deps, c)) ? next() : limitFlood(deps)(c, next)
