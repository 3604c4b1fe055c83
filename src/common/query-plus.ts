/** A bare `+` in a query, which form encoding takes for a blank: here it is a plus. */
import type { MiddlewareHandler } from 'hono'

/** The address with each `+` of its query percent-encoded. */
export function withPlusEncoded(url: string): string {
  const start = url.indexOf('?')
  return start === -1 ? url : url.slice(0, start) + url.slice(start).replaceAll('+', '%2B')
}

/**
 * Keeps the `+` of phone numbers and time offsets that clients did not percent-encode. No parameter
 * needs a blank, and one that was written as `%20` remains a blank.
 */
export const keepPlus: MiddlewareHandler = async (c, next) => {
  const { url } = c.req.raw
  const kept = withPlusEncoded(url)
  if (kept !== url) c.req.raw = new Request(kept, c.req.raw)
  return next()
}
