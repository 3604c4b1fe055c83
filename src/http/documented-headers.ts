/** The headers that answers carry, each described once; routes name those that they send. */

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
    'The id of the request: the one that came with it, or a new one. It is in the log as well.',
    '^[\\w=-]+$',
    255,
    '0d5c1f0e-8f5e-4f5d-9a0e-3c1a2b7d9e10',
  ),
  'RateLimit-Policy': text(
    'The limits that the request counts against, if any: quota `q` in a window of `w` seconds (draft-ietf-httpapi-ratelimit-headers-10).',
    '^".+$',
    500,
    '"calls";q=30;w=60',
  ),
  RateLimit: text(
    'Where you stand with each of these limits, if any: `r` more, and after `t` seconds again.',
    '^".+$',
    500,
    '"calls";r=29;t=2',
  ),
  'Retry-After': whole('After so many seconds the request is let through.', 1, 60),
  'WWW-Authenticate': text('How to authenticate.', '^Bearer ', 100, 'Bearer realm="aileana"'),
  Link: text(
    'The address of the next page, if there is one (RFC 8288).',
    '^<.+>; rel="next"$',
    2000,
    '</calls?cursor=WzE3NzM0ODMzMzAwMDBd>; rel="next"',
  ),
  Location: text(
    'Where what was made is found.',
    '^/',
    200,
    '/calls/3f0b8c1e-6f64-5e0a-9b1c-2f4f8f3f7a55',
  ),
  'Idempotent-Replayed': text(
    'There if the answer is the one that was given first under the `Idempotency-Key`.',
    '^true$',
    4,
    'true',
  ),
  'Wallet-Position': whole(
    'The place of the answer among all that was done to the wallet, if it was asked: a greater one is later.',
    0,
    12,
  ),
  Allow: text('With 405: the methods that the resource has.', '^[A-Z, ]+$', 100, 'GET, HEAD'),
  Upgrade: text('The protocol to switch to.', '^websocket$', 9, 'websocket'),
  Vary: text('What the answer depends on beside the address.', '^[A-Za-z, ]+$', 100, 'Accept'),
  'Access-Control-Allow-Origin': text(
    'To a page of one of the origins in `ALLOWED_ORIGINS`: its origin.',
    '^https?://',
    300,
    'https://app.example',
  ),
  'Content-Disposition': text(
    'With a statement: the name to keep it under.',
    '^attachment; filename=',
    100,
    'attachment; filename="statement-3f0b8c1e-6f64-5e0a-9b1c-2f4f8f3f7a55.csv"',
  ),
} as const

export type HeaderName = keyof typeof HEADERS

/** What a response has for its headers: references to their descriptions. */
export const headerRefs = (...names: readonly HeaderName[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
