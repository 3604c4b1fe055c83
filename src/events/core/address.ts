/**
 * Addresses of endpoints: HTTPS on port 443, at a public DNS name. They are checked when they are stored and before each
 * attempt. The runtime refuses names that resolve to private addresses. Pure.
 */
import { ok, refuse, type Result } from '../../common/result'

export const MAX_ADDRESS_LENGTH = 2000
const MAX_HOST_LENGTH = 253
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/
const TOP_LEVEL = /^(?:xn--[a-z0-9-]+|[a-z]+)$/
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/

/** URL parsers remove some of these characters, so two parsers could see different hosts. */
const OUTSIDE_URL = /[\s\\\p{C}]/u

/** Top-level names that are not in the public DNS (RFC 6761, RFC 6762, RFC 7686, RFC 8375, RFC 9476). */
const PRIVATE_NAMES = new Set([
  'alt',
  'arpa',
  'corp',
  'home',
  'internal',
  'intranet',
  'invalid',
  'lan',
  'local',
  'localdomain',
  'localhost',
  'onion',
  'private',
  'test',
])

const LOOPBACK = /^(?:(?:[a-z0-9-]+\.)*localhost|127\.0\.0\.1|\[::1\])$/

const refused = (reason: string): Result<string> =>
  refuse({ code: 'endpoint_address_refused', reason })

/** @returns the reason why a host is not a public DNS name */
function faultOfHost(host: string): string | undefined {
  if (host.startsWith('[') || IPV4.test(host)) return 'Use a DNS name, not an IP address.'
  if (host.endsWith('.')) return 'The host must not end with a dot.'
  const labels = host.split('.')
  const top = labels.at(-1) ?? ''
  if (PRIVATE_NAMES.has(top)) return `Names that end with “${top}” are not public.`
  if (labels.length < 2) return 'Use a DNS name with a dot.'
  const isName =
    host.length <= MAX_HOST_LENGTH &&
    labels.every((label) => LABEL.test(label)) &&
    TOP_LEVEL.test(top)
  return isName ? undefined : 'The host is not a DNS name.'
}

/** @returns the reason why text or a part that every address must not have is refused */
function faultOfText(address: string, url: URL): string | undefined {
  if (url.username !== '' || url.password !== '' || /^[a-z]+:\/*[^/?#]*@/i.test(address))
    return 'The address must not have a user name or password.'
  return address.includes('#') ? 'The address must not have a fragment.' : undefined
}

const isLoopback = ({ protocol, hostname }: URL): boolean =>
  (protocol === 'http:' || protocol === 'https:') && LOOPBACK.test(hostname)

/**
 * @param allowsLoopback in development: also accepts HTTP, and any port, on a loopback address
 * @returns the address as the URL parser writes it, in ASCII. Refuses `endpoint_address_refused`.
 */
export function checkAddress(address: string, allowsLoopback: boolean): Result<string> {
  if (address.length > MAX_ADDRESS_LENGTH)
    return refused(`The address must have at most ${MAX_ADDRESS_LENGTH} characters.`)
  if (OUTSIDE_URL.test(address))
    return refused('The address must not have spaces, backslashes or control characters.')
  const url = URL.parse(address)
  if (!url) return refused('The address is not a URL.')
  const fault = faultOfText(address, url)
  if (fault !== undefined) return refused(fault)
  if (allowsLoopback && isLoopback(url)) return ok(url.href)
  if (url.protocol !== 'https:') return refused('The address must begin with https://.')
  const hostFault = faultOfHost(url.hostname)
  if (hostFault !== undefined) return refused(hostFault)
  if (url.port !== '') return refused('The port must be 443.')
  return url.href.length <= MAX_ADDRESS_LENGTH
    ? ok(url.href)
    : refused(`The address must have at most ${MAX_ADDRESS_LENGTH} characters.`)
}
