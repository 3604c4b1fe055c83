import { isVisible } from '../common/text/characters'

/** Device and place of a log-in, as shown in the user's list of sessions. */
export interface ClientInfo {
  readonly device: string | null
  readonly place: string | null
}

const MAX_CHARACTERS = 200

/**
 * Removes characters that are invisible or change the text around them. Bytes that are not UTF-8 arrive
 * as U+FFFD and become `?`.
 */
function clean(text: string): string | null {
  const shown = text.slice(0, MAX_CHARACTERS).replaceAll(/\p{C}/gu, '').replaceAll('\ufffd', '?')
  return isVisible(shown) ? shown.trim() : null
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** @param cf Cloudflare's properties of the request, which have the place: `Lagos, NG` */
export function clientInfoOf(userAgent: string | undefined, cf: object = {}): ClientInfo {
  const { city, country } = cf as Record<string, unknown>
  const place = [city, country].map(textOf).filter(Boolean).join(', ')
  return { device: clean(userAgent ?? ''), place: clean(place) }
}
