import { describe, expect, it } from 'vitest'
import { clientIpKey } from '../../src/limits/client-ip'

describe('an IP address', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
    [undefined, undefined],
    ['127.0.0.1', undefined],
    ['::1', undefined],
    ['127.0.0.1.example', '127.0.0.1.example'],
  ])('%s is counted as %s', (address, key) => {
    expect(clientIpKey(address)).toBe(key)
  })
})
