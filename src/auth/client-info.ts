/** Where a log-in came from, in words by which its user knows it again in the list of sessions. */

import { isVisible } from '../common/text/characters'

export interface ClientInfo {
  readonly device: string | null
  readonly place: string | null
}

const MAX_CHARACTERS = 200

/**
 * Without control, format and other characters that show nothing or change what is around them. Bytes
 * that were not UTF-8 arrive as U+FFFD and become `?`.
 */
function clean(text: string): string | null {
  const shown = text.slice(0, MAX_CHARACTERS).replaceAll(/\p{C}/gu, '').replaceAll('\ufffd', '?')
  return isVisible(shown) ? shown.trim() : null
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The `User-Agent`, and what Cloudflare says of the address: `Lagos, NG`. */
export function clientInfoOf(userAgent: string | undefined, cf: object = {}): ClientInfo {
  const { city, country } = cf as Record<string, unknown>
  const place = [city, country].map(textOf).filter(Boolean).join(', ')
  return { device: clean(userAgent ?? ''), place: clean(place) }
}
