/**
 * Filter of the session descriptions that clients of a call exchange (RFC 8829): one audio section, one
 * video section if the call has video, and no data channel. Pure.
 *
 * A surplus media section is rejected by port 0 instead of removed, because an answer has one section for
 * each section of its offer (RFC 3264, section 6). Both clients then treat the section as rejected.
 */
import { type Parsed, unparsed } from '../../common/text/parsed'
import type { CallType } from '../../wallets/core/wallet'
import {
  type Description,
  readDescription,
  type Section,
  valueOf,
  writeDescription,
} from './description'
import { MAX_CANDIDATES } from './message-limits'
import { attributeName } from './sdp-attributes'

const MAX_SECTIONS = 8

export interface DescriptionRules {
  readonly type: 'offer' | 'answer'
  /** Type of the call. Only a `video` call may have a video section. */
  readonly media: CallType
  /** Whether only candidates of a relay pass. */
  readonly relayOnly: boolean
}

/** RTP over DTLS. Both spellings mean the same (RFC 8829, section 5.1.2). */
const RTP = 'UDP/TLS/RTP/SAVPF'
const RTP_SPELLINGS = new Set([RTP, 'TCP/DTLS/RTP/SAVPF'])
const PAYLOAD_TYPES = /^\d{1,3}(?: \d{1,3})*$/

/** Attributes without which neither ICE nor DTLS can start. */
const TRANSPORT = ['ice-ufrag', 'ice-pwd', 'fingerprint', 'setup']

type Mids = ReadonlySet<string | undefined>

/** Reports whether a section without a port is offered as part of a bundle (RFC 9143, section 6). */
const isBundleOnly = ({ attributes, mid }: Section, bundle: Mids): boolean =>
  attributes.includes('bundle-only') && bundle.has(mid)

/** Selects the first usable audio section and, in a video call, the first usable video section. */
function select(sections: readonly Section[], bundle: Mids, media: CallType): Section[] {
  const usable = sections.filter(
    (section) =>
      section.mid !== undefined &&
      (section.hasPort || isBundleOnly(section, bundle)) &&
      RTP_SPELLINGS.has(section.protocol) &&
      PAYLOAD_TYPES.test(section.formats),
  )
  const kinds = media === 'video' ? ['audio', 'video'] : ['audio']
  return kinds.flatMap((kind) => usable.find((section) => section.kind === kind) ?? [])
}

const rejected = ({ kind, protocol, formats, mid }: Section): Section => ({
  kind,
  hasPort: false,
  protocol,
  formats,
  mid,
  bandwidths: [],
  attributes: mid === undefined ? ['inactive'] : [`mid:${mid}`, 'inactive'],
})

/**
 * Finds an attribute that the transport of a section lacks. A bundled section may use the transport of
 * another one (RFC 9143, section 7.1.3). An answer must choose its role (RFC 8842, section 5.3).
 */
function transportFault(
  selected: readonly Section[],
  session: readonly string[],
  bundle: Mids,
  type: DescriptionRules['type'],
): string | undefined {
  const missingOf = ({ attributes }: Section) =>
    TRANSPORT.find((name) => {
      const value = valueOf(attributes, name) ?? valueOf(session, name)
      return value === undefined || (type === 'answer' && value === 'actpass')
    })
  const isBundled = ({ mid }: Section) => bundle.has(mid)
  const hasBundle = selected.some((section) => isBundled(section) && !missingOf(section))
  const [missing] = selected
    .filter((section) => !(hasBundle && isBundled(section)))
    .flatMap((section) => missingOf(section) ?? [])
  return missing === undefined ? undefined : `must have a=${missing}`
}

function countFault(sections: readonly Section[]): string | undefined {
  if (sections.length > MAX_SECTIONS) return `must have at most ${MAX_SECTIONS} media sections`
  const mids = sections.flatMap(({ mid }) => mid ?? [])
  if (new Set(mids).size < mids.length) return 'must have a different mid for each media section'
  const names = sections.flatMap(({ attributes }) => attributes.map(attributeName))
  return names.filter((name) => name === 'candidate').length > MAX_CANDIDATES
    ? `must have at most ${MAX_CANDIDATES} candidates`
    : undefined
}

const bundleOf = (attributes: readonly string[]): string[] =>
  valueOf(attributes, 'group')?.split(' ').slice(1) ?? []

/** Replaces the bundle. A rejected section must not be in it (RFC 9143, section 7.3.3). */
const withBundle = (attributes: readonly string[], mids: readonly string[]): string[] =>
  attributes.flatMap((attribute) => {
    if (attributeName(attribute) !== 'group') return attribute
    return mids.length === 0 ? [] : `group:BUNDLE ${mids.join(' ')}`
  })

/**
 * Filters a session description of a browser.
 * @returns the description to forward, or why there is none; filtering it again changes nothing
 */
export function filterDescription(
  sdp: string,
  { type, media, relayOnly }: DescriptionRules,
): Parsed<string> {
  const read = readDescription(sdp, relayOnly)
  if (!read.ok) return read
  const { attributes, sections } = read.value
  const offered = bundleOf(attributes)
  const selected = select(sections, new Set(offered), media)
  if (selected[0]?.kind !== 'audio') return unparsed('must have an audio section')
  const bundle = offered.filter((mid) => selected.some((section) => section.mid === mid))
  const fault = countFault(sections) ?? transportFault(selected, attributes, new Set(bundle), type)
  if (fault !== undefined) return unparsed(fault)
  const filtered: Description = {
    ...read.value,
    attributes: withBundle(attributes, bundle),
    sections: sections.map((section) =>
      selected.includes(section) ? { ...section, protocol: RTP } : rejected(section),
    ),
  }
  return writeDescription(filtered)
}
