/** A gateway whose responses a test sets, and the service with this gateway. */
import { env } from 'cloudflare:workers'
import { createApp } from '../../src/app'
import { createDeps, type Deps } from '../../src/deps'
import { kobo } from '../../src/common/money'
import { ok, refuse, type Result } from '../../src/common/result'
import type { Gateway } from '../../src/payments/monnify/client'
import { confirmRefund } from '../../src/refunds/pay'
import { SIGNATURE_HEADER, signBody } from '../../src/payments/monnify/signature'
import type { GatewayTransaction } from '../../src/payments/core/payment'
import { type Answer, type Send, sender } from './client'
import { CARD_NUMBER, CARD_TOKEN } from './secrets'

export class ScriptedGateway implements Gateway {
  /** Responses to status queries by reference; pending by default. */
  readonly words = new Map<string, Partial<GatewayTransaction>>()
  isDown = false
  queries = 0

  async initialise({ paymentReference }: { paymentReference: string }) {
    if (this.isDown) return refuse({ code: 'gateway_unavailable' })
    return ok({
      transactionReference: `MNFY|${paymentReference}`,
      checkoutUrl: 'https://sdk.monnify.com/checkout/1',
    })
  }

  async query(paymentReference: string): Promise<Result<GatewayTransaction | undefined>> {
    this.queries += 1
    if (this.isDown) return refuse({ code: 'gateway_unavailable' })
    return ok({
      transactionReference: `MNFY|${paymentReference}`,
      paymentReference,
      status: 'PENDING',
      amountPaidKobo: kobo(0),
      currency: 'NGN',
      ...this.words.get(paymentReference),
    })
  }

  says(
    paymentReference: string,
    status: string,
    naira: number,
    rest: Partial<GatewayTransaction> = {},
  ): void {
    this.words.set(paymentReference, { status, amountPaidKobo: kobo(naira * 100), ...rest })
  }
}

export interface World {
  readonly fetch: (request: Request) => Promise<Response>
  readonly gateway: ScriptedGateway
  readonly deps: Deps
  readonly send: Send
}

/** The service with a scripted gateway and the replaced dependencies. */
export function worldWith(replaced: Partial<Deps> = {}): World {
  const gateway = new ScriptedGateway()
  /** A payment's own poller would query the simulator, not the script. */
  const startPoller = () => Promise.resolve()
  const deps: Deps = {
    ...createDeps(env),
    gateway,
    startPoller,
    confirmRefund: (reference) => confirmRefund(deps, reference),
    ...replaced,
  }
  const app = createApp(deps)
  const fetch = async (request: Request) => app.fetch(request)
  return { gateway, deps, fetch, send: sender(fetch) }
}

export const SECRET = 'ZK4M8W2Q6T1R9Y3U5P7S'

/** Sends an event like Monnify, signed unless another signature is given. */
export async function sendEvent(
  via: Send,
  event: object | string,
  signature?: string,
): Promise<Answer> {
  const body = typeof event === 'string' ? event : JSON.stringify(event)
  const signed = signature ?? (await signBody(SECRET, new TextEncoder().encode(body)))
  return via('POST', '/webhooks/monnify', { body, headers: { [SIGNATURE_HEADER]: signed } })
}

export const paidEvent = (paymentReference: string, naira: number, rest: object = {}) => ({
  eventType: 'SUCCESSFUL_TRANSACTION',
  eventData: {
    product: { reference: paymentReference, type: 'API_NOTIFICATION' },
    transactionReference: `MNFY|${paymentReference}`,
    paymentReference,
    amountPaid: naira,
    totalPayable: naira,
    currency: 'NGN',
    paymentStatus: 'PAID',
    cardDetails: { cardType: 'Verve', last4: '7499', number: CARD_NUMBER, cardToken: CARD_TOKEN },
    ...rest,
  },
})
