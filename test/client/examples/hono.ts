import { hc } from 'hono/client'
import type { App } from '../../../src/app'

/** Returns the balance that can be spent on calls, in NGN. */
export async function creditsOf(url: string, token: string): Promise<number | undefined> {
  const client = hc<App>(url, { headers: { Authorization: `Bearer ${token}` } })
  const response = await client.wallets.$get()
  const wallets = await response.json()
  return wallets.find(({ type }) => type === 'call_credits')?.balance
}
