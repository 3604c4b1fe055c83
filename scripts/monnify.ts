/**
 * `npm run monnify -- <command>`: for people who integrate with Monnify. Sends events to the running
 * service, plays scenarios on its simulator, says why a signature fails and what a code means.
 */
import { createHmac, randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exit } from 'node:process'
import { parseArgs, parseEnv } from 'node:util'
import { SCENARIOS } from '../src/dev/simulator/scenario.ts'
import { EXPLAINED, explain } from './monnify-codes.ts'
import { diagnose } from './monnify-diagnosis.ts'
import { buildEvent, EVENT_TYPES } from './monnify-events.ts'
import { messageOf, request } from './request.ts'
import { HERE, clientInfoOf } from './service-url.ts'

const USAGE = `npm run monnify -- <command>

  trigger <event>             sends a signed event [--reference R] [--amount NAIRA]
                              ${EVENT_TYPES.join(', ')}
  replay <n>                  sends the simulator's n-th newest event again; 1 is the newest
  scenario <name>             makes a payment and lets it go so
                              ${Object.keys(SCENARIOS).join(', ')}
  verify <file> <signature>   says whether the signature is that of the file, or why not
  explain <code>              says what a code, status or message of Monnify means

  --url URL                   where the service runs (${HERE})
  --secret SECRET             the client secret, if not MONNIFY_SECRET_KEY of the environment or .dev.vars`

function fail(message: string): never {
  console.error(message)
  exit(1)
}

const parsed = (() => {
  try {
    const parsed = parseArgs({
      allowPositionals: true,
      options: {
        url: { type: 'string', default: HERE },
        secret: { type: 'string' },
        reference: { type: 'string', default: 'ord_7Q2M_a1' },
        amount: { type: 'string', default: '1000' },
        help: { type: 'boolean', default: false },
      },
    })
    return { ...parsed, values: { ...parsed.values, url: clientInfoOf(parsed.values.url) } }
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
  }
})()
const { values: flags, positionals } = parsed

function secretKey(): string {
  const path = join(import.meta.dirname, '../.dev.vars')
  const local = existsSync(path) ? parseEnv(readFileSync(path, 'utf8')) : {}
  const { MONNIFY_SECRET_KEY: given } = process.env
  const secret = (flags.secret ?? (given || local['MONNIFY_SECRET_KEY']))?.trim()
  return secret || fail('No secret: give --secret, or run `npm ci` for local ones.')
}

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  try {
    return await request(new URL(path, flags.url), { redirect: 'manual', ...init })
  } catch (error) {
    return fail(messageOf(error))
  }
}

const read = async <T>(response: Response): Promise<T> => (await response.json()) as T

const postJson = (
  path: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<Response> =>
  ask(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

async function trigger(eventType = ''): Promise<void> {
  const amount = Number(flags.amount)
  if (!(amount > 0)) fail('--amount must be a positive number of naira')
  const event = buildEvent(eventType, { reference: flags.reference, amount })
  if (!event) fail(`There is no event ${eventType || '(none given)'}.\n\n${USAGE}`)
  const body = JSON.stringify(event)
  const signature = createHmac('sha512', secretKey()).update(body).digest('hex')
  const headers = { 'Content-Type': 'application/json', 'monnify-signature': signature }
  const answer = await ask('/webhooks/monnify', { method: 'POST', headers, body })
  console.log(`${eventType} → ${answer.status} ${await answer.text()}`)
}

async function replay(position = ''): Promise<void> {
  const listed = await ask('/simulator/events')
  if (!listed.ok) fail('The simulator is off, or not reached on a loopback address.')
  const events = await read<{ id: number; body: string }[]>(listed)
  const event = events[Number(position) - 1]
  if (!event)
    fail(
      `There is no event ${position}; the simulator has sent ${events.length} that it remembers.`,
    )
  await ask(`/simulator/events/${event.id}/resend`, { method: 'POST' })
  const again = await read<{ answer: number }[]>(await ask('/simulator/events'))
  console.log(`${event.body}\n→ ${again[0]?.answer}`)
}

async function scenario(name = ''): Promise<void> {
  const chosen = Object.entries(SCENARIOS).find(([known]) => known === name)?.[1]
  if (!chosen) fail(`There is no scenario ${name || '(none given)'}.\n\n${USAGE}`)
  const credentials = { email: `scenario-${randomUUID()}@example.com`, password: randomUUID() }
  await postJson('/users/register', credentials)
  const session = await read<{ access_token: string }>(await postJson('/auth/login', credentials))
  const headers = { Authorization: `Bearer ${session.access_token}` }
  const made = await postJson(
    '/payments',
    { amount: Number(flags.amount), method: 'monnify' },
    headers,
  )
  if (!made.ok) fail(`The payment was refused: ${await made.text()}`)
  const payment = await read<{ uuid: string; checkout_url: string; payment_reference: string }>(
    made,
  )
  const { ending, webhook, status } = chosen
  const form = new URLSearchParams({ webhook, status })
  await ask(`${new URL(payment.checkout_url).pathname}/${ending}`, { method: 'POST', body: form })
  const after = await (await ask(`/payments/${payment.uuid}`, { headers })).text()
  console.log(`After ${name}: ${after}`)
  const verified = await postJson(`/payments/verify/${payment.payment_reference}`, {}, headers)
  console.log(`Verified:  ${verified.status} ${await verified.text()}`)
}

function verify(file = '', signature = ''): void {
  if (!existsSync(file)) fail(`There is no file ${file || '(none given)'}.`)
  const { isValid, cause } = diagnose(secretKey(), readFileSync(file), signature)
  if (!isValid) fail(`refused: ${cause}`)
  console.log(`accepted: ${cause}`)
}

function explainCode(code = ''): void {
  const meaning = explain(code)
  if (!meaning) fail(`Not known: ${code || '(none given)'}. Known are: ${EXPLAINED.join(', ')}`)
  console.log(meaning)
}

const [command, ...args] = positionals
const commands = new Map<string | undefined, () => Promise<void> | void>([
  ['trigger', () => trigger(args[0])],
  ['replay', () => replay(args[0])],
  ['scenario', () => scenario(args[0])],
  ['verify', () => verify(args[0], args[1])],
  ['explain', () => explainCode(args.join(' '))],
])
const run = commands.get(command)
if (flags.help) console.log(USAGE)
else if (run) await run()
else fail(USAGE)
