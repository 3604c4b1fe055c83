import { describe, expect, it } from 'vitest'
import { filterDescription } from '../../../../src/rooms/core/sdp'
import { frugalOpus } from '../../../../web/call/session/frugal-opus'
import { DESCRIPTIONS, linesOf, readFixture, text, typeOf } from '../../../rooms/core/descriptions'

const FMTP = 'maxaveragebitrate=16000;stereo=0;sprop-stereo=0;usedtx=1;useinbandfec=1;minptime=10'
const added = (type: number) => [`a=fmtp:${type} ${FMTP}`, 'a=ptime:60', 'a=maxptime:60']

const AUDIO = 'm=audio 9 UDP/TLS/RTP/SAVPF 111 0'
const OPUS = 'a=rtpmap:111 opus/48000/2'
const PCMU = 'a=rtpmap:0 PCMU/8000'

const CASES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['without parameters', [AUDIO, OPUS], [AUDIO, OPUS, ...added(111)]],
  [
    'with parameters',
    [AUDIO, OPUS, 'a=fmtp:111 minptime=10;useinbandfec=1'],
    [AUDIO, OPUS, ...added(111)],
  ],
  [
    'with parameters before the codec',
    [AUDIO, 'a=fmtp:111 stereo=1', OPUS],
    [AUDIO, OPUS, ...added(111)],
  ],
  [
    'with packet times',
    [AUDIO, OPUS, PCMU, 'a=ptime:20', 'a=maxptime:120'],
    [AUDIO, OPUS, ...added(111), PCMU],
  ],
  [
    'with other codecs',
    [AUDIO, PCMU, 'a=fmtp:0 x=1', OPUS, 'a=rtcp-fb:111 transport-cc', 'a=fmtp:11 x=1'],
    [
      AUDIO,
      PCMU,
      'a=fmtp:0 x=1',
      OPUS,
      ...added(111),
      'a=rtcp-fb:111 transport-cc',
      'a=fmtp:11 x=1',
    ],
  ],
  [
    'in capitals, with another payload type',
    ['a=rtpmap:109 OPUS/48000/2'],
    ['a=rtpmap:109 OPUS/48000/2', ...added(109)],
  ],
]

describe('a frugal description', () => {
  it.each(CASES)('of Opus %s has the parameters once', (_, lines, expected) => {
    expect(linesOf(frugalOpus(text(lines)))).toEqual(expected)
  })

  it.each(['', text([AUDIO, PCMU, 'a=ptime:20']), text(['a=rtpmap:111 opus/48000/1'])])(
    'without Opus is unchanged',
    (sdp) => expect(frugalOpus(sdp)).toBe(sdp),
  )
})

/** Lines that concern Opus: its codec, its parameters, and the length of packets. */
function opusLines(sdp: string): string[] {
  const type = /^a=rtpmap:(\d+) opus\//im.exec(sdp)?.[1]
  const own = new RegExp(`^a=(?:(?:rtpmap|fmtp|rtcp-fb):${type} |(?:max)?ptime:)`)
  return linesOf(sdp).filter((line) => own.test(line))
}

describe.each(DESCRIPTIONS)('the description %s', (name) => {
  const frugal = frugalOpus(readFixture(name))

  it('keeps every line that is not about Opus', () => {
    const others = (sdp: string) => {
      const own = new Set(opusLines(sdp))
      return linesOf(sdp).filter((line) => !own.has(line))
    }
    expect(others(frugal)).toEqual(others(readFixture(name)))
  })

  it('does not change if it is made frugal again', () => {
    expect(frugalOpus(frugal)).toBe(frugal)
  })

  it('passes the filter of a room with its Opus lines unchanged', () => {
    for (const media of ['audio', 'video'] as const) {
      const rules = { type: typeOf(name), media, relayOnly: false }
      const filtered = filterDescription(frugal, rules)
      if (!filtered.ok) throw new Error(filtered.message)
      expect(opusLines(filtered.value)).toEqual(opusLines(frugal))
      expect(opusLines(filtered.value).filter((line) => line.includes(FMTP))).toHaveLength(1)
      expect(opusLines(filtered.value)).toEqual(
        expect.arrayContaining(['a=ptime:60', 'a=maxptime:60']),
      )
    }
  })
})
