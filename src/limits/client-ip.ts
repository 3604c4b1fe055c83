import {
  convertIPv4BinaryToString,
  convertIPv4MappedIPv6ToIPv4,
  convertIPv6BinaryToString,
  convertIPv6ToBinary,
  distinctRemoteAddr,
  isIPv4MappedIPv6,
} from 'hono/utils/ipaddr'

/** A customer usually has all addresses of an IPv6 /64. */
const HOST_BITS = 64n

const isLoopback = (address: string): boolean =>
  address === '::1' || (address.startsWith('127.') && distinctRemoteAddr(address) === 'IPv4')

/**
 * Returns the key that an IP address is counted under; for an IPv6 address, its /64.
 * @param address `CF-Connecting-IP`, the only header that a client cannot set in production
 * @returns `undefined` without an address or for a loopback address: without Cloudflare in front, nothing
 * is counted by IP address
 */
export function clientIpKey(address: string | undefined): string | undefined {
  if (address === undefined || isLoopback(address)) return undefined
  if (!URL.canParse(`http://[${address}]`)) return address
  const binary = convertIPv6ToBinary(address)
  if (isIPv4MappedIPv6(binary))
    return clientIpKey(convertIPv4BinaryToString(convertIPv4MappedIPv6ToIPv4(binary)))
  return `${convertIPv6BinaryToString((binary >> HOST_BITS) << HOST_BITS)}/64`
}
