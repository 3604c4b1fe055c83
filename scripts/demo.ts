/**
 * `npm run demo`: plays the story of a paid call against the running service and prints each
 * request with its answer. `-- --url http://localhost:9000` if it is served elsewhere.
 */
import { randomUUID } from 'node:crypto'
import { exit } from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { styleText } from 'node:util'
import { messageOf, request } from './request.ts'
import { readServiceUrl } from './service-url.ts'

const TALK_MS = 3000

interface Answer {
  readonly [field: string]: unknown
}

function fail(message: string): never {
  console.error(styleText('red', message))
  exit(1)
}

const url = readServiceUrl()
let token: string | undefined

async function ask(method: string, path: string, body?: object): Promise<Response> {
  const headers = {
    ...(body && { 'Content-Type': 'application/json' }),
    ...(token && { Authorization: `Bearer ${token}` }),
  }
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) }
  try {
    return await request(new URL(path, url), init)
  } catch (error) {
    return fail(messageOf(error))
  }
}

/** One step: says what it is for, sends it, shows both, and stops the story if it failed. */
async function step<T = Answer>(
  title: string,
  method: string,
  path: string,
  body?: object,
): Promise<T> {
  console.log(`\n${styleText('bold', title)}`)
  console.log(styleText('cyan', `  → ${method} ${path}`), body ? JSON.stringify(body) : '')
  const response = await ask(method, path, body)
  const text = await response.text()
  console.log(styleText(response.ok ? 'green' : 'red', `  ← ${response.status}`), shown(text))
  if (!response.ok)
    fail(`\nThe story ends here: ${method} ${path} was answered ${response.status}.`)
  return JSON.parse(text) as T
}

/** JSON over several lines, with tokens cut short. */
function shown(text: string): string {
  try {
    const cut = (_: string, value: unknown) =>
      typeof value === 'string' && value.length > 100 ? `${value.slice(0, 40)}…` : value
    return JSON.stringify(JSON.parse(text, cut), null, 2).replaceAll('\n', '\n    ')
  } catch {
    return text.slice(0, 200)
  }
}

const credentials = { email: `demo-${randomUUID()}@example.com`, password: randomUUID() }

await step('Register', 'POST', '/users/register', { ...credentials, first_name: 'Ada' })
const session = await step<{ access_token: string }>('Log in', 'POST', '/auth/login', credentials)
token = session.access_token

const payment = await step<{ payment_reference: string }>(
  'Top up 50 NGN: a checkout opens at the gateway',
  'POST',
  '/payments',
  {
    amount: 50,
    method: 'monnify',
  },
)
await step(
  'The simulated customer pays; the gateway is asked, the wallet is credited',
  'POST',
  `/payments/verify/${payment.payment_reference}`,
)

const call = await step<{ uuid: string }>('Call: one minute, 10 NGN, is held', 'POST', '/calls', {
  recipient_phone: '+2348031234567',
  recipient_name: 'Ngozi',
})
await step('She answers: the meter starts', 'PATCH', `/calls/${call.uuid}/answer`)
console.log(styleText('dim', `\n  … talking for ${TALK_MS / 1000} seconds …`))
await wait(TALK_MS)
await step(
  'Hang up: the seconds are charged, the rest of the hold is given back',
  'PATCH',
  `/calls/${call.uuid}/end`,
)

const wallets = await step<{ uuid: string; type: string }[]>('The wallets', 'GET', '/wallets')
const credits = wallets.find(({ type }) => type === 'call_credits')
await step('The ledger of the call credits', 'GET', `/wallets/${credits?.uuid}/transactions`)
console.log(styleText('green', '\nThat was a paid call.'))
