/** Reads HTTP requests: path, token and body, each with its error. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { IDENTIFIER, MAX_TTL_SECONDS } from './credentials.ts'

const MAX_BODY_BYTES = 4096
const MAX_READ_BYTES = 1024 * 1024
const PATH =
  /^(?:\/v1)?\/turn\/keys\/(?<key>[^/?]+)\/credentials\/(?:generate-ice-servers|(?<username>[^/?]+)\/revoke)$/

/** An error with its response. The message is for people and shows no secret. */
export class RequestError extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Compares in constant time. @throws a 401 */
export function authenticate({ headers }: IncomingMessage, token: string): void {
  const sent = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  if (sent === undefined || !timingSafeEqual(digest(sent), digest(token)))
    throw new RequestError(401, 'unauthorized', 'Send the header Authorization: Bearer <token>.')
}

/** Username to revoke, or `undefined` for a request to issue a credential. */
export interface Target {
  readonly username: string | undefined
}

/** @throws a 404 for another path or key, a 405 for another method than POST */
export function targetOf({ method, url = '' }: IncomingMessage, keyId: string): Target {
  const groups = PATH.exec(url.split('?')[0] ?? '')?.groups
  if (!groups) throw new RequestError(404, 'not_found', 'There is no such resource.')
  if (decoded(groups['key'] ?? '') !== keyId)
    throw new RequestError(404, 'unknown_key', 'There is no such key. Check RELAY_KEY_ID.')
  if (method !== 'POST')
    throw new RequestError(405, 'method_not_allowed', 'The resource supports POST only.')
  const { username } = groups
  return { username: username === undefined ? undefined : decoded(username) }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new RequestError(400, 'invalid_path', 'The path has an invalid percent-encoding.')
  }
}

/** @throws a 413; reads more than it accepts, so that the client can read the response */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  /** The default would close the connection without a response. */
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += (chunk as Buffer).length
    if (size > MAX_READ_BYTES) break
    if (size <= MAX_BODY_BYTES) chunks.push(chunk as Buffer)
  }
  if (size <= MAX_BODY_BYTES) return Buffer.concat(chunks).toString('utf8')
  throw new RequestError(
    413,
    'payload_too_large',
    `The body must have at most ${MAX_BODY_BYTES} bytes.`,
  )
}

const TTL = `ttl must be a whole number of seconds from 1 to ${MAX_TTL_SECONDS}.`

const orderSchema = z.object(
  {
    ttl: z.int(TTL).min(1, TTL).max(MAX_TTL_SECONDS, TTL),
    customIdentifier: z
      .string('customIdentifier must be a string.')
      .regex(
        IDENTIFIER,
        'customIdentifier must have 1 to 100 of the characters A-Z a-z 0-9 _ . / -',
      )
      .optional(),
  },
  'The body must be a JSON object.',
)

export type Order = z.infer<typeof orderSchema>

/** @throws a 400 */
export function parseOrder(body: string): Order {
  const order = orderSchema.safeParse(parseJson(body))
  if (order.success) return order.data
  throw new RequestError(400, 'invalid_body', order.error.issues[0]?.message ?? '')
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown
  } catch {
    throw new RequestError(400, 'malformed_json', 'The body is not valid JSON.')
  }
}
