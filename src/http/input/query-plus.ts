/**
 * Interprets an unencoded `+` in a query. Form encoding writes a space as `+`, but people also type a
 * literal plus. Before a time zone offset it is a plus, at the start of a value it may be either, and
 * anywhere else it is a space.
 */
import type { MiddlewareHandler } from 'hono'
import { PLUS_OR_BLANK } from '../../common/text/characters'

const AT_START = /(?<==)\+/g
const BEFORE_OFFSET = /(?<=\d)\+(?=\d\d(?::|%3a)\d\d(?:&|$))/gi

/** Percent-encodes each unencoded `+` of the query according to its meaning. */
export function withPlusEncoded(url: string): string {
  const start = url.indexOf('?')
  if (start === -1) return url
  const query = url
    .slice(start)
    .replaceAll(AT_START, encodeURIComponent(PLUS_OR_BLANK))
    .replaceAll(BEFORE_OFFSET, '%2B')
    .replaceAll('+', '%20')
  return url.slice(0, start) + query
}

export const repairPlus: MiddlewareHandler = async (c, next) => {
  const { url } = c.req.raw
  const repaired = withPlusEncoded(url)
  if (repaired !== url) c.req.raw = new Request(repaired, c.req.raw)
  return next()
}
