/** The app, built once an isolate: what every request passes, the features' routes, the docs. */
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { requestId } from 'hono/request-id'
import { secureHeaders } from 'hono/secure-headers'
import { authRoutes } from './auth/routes'
import { liveRoutes } from './calls/live-routes'
import { sessionRoutes } from './auth/session-routes'
import { callRoutes } from './calls/routes'
import { createRouter, onError, problem, problemRoutes } from './common/http'
import { limitDepth } from './common/depth'
import { consoleRoutes } from './console/routes'
import { requestLog } from './common/request-log'
import type { Deps } from './deps'
import { docsRoutes } from './docs'
import { limitFlood } from './limits/guard'
import { operatorRoutes } from './operator/routes'
import { paymentRoutes } from './payments/routes'
import { userRoutes } from './users/routes'
import { walletRoutes } from './wallets/routes'

const JSON_LIMIT_BYTES = 64 * 1024
const WEBHOOK_LIMIT_BYTES = 256 * 1024

/** What a page of an allowed origin may send, and read beside the body. */
const CORS = {
  allowMethods: ['GET', 'POST', 'PATCH', 'DELETE'],
  allowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'X-Request-Id'],
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

const limitBody = (maxSize: number) =>
  bodyLimit({
    maxSize,
    onError: (c) => problem(c, 'payload_too_large', `The body may have at most ${maxSize} bytes.`),
  })

export function createApp(deps: Deps) {
  const app = createRouter()
  app.onError(onError)
  app.notFound((c) => problem(c, 'not_found', 'There is no such resource.'))
  app.use(requestId())
  app.use(requestLog(deps.now))
  app.use(secureHeaders({ strictTransportSecurity: 'max-age=63072000; includeSubDomains' }))
  app.use(async (c, next) => {
    await next()
    if (!c.res.headers.has('Content-Security-Policy'))
      c.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'")
    if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store')
  })
  const { allowedOrigins } = deps
  if (allowedOrigins.length > 0) app.use(cors({ ...CORS, origin: [...allowedOrigins] }))
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) =>
        problem(c, 'method_not_allowed', `The resource has ${methods.join(', ')}.`, {
          headers: { Allow: methods.join(', ') },
        }),
    }),
  )
  const webhookLimit = limitBody(WEBHOOK_LIMIT_BYTES)
  const jsonLimit = limitBody(JSON_LIMIT_BYTES)
  app.use((c, next) => (c.req.path.startsWith('/webhooks/') ? webhookLimit : jsonLimit)(c, next))
  app.use(limitDepth)

  app.use('/auth/*', limitFlood(deps)).use('/users/register', limitFlood(deps))
  const { simulator } = deps
  if (simulator) {
    app.use(async (c, next) => {
      simulator.meet(c.req.url)
      return next()
    })
    app.route(
      '/simulator',
      simulator.pages(async (request) => app.fetch(request)),
    )
    app.route('/console', consoleRoutes({ isAllowed: simulator.meet, assets: deps.assets }))
  }

  app.route('/', problemRoutes())
  const routes = app
    .route('/', userRoutes(deps))
    .route('/', authRoutes(deps))
    .route('/', sessionRoutes(deps))
    .route('/', walletRoutes(deps))
    .route('/', paymentRoutes(deps))
    .route('/', liveRoutes(deps))
    .route('/', callRoutes(deps))
  app.route('/', operatorRoutes(deps))
  app.route('/', docsRoutes(deps.assets))
  return routes
}

/** For `hc<App>`, Hono's own client. */
export type App = ReturnType<typeof createApp>
