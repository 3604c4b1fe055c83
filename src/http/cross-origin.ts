/** Requests from pages of other web origins (CORS). */
import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { isLoopbackHost } from '../common/settings/loopback-host'
import { createProblem } from './problems'
import type { AppContext, AppEnv } from './router'

export interface AllowedOrigins {
  readonly listed: readonly string[]
  /** Whether pages of this machine are allowed, on any port. For development. */
  readonly loopback: boolean
}

/** Methods and headers that pages of allowed origins may send, and response headers that they may read. */
const CORS = {
  allowMethods: ['GET', 'POST', 'PATCH', 'DELETE'],
  allowHeaders: [
    'Authorization',
    'Confirmation',
    'Content-Type',
    'Idempotency-Key',
    'X-Request-Id',
  ],
  exposeHeaders: [
    'Idempotent-Replayed',
    'Link',
    'Location',
    'RateLimit',
    'RateLimit-Policy',
    'Retry-After',
    'X-Request-Id',
  ],
  maxAge: 600,
}

function isLoopbackOrigin(origin: string): boolean {
  const url = URL.parse(origin)
  return url !== null && /^https?:$/.test(url.protocol) && isLoopbackHost(url.hostname)
}

export const allowsOrigin = ({ listed, loopback }: AllowedOrigins, origin: string): boolean =>
  listed.includes(origin) || (loopback && isLoopbackOrigin(origin))

export const originRefused = (c: AppContext): Response =>
  createProblem(
    c,
    'origin_refused',
    'The origin is not allowed. The operator can add it to ALLOWED_ORIGINS.',
  )

/**
 * Adds the headers for allowed origins, and rejects the preflight of any other. The page learns
 * only that CORS failed; the browser's network panel shows the reason.
 */
export function crossOrigin(allowed: AllowedOrigins): MiddlewareHandler<AppEnv> {
  const isClosed = allowed.listed.length === 0 && !allowed.loopback
  const addHeaders = cors({
    ...CORS,
    origin: (origin) => (allowsOrigin(allowed, origin) ? origin : null),
  })
  return async (c, next) => {
    const isOptions = c.req.method === 'OPTIONS'
    const isPreflight = isOptions && c.req.header('Access-Control-Request-Method') !== undefined
    if (isPreflight && !allowsOrigin(allowed, c.req.header('Origin') ?? '')) return originRefused(c)
    /** `cors` would respond to OPTIONS requests that are not preflights, too. */
    return isClosed || (isOptions && !isPreflight) ? next() : addHeaders(c, next)
  }
}
