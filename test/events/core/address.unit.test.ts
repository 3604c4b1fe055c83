import { describe, expect, it } from 'vitest'
import { checkAddress, MAX_ADDRESS_LENGTH } from '../../../src/events/core/address'

const long = (length: number) => `https://hooks.example.com/${'a'.repeat(length - 26)}`

const ACCEPTED: readonly (readonly [address: string, stored: string])[] = [
  ['https://hooks.example.com/aileana', 'https://hooks.example.com/aileana'],
  ['https://example.com', 'https://example.com/'],
  ['HTTPS://Hooks.Example.COM/A?b=C', 'https://hooks.example.com/A?b=C'],
  ['https://example.com:443/in', 'https://example.com/in'],
  ['https://a-b.example.co.uk/in?key=1&v=2', 'https://a-b.example.co.uk/in?key=1&v=2'],
  ['https://bücher.example/in', 'https://xn--bcher-kva.example/in'],
  ['https://xn--bcher-kva.xn--p1ai/in', 'https://xn--bcher-kva.xn--p1ai/in'],
  ['https://1password.com/', 'https://1password.com/'],
  ['https://localhost.example.com/', 'https://localhost.example.com/'],
  ['https://example.com/@user', 'https://example.com/@user'],
  ['https://example.com/a/../b', 'https://example.com/b'],
  [long(MAX_ADDRESS_LENGTH), long(MAX_ADDRESS_LENGTH)],
]

/** Each is refused, whoever resolves it. Names of wildcard DNS services are refused by the runtime instead. */
const withPassword = (address: string): string => address.replace('//', '//user:secret@')

const HOSTILE: readonly string[] = [
  // Loopback, in every spelling
  'https://127.0.0.1/',
  'https://127.1/',
  'https://127.0.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0x7f.0.0.1/',
  'https://0x7f.1/',
  'https://017700000001/',
  'https://0177.0.0.1/',
  'https://0177.1/',
  'https://127.0.0.1./',
  'https://127.255.255.254/',
  'https://0/',
  'https://0.0.0.0/',
  'https://00000/',
  'https://１２７.０.０.１/',
  'https://①②⑦.0.0.1/',
  'https://127。0。0。1/',
  'https://%31%32%37.0.0.1/',
  'https://[::1]/',
  'https://[::]/',
  'https://[0:0:0:0:0:0:0:1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[::127.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[::1%25lo]/',
  // Private and link-local networks, and metadata services
  'https://10.0.0.1/',
  'https://167772161/',
  'https://172.16.0.1/',
  'https://192.168.1.1/',
  'https://0xc0a80101/',
  'https://192.168.257/',
  'https://100.64.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://0xa9fea9fe/',
  'https://2852039166/',
  'https://0251.0376.0251.0376/',
  'https://[fe80::1]/',
  'https://[fd00:ec2::254]/',
  'https://[fc00::1]/',
  'https://metadata.google.internal/computeMetadata/v1/',
  'https://instance-data.ec2.internal/',
  // Public IP addresses: a certificate for one is rare, and a name can be moved
  'https://8.8.8.8/',
  'https://[2606:4700:4700::1111]/',
  'https://255.255.255.255/',
  // Names that are not public
  'https://localhost/',
  'https://LOCALHOST/',
  'https://localhost./',
  'https://ⓛocalhost/',
  'https://%6c%6fcalhost/',
  'https://api.localhost/',
  'https://localhost.localdomain/',
  'https://printer.local/',
  'https://router.lan/',
  'https://nas.home.arpa/',
  'https://1.0.0.127.in-addr.arpa/',
  'https://intranet/',
  'https://wiki.corp/',
  'https://wiki.intranet/',
  'https://facebookwkhpilnemxj7asaniu7vnjjbiltxjqhye3mhbshg7kx5tfyd.onion/',
  'https://anything.test/',
  'https://anything.invalid/',
  'https://example.com./',
  'https://com/',
  // Other schemes and ports
  'http://example.com/',
  'http://127.0.0.1/',
  'ftp://example.com/',
  'file:///etc/passwd',
  'gopher://example.com/',
  'javascript:alert(1)',
  'data:text/plain,a',
  'ws://example.com/',
  'wss://example.com/',
  '//example.com/',
  'example.com',
  'https:example',
  'https://example.com:80/',
  'https://example.com:22/',
  'https://example.com:8443/',
  'https://example.com:0/',
  'https://example.com:65536/',
  // Credentials, fragments, and text that parsers read differently
  'https://user@example.com/',
  withPassword('https://example.com/'),
  'https://@example.com/',
  'https://:@example.com/',
  'https://example.com@127.0.0.1/',
  'https://example.com#@127.0.0.1/',
  'https://example.com/#',
  'https://example.com\\@127.0.0.1/',
  'https:\\\\127.0.0.1\\',
  ' https://example.com/',
  'https://example.com/ ',
  'https://exam\tple.com/',
  'https://example.com/\r\nHost: 127.0.0.1',
  'https://example.com/\u0000',
  'https://example.com/\u202e',
  'https://ex\u00adample.com/',
  'https://exa mple.com/',
  'https://exa_mple.com/',
  'https://-example.com/',
  'https://example-.com/',
  'https://.example.com/',
  'https://example..com/',
  'https://example.com1/',
  'https://example.1/',
  `https://${'a'.repeat(64)}.com/`,
  `https://${'a.'.repeat(127)}com/`,
  'https://*.example.com/',
  'https://',
  'https:///',
  'https://?',
  '',
  long(MAX_ADDRESS_LENGTH + 1),
  `https://example.com/${'é'.repeat(1000)}`,
]

const LOOPBACK = [
  'http://localhost:8080/in',
  'http://127.0.0.1:8080/in',
  'http://[::1]:8080/in',
  'https://hooks.localhost:8443/in',
]

const isAccepted = (address: string, allowsLoopback = false) =>
  checkAddress(address, allowsLoopback).ok

describe('the address of an endpoint', () => {
  it.each(ACCEPTED)('%s is accepted, as %s', (address, stored) => {
    expect(checkAddress(address, false)).toEqual({ ok: true, value: stored })
  })

  it.each(ACCEPTED)('%s is still accepted as it was stored', (_, stored) => {
    expect(checkAddress(stored, false)).toEqual({ ok: true, value: stored })
  })

  it('has more than sixty hostile forms, each different', () => {
    expect(new Set(HOSTILE).size).toBe(HOSTILE.length)
    expect(HOSTILE.length).toBeGreaterThan(60)
  })

  it.each(HOSTILE)('%j is refused, with a reason', (address) => {
    const checked = checkAddress(address, false)
    expect(checked).toMatchObject({ ok: false, refusal: { code: 'endpoint_address_refused' } })
  })

  it('may be a loopback address in development only', () => {
    expect(LOOPBACK.filter((address) => isAccepted(address))).toEqual([])
    expect(LOOPBACK.filter((address) => !isAccepted(address, true))).toEqual([])
  })

  it('has the other rules in development too', () => {
    const loopback = /^https?:\/\/(?:127\.|\[::1\]|localhost|\[0:0:0:0:0:0:0:1\])/
    const accepted = HOSTILE.filter((address) => isAccepted(address, true))
    const spellings = new Set(['127.0.0.1', '[::1]', 'localhost', 'api.localhost'])
    expect(accepted.filter((address) => !spellings.has(new URL(address).hostname))).toEqual([])
    expect(accepted.some((address) => loopback.test(address))).toBe(true)
    for (const address of ['http://user@localhost/', 'http://localhost/#a', 'ftp://localhost/'])
      expect(isAccepted(address, true)).toBe(false)
  })
})
