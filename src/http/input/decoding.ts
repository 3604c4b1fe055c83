/** Rejects JSON bodies that are not UTF-8 (RFC 8259 section 8.1), instead of storing damaged text. */
import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from '../router'

const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]*)/gi
const UTF8 = /^utf-?8$/i

/** Reports whether a media type names no charset other than UTF-8. */
export const isUtf8Type = (contentType: string): boolean =>
  Array.from(contentType.matchAll(CHARSET)).every(([, charset = '']) => UTF8.test(charset))

/** Decodes UTF-8 without its byte order mark. @returns `undefined` for other bytes. */
export function decodeUtf8(bytes: ArrayBuffer | Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * Makes reading a JSON body fail if it is not UTF-8, and sets the reason for `onError`. Routes that
 * ignore the body still accept it. Webhooks are exempt: they authenticate the raw bytes first.
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
