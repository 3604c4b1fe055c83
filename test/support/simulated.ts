/** The service without delays, with a simulated customer who pays only at the checkout page. */
import { env } from 'cloudflare:workers'
import { createApp } from '../../src/app'
import { createDeps } from '../../src/deps'
import type { Ending } from '../../src/dev/simulator/scenario'
import { createSimulator } from '../../src/dev/simulator/simulator'
import { createSimulatorStore } from '../../src/dev/simulator/store'
import { createMonnify } from '../../src/payments/monnify/client'
import { newUser, sender, type TestUser } from './client'

export const account = {
  apiKey: 'MK_TEST_UNIT',
  secretKey: 'ZK4M8W2Q6T1R9Y3U5P7S',
  contractCode: '1000200030',
}

export interface Checkout {
  readonly user: TestUser
  readonly url: string
  readonly uuid: string
  readonly reference: string
}

/** @param now clock of the simulator and of the gateway's client */
export function openSimulated(now = () => Date.now()) {
  const work: Promise<unknown>[] = []
  const store = createSimulatorStore(env.DB)
  const simulator = createSimulator({
    ...account,
    store,
    customer: 'waits',
    now,
    wait: () => Promise.resolve(),
    background: (promise) => work.push(promise),
  })
  const gateway = createMonnify({
    ...account,
    baseUrl: 'https://api.monnify.com',
    redirectUrl: 'https://shop.example/paid',
    fetch: simulator.fetch,
    now,
  })
  const startPoller = () => Promise.resolve()
  const replaced = { simulator, gateway, refundGateway: gateway, startPoller }
  const deps = { ...createDeps(env), ...replaced }
  const app = createApp(deps)
  const fetch = async (request: Request) => app.fetch(request)
  const send = sender(fetch)

  const visit = (url: string, method = 'GET', form?: Record<string, string>) =>
    fetch(
      new Request(url, {
        method,
        redirect: 'manual',
        ...(form && { body: new URLSearchParams(form) }),
      }),
    )

  /** Opens a checkout of 1,000 NGN. */
  async function checkout(): Promise<Checkout> {
    const user = await newUser(send)
    const body = { amount: 1000, method: 'monnify', description: '<b>bold</b> & "quoted"' }
    const made = await user.send('POST', '/payments', { body })
    return {
      user,
      url: made.body.checkout_url,
      uuid: made.body.uuid,
      reference: made.body.payment_reference,
    }
  }

  const end = (made: Checkout, ending: Ending, form = {}) =>
    visit(`${made.url}/${ending}`, 'POST', form)

  return { deps, store, simulator, gateway, work, fetch, send, visit, checkout, end }
}
