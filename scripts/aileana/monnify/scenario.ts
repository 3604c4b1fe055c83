/** Plays a scenario with a new user, and prints what was sent, what the service responded, and a verdict. */
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { styleText } from 'node:util'
import {
  afterEnding,
  type Scenario,
  SCENARIOS,
  type StatusFault,
} from '../../../src/dev/simulator/scenario.ts'
import { printNaira } from '../../../src/dev/simulator/webhook-words.ts'
import { fail } from '../../cli/program.ts'
import { createStory, type SentWebhook, type Story } from '../print-story.ts'
import { describeScenario, expectedWebhooks, judgeScenario } from './scenario-verdict.ts'
import { readJson, senderTo, type UrlOptions } from './sender.ts'

export interface ScenarioOptions extends UrlOptions {
  readonly amount: number
  readonly json?: boolean
}

interface Payment {
  readonly uuid: string
  readonly status: string
  readonly checkout_url: string
  readonly payment_reference: string
}

interface WalletState {
  readonly balanceKobo: number
  readonly topUps: number
}

/** A late webhook takes eight seconds, and a slow status query eleven. */
const WEBHOOK_PATIENCE_MS = 20_000
const VERIFICATIONS = 4
const PAUSE_MS = 250

/** Announced, because nothing else is printed meanwhile. */
const DELAYS: Readonly<Partial<Record<StatusFault, string>>> = {
  slow: 'responds too late; the webhook is sent again after some 14 seconds …',
  error_500: 'fails; the webhook is sent again, for some 7 seconds …',
  text_502: 'fails; the webhook is sent again, for some 7 seconds …',
}

const printCount = (topUps: number): string => (topUps === 1 ? '1 top-up' : `${topUps} top-ups`)

const toKobo = (naira: number): number => Math.round(naira * 100)

/** Requests of the new user and of the simulated gateway. */
async function enter(url: string) {
  const { ask, postJson } = senderTo(url)
  const serial = randomUUID().slice(0, 8)
  const credentials = { email: `scenario-${serial}@example.com`, password: randomUUID() }
  await postJson('/users/register', credentials)
  const session = await readJson<{ access_token: string }>(
    await postJson('/auth/login', credentials),
  )
  const headers = { Authorization: `Bearer ${session.access_token}` }
  const get = async <T>(path: string) => readJson<T>(await ask(path, { headers }))

  return {
    email: credentials.email,
    async pay(amount: number): Promise<Payment> {
      const made = await postJson('/payments', { amount, method: 'monnify' }, headers)
      return made.ok
        ? readJson<Payment>(made)
        : fail(`The service rejected the payment: ${await made.text()}`, 1)
    },
    async end(payment: Payment, { ending, webhook, status }: Scenario): Promise<void> {
      const body = new URLSearchParams({ webhook, status })
      const path = `${new URL(payment.checkout_url).pathname}/${ending}`
      const ended = await ask(path, { method: 'POST', body })
      if (ended.status !== 303)
        fail('The simulator is disabled, or the URL is not a loopback address.', 1)
    },
    payment: ({ uuid }: Payment) => get<Payment & object>(`/payments/${uuid}`),
    verify: ({ payment_reference }: Payment) =>
      postJson(`/payments/verify/${payment_reference}`, {}, headers),
    /** Oldest first. */
    webhooks: async ({ payment_reference }: Payment) =>
      (await get<SentWebhook[]>(`/simulator/events?payment=${payment_reference}`)).toReversed(),
    async wallet(): Promise<WalletState> {
      const wallets = await get<{ uuid: string; type: string; balance: number }[]>('/wallets')
      const { uuid = '', balance = 0 } = wallets.find(({ type }) => type === 'call_credits') ?? {}
      const topUps = await get<object[]>(`/wallets/${uuid}/transactions?kind=top_up`)
      return { balanceKobo: toKobo(balance), topUps: topUps.length }
    },
  }
}

type User = Awaited<ReturnType<typeof enter>>

/** Prints each webhook once, as it arrives. */
function createWatch(user: User, payment: Payment, story: Story) {
  let printed = 0
  return async function watch(isComplete: (webhooks: readonly SentWebhook[]) => boolean) {
    const endsAt = Date.now() + WEBHOOK_PATIENCE_MS
    for (;;) {
      const webhooks = await user.webhooks(payment)
      for (const webhook of webhooks.slice(printed)) story.webhook(`webhook ${++printed}`, webhook)
      if (isComplete(webhooks) || Date.now() > endsAt) return webhooks
      await wait(PAUSE_MS)
    }
  }
}

async function printWallet(user: User, story: Story): Promise<WalletState> {
  const wallet = await user.wallet()
  const { balanceKobo, topUps } = wallet
  story.line('wallet', `${printNaira(balanceKobo)} of call credits, from ${printCount(topUps)}`)
  return wallet
}

/** The client verifies the payment until everything that was received is credited. */
async function verify(user: User, payment: Payment, receivedKobo: number, story: Story) {
  for (let times = 0; times < VERIFICATIONS; times++) {
    const response = await user.verify(payment)
    const { status = '', detail = '' } = await readJson<{ status?: string; detail?: string }>(
      response,
    )
    story.line(
      'verify',
      `${response.status} ${response.ok ? `Status of the payment: ${status}` : detail}`,
    )
    const { balanceKobo } = await user.wallet()
    if (response.ok && balanceKobo === receivedKobo) return
    await wait(PAUSE_MS)
  }
}

async function play(scenario: Scenario, amount: number, url: string, story: Story) {
  const amountKobo = toKobo(amount)
  const after = afterEnding({ amountKobo, paidKobo: 0, status: 'PENDING' }, scenario.ending)
  const receivedKobo = after?.paidKobo ?? 0
  const user = await enter(url)
  const payment = await user.pay(amount)
  story.line('checkout', `${printNaira(amountKobo)}, opened for ${user.email}`)
  story.line('customer', receivedKobo > 0 ? `pays ${printNaira(receivedKobo)}` : 'pays nothing')
  const delay = DELAYS[scenario.status]
  if (delay !== undefined) story.line('gateway', delay)
  await user.end(payment, scenario)
  const watch = createWatch(user, payment, story)
  const hasAll = (webhooks: readonly SentWebhook[]) =>
    webhooks.length >= expectedWebhooks(scenario) && (webhooks.at(-1)?.answer ?? 200) < 500
  await watch(scenario.webhook === 'late' ? () => true : hasAll)
  await printWallet(user, story)
  await verify(user, payment, receivedKobo, story)
  const webhooks = await watch(hasAll)
  if (webhooks.length === 0) story.line('webhook', 'none was sent')
  const wallet = await printWallet(user, story)
  return { payment: await user.payment(payment), webhooks, wallet, receivedKobo }
}

interface Played {
  readonly name: string
  readonly payment: Payment
  readonly webhooks: readonly SentWebhook[]
  readonly wallet: WalletState
  readonly verdict: string
}

function printJson({ name, payment, webhooks, wallet, verdict }: Played): void {
  const sent = webhooks.map(({ answer, verdict: said, signature, body }) => ({
    answer,
    verdict: said,
    signature,
    event: JSON.parse(body) as unknown,
  }))
  const { balanceKobo, topUps } = wallet
  const credited = { credited: balanceKobo / 100, top_ups: topUps }
  console.log(
    JSON.stringify({ scenario: name, payment, webhooks: sent, ...credited, verdict }, null, 2),
  )
}

const SILENT: Story = { line: () => undefined, webhook: () => undefined }

export async function scenario(
  name: string,
  { url, amount, json = false }: ScenarioOptions,
): Promise<void> {
  const chosen = Object.entries(SCENARIOS).find(([known]) => known === name)?.[1]
  if (!chosen) return fail(`There is no scenario ${name}.`)
  if (!json) console.log(`${styleText('bold', name)}: ${describeScenario(chosen)}\n`)
  const { payment, webhooks, wallet, receivedKobo } = await play(
    chosen,
    amount,
    url,
    json ? SILENT : createStory(),
  )
  const { balanceKobo: creditedKobo, topUps } = wallet
  const outcome = { receivedKobo, creditedKobo, topUps, status: payment.status, webhooks }
  const verdict = judgeScenario(chosen, outcome)
  if (json) printJson({ name, payment, webhooks, wallet, verdict: verdict.text })
  else {
    console.log(`\n  Reference: ${payment.payment_reference}`)
    if (verdict.isCorrect) console.log(styleText('green', verdict.text))
  }
  if (!verdict.isCorrect) fail(verdict.text, 1)
}
