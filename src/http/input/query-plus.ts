/**
 * A bare `+` in a query. Form encoding writes a blank so, and people write a plus so. Before a time's
 * offset it is a plus, at the start of a value it may be either, anywhere else it is a blank.
 */
import type { MiddlewareHandler } from 'hono'
import { PLUS_OR_BLANK } from '../../common/text/characters'

const AT_START = /(?<==)\+/g
const BEFORE_OFFSET = /(?<=\d)\+(?=\d\d(?::|%3a)\d\d(?:&|$))/gi

/** The address with each bare `+` of its query percent-encoded as what it stands for. */
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

/** Repairs the query of a request; every route reads it afterwards. */
export const repairPlus: MiddlewareHandler = async (c, next) => {
  const { url } = c.req.raw
  const repaired = withPlusEncoded(url)
  if (repaired !== url) c.req.raw = new Request(repaired, c.req.raw)
  return next()
}
