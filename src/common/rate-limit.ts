/** Headers of a rate limit: `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10). */
import type { Context } from 'hono'
import { serializeItem } from 'structured-headers'

/** State of a rate limit for one subject. */
export interface LimitState {
  readonly policy: string
  readonly quota: number
  readonly windowSeconds: number
  readonly remaining: number
  /** If none remain: seconds until the next one is allowed, rounded up. */
  readonly resetSeconds: number
}

const item = (policy: string, parameters: Record<string, number>): string =>
  serializeItem(policy, new Map(Object.entries(parameters)))

/** Appends a limit's state to the response headers. */
export function setLimitHeaders(c: Context, limitState: LimitState): void {
  const { policy, quota: q, windowSeconds: w, remaining: r, resetSeconds: t } = limitState
  c.header('RateLimit-Policy', item(policy, { q, w }), { append: true })
  c.header('RateLimit', item(policy, { r, t }), { append: true })
}
