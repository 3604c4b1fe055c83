/** Plays a paid call against the running service, and prints each request and response. */
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { styleText } from 'node:util'
import { answered, type ApiClient, createClient } from '../../client/client.ts'
import { fail } from '../cli/program.ts'
import { messageOf, request } from './request.ts'

const TALK_MS = 3000

/** Indents JSON, and shortens tokens. */
function shown(text: string): string {
  try {
    const cut = (_: string, value: unknown) =>
      typeof value === 'string' && value.length > 100 ? `${value.slice(0, 40)}…` : value
    return JSON.stringify(JSON.parse(text, cut), null, 2).replaceAll('\n', '\n    ')
  } catch {
    return text.slice(0, 200)
  }
}

/** Sends a request, prints it with its response, and ends the program if it failed. */
async function printed(sent: Request): Promise<Response> {
  const line = `${sent.method} ${new URL(sent.url).pathname}`
  console.log(styleText('cyan', `  → ${line}`), await sent.clone().text())
  const response = await request(sent).catch((error: unknown) => fail(messageOf(error), 1))
  const text = await response.clone().text()
  console.log(styleText(response.ok ? 'green' : 'red', `  ← ${response.status}`), shown(text))
  if (!response.ok) fail(`\nThe demo stops: ${line} failed with status ${response.status}.`, 1)
  return response
}

/** No retries: a failure ends the program. */
const clientOf = (url: string, token?: string): ApiClient =>
  createClient({
    url,
    fetch: printed,
    retries: { attempts: 1 },
    ...(token !== undefined && { token }),
  })

const say = (title: string): void => console.log(`\n${styleText('bold', title)}`)

async function logIn(url: string): Promise<ApiClient> {
  const guest = clientOf(url)
  const body = { email: `demo-${randomUUID()}@example.com`, password: randomUUID() }
  say('Register')
  await answered(guest.POST('/users/register', { body: { ...body, first_name: 'Ada' } }))
  say('Log in')
  const session = await answered(guest.POST('/auth/login', { body }))
  return clientOf(url, session.access_token)
}

async function topUp(client: ApiClient): Promise<void> {
  say('Top up 50 NGN: the gateway opens a checkout')
  const body = { amount: 50, method: 'monnify' } as const
  const payment = await answered(client.POST('/payments', { body }))
  say('The simulated customer pays; the service queries the gateway and credits the wallet')
  const path = { paymentReference: payment.payment_reference }
  await answered(client.POST('/payments/verify/{paymentReference}', { params: { path } }))
}

async function talk(client: ApiClient): Promise<void> {
  say('Call: one minute, 10 NGN, is held')
  const body = { recipient_phone: '+2348031234567', recipient_name: 'Ngozi' }
  const { uuid } = await answered(client.POST('/calls', { body }))
  const params = { path: { uuid } }
  say('Answer: the meter starts')
  await answered(client.PATCH('/calls/{uuid}/answer', { params }))
  console.log(styleText('dim', `\n  … talking for ${TALK_MS / 1000} seconds …`))
  await wait(TALK_MS)
  say('Hang up: the service charges the seconds and releases the rest of the hold')
  await answered(client.PATCH('/calls/{uuid}/end', { params }))
}

export async function demo(url: string): Promise<void> {
  const client = await logIn(url)
  await topUp(client)
  await talk(client)
  say('The wallets')
  const wallets = await answered(client.GET('/wallets'))
  const credits = wallets.find(({ type }) => type === 'call_credits')
  say('The ledger of the call credits')
  const params = { path: { uuid: credits?.uuid ?? '' } }
  await answered(client.GET('/wallets/{uuid}/transactions', { params }))
  console.log(styleText('green', '\nThe demo of a paid call is complete.'))
}
