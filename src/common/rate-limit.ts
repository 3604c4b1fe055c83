/** How a limit is shown: `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10). */
import type { Context } from 'hono'
import { serializeItem } from 'structured-headers'

/** Where somebody stands with a limit. */
export interface LimitState {
  readonly policy: string
  readonly quota: number
  readonly windowSeconds: number
  readonly remaining: number
  /** With nothing remaining: after which the next one is let through. Rounded up. */
  readonly resetSeconds: number
}

const item = (policy: string, parameters: Record<string, number>): string =>
  serializeItem(policy, new Map(Object.entries(parameters)))

/** Adds a limit to the answer's headers, beside those that it has. `problemResponse` does it for a refusal. */
export function setLimitHeaders(c: Context, limitState: LimitState): void {
  const { policy, quota: q, windowSeconds: w, remaining: r, resetSeconds: t } = limitState
  c.header('RateLimit-Policy', item(policy, { q, w }), { append: true })
  c.header('RateLimit', item(policy, { r, t }), { append: true })
}
