import { describe, expect, it } from 'vitest'
import { type DescriptionRules, filterDescription } from '../../../src/rooms/core/sdp'
import { DESCRIPTIONS, linesOf, mediaLines, readFixture, text, typeOf } from './descriptions'
import { RELAY_CANDIDATE, REMOVED, REMOVED_FROM_SESSION } from './hostile-lines'

const AUDIO_OFFER = readFixture('chromium-relay-audio-offer')
const AUDIO: DescriptionRules = { type: 'offer', media: 'audio', relayOnly: true }
const VIDEO: DescriptionRules = { ...AUDIO, media: 'video' }

/** Filters a description. @throws if it is rejected */
function filter(sdp: string, rules = AUDIO): string {
  const filtered = filterDescription(sdp, rules)
  if (!filtered.ok) throw new Error(filtered.message)
  return filtered.value
}

/** Returns why a description is rejected. */
function messageOf(sdp: string, rules = AUDIO): string | undefined {
  const filtered = filterDescription(sdp, rules)
  return filtered.ok ? undefined : filtered.message
}

/** Section of a kind, from its `m=` line on. */
const sectionOf = (sdp: string, kind: string): string[] => {
  const section = sdp.split(/(?=^m=)/m).find((part) => part.startsWith(`m=${kind} `))
  return linesOf(section ?? '')
}

/** Adds a line to the session, or to the end of the only section. */
const withSessionLine = (line: string): string => AUDIO_OFFER.replace('m=', `${line}\r\nm=`)
const withLine = (line: string): string => `${AUDIO_OFFER}${line}\r\n`
const withoutLines = (sdp: string, pattern: RegExp): string =>
  text(linesOf(sdp).filter((line) => !pattern.test(line)))

describe('a description of a browser', () => {
  it.each(DESCRIPTIONS)('loses only addresses: %s', (name) => {
    const sdp = withoutLines(readFixture(name), /^a=candidate/)
    const written = sdp
      .replaceAll(/^c=.*/gm, 'c=IN IP4 0.0.0.0')
      .replaceAll(/^o=\S+ (.*) IN IP4 .*/gm, 'o=- $1 IN IP4 127.0.0.1')
      .replaceAll(/^a=rtcp:.*/gm, 'a=rtcp:9 IN IP4 0.0.0.0')
      .replaceAll(/^m=(?!application)(\S+) \d+/gm, 'm=$1 9')
    const [media, data] = [
      written.split(/^m=application/m)[0] ?? '',
      sectionOf(written, 'application'),
    ]
    const filtered = filter(sdp, { ...VIDEO, type: typeOf(name) })
    if (data.length === 0) expect(filtered).toBe(written)
    else expect(filtered.startsWith(media.replace(/^(a=group:BUNDLE 0 1) 2/m, '$1'))).toBe(true)
  })

  it.each(DESCRIPTIONS)('keeps only candidates of a relay: %s', (name) => {
    const sdp = readFixture(name)
    const kept = linesOf(filter(sdp, { ...VIDEO, type: typeOf(name) })).filter((line) =>
      line.startsWith('a=candidate'),
    )
    const relayed = sectionOf(sdp, 'audio')
      .concat(sectionOf(sdp, 'video'))
      .filter((line) => line.includes('typ relay'))
    expect(kept).toEqual(
      relayed.map((line) => line.replace(/raddr \S+ rport \d+/, 'raddr 0.0.0.0 rport 9')),
    )
  })

  it.each(DESCRIPTIONS)('reveals no address of the client: %s', (name) => {
    for (const media of ['audio', 'video'] as const)
      expect(filter(readFixture(name), { type: typeOf(name), media, relayOnly: true })).not.toMatch(
        /192\.0\.2|2001:db8|\.local|mozilla/,
      )
  })

  it.each(DESCRIPTIONS)('keeps the number and order of its media sections: %s', (name) => {
    const sdp = readFixture(name)
    const kinds = (lines: string[]) => lines.map((line) => line.split(' ')[0])
    for (const media of ['audio', 'video'] as const)
      expect(
        kinds(mediaLines(filter(sdp, { type: typeOf(name), media, relayOnly: true }))),
      ).toEqual(kinds(mediaLines(sdp)))
  })

  it('keeps its other candidates while there is no relay', () => {
    const filtered = filter(readFixture('safari-like-video-offer'), { ...VIDEO, relayOnly: false })
    expect(linesOf(filtered).filter((line) => line.startsWith('a=candidate'))).toEqual([
      'a=candidate:3388485749 1 udp 2113937151 8f7d3c2a-1b5e-4f60-9a7c-d2e4b6f80135.local 52931 typ host generation 0 network-cost 999',
      'a=candidate:842163049 1 udp 1677729535 192.0.2.77 52931 typ srflx raddr 0.0.0.0 rport 9 generation 0 network-cost 999',
      'a=candidate:1094522872 1 udp 33562623 198.51.100.7 61014 typ relay raddr 0.0.0.0 rport 9 generation 0 network-cost 999',
    ])
  })
})

describe('a surplus media section', () => {
  it('is rejected by port 0 if it is a video section of an audio call', () => {
    const filtered = filter(readFixture('chromium-video-offer'))
    const [first = ''] = sectionOf(readFixture('chromium-video-offer'), 'video')
    expect(sectionOf(filtered, 'video')).toEqual([
      first.replace(/ \d+/, ' 0'),
      'c=IN IP4 0.0.0.0',
      'a=mid:1',
      'a=inactive',
    ])
    expect(filtered).toContain('\r\na=group:BUNDLE 0\r\n')
  })

  it.each(['chromium-relay-video-data-offer', 'chromium-relay-video-data-answer'] as const)(
    'is rejected by port 0 if it is a data channel: %s',
    (name) => {
      const filtered = filter(readFixture(name), { ...VIDEO, type: typeOf(name) })
      expect(sectionOf(filtered, 'application')).toEqual([
        'm=application 0 UDP/DTLS/SCTP webrtc-datachannel',
        'c=IN IP4 0.0.0.0',
        'a=mid:2',
        'a=inactive',
      ])
      expect(filtered).toContain('\r\na=group:BUNDLE 0 1\r\n')
    },
  )

  it('is rejected by port 0 if it is a second audio section', () => {
    const second = sectionOf(AUDIO_OFFER, 'audio').map((line) => line.replace('mid:0', 'mid:x'))
    expect(mediaLines(filter(AUDIO_OFFER + text(second)))).toEqual([
      'm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126',
      'm=audio 0 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126',
    ])
  })

  it('is rejected by port 0 if it is a data channel that is offered as bundle-only', () => {
    const data = [
      'm=application 0 UDP/DTLS/SCTP webrtc-datachannel',
      'a=mid:1',
      'a=bundle-only',
      'a=sctp-port:5000',
    ]
    const sdp = AUDIO_OFFER.replace('BUNDLE 0', 'BUNDLE 0 1') + text(data)
    const filtered = filter(sdp)
    expect(filtered).toContain('a=group:BUNDLE 0\r\n')
    expect(filtered).not.toMatch(/bundle-only|sctp/)
  })

  it('is not the second audio section if the sender has rejected the first', () => {
    const second = sectionOf(AUDIO_OFFER, 'audio').map((line) => line.replace('mid:0', 'mid:x'))
    const sdp = AUDIO_OFFER.replace(/m=audio \d+/, 'm=audio 0') + text(second)
    expect(mediaLines(filter(sdp)).map((line) => line.slice(0, 9))).toEqual([
      'm=audio 0',
      'm=audio 9',
    ])
  })
})

describe('a bundle-only section', () => {
  const sdp = readFixture('safari-like-video-offer')
  const [session = '', audio = '', video = ''] = sdp.split(/(?=^m=)/m)
  const bundled = video
    .replace('m=video 9', 'm=video 0')
    .replace('a=mid:1', 'a=mid:1\r\na=bundle-only')

  it('keeps port 0, and uses the transport of the bundle', () => {
    const bare = withoutLines(bundled, /^a=(ice-|setup|fingerprint)/)
    const filtered = filter(session + audio + bare, VIDEO)
    expect(sectionOf(filtered, 'video')).toEqual(linesOf(bare))
  })

  it('counts as rejected outside the bundle', () => {
    const filtered = filter(session.replace('BUNDLE 0 1', 'BUNDLE 0') + audio + bundled, VIDEO)
    expect(sectionOf(filtered, 'video').slice(2)).toEqual(['a=mid:1', 'a=inactive'])
  })
})

describe('a line that is not on the allow list', () => {
  it.each(REMOVED)('is removed from a media section: %j', (line) => {
    expect(filter(withLine(line))).toBe(filter(AUDIO_OFFER))
  })

  it.each(REMOVED_FROM_SESSION)('is removed from the session: %j', (line) => {
    expect(filter(withSessionLine(line))).toBe(filter(AUDIO_OFFER))
  })
})

describe('a line on the allow list', () => {
  it.each(['a=ptime:60', 'a=maxptime:120', 'b=AS:40', 'b=TIAS:40000', 'a=rtcp-mux-only'])(
    'passes: %s',
    (line) => {
      expect(linesOf(filter(withLine(line)))).toContain(line)
    },
  )
})

describe('a line ending', () => {
  it('may be LF, and is written as CRLF', () => {
    expect(filter(AUDIO_OFFER.replaceAll('\r\n', '\n'))).toBe(filter(AUDIO_OFFER))
  })

  it('may be missing after the last line', () => {
    expect(filter(AUDIO_OFFER.trimEnd())).toBe(filter(AUDIO_OFFER))
  })

  it('does not hide a media section after a CR', () => {
    const filtered = filter(withLine('a=inactive\rm=video 9 UDP/TLS/RTP/SAVPF 96\ra=mid:1'))
    expect(mediaLines(filtered)).toHaveLength(1)
    expect(filtered).toBe(filter(AUDIO_OFFER))
  })
})

const AUDIO_LINE = /m=audio \d+ UDP\/TLS\/RTP\/SAVPF/
const many = (count: number, line: string): string =>
  text(Array.from({ length: count }, () => line))
const sections = (count: number): string =>
  text(Array.from({ length: count }, (_, index) => `m=video 0 RTP/AVP ${index}`))

describe('a description', () => {
  it.each([
    ['is empty', '', 'must have an origin'],
    ['has no origin', withoutLines(AUDIO_OFFER, /^o=/), 'must have an origin'],
    ['has a malformed origin', AUDIO_OFFER.replace(/^o=- /m, 'o=- x'), 'must have an origin'],
    ['has no media', AUDIO_OFFER.replace(/^m=[^]*/m, ''), 'must have an audio section'],
    [
      'has audio without encryption',
      AUDIO_OFFER.replace(AUDIO_LINE, 'm=audio 9 RTP/AVP'),
      'must have an audio section',
    ],
    [
      'rejects audio',
      AUDIO_OFFER.replace(/m=audio \d+/, 'm=audio 0'),
      'must have an audio section',
    ],
    [
      'has formats that are not payload types',
      AUDIO_OFFER.replace(/(m=.*) 111/, '$1 opus'),
      'must have an audio section',
    ],
    ['has no mid', withoutLines(AUDIO_OFFER, /^a=mid/), 'must have an audio section'],
    ['has video only', AUDIO_OFFER.replace('m=audio', 'm=video'), 'must have an audio section'],
    [
      'has a mid twice',
      AUDIO_OFFER + text(sectionOf(AUDIO_OFFER, 'audio')),
      'must have a different mid for each media section',
    ],
    ['has nine media sections', AUDIO_OFFER + sections(8), 'must have at most 8 media sections'],
    ...[
      'm=text 9 RTP/AVP 0',
      'm=audio 9/2 UDP/TLS/RTP/SAVPF 0',
      'm=audio  9 UDP/TLS/RTP/SAVPF 0',
      'm=audio 9 UDP/TLS/RTP/SAVPF',
      'm=audio -9 UDP/TLS/RTP/SAVPF 0',
      'm=audio 9 UDP/TLS/RTP/SAVPF 0\ra=mid:1',
      'm=vidéo 9 UDP/TLS/RTP/SAVPF 0',
      'm=',
    ].map((line) => [
      `has the line ${JSON.stringify(line)}`,
      withLine(line),
      'must have well-formed audio, video and application sections only',
    ]),
    [
      'has 1,000 candidates',
      AUDIO_OFFER + many(1000, RELAY_CANDIDATE),
      'must have at most 16384 characters',
    ],
    [
      'has 101 candidates of a relay',
      AUDIO_OFFER.replace(/^a=candidate.*\r\n/m, '') + many(101, RELAY_CANDIDATE),
      'must have at most 100 candidates',
    ],
    ['has 513 lines', AUDIO_OFFER + '\n'.repeat(475), 'must have at most 512 lines'],
    [
      'has a long line',
      withLine(`a=fmtp:111 ${'x'.repeat(502)}`),
      'must have lines of at most 512 characters',
    ],
    ['is too long', `${AUDIO_OFFER}${'x'.repeat(16_384)}`, 'must have at most 16384 characters'],
  ])('is rejected if it %s', (_, sdp, message) => {
    expect(messageOf(sdp)).toBe(message)
  })

  it('is rejected if it becomes too long by its line endings', () => {
    const lines = (count: number) =>
      AUDIO_OFFER.replaceAll('\r\n', '\n') + `a=fmtp:1 ${'x'.repeat(390)}\n`.repeat(count)
    const count = Math.floor((16_384 - AUDIO_OFFER.length) / 400)
    const rest = 16_384 - lines(count).length
    const sdp = `${lines(count)}a=fmtp:1 ${'x'.repeat(rest - 10)}\n`
    expect(sdp).toHaveLength(16_384)
    expect(messageOf(sdp)).toBe('must have at most 16384 characters')
  })

  it('is written with the protocol of UDP, because no TCP address remains', () => {
    const sdp = AUDIO_OFFER.replace('UDP/TLS/RTP/SAVPF', 'TCP/DTLS/RTP/SAVPF')
    expect(filter(sdp)).toBe(filter(AUDIO_OFFER))
  })

  it('passes with 100 candidates of a relay', () => {
    const sdp = AUDIO_OFFER.replace(/^a=candidate.*\r\n/m, '') + many(100, RELAY_CANDIDATE)
    expect(filter(sdp).match(/typ relay/g)).toHaveLength(100)
  })
})

describe('the transport of a description', () => {
  it.each([
    [/^a=ice-ufrag.*/m, 'a=ice-ufrag:abc', 'a=ice-ufrag'],
    [/^a=ice-ufrag.*/m, `a=ice-ufrag:${'a'.repeat(257)}`, 'a=ice-ufrag'],
    [/^a=ice-ufrag.*/m, 'a=ice-ufrag:ab-cd', 'a=ice-ufrag'],
    [/^a=ice-ufrag.*/m, 'a=ice-ufrag:abcd\0', 'a=ice-ufrag'],
    [/^a=ice-ufrag.*/m, 'a=ice-ufrag:abcdé', 'a=ice-ufrag'],
    [/^a=ice-ufrag.*/m, 'a=x', 'a=ice-ufrag'],
    [/^a=ice-pwd.*/m, `a=ice-pwd:${'a'.repeat(21)}`, 'a=ice-pwd'],
    [/^a=ice-pwd.*/m, `a=ice-pwd:${'a'.repeat(257)}`, 'a=ice-pwd'],
    [/^a=ice-pwd.*/m, 'a=x', 'a=ice-pwd'],
    [/^a=fingerprint.*/m, 'a=x', 'a=fingerprint'],
    [/^a=fingerprint.*/m, `a=fingerprint:sha-1 AA${':AA'.repeat(19)}`, 'a=fingerprint'],
    [/^a=fingerprint.*/m, `a=fingerprint:sha-256 AA${':AA'.repeat(30)}`, 'a=fingerprint'],
    [/^a=fingerprint.*/m, `a=fingerprint:sha-512 AA${':AA'.repeat(31)}`, 'a=fingerprint'],
    [/^a=setup.*/m, 'a=setup:holdconn', 'a=setup'],
  ])('is incomplete if %s is %s', (pattern, line, missing) => {
    expect(messageOf(AUDIO_OFFER.replace(pattern, line))).toBe(`must have ${missing}`)
  })

  it.each([
    ['a=ice-ufrag', `a=ice-ufrag:${'a'.repeat(256)}`],
    ['a=ice-pwd', `a=ice-pwd:${'a'.repeat(256)}`],
    ['a=fingerprint', `a=fingerprint:sha-384 aa${':0f'.repeat(47)}`],
  ])('may have a long %s', (name, line) => {
    const sdp = AUDIO_OFFER.replace(new RegExp(`^${name}.*`, 'm'), line)
    expect(linesOf(filter(sdp))).toContain(line)
  })

  it('may be that of the session', () => {
    const transport = /^a=(?:ice-ufrag|ice-pwd|fingerprint|setup)/
    const lines = linesOf(AUDIO_OFFER).filter((line) => transport.test(line))
    const sdp = withoutLines(AUDIO_OFFER, transport).replace('m=', `${text(lines)}m=`)
    for (const line of lines) expect(linesOf(filter(sdp))).toContain(line)
  })

  it('must be complete in a section outside the bundle', () => {
    const [session = '', audio = '', video = ''] =
      readFixture('chromium-video-offer').split(/(?=^m=)/m)
    const bare = withoutLines(video, /^a=ice-pwd/)
    expect(messageOf(session + audio + bare, VIDEO)).toBeUndefined()
    expect(messageOf(session.replace('BUNDLE 0 1', 'BUNDLE 0') + audio + bare, VIDEO)).toBe(
      'must have a=ice-pwd',
    )
  })

  it('must have a role in an answer', () => {
    expect(messageOf(AUDIO_OFFER, { ...AUDIO, type: 'answer' })).toBe('must have a=setup')
  })
})
