import { describe, expect, it } from 'vitest'
import { filterCandidate } from '../../../src/rooms/core/candidate'

const RELAY = 'candidate:3 1 udp 58597375 198.51.100.7 41547 typ relay'

/** Filters a candidate of the first section. */
const filter = (candidate: string, relayOnly = true): string | undefined =>
  filterCandidate(
    { candidate, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'wvsx' },
    { relayOnly },
  )?.candidate

describe('a candidate of a relay', () => {
  it.each([
    [
      'raddr 0.0.0.0 rport 0 generation 0 ufrag wvsx network-id 1',
      'raddr 0.0.0.0 rport 9 generation 0 ufrag wvsx network-id 1',
    ],
    ['raddr 192.0.2.10 rport 52311', 'raddr 0.0.0.0 rport 9'],
    ['raddr 2001:db8::10 rport 52311', 'raddr 0.0.0.0 rport 9'],
    ['raddr laptop.local rport 1 network-cost 10', 'raddr 0.0.0.0 rport 9 network-cost 10'],
    ['raddr 0.0.0.0 rport 9 address 192.0.2.10 generation 0', 'raddr 0.0.0.0 rport 9 generation 0'],
    ['raddr 0.0.0.0 rport 9 generation 192.0.2.10', 'raddr 0.0.0.0 rport 9'],
    ['raddr 0.0.0.0 rport 9 __proto__ 1 constructor 1', 'raddr 0.0.0.0 rport 9'],
  ])('passes with %s as %s', (written, passed) => {
    expect(filter(`${RELAY} ${written}`)).toBe(`${RELAY} ${passed}`)
  })

  it('passes with an IPv6 address', () => {
    const start = 'candidate:3 1 UDP 58597375 2001:db8:ffff::7 41547 typ relay'
    expect(filter(`${start} raddr 2001:db8::10 rport 5`)).toBe(`${start} raddr :: rport 9`)
  })
})

/** Candidates that are not of a relay, or that another parser might read as such. */
const REJECTED = [
  'candidate:1 1 udp 2122194687 192.0.2.10 52311 typ host generation 0',
  'candidate:1 1 udp 2122265343 2001:db8::10 37176 typ host',
  'candidate:1 1 udp 1686052863 192.0.2.77 58122 typ srflx raddr 192.0.2.10 rport 58122',
  'candidate:1 1 udp 1686052863 192.0.2.77 58122 typ prflx raddr 192.0.2.10 rport 58122',
  'candidate:1 1 tcp 1518214911 192.0.2.10 9 typ host tcptype active',
  'candidate:1 1 tcp 1518214911 198.51.100.7 9 typ relay raddr 0.0.0.0 rport 9 tcptype passive',
  'candidate:1 1 udp 1 8f7d3c2a-1b5e-4f60-9a7c-d2e4b6f80135.local 5 typ host',
  'candidate:1 1 udp 1 8f7d3c2a-1b5e-4f60-9a7c-d2e4b6f80135.local 5 typ relay raddr :: rport 9',
  'candidate:1 1 udp 1 relay.example 5 typ relay raddr 0.0.0.0 rport 9',
  'candidate:1 1 udp 1 192.0.2.256 5 typ relay raddr 0.0.0.0 rport 9',
  'candidate:1 1 udp 1 0300.0.2.1 5 typ relay raddr 0.0.0.0 rport 9',
  'candidate:1 1 udp 1 192.0.2.1 65536 typ relay raddr 0.0.0.0 rport 9',
  'candidate:1 1 udp 2147483648 192.0.2.1 5 typ relay raddr 0.0.0.0 rport 9',
  'candidate:1 3 udp 1 192.0.2.1 5 typ relay raddr 0.0.0.0 rport 9',
  'candidate:1 1 udp 1 192.0.2.1 5 typ relay',
  'candidate:1 1 udp 1 192.0.2.1 5 typ host typ relay raddr 0.0.0.0 rport 9',
  'candidate:1 1 udp 1 192.0.2.1 5 typ host raddr 0.0.0.0 rport 9 typ relay',
  `candidate:${'1'.repeat(33)} 1 udp 1 192.0.2.1 5 typ relay raddr 0.0.0.0 rport 9`,
  `${RELAY.replace('typ relay', 'TYP RELAY')} raddr 0.0.0.0 rport 9`,
  `${RELAY.replace('typ', 'Typ')} raddr 0.0.0.0 rport 9`,
  `${RELAY.replace('typ ', 'typ  ')} raddr 0.0.0.0 rport 9`,
  `${RELAY.replace('typ ', 'typ\t')} raddr 0.0.0.0 rport 9`,
  `${RELAY.replace('typ ', 'typ\u00a0')} raddr 0.0.0.0 rport 9`,
  `a=${RELAY} raddr 0.0.0.0 rport 9`,
  ` ${RELAY} raddr 0.0.0.0 rport 9`,
  `${RELAY} raddr 0.0.0.0 rport 9 `,
  `${RELAY} raddr 0.0.0.0 rport 9 generation`,
  `${RELAY} raddr 0.0.0.0 rport 9\n`,
  `${RELAY} raddr 0.0.0.0 rport 9\r\na=candidate:1 1 udp 1 192.0.2.10 5 typ host`,
  `${RELAY} raddr 0.0.0.0 rport 9\0`,
  `${RELAY} raddr 0.0.0.0 rport 9 name é`,
  `Candidate${RELAY.slice(9)} raddr 0.0.0.0 rport 9`,
  'candidate:',
  ' ',
]

describe('a candidate for clients that use a relay only', () => {
  it.each(REJECTED)('does not pass as %j', (candidate) => {
    expect(filter(candidate)).toBeUndefined()
  })

  it('must name a media section', () => {
    const ice = { sdpMid: null, sdpMLineIndex: null, usernameFragment: null }
    const candidate = `${RELAY} raddr 0.0.0.0 rport 9`
    expect(filterCandidate({ ...ice, candidate }, { relayOnly: true })).toBeUndefined()
    expect(filterCandidate({ ...ice, candidate, sdpMid: '0' }, { relayOnly: true })).toBeDefined()
  })

  it('passes if it is the end of candidates', () => {
    const end = { candidate: '', sdpMid: null, sdpMLineIndex: null, usernameFragment: null }
    expect(filterCandidate(end, { relayOnly: true })).toEqual(end)
  })
})

describe('a candidate without a relay', () => {
  it.each([
    ['host generation 0 network-id 1', 'host generation 0 network-id 1'],
    ['srflx raddr 192.0.2.10 rport 58122', 'srflx raddr 0.0.0.0 rport 9'],
    ['prflx raddr 192.0.2.10 rport 58122', 'prflx raddr 0.0.0.0 rport 9'],
    ['relay raddr 192.0.2.10 rport 58122', 'relay raddr 0.0.0.0 rport 9'],
  ])('passes of type %s as %s', (written, passed) => {
    const start = 'candidate:1 1 udp 2122194687 192.0.2.10 52311 typ'
    expect(filter(`${start} ${written}`, false)).toBe(`${start} ${passed}`)
  })

  it.each([
    'candidate:1 1 tcp 1518285567 2001:db8::10 9 typ host tcptype active',
    'candidate:1 1 udp 1 8f7d3c2a-1b5e-4f60-9a7c-d2e4b6f80135.local 5 typ host',
  ])('passes as %s', (candidate) => {
    expect(filter(candidate, false)).toBe(candidate)
  })

  it.each([
    'candidate:1 1 udp 1 host.example 5 typ host',
    'candidate:1 1 udp 1 host.local 5 typ host',
    'candidate:1 1 udp 1 192.0.2.10 5 typ host raddr 192.0.2.11 rport 5',
    'candidate:1 1 udp 1 192.0.2.10 5 typ other',
  ])('does not pass as %s', (candidate) => {
    expect(filter(candidate, false)).toBeUndefined()
  })
})
