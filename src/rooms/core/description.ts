/**
 * Reads and writes session descriptions (RFC 8866). Only the lines on the allow list are read, and the
 * result is written anew, so that a recipient cannot read it in another way. A general parser would keep
 * lines that it does not know. Pure.
 */
import { type Parsed, parsed, unparsed } from '../../common/text/parsed'
import { filterCandidateText } from './candidate'
import { attributeName, filterAttributes, type Level } from './sdp-attributes'

const MAX_DESCRIPTION_LENGTH = 16_384
const MAX_LINES = 512
const MAX_LINE_LENGTH = 512

export interface Section {
  readonly kind: string
  readonly hasPort: boolean
  readonly protocol: string
  readonly formats: string
  readonly mid: string | undefined
  readonly bandwidths: readonly string[]
  /** Attributes that passed, without `a=`. */
  readonly attributes: readonly string[]
}

export interface Description {
  /** Session id and version. */
  readonly origin: string
  readonly attributes: readonly string[]
  readonly sections: readonly Section[]
}

const ORIGIN = /^o=[\x21-\x7e]+ (\d{1,20} \d{1,20}) IN IP[46] [\x21-\x7e]+$/
const MEDIA =
  /^m=(audio|video|application) (\d{1,5}) ([A-Z]+(?:\/[A-Z]+){0,3}) ([\w-]{1,32}(?: [\w-]{1,32}){0,63})$/
const BANDWIDTH = /^b=(?:AS|TIAS):\d{1,9}$/

/** As browsers write them. Only candidates keep an address. */
const CONNECTION = 'c=IN IP4 0.0.0.0'
const RTCP = 'rtcp:9 IN IP4 0.0.0.0'
/** Port of a section whose candidates are elsewhere (RFC 8840). */
const DISCARD_PORT = 9

function boundsFault(sdp: string): string | undefined {
  if (sdp.length > MAX_DESCRIPTION_LENGTH)
    return `must have at most ${MAX_DESCRIPTION_LENGTH} characters`
  const lines = sdp.split('\n')
  if (lines.length > MAX_LINES) return `must have at most ${MAX_LINES} lines`
  return lines.some((line) => line.length > MAX_LINE_LENGTH)
    ? `must have lines of at most ${MAX_LINE_LENGTH} characters`
    : undefined
}

/** Finds the attributes on the allow list, with the addresses removed. */
function readAttributes(lines: readonly string[], level: Level, relayOnly: boolean): string[] {
  const attributes = lines.flatMap((line) => {
    if (!line.startsWith('a=')) return []
    const attribute = line.slice(2)
    const name = attributeName(attribute)
    if (name === 'candidate') return filterCandidateText(attribute, relayOnly) ?? []
    return name === 'rtcp' ? RTCP : attribute
  })
  return filterAttributes(attributes, level)
}

/** Returns the value of an attribute, or `undefined` if it is not there. */
export const valueOf = (attributes: readonly string[], name: string): string | undefined =>
  attributes.find((attribute) => attributeName(attribute) === name)?.slice(name.length + 1)

function readSection(lines: readonly string[], relayOnly: boolean): Section | undefined {
  const [, kind, port, protocol, formats] = MEDIA.exec(lines[0] ?? '') ?? []
  if (kind === undefined || protocol === undefined || formats === undefined) return undefined
  const attributes = readAttributes(lines, 'section', relayOnly)
  return {
    kind,
    hasPort: Number(port) !== 0,
    protocol,
    formats,
    mid: valueOf(attributes, 'mid'),
    bandwidths: lines.filter((line) => BANDWIDTH.test(line)),
    attributes,
  }
}

/** Divides the lines into those of the session and those of each media section. */
function divide(sdp: string): [session: string[], ...sections: string[][]] {
  const session: string[] = []
  const sections: string[][] = []
  for (const line of sdp.split(/\r?\n/)) {
    if (line.startsWith('m=')) sections.push([])
    const lines = sections.at(-1) ?? session
    lines.push(line)
  }
  return [session, ...sections]
}

/**
 * Reads a session description without the lines that are not on the allow list.
 * @param relayOnly whether only candidates of a relay pass
 */
export function readDescription(sdp: string, relayOnly: boolean): Parsed<Description> {
  const fault = boundsFault(sdp)
  if (fault !== undefined) return unparsed(fault)
  const [session, ...blocks] = divide(sdp)
  const [origin] = session.flatMap((line) => ORIGIN.exec(line)?.[1] ?? [])
  if (origin === undefined) return unparsed('must have an origin')
  const sections = blocks.flatMap((lines) => readSection(lines, relayOnly) ?? [])
  return sections.length < blocks.length
    ? unparsed('must have well-formed audio, video and application sections only')
    : parsed({ origin, attributes: readAttributes(session, 'session', relayOnly), sections })
}

const attributeLines = (attributes: readonly string[]): string[] =>
  attributes.map((attribute) => `a=${attribute}`)

const sectionLines = (section: Section): string[] => [
  `m=${section.kind} ${section.hasPort ? DISCARD_PORT : 0} ${section.protocol} ${section.formats}`,
  CONNECTION,
  ...section.bandwidths,
  ...attributeLines(section.attributes),
]

/** Writes a session description with CRLF line endings, or returns why it is too large. */
export function writeDescription({ origin, attributes, sections }: Description): Parsed<string> {
  const session = ['v=0', `o=- ${origin} IN IP4 127.0.0.1`, 's=-', 't=0 0']
  const lines = [...session, ...attributeLines(attributes), ...sections.flatMap(sectionLines)]
  const sdp = lines.map((line) => `${line}\r\n`).join('')
  const fault = boundsFault(sdp)
  return fault === undefined ? parsed(sdp) : unparsed(fault)
}
