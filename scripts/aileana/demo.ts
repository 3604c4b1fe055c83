/** Plays a paid call against the running service: a top-up that a webhook confirms, a forgery, a call, the ledger. */
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { styleText } from 'node:util'
import { bodyOf, type ApiClient, createClient, type Payment } from '../../client/client.ts'
import { printNaira } from '../../src/dev/simulator/webhook-words.ts'
import { fail } from '../cli/program.ts'
import { createRecorder, type Recorder } from './demo-recorder.ts'
import { senderTo } from './monnify/sender.ts'
import { createStory, type SentWebhook, type Story } from './print-story.ts'
import { formatTable } from './print-table.ts'

const TALK_MS = 2000
const AMOUNT = 50

const naira = (amount: number): string => printNaira(Math.round(amount * 100))

/** Names the route of the API behind a line. */
const route = (name: string): string => styleText('dim', `  ${name}`)

const say = (title: string): void => console.log(`\n${styleText('bold', title)}`)

interface Stage {
  readonly url: string
  readonly client: ApiClient
  readonly story: Story
}

/** No retries: a failure ends the program. */
const clientOf = (url: string, { send }: Recorder, token?: string): ApiClient =>
  createClient({
    url,
    fetch: send,
    retries: { attempts: 1 },
    ...(token !== undefined && { token }),
  })

async function logIn(url: string, recorder: Recorder): Promise<ApiClient> {
  const guest = clientOf(url, recorder)
  const email = `demo-${randomUUID().slice(0, 8)}@example.com`
  const body = { email, password: randomUUID() }
  say('An account')
  await bodyOf(guest.POST('/users/register', { body: { ...body, first_name: 'Ada' } }))
  const session = await bodyOf(guest.POST('/auth/login', { body }))
  createStory().line('user', `Ada, ${email}${route('POST /users/register, POST /auth/login')}`)
  return clientOf(url, recorder, session.access_token)
}

const creditsOf = async (client: ApiClient) => {
  const wallets = await bodyOf(client.GET('/wallets'))
  return (
    wallets.find(({ type }) => type === 'call_credits') ?? fail('There are no call credits.', 1)
  )
}

async function printWallet({ client, story }: Stage): Promise<void> {
  const { balance, held } = await creditsOf(client)
  const hold = held > 0 ? `, and ${naira(held)} held` : ''
  story.line('wallet', `${naira(balance)} to spend${hold}${route('GET /wallets')}`)
}

/** The simulated customer pays at once, without faults; the gateway then sends its webhook. */
async function payAtGateway({ url }: Stage, payment: Payment): Promise<SentWebhook> {
  const { ask } = senderTo(url)
  const checkout = new URL(payment.checkout_url ?? url).pathname
  const body = new URLSearchParams({ webhook: 'none', status: 'none' })
  const paid = checkout.startsWith('/simulator/')
    ? await ask(`${checkout}/pay`, { method: 'POST', body })
    : undefined
  if (paid?.status !== 303) fail('The demo needs the simulated gateway, on a loopback address.', 1)
  const events = await ask(`/simulator/events?payment=${payment.payment_reference}`)
  const [webhook] = (await events.json()) as SentWebhook[]
  return webhook ?? fail('The simulated gateway sent no webhook.', 1)
}

async function topUp(stage: Stage): Promise<SentWebhook> {
  say('A top-up, which a webhook confirms')
  const body = { amount: AMOUNT, method: 'monnify' } as const
  const payment = await bodyOf(stage.client.POST('/payments', { body }))
  stage.story.line(
    'checkout',
    `${naira(payment.amount)}, opened at the gateway${route('POST /payments')}`,
  )
  stage.story.line('customer', `pays ${naira(AMOUNT)} there`)
  const webhook = await payAtGateway(stage, payment)
  stage.story.webhook('webhook', webhook)
  if (webhook.answer !== 200) fail('\nThe demo stops: the service rejected the webhook.', 1)
  await printWallet(stage)
  return webhook
}

/** The same signature with a body of a hundred times the amount. */
async function forge(stage: Stage, { body, signature }: SentWebhook): Promise<void> {
  say('A forgery: the same signature, and a hundred times the amount')
  const forged = body.replace(/"amountPaid":\d+/, `"amountPaid":${AMOUNT * 100}`)
  const headers = { 'Content-Type': 'application/json', 'monnify-signature': signature ?? '' }
  const { ask } = senderTo(stage.url)
  const response = await ask('/webhooks/monnify', { method: 'POST', headers, body: forged })
  const { code = null } = (await response.json()) as { code?: string }
  const sent = { body: forged, signature, answer: response.status, verdict: code }
  stage.story.webhook('webhook', sent)
  if (response.ok) fail('\nThe demo stops: the service accepted a forged webhook.', 1)
  await printWallet(stage)
}

async function talk(stage: Stage): Promise<void> {
  const { client, story } = stage
  say('A call')
  const body = { recipient_phone: '+2348031234567', recipient_name: 'Ngozi' }
  const { uuid } = await bodyOf(client.POST('/calls', { body }))
  story.line('call', `to Ngozi: the price of one minute is held${route('POST /calls')}`)
  await printWallet(stage)
  const params = { path: { uuid } }
  await bodyOf(client.PATCH('/calls/{uuid}/answer', { params }))
  story.line('call', `answered; the meter runs for ${TALK_MS / 1000} s …${route('PATCH …/answer')}`)
  await wait(TALK_MS)
  const { cost, duration_seconds: seconds } = await bodyOf(
    client.PATCH('/calls/{uuid}/end', { params }),
  )
  story.line(
    'call',
    `ended after ${seconds} s for ${naira(cost)}; the rest is released${route('PATCH …/end')}`,
  )
  await printWallet(stage)
}

async function printLedger({ client }: Stage): Promise<void> {
  say('The ledger of the call credits')
  const { uuid } = await creditsOf(client)
  const params = { path: { uuid } }
  const entries = await bodyOf(client.GET('/wallets/{uuid}/transactions', { params }))
  if (typeof entries === 'string') return
  const rows = entries.toReversed().map(({ kind, amount, balance }) => ({
    entry: kind.replaceAll('_', ' '),
    amount: naira(amount),
    balance: naira(balance),
  }))
  console.log(formatTable(rows))
}

/** @param isVerbose prints each request and response */
export async function demo(url: string, isVerbose = false): Promise<void> {
  const recorder = createRecorder(isVerbose)
  const client = await logIn(url, recorder)
  const stage = { url, client, story: createStory() }
  const webhook = await topUp(stage)
  await forge(stage, webhook)
  await talk(stage)
  await printLedger(stage)
  console.log(styleText('green', '\nThe demo of a paid call is complete.'))
  if (!isVerbose) console.log('Add --verbose to see each request and response.')
}
