/** Who asks, by the address that Cloudflare saw. */
import {
  convertIPv4BinaryToString,
  convertIPv4MappedIPv6ToIPv4,
  convertIPv6BinaryToString,
  convertIPv6ToBinary,
  distinctRemoteAddr,
  isIPv4MappedIPv6,
} from 'hono/utils/ipaddr'

/** One customer's IPv6 network: whoever has one address of it has them all. */
const HOST_BITS = 64n

const isLoopback = (address: string): boolean =>
  address === '::1' || (address.startsWith('127.') && distinctRemoteAddr(address) === 'IPv4')

/**
 * What an address is counted under: an IPv6 address by its /64.
 * @param address `CF-Connecting-IP`, the one header that a client cannot set in production
 * @returns `undefined` without an address or for this machine's own, which only happens where
 * Cloudflare is not in front: there nothing is counted by address
 */
export function clientIpKey(address: string | undefined): string | undefined {
  if (address === undefined || isLoopback(address)) return undefined
  if (!URL.canParse(`http://[${address}]`)) return address
  const binary = convertIPv6ToBinary(address)
  if (isIPv4MappedIPv6(binary))
    return clientIpKey(convertIPv4BinaryToString(convertIPv4MappedIPv6ToIPv4(binary)))
  return `${convertIPv6BinaryToString((binary >> HOST_BITS) << HOST_BITS)}/64`
}
