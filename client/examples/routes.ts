/** Prints the credit of an account with Hono's client: `node routes.ts URL ACCESS_TOKEN`. */
import { hc } from 'hono/client'
import type { App } from '@aileana/client/hc'

const [url = '', token = ''] = process.argv.slice(2)
const client = hc<App>(url, { headers: { Authorization: `Bearer ${token}` } })
const wallets = await (await client.wallets.$get()).json()
console.log(wallets.find(({ type }) => type === 'call_credits')?.balance)
