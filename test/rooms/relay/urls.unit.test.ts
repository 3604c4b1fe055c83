import { describe, expect, it } from 'vitest'
import { usableUrls } from '../../../src/rooms/relay/urls'

describe('a URL of a relay', () => {
  it.each([
    'stun:stun.cloudflare.com:3478',
    'turn:turn.cloudflare.com',
    'turn:turn.cloudflare.com:80?transport=tcp',
    'turns:turn.cloudflare.com:5349?transport=tcp',
    'turn:127.0.0.1:34780?transport=udp',
    'turn:[2001:db8::1]:3478',
    'TURN:Turn.Example.com:65535',
  ])('such as %s is kept', (url) => {
    expect(usableUrls([url])).toEqual([url])
  })

  it.each([
    'turn:turn.cloudflare.com:53?transport=udp',
    'stun:stun.cloudflare.com:53',
    'turn:turn.cloudflare.com:053',
    'turn:turn.cloudflare.com:0',
    'turn:turn.cloudflare.com:65536',
    'turn:turn.cloudflare.com?transport=sctp',
    'turn:turn.cloudflare.com?transport=udp&x=1',
    'stun:stun.cloudflare.com?transport=udp',
    'turn:user@turn.cloudflare.com',
    'turn://turn.cloudflare.com',
    'turn:a..b',
    'turn:-a.example',
    'turn:',
    'turn:a.example/path',
    'turn:a.example\n',
    ' turn:a.example',
    'stuns:stun.cloudflare.com',
    'https://turn.cloudflare.com',
    'javascript:alert(1)',
    `turn:${'a'.repeat(255)}.example`,
  ])('such as %j is dropped', (url) => {
    expect(usableUrls([url])).toEqual([])
  })

  it('is kept once, and at most 16 are kept', () => {
    const many = Array.from({ length: 40 }, (_, n) => `turn:a${n}.example`)
    expect(usableUrls([...many.slice(0, 1), ...many])).toEqual(many.slice(0, 16))
  })
})
