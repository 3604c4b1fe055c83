/** Log-in, log-out, and keys for jobs that only read. */
import type { SessionBody } from '../../../src/operators/desk-types.ts'
import { fail } from '../../cli/program.ts'
import { askAsOperator, askOpenly, detailOf, refusalOf } from '../operator.ts'
import { messageOf, request } from '../request.ts'
import { readSession, removeSession, storeSession } from './session-file.ts'
import { answer } from './terminal.ts'

/** Stores the session, and prints the operator who is logged in. */
export function begin(origin: string, body: unknown): void {
  const { operator, expires_at: expiresAt, token } = body as SessionBody
  if (!token || !expiresAt) return fail(`${origin} returned no session. Is it this service?`)
  storeSession(origin, { token, email: operator.email, expires_at: expiresAt })
  console.log(`${operator.name} (${operator.role}) is logged in at ${origin} until ${expiresAt}.`)
}

const refuseLogIn: typeof refusalOf = (status, text, url) =>
  status === 401
    ? { message: `${url.origin} rejects the log-in: ${detailOf(text)}`, exitCode: 2 }
    : refusalOf(status, text, url)

export async function logIn(url: string): Promise<void> {
  const body = {
    email: (await answer('OPERATOR_EMAIL', 'E-mail address: ')).trim(),
    password: await answer('OPERATOR_PASSWORD', 'Password: ', true),
    code: await answer('OPERATOR_CODE', 'Code of your authenticator app: '),
    as: 'token',
  }
  begin(url, await askOpenly(new URL('/operator/session', url), { body }, refuseLogIn))
}

/** Ends the session at the service and removes it here, even if the service has already ended it. */
export async function logOut(url: string): Promise<void> {
  const session = readSession(url, Date.now())
  if (!session) {
    removeSession(url)
    return console.log(`There was no session at ${url}.`)
  }
  const headers = { Authorization: `Bearer ${session.token}` }
  const target = new URL('/operator/session', url)
  const { ok, status } = await request(target, { method: 'DELETE', headers }).catch(
    (error: unknown) => fail(messageOf(error)),
  )
  if (!ok && status !== 401)
    fail(`${url} returned status ${status}. The session may still be live.`)
  removeSession(url)
  return console.log(`${session.email} is logged out at ${url}.`)
}

interface NewKey {
  readonly key: string
  readonly expires_at: string
}

export interface KeyOptions {
  readonly url: string
  readonly name: string
  readonly days: number
}

export async function createKey({ url, ...body }: KeyOptions): Promise<void> {
  const created = (await askAsOperator(new URL('/operator/keys', url), { body })) as NewKey
  console.error(`The key is shown once. It ends at ${created.expires_at}. Set it as OPERATOR_KEY.`)
  console.log(created.key)
}
