/** The story of a paid call, played against the running service, with each request and its response. */
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { styleText } from 'node:util'
import { fail } from '../cli/program.ts'
import { messageOf, request } from './request.ts'

const TALK_MS = 3000

interface Answer {
  readonly [field: string]: unknown
}

interface Session {
  readonly url: string
  readonly token?: string
}

async function ask(
  { url, token }: Session,
  method: string,
  path: string,
  body?: object,
): Promise<Response> {
  const headers = {
    ...(body && { 'Content-Type': 'application/json' }),
    ...(token && { Authorization: `Bearer ${token}` }),
  }
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) }
  try {
    return await request(new URL(path, url), init)
  } catch (error) {
    return fail(messageOf(error), 1)
  }
}

/** One step: says what it is for, sends it, shows both, and stops the story if it failed. */
async function step<T = Answer>(
  session: Session,
  title: string,
  method: string,
  path: string,
  body?: object,
): Promise<T> {
  console.log(`\n${styleText('bold', title)}`)
  console.log(styleText('cyan', `  → ${method} ${path}`), body ? JSON.stringify(body) : '')
  const response = await ask(session, method, path, body)
  const text = await response.text()
  console.log(styleText(response.ok ? 'green' : 'red', `  ← ${response.status}`), shown(text))
  if (!response.ok)
    fail(`\nThe story ends here: ${method} ${path} was answered ${response.status}.`, 1)
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

async function logIn(url: string): Promise<Session> {
  const credentials = { email: `demo-${randomUUID()}@example.com`, password: randomUUID() }
  const guest = { url }
  await step(guest, 'Register', 'POST', '/users/register', { ...credentials, first_name: 'Ada' })
  const { access_token: token } = await step<{ access_token: string }>(
    guest,
    'Log in',
    'POST',
    '/auth/login',
    credentials,
  )
  return { url, token }
}

async function topUp(session: Session): Promise<void> {
  const payment = await step<{ payment_reference: string }>(
    session,
    'Top up 50 NGN: a checkout opens at the gateway',
    'POST',
    '/payments',
    { amount: 50, method: 'monnify' },
  )
  await step(
    session,
    'The simulated customer pays; the gateway is asked, the wallet is credited',
    'POST',
    `/payments/verify/${payment.payment_reference}`,
  )
}

async function talk(session: Session): Promise<void> {
  const title = 'Call: one minute, 10 NGN, is held'
  const dialled = { recipient_phone: '+2348031234567', recipient_name: 'Ngozi' }
  const call = await step<{ uuid: string }>(session, title, 'POST', '/calls', dialled)
  await step(session, 'She answers: the meter starts', 'PATCH', `/calls/${call.uuid}/answer`)
  console.log(styleText('dim', `\n  … talking for ${TALK_MS / 1000} seconds …`))
  await wait(TALK_MS)
  await step(
    session,
    'Hang up: the seconds are charged, the rest of the hold is given back',
    'PATCH',
    `/calls/${call.uuid}/end`,
  )
}

export async function demo(url: string): Promise<void> {
  const session = await logIn(url)
  await topUp(session)
  await talk(session)
  const title = 'The wallets'
  const wallets = await step<{ uuid: string; type: string }[]>(session, title, 'GET', '/wallets')
  const credits = wallets.find(({ type }) => type === 'call_credits')
  const ledger = `/wallets/${credits?.uuid}/transactions`
  await step(session, 'The ledger of the call credits', 'GET', ledger)
  console.log(styleText('green', '\nThat was a paid call.'))
}
