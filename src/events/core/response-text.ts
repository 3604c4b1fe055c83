/** The beginning of a receiver's response, as the endpoint's owner sees it. Pure. */

/** More would let an endpoint read pages of a network that only the service can reach. */
export const MAX_RESPONSE_BYTES = 1024

/** Control characters, line separators, direction marks and other characters that a terminal or page must not get. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]+/gu

/** Decodes at most `MAX_RESPONSE_BYTES` as UTF-8. Unsafe characters become spaces. */
export function responseText(bytes: Uint8Array): string {
  const start = bytes.subarray(0, MAX_RESPONSE_BYTES)
  const text = new TextDecoder('utf-8', { fatal: false, ignoreBOM: false }).decode(start, {
    stream: true,
  })
  return text.replaceAll(UNSAFE, ' ').trim()
}
