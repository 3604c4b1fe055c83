/** Middleware of every app: request ID, request log, security headers and problem responses. */
import { requestId } from 'hono/request-id'
import { secureHeaders } from 'hono/secure-headers'
import { createProblem } from './problems'
import { createRouter, onError } from './router'
import { repairPlus } from './input/query-plus'
import { requestLog } from './request-log'

/** Only headers that current browsers use, because each one adds time to every response. */
const SECURE_HEADERS = {
  strictTransportSecurity: 'max-age=63072000; includeSubDomains',
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
} as const

export function createBaseApp(now: () => number) {
  const app = createRouter()
  app.onError(onError)
  app.notFound((c) => createProblem(c, 'not_found', 'The resource does not exist.'))
  app.use(requestId())
  app.use(repairPlus)
  app.use(requestLog(now))
  app.use(secureHeaders(SECURE_HEADERS))
  app.use(async (c, next) => {
    await next()
    if (!c.res.headers.has('Content-Security-Policy'))
      c.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'")
    if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store')
  })
  return app
}
