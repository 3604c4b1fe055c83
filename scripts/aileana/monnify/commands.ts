/** Actions of the Monnify commands: events, scenarios, signatures and codes. */
import { createHmac, randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { SCENARIOS } from '../../../src/dev/simulator/scenario.ts'
import { fail } from '../../cli/program.ts'
import { EXPLAINED, explain } from './codes.ts'
import { diagnose } from './diagnosis.ts'
import { buildEvent } from './events.ts'
import { senderTo, type UrlOptions } from './sender.ts'

export interface SecretOptions {
  readonly secret?: string
}

export interface ScenarioOptions extends UrlOptions {
  readonly amount: number
}

export interface TriggerOptions extends ScenarioOptions, SecretOptions {
  readonly reference: string
}

const DEV_VARS = join(import.meta.dirname, '../../../.dev.vars')

function secretKey(options: SecretOptions): string {
  const local = existsSync(DEV_VARS) ? parseEnv(readFileSync(DEV_VARS, 'utf8')) : {}
  const { MONNIFY_SECRET_KEY: given } = process.env
  const secret = (options.secret ?? (given || local['MONNIFY_SECRET_KEY']))?.trim()
  return (
    secret || fail('There is no secret. Use --secret, or run `npm ci` to create local secrets.')
  )
}

async function read<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T
  } catch {
    return fail(`${response.url} returned no JSON. Is it this service?`, 1)
  }
}

export async function trigger(eventType: string, options: TriggerOptions): Promise<void> {
  const event = buildEvent(eventType, options)
  const body = JSON.stringify(event)
  const signature = createHmac('sha512', secretKey(options)).update(body).digest('hex')
  const headers = { 'Content-Type': 'application/json', 'monnify-signature': signature }
  const { ask } = senderTo(options.url)
  const answer = await ask('/webhooks/monnify', { method: 'POST', headers, body })
  console.log(`${eventType} → ${answer.status} ${await answer.text()}`)
}

export async function replay(position: number, { url }: UrlOptions): Promise<void> {
  const { ask } = senderTo(url)
  const listed = await ask('/simulator/events')
  if (!listed.ok) fail('The simulator is disabled, or the URL is not a loopback address.', 1)
  const events = await read<{ id: number; body: string }[]>(listed)
  const event = events[position - 1]
  if (!event) {
    const known = `the simulator has ${events.length} sent events`
    return fail(`There is no event ${position}; ${known}.`, 1)
  }
  await ask(`/simulator/events/${event.id}/resend`, { method: 'POST' })
  const again = await read<{ answer: number }[]>(await ask('/simulator/events'))
  console.log(`${event.body}\n→ ${again[0]?.answer}`)
}

async function logIn(url: string): Promise<{ Authorization: string }> {
  const { postJson } = senderTo(url)
  const credentials = { email: `scenario-${randomUUID()}@example.com`, password: randomUUID() }
  await postJson('/users/register', credentials)
  const session = await read<{ access_token: string }>(await postJson('/auth/login', credentials))
  return { Authorization: `Bearer ${session.access_token}` }
}

interface Payment {
  readonly uuid: string
  readonly checkout_url: string
  readonly payment_reference: string
}

export async function scenario(name: string, { url, amount }: ScenarioOptions): Promise<void> {
  const chosen = Object.entries(SCENARIOS).find(([known]) => known === name)?.[1]
  if (!chosen) return fail(`There is no scenario ${name}.`)
  const { ask, postJson } = senderTo(url)
  const headers = await logIn(url)
  const made = await postJson('/payments', { amount, method: 'monnify' }, headers)
  if (!made.ok) fail(`The service rejected the payment: ${await made.text()}`, 1)
  const payment = await read<Payment>(made)
  const { ending, webhook, status } = chosen
  const form = new URLSearchParams({ webhook, status })
  await ask(`${new URL(payment.checkout_url).pathname}/${ending}`, { method: 'POST', body: form })
  const after = await (await ask(`/payments/${payment.uuid}`, { headers })).text()
  console.log(`After ${name}: ${after}`)
  const verified = await postJson(`/payments/verify/${payment.payment_reference}`, {}, headers)
  console.log(`Verified:  ${verified.status} ${await verified.text()}`)
}

export function verify(file: string, signature: string, options: SecretOptions): void {
  if (!existsSync(file)) fail(`There is no file ${file}.`)
  const { isValid, cause } = diagnose(secretKey(options), readFileSync(file), signature)
  if (!isValid) fail(`rejected: ${cause}`, 1)
  console.log(`accepted: ${cause}`)
}

export function explainCode(code: string): void {
  const meaning = explain(code)
  if (!meaning) fail(`Unknown: ${code}. Known codes: ${EXPLAINED.join(', ')}`, 1)
  console.log(meaning)
}
