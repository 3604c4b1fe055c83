/** Checks the URLs of TURN and STUN servers, which a browser rejects as a whole if one is malformed. Pure. */

const MAX_URLS = 16
const MAX_URL_LENGTH = 255
/** Browsers refuse to connect to the port of DNS. */
const BLOCKED_PORT = 53
const MAX_PORT = 65_535

/** RFC 7064 and RFC 7065, section 3.1. `stuns` is left out: no relay uses it. */
const URL_FORM =
  /^(?<scheme>stun|turns?):(?<host>[a-z\d](?:[a-z\d.-]*[a-z\d])?|\[[\da-f:.]+\])(?::(?<port>\d{1,5}))?(?<query>\?transport=(?:udp|tcp))?$/i

function isUsable(url: string): boolean {
  const parts = url.length <= MAX_URL_LENGTH ? URL_FORM.exec(url)?.groups : undefined
  if (!parts || url.includes('..')) return false
  const { scheme = '', port, query } = parts
  if (query !== undefined && scheme.toLowerCase() === 'stun') return false
  if (port === undefined) return true
  return Number(port) >= 1 && Number(port) <= MAX_PORT && Number(port) !== BLOCKED_PORT
}

export const isTurn = (url: string): boolean => /^turns?:/i.test(url)

/** Keeps the well-formed URLs that a browser may use, in their order, each once, at most 16. */
export const usableUrls = (urls: readonly string[]): string[] =>
  [...new Set(urls)].filter(isUsable).slice(0, MAX_URLS)
