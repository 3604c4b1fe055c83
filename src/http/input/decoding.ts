/** JSON bodies are UTF-8 (RFC 8259 section 8.1). Others are refused rather than stored with holes. */
import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from '../router'

const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]*)/gi
const UTF8 = /^utf-?8$/i

/** Whether a media type names no charset but UTF-8. */
export const isUtf8Type = (contentType: string): boolean =>
  Array.from(contentType.matchAll(CHARSET)).every(([, charset = '']) => UTF8.test(charset))

/** @returns `undefined` for bytes that are not UTF-8; a byte order mark is removed */
export function decodeUtf8(bytes: ArrayBuffer | Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * Makes a JSON body unreadable if it is not UTF-8, with the reason for `onError`. A route that reads
 * no body accepts it all the same. An event of a webhook is authenticated first, byte by byte.
 */
export const decodeJson: MiddlewareHandler<AppEnv> = async (c, next) => {
  const contentType = c.req.header('Content-Type') ?? ''
  const isJson = /[/+]json\b/i.test(contentType) && !c.req.path.startsWith('/webhooks/')
  if (c.req.method === 'GET' || !isJson) return next()
  const encoding = c.req.header('Content-Encoding') ?? 'identity'
  if (!isUtf8Type(contentType) || encoding.toLowerCase() !== 'identity')
    c.set('unreadable', 'unsupported_media_type')
  else if (decodeUtf8(await c.req.arrayBuffer()) === undefined)
    c.set('unreadable', 'malformed_json')
  if (c.get('unreadable')) c.req.json = () => Promise.reject(new TypeError('not UTF-8'))
  return next()
}
