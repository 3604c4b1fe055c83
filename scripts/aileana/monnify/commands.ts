/** Actions of the Monnify commands: events, signatures and codes. */
import { createHmac } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { fail } from '../../cli/program.ts'
import { createStory, type SentWebhook } from '../print-story.ts'
import { EXPLAINED, explain } from './codes.ts'
import { diagnose } from './diagnosis.ts'
import { buildEvent } from './events.ts'
import { readJson, senderTo, type UrlOptions } from './sender.ts'

export interface SecretOptions {
  readonly secret?: string
}

export interface TriggerOptions extends UrlOptions, SecretOptions {
  readonly amount: number
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

export async function trigger(eventType: string, options: TriggerOptions): Promise<void> {
  const event = buildEvent(eventType, options)
  const body = JSON.stringify(event)
  const signature = createHmac('sha512', secretKey(options)).update(body).digest('hex')
  const headers = { 'Content-Type': 'application/json', 'monnify-signature': signature }
  const { ask } = senderTo(options.url)
  const response = await ask('/webhooks/monnify', { method: 'POST', headers, body })
  const { outcome, code } = await readJson<{ outcome?: string; code?: string }>(response)
  const verdict = outcome ?? code ?? null
  createStory().webhook('webhook', { body, signature, answer: response.status, verdict })
}

export async function replay(position: number, { url }: UrlOptions): Promise<void> {
  const { ask } = senderTo(url)
  const listed = await ask('/simulator/events')
  if (!listed.ok) fail('The simulator is disabled, or the URL is not a loopback address.', 1)
  const events = await readJson<{ id: number; body: string }[]>(listed)
  const event = events[position - 1]
  if (!event) {
    const known = `the simulator has ${events.length} sent events`
    return fail(`There is no event ${position}; ${known}.`, 1)
  }
  const headers = { Accept: 'application/json' }
  const again = await ask(`/simulator/events/${event.id}/resend`, { method: 'POST', headers })
  createStory().webhook('webhook', await readJson<SentWebhook>(again))
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
