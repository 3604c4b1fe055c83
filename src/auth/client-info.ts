/** Device and place of a log-in, by which users recognise a session in the list. */

import { isVisible } from '../common/text/characters'

export interface ClientInfo {
  readonly device: string | null
  readonly place: string | null
}

const MAX_CHARACTERS = 200

/**
 * Removes control, format and other invisible characters, some of which change the text around them.
 * U+FFFD, which replaces bytes that are not UTF-8, becomes `?`.
 */
function clean(text: string): string | null {
  const shown = text.slice(0, MAX_CHARACTERS).replaceAll(/\p{C}/gu, '').replaceAll('\ufffd', '?')
  return isVisible(shown) ? shown.trim() : null
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** @param cf Cloudflare's data about the request, with city and country of the IP address */
export function clientInfoOf(userAgent: string | undefined, cf: object = {}): ClientInfo {
  const { city, country } = cf as Record<string, unknown>
  const place = [city, country].map(textOf).filter(Boolean).join(', ')
  return { device: clean(userAgent ?? ''), place: clean(place) }
}
