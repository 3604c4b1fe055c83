import { describe, expect, it } from 'vitest'
import {
  type Line,
  lineOf,
  type Snapshot,
  snapshotOf,
  usedFragment,
} from '../../../../web/call/session/line'

const BEFORE: Snapshot = {
  atMs: 10_000,
  bytes: 50_000,
  packetsReceived: 1000,
  packetsLost: 10,
  rttMs: 180,
  peerLossFraction: 0,
}

/** A good line, two seconds later. */
const AFTER: Snapshot = { ...BEFORE, atMs: 12_000, bytes: 58_000, packetsReceived: 1100 }

interface LineCase {
  readonly line: string
  readonly after?: Partial<Snapshot>
  readonly lastPacketMs?: number
  readonly wasWeak?: boolean
  readonly expected: Partial<Line>
}

const good = { isWeak: false }
const weak = { isWeak: true }

const LINES: readonly LineCase[] = [
  {
    line: 'without loss',
    expected: { isWeak: false, kilobytesPerMinute: 240, rttMs: 180, lossFraction: 0 },
  },
  {
    line: 'without a measured round trip',
    after: { rttMs: null },
    expected: { ...good, rttMs: null },
  },
  {
    line: 'that loses 5 %',
    after: { packetsReceived: 1095, packetsLost: 15 },
    expected: { ...good, lossFraction: 0.05 },
  },
  {
    line: 'that loses 6 %',
    after: { packetsReceived: 1094, packetsLost: 16 },
    expected: { ...weak, lossFraction: 0.06 },
  },
  {
    line: 'whose peer receives less',
    after: { packetsReceived: 1099, packetsLost: 11, peerLossFraction: 0.2 },
    expected: { ...weak, lossFraction: 0.2 },
  },
  {
    line: 'whose peer has not reported a loss',
    after: { peerLossFraction: null },
    expected: { ...good, lossFraction: 0 },
  },
  { line: 'with a round trip of 500 ms', after: { rttMs: 500 }, expected: good },
  { line: 'with a round trip of 501 ms', after: { rttMs: 501 }, expected: weak },
  { line: 'silent for 2999 ms', lastPacketMs: 9001, expected: good },
  { line: 'silent for 3000 ms', lastPacketMs: 9000, expected: weak },
  {
    line: 'without packets since the last snapshot',
    after: { packetsReceived: 1000, bytes: 50_000 },
    expected: { ...good, kilobytesPerMinute: 0, lossFraction: 0 },
  },
  {
    line: 'whose late packets lower the count of lost ones',
    after: { packetsLost: 5 },
    expected: { ...good, lossFraction: 0 },
  },
  {
    line: 'that uses another candidate pair, whose bytes start at zero',
    after: { bytes: 100 },
    expected: { ...good, kilobytesPerMinute: 0 },
  },
  {
    line: 'measured twice in one millisecond',
    after: { atMs: 10_000, bytes: 50_000 },
    expected: { ...good, kilobytesPerMinute: 0 },
  },
  {
    line: 'that was weak, and loses 3 %',
    after: { packetsReceived: 1097, packetsLost: 13 },
    wasWeak: true,
    expected: { ...good, lossFraction: 0.03 },
  },
  {
    line: 'that was weak, and loses 4 %',
    after: { packetsReceived: 1096, packetsLost: 14 },
    wasWeak: true,
    expected: weak,
  },
  { line: 'that was weak, with 300 ms', after: { rttMs: 300 }, wasWeak: true, expected: good },
  { line: 'that was weak, with 301 ms', after: { rttMs: 301 }, wasWeak: true, expected: weak },
]

describe('a line', () => {
  it.each(LINES)('$line', ({ after, lastPacketMs = 12_000, wasWeak = false, expected }) => {
    expect(lineOf(BEFORE, { ...AFTER, ...after }, lastPacketMs, wasWeak)).toMatchObject(expected)
  })
})

const inbound = { type: 'inbound-rtp', kind: 'audio', packetsReceived: 900, packetsLost: 7 }
const remote = {
  type: 'remote-inbound-rtp',
  kind: 'audio',
  roundTripTime: 0.125,
  fractionLost: 0.25,
}
const pair = {
  type: 'candidate-pair',
  id: 'P1',
  localCandidateId: 'L1',
  bytesSent: 300,
  bytesReceived: 400,
  currentRoundTripTime: 0.25,
}
const other = { ...pair, id: 'P2', localCandidateId: 'L2', bytesSent: 1, bytesReceived: 2 }
const transport = { type: 'transport', selectedCandidatePairId: 'P1' }
const nominated = { nominated: true, state: 'succeeded' }
const local = [
  { type: 'local-candidate', id: 'L1', usernameFragment: 'aBcD' },
  { type: 'local-candidate', id: 'L2', usernameFragment: 'eFgH' },
]

const EMPTY = {
  atMs: 5,
  bytes: 0,
  packetsReceived: 0,
  packetsLost: 0,
  rttMs: null,
  peerLossFraction: null,
}

type Stats = Parameters<typeof snapshotOf>[0]

const SNAPSHOTS: readonly (readonly [string, Stats, Partial<Snapshot>])[] = [
  ['no statistics', [], EMPTY],
  [
    'the selected pair',
    [other, pair, transport, inbound, remote],
    {
      atMs: 5,
      bytes: 700,
      packetsReceived: 900,
      packetsLost: 7,
      rttMs: 125,
      peerLossFraction: 0.25,
    },
  ],
  [
    'a pair that succeeded, without a transport',
    [other, { ...pair, ...nominated }],
    { bytes: 700 },
  ],
  ['no pair that is in use', [other, { ...pair, nominated: true, state: 'failed' }], EMPTY],
  ['the round trip of the pair, before the first report', [pair, transport], { rttMs: 250 }],
  [
    'video, which does not count',
    [
      { ...inbound, kind: 'video' },
      { ...remote, kind: 'video' },
    ],
    EMPTY,
  ],
  ['values that are no numbers', [{ ...inbound, packetsReceived: '900' }], { packetsReceived: 0 }],
]

describe('a snapshot', () => {
  it.each(SNAPSHOTS)('of %s', (_, stats, expected) => {
    expect(snapshotOf(stats, 5)).toMatchObject(expected)
  })
})

describe('the fragment in use', () => {
  it.each([
    ['is that of the selected pair', [...local, other, pair, transport], 'aBcD'],
    ['is that of the pair that succeeded', [...local, pair, { ...other, ...nominated }], 'eFgH'],
    ['is unknown without a pair', local, undefined],
    ['is unknown without the candidate', [pair, transport], undefined],
    [
      'is unknown if the browser does not report it',
      [{ type: 'local-candidate', id: 'L1' }, pair, transport],
      undefined,
    ],
  ] satisfies (readonly [string, Stats, string | undefined])[])('%s', (_, stats, fragment) => {
    expect(usedFragment(stats)).toBe(fragment)
  })
})
