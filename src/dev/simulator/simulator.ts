/**
 * Simulator of Monnify for development: its API, which replaces `fetch` of the client, its checkout, and its
 * signed webhooks. It serves requests whose Host header names a loopback host; anyone who can reach the port
 * can write that header.
 */
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { FILE_NAME, serveFile } from '../../http/pages'
import { type AppEnv, onError } from '../../http/router'
import { paymentAnnouncement } from './announcements'
import { createCheckout } from './checkout'
import { createControl } from './control'
import { createDashboard } from './dashboard'
import { acceptMail, createInbox } from './inbox'
import { type Announcement, notify, type NotifyOptions, resend } from './notify'
import { createOverview } from './overview'
import { createShowPage } from './page'
import { createReceiver } from './receiver'
import { createSettlements } from './settlement-api'
import type { SimulatedTransaction } from './store'
import type { WebhookFault } from './scenario'
import { createWireApi, type SimulatorOptions } from './wire-api'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

export interface Simulator {
  /** Serves the client's requests. Fails like an unreachable host before `meet` was called on loopback. */
  readonly fetch: (request: Request) => Promise<Response>
  /** Serves the requests of the e-mail client. */
  readonly fetchMail: (request: Request) => Promise<Response>
  /** Address of the account pages, once `meet` was called on loopback. */
  readonly accountUrl: () => string | undefined
  /** Pages for a browser. @param send sends a request to the service @param assets the built pages */
  readonly pages: (send: (request: Request) => Promise<Response>, assets: Fetcher) => Hono<AppEnv>
  /** Stores the service's loopback origin. @returns false for a request to another host */
  readonly meet: (requestUrl: string) => boolean
}

/** Detects requests from pages of other origins. `Sec-Fetch-Site` covers pages that hide their origin. */
function isFromElsewhere({ method, url, headers }: Request): boolean {
  if (method === 'GET' || method === 'HEAD') return false
  const origin = headers.get('Origin') ?? 'null'
  const site = headers.get('Sec-Fetch-Site') ?? 'same-origin'
  return (origin !== 'null' && origin !== new URL(url).origin) || site !== 'same-origin'
}

/** Rejects when the request is aborted, for example at the client's time limit. */
const aborted = ({ signal }: Request): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    })
  })

export function createSimulator(options: SimulatorOptions): Simulator {
  const { store, secretKey, wait, now, background } = options
  let origin: string | undefined
  let send: ((request: Request) => Promise<Response>) | undefined

  const deliver: NotifyOptions['deliver'] = async (body, headers) => {
    if (!send) throw new Error('the simulator has no service')
    return send(new Request(`${origin}/webhooks/monnify`, { method: 'POST', headers, body }))
  }
  const letters = { store, secretKey, wait, now, deliver }
  const announce = (announcement: Announcement, fault: WebhookFault): Promise<void> =>
    notify(letters, announcement, fault)
  /** Without a fault, the service has received the webhook before the page responds. */
  const announceBeforePage = async (announcement: Announcement, fault: WebhookFault) => {
    const told = announce(announcement, fault)
    if (fault === 'none') await told
    else background(told)
  }
  const wireApi = createWireApi({ ...options, announce }, () => origin ?? '')

  return {
    async fetch(request) {
      if (!origin) throw new Error('the simulator serves loopback hosts only')
      return Promise.race([wireApi.fetch(request), aborted(request)])
    },
    fetchMail: (request) => acceptMail({ store, now }, request),
    accountUrl: () => origin && `${origin}/account`,
    meet(requestUrl) {
      const url = new URL(requestUrl)
      if (!LOOPBACK.has(url.hostname)) return false
      origin = url.origin
      return true
    },
    pages(service, assets) {
      send = service
      const show = createShowPage(assets)
      const deps = { store, now, wait, announce: announceBeforePage }
      const onPaid = (transaction: SimulatedTransaction, fault: WebhookFault) =>
        announceBeforePage(paymentAnnouncement(transaction), fault)
      return new Hono<AppEnv>()
        .onError((error, c) =>
          error instanceof HTTPException ? error.getResponse() : onError(error, c),
        )
        .use(async (c, next) => (LOOPBACK.has(new URL(c.req.url).hostname) ? next() : c.notFound()))
        .use(async (c, next) => (isFromElsewhere(c.req.raw) ? c.body(null, 403) : next()))
        .get(`/assets/${FILE_NAME}`, (c) => serveFile(c, assets, 'simulator'))
        .route('/', createCheckout({ store, now, show, onPaid }))
        .route('/', createOverview({ store, now, show, resend: (event) => resend(letters, event) }))
        .route('/', createControl({ store, now }))
        .route('/', createInbox({ store, now, show }))
        .route('/', createDashboard(deps))
        .route('/', createReceiver({ store, now, wait, show }))
        .route('/', createSettlements(deps))
        .route('/', wireApi)
    },
  }
}
