/**
 * Filter of ICE candidates (RFC 8839, section 5.1), which browsers send one by one and inside a session
 * description. Pure.
 */
import { USERNAME_FRAGMENT } from './sdp-attributes'

/** A candidate as a browser's `RTCIceCandidate.toJSON()` returns it. */
export interface IceCandidate {
  /** `candidate:…`, or empty if no more candidates follow. */
  readonly candidate: string
  readonly sdpMid: string | null
  readonly sdpMLineIndex: number | null
  readonly usernameFragment: string | null
}

const CANDIDATE = new RegExp(
  [
    '^(?<start>candidate:[A-Za-z\\d+/]{1,32} [12]) (?<transport>udp|UDP|tcp|TCP)',
    '(?<priority>\\d{1,10}) (?<address>[\\w.:-]{2,64}) (?<port>\\d{1,5})',
    'typ (?<type>host|srflx|prflx|relay)(?<related> raddr [\\w.:-]{1,64} rport \\d{1,5})?',
  ].join(' ') + '(?<extensions>(?: [\\x21-\\x7e]+ [\\x21-\\x7e]+)*)$',
)

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`)
const IPV6 = /^(?=[^:]*:)[\dA-Fa-f:.]{2,45}$/
/** Name that a browser uses instead of a local address. */
const MDNS = /^[\dA-Fa-f]{8}(?:-[\dA-Fa-f]{4}){3}-[\dA-Fa-f]{12}\.local$/

const MAX_PRIORITY = 2 ** 31 - 1
const MAX_PORT = 65_535

/** Extensions that browsers use. All others are removed. */
const EXTENSIONS: ReadonlyMap<string, RegExp> = new Map([
  ['generation', /^\d{1,5}$/],
  ['network-cost', /^\d{1,5}$/],
  ['network-id', /^\d{1,5}$/],
  ['tcptype', /^(?:active|passive|so)$/],
  ['ufrag', USERNAME_FRAGMENT],
])

const keptExtensions = (extensions: string): string =>
  extensions.replaceAll(/ (\S+) (\S+)/g, (extension, name: string, value: string) =>
    EXTENSIONS.get(name)?.test(value) ? extension : '',
  )

/**
 * Filters a candidate without `a=`. The related address reveals the client's own, and is replaced by
 * `0.0.0.0` or `::` and port 9, as RFC 8839 allows. Firefox needs one unless the type is `host`.
 * @param relayOnly whether only candidates of a relay pass, and only with an IP address: the recipient's
 *   browser would look up a name
 * @returns `undefined` if the candidate is malformed or must not pass
 */
export function filterCandidateText(text: string, relayOnly: boolean): string | undefined {
  const parts = CANDIDATE.exec(text)?.groups
  if (!parts) return undefined
  const { start, transport, priority, address = '', port, type, related, extensions = '' } = parts
  const isHost = type === 'host'
  const isRelayed = type === 'relay' && transport?.toLowerCase() === 'udp'
  const isName = MDNS.test(address)
  const isAddress = IPV4.test(address) || IPV6.test(address) || isName
  if (!isAddress || isHost === (related !== undefined)) return undefined
  if (relayOnly && (!isRelayed || isName)) return undefined
  if (Number(priority) > MAX_PRIORITY || Number(port) > MAX_PORT) return undefined
  const hidden = ` raddr ${IPV6.test(address) ? '::' : '0.0.0.0'} rport 9`
  const endpoint = `${transport} ${priority} ${address} ${port} typ ${type}`
  return `${start} ${endpoint}${isHost ? '' : hidden}${keptExtensions(extensions)}`
}

/**
 * Filters a candidate that a browser sends by itself. The end of candidates passes.
 * @returns `undefined` if the candidate is malformed, names no media section, or must not pass
 */
export function filterCandidate(
  ice: IceCandidate,
  { relayOnly }: { readonly relayOnly: boolean },
): IceCandidate | undefined {
  if (ice.candidate === '') return ice
  if (ice.sdpMid === null && ice.sdpMLineIndex === null) return undefined
  const candidate = filterCandidateText(ice.candidate, relayOnly)
  return candidate === undefined ? undefined : { ...ice, candidate }
}
