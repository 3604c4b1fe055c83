/**
 * Simulator of Monnify for development: its API, which replaces `fetch` of the client, its checkout, and its
 * signed webhooks. It serves requests whose Host header names a loopback host; anyone who can reach the port
 * can write that header.
 */
import { Hono } from 'hono'
import { createCheckout } from './checkout'
import { createControl } from './control'
import { notify, type NotifyOptions, resend } from './notify'
import { createOverview } from './overview'
import type { SimulatedTransaction } from './store'
import type { WebhookFault } from './scenario'
import { createWireApi, type SimulatorOptions } from './wire-api'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

export interface Simulator {
  /** Serves the client's requests. Fails like an unreachable host before `meet` was called on loopback. */
  readonly fetch: (request: Request) => Promise<Response>
  /** Pages for a browser. @param send sends a request to the service */
  readonly pages: (send: (request: Request) => Promise<Response>) => Hono
  /** Stores the service's loopback origin. @returns false for a request to another host */
  readonly meet: (requestUrl: string) => boolean
}

export interface CreateSimulator extends SimulatorOptions {
  /** Continues work after the response. */
  readonly background: (work: Promise<unknown>) => void
}

/** Detects requests from pages of other origins. `Sec-Fetch-Site` covers pages that hide their origin. */
function isFromElsewhere({ method, url, headers }: Request): boolean {
  if (method === 'GET' || method === 'HEAD') return false
  const origin = headers.get('Origin') ?? 'null'
  const site = headers.get('Sec-Fetch-Site') ?? 'same-origin'
  return (origin !== 'null' && origin !== new URL(url).origin) || site !== 'same-origin'
}

export function createSimulator(options: CreateSimulator): Simulator {
  let origin: string | undefined
  const wireApi = createWireApi(options, () => origin ?? '')

  return {
    async fetch(request) {
      if (!origin) throw new Error('the simulator serves loopback hosts only')
      return wireApi.fetch(request)
    },
    meet(requestUrl) {
      const url = new URL(requestUrl)
      if (!LOOPBACK.has(url.hostname)) return false
      origin = url.origin
      return true
    },
    pages(send) {
      const { store, secretKey, wait, now } = options
      const deliver: NotifyOptions['deliver'] = (body, headers) =>
        send(new Request(`${origin}/webhooks/monnify`, { method: 'POST', headers, body }))
      const letters = { store, secretKey, wait, now, deliver }
      /** Without a fault, the service has received the webhook before the customer returns. */
      const onPaid = async (transaction: SimulatedTransaction, fault: WebhookFault) => {
        const told = notify(letters, transaction, fault)
        if (fault === 'none') await told
        else options.background(told)
      }
      return new Hono()
        .use(async (c, next) => (LOOPBACK.has(new URL(c.req.url).hostname) ? next() : c.notFound()))
        .use(async (c, next) => (isFromElsewhere(c.req.raw) ? c.body(null, 403) : next()))
        .route('/', createCheckout({ store, now, onPaid }))
        .route('/', createOverview({ store, resend: (event) => resend(letters, event) }))
        .route('/', createControl(store))
        .route('/', wireApi)
    },
  }
}
