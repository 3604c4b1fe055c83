/** HTTP server with the two endpoints of Cloudflare's TURN API. */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { canBeIssued, passwordOf, usernameOf } from './credentials.ts'
import type { Enforcement } from './enforcement.ts'
import type { Log } from './log.ts'
import { authenticate, parseOrder, readBody, RequestError, targetOf } from './requests.ts'
import type { Secrets } from './settings.ts'

const TIMEOUT_MS = 5000
const MAX_CONNECTIONS = 200
const MAX_HEADER_BYTES = 8192

export interface ServerOptions {
  readonly secrets: Secrets
  readonly urls: readonly string[]
  readonly enforcement: Enforcement
  readonly now: () => number
  readonly log: Log
  /** Time in which a client must send its request. */
  readonly timeoutMs?: number
}

interface Reply {
  readonly status: number
  readonly body?: object
}

function issue({ secrets, urls, enforcement, now }: ServerOptions, body: string): Reply {
  const { ttl, customIdentifier } = parseOrder(body)
  if (!enforcement.isWorking())
    throw new RequestError(
      503,
      'coturn_unavailable',
      'No credential is issued while the sessions of coturn cannot be ended. See the log.',
    )
  const nonce = randomBytes(8).toString('hex')
  const username = usernameOf(Math.floor(now() / 1000) + ttl, customIdentifier, nonce)
  const credential = passwordOf(secrets.COTURN_AUTH_SECRET, username)
  return { status: 201, body: { iceServers: [{ urls, username, credential }] } }
}

async function revoke({ enforcement, now, log }: ServerOptions, username: string): Promise<Reply> {
  if (!canBeIssued(username, now()))
    throw new RequestError(404, 'unknown_username', 'The agent never issued this username.')
  try {
    const sessions = await enforcement.revoke(username)
    log('credential_revoked', { sessions })
    return { status: 204 }
  } catch (error) {
    log('revocation_failed', { reason: error instanceof Error ? error.message : 'unknown' })
    throw new RequestError(
      503,
      'coturn_unavailable',
      'coturn did not end the sessions. Retry; the next sweep retries too.',
    )
  }
}

async function replyTo(options: ServerOptions, request: IncomingMessage): Promise<Reply> {
  const { RELAY_KEY_ID, RELAY_TOKEN } = options.secrets
  authenticate(request, RELAY_TOKEN)
  const { username } = targetOf(request, RELAY_KEY_ID)
  const body = await readBody(request)
  return username === undefined ? issue(options, body) : revoke(options, username)
}

function replyOf(error: unknown, log: Log): Reply {
  if (error instanceof RequestError) {
    const { status, code, message } = error
    return { status, body: { code, message } }
  }
  log('request_failed', { reason: error instanceof Error ? error.name : 'unknown' })
  return { status: 500, body: { code: 'internal_error', message: 'An unexpected error occurred.' } }
}

function send(response: ServerResponse, { status, body }: Reply): void {
  const text = body === undefined ? undefined : JSON.stringify(body)
  response.writeHead(status, {
    'Cache-Control': 'no-store',
    ...(text === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...(status === 401 ? { 'WWW-Authenticate': 'Bearer realm="relay"' } : {}),
    ...(status === 405 ? { Allow: 'POST' } : {}),
    /** The body of a rejected request is not read. */
    ...(status >= 400 ? { Connection: 'close' } : {}),
  })
  response.end(text)
}

/** Errors of Node's parser, which has no response for them. */
const PARSER_ERRORS: Readonly<Record<string, readonly [status: string, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request was not sent in time.'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The headers are too large.'],
}

function rawResponse(code: string | undefined): string {
  const [status, message] = PARSER_ERRORS[code ?? ''] ?? ['400 Bad Request', 'This is not HTTP.']
  const body = JSON.stringify({ code: 'invalid_request', message })
  const headers = `Content-Type: application/json\r\nContent-Length: ${body.length}`
  return `HTTP/1.1 ${status}\r\n${headers}\r\nConnection: close\r\n\r\n${body}`
}

export function createAgentServer(options: ServerOptions): Server {
  const { timeoutMs = TIMEOUT_MS } = options
  const server = createServer(
    {
      requestTimeout: timeoutMs,
      headersTimeout: timeoutMs,
      keepAliveTimeout: timeoutMs,
      connectionsCheckingInterval: timeoutMs / 5,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    (request, response) => {
      void replyTo(options, request)
        .catch((error: unknown) => replyOf(error, options.log))
        .then((reply) => send(response, reply))
    },
  )
  server.maxConnections = MAX_CONNECTIONS
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (socket.writable) socket.end(rawResponse(error.code))
  })
  return server
}
