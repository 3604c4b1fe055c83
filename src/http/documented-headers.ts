/** Descriptions of all response headers. Routes refer to them by name. */

const text = (description: string, pattern: string, maxLength: number, example: string) => ({
  description,
  schema: { type: 'string' as const, pattern, maxLength, example },
})

const whole = (description: string, minimum: number, example: number) => ({
  description,
  schema: {
    type: 'integer' as const,
    format: 'int64',
    minimum,
    maximum: Number.MAX_SAFE_INTEGER,
    example,
  },
})

export const HEADERS = {
  'X-Request-Id': text(
    "ID of the request: the client's own `X-Request-Id`, or a new one. The log contains it too.",
    '^[\\w=-]+$',
    255,
    '0d5c1f0e-8f5e-4f5d-9a0e-3c1a2b7d9e10',
  ),
  'RateLimit-Policy': text(
    'Rate limits that apply to the request: `q` requests in `w` seconds (draft-ietf-httpapi-ratelimit-headers-10).',
    '^".+$',
    500,
    '"calls";q=30;w=60',
  ),
  RateLimit: text(
    'Current state of each rate limit: `r` requests remain, and the limit resets in `t` seconds.',
    '^".+$',
    500,
    '"calls";r=29;t=2',
  ),
  'Retry-After': whole('Number of seconds to wait before you retry.', 1, 60),
  'WWW-Authenticate': text(
    'Authentication scheme that the resource requires.',
    '^Bearer ',
    100,
    'Bearer realm="aileana"',
  ),
  Link: text(
    'URL of the next page (RFC 8288). Except for events, the last page has no `Link` header.',
    '^<.+>; rel="next"$',
    2000,
    '</calls?cursor=WzE3NzM0ODMzMzAwMDBd>; rel="next"',
  ),
  Location: text(
    'Path of the new resource.',
    '^/',
    200,
    '/calls/3f0b8c1e-6f64-5e0a-9b1c-2f4f8f3f7a55',
  ),
  'Idempotent-Replayed': text(
    '`true` if this is the stored response to the first request with the same `Idempotency-Key`.',
    '^true$',
    4,
    'true',
  ),
  'Wallet-Position': whole(
    "The wallet's revision when it processed the request. A greater number is later.",
    0,
    12,
  ),
  Upgrade: text('Protocol that the resource requires.', '^websocket$', 9, 'websocket'),
  Vary: text('Request headers that change the response.', '^[A-Za-z, ]+$', 100, 'Accept'),
  'Content-Disposition': text(
    'File name of the CSV statement.',
    '^attachment; filename=',
    100,
    'attachment; filename="statement-3f0b8c1e-6f64-5e0a-9b1c-2f4f8f3f7a55.csv"',
  ),
} as const

export type HeaderName = keyof typeof HEADERS

/** References to header descriptions, for the `headers` of a response. */
export const headerRefs = (...names: readonly HeaderName[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
