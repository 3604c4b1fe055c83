/** Starts a top-up at the service. */
import { createClient } from '../../client/client'

export const AMOUNTS = [500, 1000, 2000, 5000] as const
export type Amount = (typeof AMOUNTS)[number]

export type StartedTopUp =
  | { readonly ok: true; readonly checkoutUrl: string }
  | { readonly ok: false; readonly failure: 'signed_out' | 'offline' | 'failed' }

/** @param key idempotency key; a repeated request with the same key creates no second payment */
export type StartTopUp = (amount: Amount, key: string) => Promise<StartedTopUp>

/** Accepts no `javascript:` URL, which would run in this page. */
const isWebAddress = (url: string): boolean =>
  URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)

export function topUpStarter(origin: string, accessToken: string): StartTopUp {
  const client = createClient({ url: origin, token: accessToken })
  return async (amount, key) => {
    const body = { amount, method: 'monnify' } as const
    const params = { header: { 'idempotency-key': key } }
    const sent = client.POST('/payments', { body, params })
    const received = await sent.catch(() => undefined)
    if (!received) return { ok: false, failure: 'offline' }
    const { data, response } = received
    if (response.status === 401) return { ok: false, failure: 'signed_out' }
    const url = data?.checkout_url ?? ''
    return isWebAddress(url) ? { ok: true, checkoutUrl: url } : { ok: false, failure: 'failed' }
  }
}
