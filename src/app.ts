/** The HTTP app of one isolate: middleware, the features' routes and the API reference. */
import { bodyLimit } from 'hono/body-limit'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { accountPages, deskPage, pricesPage, verifyPage } from './http/public-pages'
import { authRoutes } from './auth/routes'
import { liveRoutes } from './rooms/event-routes'
import { seatRoutes } from './rooms/seat-routes'
import { confirmationRoutes } from './auth/passkeys/confirmation-routes'
import { passkeyRoutes } from './auth/passkeys/routes'
import { recoveryRoutes } from './auth/recovery/routes'
import { sessionRoutes } from './auth/session-routes'
import { callRoutes } from './calls/routes'
import { deliveryRoutes } from './events/delivery-routes'
import { endpointRoutes } from './events/endpoint-routes'
import { eventRoutes } from './events/routes'
import { createBaseApp } from './http/base-app'
import { crossOrigin } from './http/cross-origin'
import { createProblem } from './http/problems'
import { problemRoutes } from './http/router'
import { decodeJson } from './http/input/decoding'
import { limitDepth } from './http/input/depth'
import type { Deps } from './deps'
import { developmentParts } from './dev/parts'
import { docsRoutes } from './http/api-reference'
import { healthRoutes } from './health/routes'
import { keyRoutes } from './keys/routes'
import { limitFlood } from './limits/middleware'
import { limitReads, limitStrangers } from './limits/quota'
import { mailRoutes } from './mail/routes'
import { allow, identify } from './operators/access/guard'
import { operatorRoutes } from './operators/routes'
import { paymentRoutes } from './payments/routes'
import { privacyRoutes } from './privacy/routes'
import { receiptRoutes } from './receipts/routes'
import { refundRoutes } from './refunds/routes'
import { MAX_CSV_BYTES } from './tariffs/core/csv'
import { rateRoutes } from './tariffs/rates/routes'
import { userRoutes } from './users/routes'
import { walletRoutes } from './wallets/routes'

const JSON_LIMIT_BYTES = 64 * 1024
/** A tariff in CSV, and the rest of its JSON. */
const TARIFF_LIMIT_BYTES = MAX_CSV_BYTES + JSON_LIMIT_BYTES
/** Routes that receive a tariff or costs. */
const TARIFF_UPLOADS = new Set(['/operator/tariffs', '/operator/tariffs/costs'])
const WEBHOOK_LIMIT_BYTES = 256 * 1024

/** Routes that read D1. A wildcard path also matches its parent path. */
const READS_D1 = [
  '/auth/*',
  '/users/*',
  '/payments/*',
  '/keys/*',
  '/endpoints/*',
  '/events',
  '/receipts',
  '/calls/:uuid/invitation',
  '/calls/:uuid/receipt',
]

/** Routes that use only the caller's own objects. They have no user quota, so a user can always hang up. */
const OBJECTS_ONLY = [
  '/wallets/*',
  '/tariff',
  '/calls',
  '/calls/:uuid',
  '/calls/:uuid/answer',
  '/calls/:uuid/end',
  '/calls/:uuid/ticket',
  '/signaling/:uuid',
]

const limitBody = (maxSize: number) =>
  bodyLimit({
    maxSize,
    onError: (c) =>
      createProblem(c, 'payload_too_large', `The body must not exceed ${maxSize} bytes.`),
  })

export function createApp(deps: Deps) {
  const app = createBaseApp(deps.now)
  app.use(crossOrigin(deps.allowedOrigins))
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) =>
        createProblem(c, 'method_not_allowed', `Use one of these methods: ${methods.join(', ')}.`, {
          headers: { Allow: methods.join(', ') },
        }),
    }),
  )
  app.use('/operator/*', limitFlood(deps), identify(deps))
  /** Only an operator who may upload a tariff makes the service read a long body. */
  for (const path of TARIFF_UPLOADS) app.post(path, allow('tariffs.propose'))
  const webhookLimit = limitBody(WEBHOOK_LIMIT_BYTES)
  const jsonLimit = limitBody(JSON_LIMIT_BYTES)
  const tariffLimit = limitBody(TARIFF_LIMIT_BYTES)
  /** No handler reads the body of a GET. */
  app.use((c, next) => {
    if (c.req.method === 'GET') return next()
    if (TARIFF_UPLOADS.has(c.req.path)) return tariffLimit(c, next)
    return (c.req.path.startsWith('/webhooks/') ? webhookLimit : jsonLimit)(c, next)
  })
  app.use(decodeJson)
  app.use(limitDepth)

  for (const path of READS_D1) app.use(path, limitReads(deps))
  for (const path of OBJECTS_ONLY) app.use(path, limitStrangers(deps))
  app.use('/ready', limitFlood(deps))
  const { simulator } = deps
  const parts = developmentParts()
  if (parts) app.use(parts.allowLiveReload)
  if (parts && simulator) {
    app.use(async (c, next) => {
      simulator.meet(c.req.url)
      return next()
    })
    app.route(
      '/simulator',
      simulator.pages(async (request) => app.fetch(request), deps.assets),
    )
    app.route('/console', parts.consoleRoutes({ isAllowed: simulator.meet, assets: deps.assets }))
  }

  app.route('/', problemRoutes())
  const routes = app
    .route('/', userRoutes(deps))
    .route('/', authRoutes(deps))
    .route('/', sessionRoutes(deps))
    .route('/', recoveryRoutes(deps))
    .route('/', confirmationRoutes(deps))
    .route('/', passkeyRoutes(deps))
    .route('/', privacyRoutes(deps))
    .route('/', keyRoutes(deps))
    .route('/', walletRoutes(deps))
    .route('/', paymentRoutes(deps))
    .route('/', refundRoutes(deps))
    .route('/', liveRoutes(deps))
    .route('/', seatRoutes(deps))
    .route('/', callRoutes(deps))
    .route('/', rateRoutes(deps))
    .route('/', eventRoutes(deps))
    .route('/', endpointRoutes(deps))
    .route('/', deliveryRoutes(deps))
    .route('/', receiptRoutes(deps))
    .route('/', healthRoutes(deps))
  app.route('/', mailRoutes(deps))
  app.route('/', operatorRoutes(deps))
  app.route('/account', accountPages(deps.assets))
  app.route('/verify', verifyPage(deps.assets))
  app.route('/desk', deskPage(deps.assets))
  app.route('/prices', pricesPage(deps.assets))
  app.route('/', docsRoutes(deps.assets, simulator !== undefined))
  return routes
}

/** Type for `hc<App>`, Hono's client. */
export type App = ReturnType<typeof createApp>
