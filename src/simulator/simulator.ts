/**
 * A stand-in for Monnify in development: its wire API, which the client reaches through `fetch`
 * without knowing, its hosted checkout, and its signed webhooks. It answers on a loopback host only.
 */
import { Hono } from 'hono'
import { SIGNATURE_HEADER, signBody } from '../payments/monnify-signature'
import { createCheckout } from './checkout'
import type { SimulatedTransaction } from './store'
import { createWireApi, type SimulatorOptions, statusOf } from './wire-api'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

export interface Simulator {
  /** Monnify, as the client reaches it. Fails as an unreachable host does until it was met on loopback. */
  readonly fetch: (request: Request) => Promise<Response>
  /** What a browser sees. @param deliver takes a webhook to the merchant */
  readonly pages: (deliver: (request: Request) => Promise<Response>) => Hono
  /** Remembers the loopback address that the service is reached at; others are not let in. */
  readonly meet: (requestUrl: string) => boolean
}

export function createSimulator(options: SimulatorOptions): Simulator {
  let origin: string | undefined
  const wireApi = createWireApi(options, () => origin ?? '')

  return {
    async fetch(request) {
      if (!origin) throw new Error('the simulator answers on a loopback host only')
      return wireApi.fetch(request)
    },
    meet(requestUrl) {
      const url = new URL(requestUrl)
      if (!LOOPBACK.has(url.hostname)) return false
      origin = url.origin
      return true
    },
    pages(deliver) {
      const notify = async (transaction: SimulatedTransaction) => {
        const event = { eventType: 'SUCCESSFUL_TRANSACTION', eventData: eventDataOf(transaction) }
        const body = new TextEncoder().encode(JSON.stringify(event))
        const signature = await signBody(options.secretKey, body)
        const headers = { 'Content-Type': 'application/json', [SIGNATURE_HEADER]: signature }
        await deliver(new Request(`${origin}/webhooks/monnify`, { method: 'POST', headers, body }))
      }
      return new Hono()
        .use(async (c, next) => (LOOPBACK.has(new URL(c.req.url).hostname) ? next() : c.notFound()))
        .route('/', createCheckout(options.store, notify))
        .route('/', wireApi)
    },
  }
}

/** An event's amounts are numbers where the status query's are text. */
function eventDataOf(transaction: SimulatedTransaction) {
  const { amountPaid, totalPayable, ...rest } = statusOf(transaction)
  return { ...rest, amountPaid: Number(amountPaid), totalPayable: Number(totalPayable) }
}
