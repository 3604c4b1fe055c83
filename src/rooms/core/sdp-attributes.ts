/**
 * The attributes of a session description that pass the filter: those that Chromium, Firefox and Safari
 * send for audio and video (RFC 8829, section 5.2). Pure.
 */

/** Characters of a token (RFC 8866, section 9) and of ICE user names and passwords (RFC 8839). */
const TOKEN = "[\\w!#$%&'*+.^`{|}~-]"
const ICE_CHAR = '[A-Za-z\\d+/]'
const VISIBLE = '[\\x21-\\x7e]'
const PAYLOAD_TYPE = '\\d{1,3}'

const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`)

/** Forms of values that a candidate has too. */
export const MID = whole(`${TOKEN}{1,32}`)
export const USERNAME_FRAGMENT = whole(`${ICE_CHAR}{4,256}`)

/** @param forms the form of each attribute's value, or null for an attribute without a value */
const listOf = (forms: Readonly<Record<string, string | null>>): ReadonlyMap<string, RegExp> =>
  new Map(
    Object.entries(forms).map(([name, form]) => [
      name,
      form === null ? /^$/ : whole(`:(?:${form})`),
    ]),
  )

const HEX_PAIR = '[\\dA-Fa-f]{2}'

/** Hash of a certificate (RFC 8122, section 5). SHA-1 is too weak, so it does not pass. */
const fingerprint = (bits: number): string =>
  `sha-${bits} ${HEX_PAIR}(?::${HEX_PAIR}){${bits / 8 - 1}}`

const EVERYWHERE = {
  'extmap-allow-mixed': null,
  fingerprint: [256, 384, 512].map(fingerprint).join('|'),
  'ice-options': `${ICE_CHAR}{1,32}(?: ${ICE_CHAR}{1,32}){0,7}`,
  'ice-pwd': `${ICE_CHAR}{22,256}`,
  'ice-ufrag': `${ICE_CHAR}{4,256}`,
  inactive: null,
  recvonly: null,
  sendonly: null,
  sendrecv: null,
  setup: 'actpass|active|passive',
}

const ALLOWED = {
  session: listOf({
    ...EVERYWHERE,
    group: `BUNDLE(?: ${TOKEN}{1,32}){0,8}`,
    'msid-semantic': ` ?WMS(?: ${TOKEN}{1,64}){0,8}`,
  }),
  section: listOf({
    ...EVERYWHERE,
    'bundle-only': null,
    /** `candidate.ts` filters these. */
    candidate: `${VISIBLE}.*`,
    'end-of-candidates': null,
    extmap: `\\d{1,5}(?:/(?:sendrecv|sendonly|recvonly|inactive))? (?:urn:|https?://)${VISIBLE}{1,200}`,
    fmtp: `${PAYLOAD_TYPE} [\\x20-\\x7e]{1,400}`,
    maxptime: '\\d{1,4}',
    mid: `${TOKEN}{1,32}`,
    msid: `${TOKEN}{1,64}(?: ${TOKEN}{1,64})?`,
    ptime: '\\d{1,4}',
    rtcp: `\\d{1,5}(?: IN IP[46] ${VISIBLE}{1,64})?`,
    'rtcp-fb': `(?:${PAYLOAD_TYPE}|\\*)(?: [\\w=.-]{1,32}){1,4}`,
    'rtcp-mux': null,
    'rtcp-mux-only': null,
    'rtcp-rsize': null,
    rtpmap: `${PAYLOAD_TYPE} [\\w.-]{1,32}/\\d{1,6}(?:/\\d{1,2})?`,
    ssrc: `\\d{1,10} (?:cname|msid|mslabel|label):${VISIBLE}{1,64}(?: ${VISIBLE}{1,64})?`,
    'ssrc-group': '(?:FEC|FEC-FR|FID|SIM)(?: \\d{1,10}){1,8}',
  }),
}

export type Level = keyof typeof ALLOWED

/** The first of every other attribute counts, because parsers differ in which of several they use. */
const REPEATABLE = new Set([
  'candidate',
  'extmap',
  'fmtp',
  'msid',
  'rtcp-fb',
  'rtpmap',
  'ssrc',
  'ssrc-group',
])

export const attributeName = (attribute: string): string => /^[^:]*/.exec(attribute)?.[0] ?? ''

/**
 * Removes the attributes that are not on the list, are malformed, or repeat another.
 * @param attributes without `a=`
 */
export function filterAttributes(attributes: readonly string[], level: Level): string[] {
  const seen = new Set<string>()
  return attributes.filter((attribute) => {
    const name = attributeName(attribute)
    if (!ALLOWED[level].get(name)?.test(attribute.slice(name.length))) return false
    const isRepeated = seen.has(name) && !REPEATABLE.has(name)
    seen.add(name)
    return !isRepeated
  })
}
