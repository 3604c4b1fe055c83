/** Requests of an integrator: with an API key, or with a session that ends with the command. */
import { fail } from '../../cli/program.ts'
import { findSecret } from '../dev-vars.ts'
import { detailOf } from '../operator.ts'
import { isToken } from '../operators/credential.ts'
import { answer } from '../operators/terminal.ts'
import { messageOf, request } from '../request.ts'

const KEY = 'AILEANA_KEY'

export interface AccountOptions {
  readonly url: string
  readonly key?: string
}

type Method = 'GET' | 'POST' | 'DELETE'

export interface Account {
  /** Sends a request, and returns the JSON of the response; exits if it fails. */
  readonly send: <T>(method: Method, path: string, body?: object) => Promise<T>
  /** Ends the session, if there is one. */
  readonly leave: () => Promise<void>
}

interface Session {
  readonly access_token: string
  readonly refresh_token: string
}

async function post(
  origin: string,
  method: Method,
  path: string,
  body: object | undefined,
  token?: string,
): Promise<Response> {
  const headers = {
    ...(body && { 'Content-Type': 'application/json' }),
    ...(token !== undefined && { Authorization: `Bearer ${token}` }),
  }
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) }
  return request(new URL(path, origin), init).catch((error: unknown) => fail(messageOf(error), 1))
}

/** @throws the failure for people, with what to do about it */
async function read<T>(response: Response, origin: string, isKey: boolean): Promise<T> {
  const text = await response.text()
  if (response.status === 401 && isKey)
    return fail(`${origin} rejects the API key. It may be revoked, or belong to another service.`)
  if (!response.ok)
    return fail(`${origin} returned status ${response.status}: ${detailOf(text)}`, 1)
  if (text === '') return undefined as T
  try {
    return JSON.parse(text) as T
  } catch {
    return fail(`${origin} returned no JSON. Is it this service?`, 1)
  }
}

const byKey = (origin: string, key: string): Account => ({
  send: async (method, path, body) =>
    read(await post(origin, method, path, body, key), origin, true),
  leave: async () => undefined,
})

/** An access token is short-lived; the session is refreshed when it has ended. */
async function bySession(origin: string): Promise<Account> {
  const credentials = {
    email: (await answer('AILEANA_EMAIL', 'E-mail address: ')).trim(),
    password: await answer('AILEANA_PASSWORD', 'Password: ', true),
  }
  const logIn = await post(origin, 'POST', '/auth/login', credentials)
  let session = await read<Session>(logIn, origin, false)
  const send: Account['send'] = async (method, path, body) => {
    const sent = await post(origin, method, path, body, session.access_token)
    if (sent.status !== 401) return read(sent, origin, false)
    const { refresh_token } = session
    const refreshed = await post(origin, 'POST', '/auth/refresh', { refresh_token })
    session = await read<Session>(refreshed, origin, false)
    return read(await post(origin, method, path, body, session.access_token), origin, false)
  }
  return { send, leave: () => send('POST', '/auth/logout') }
}

/** The account of `--key` or `AILEANA_KEY`; otherwise it logs in by e-mail address and password. */
export async function accountAt({ url, key }: AccountOptions): Promise<Account> {
  const found = key ?? findSecret(KEY, url)
  if (found === undefined) return bySession(url)
  return isToken(found) ? byKey(url, found) : fail('The API key contains a wrong character.')
}

/** Runs an action with the account, and ends the session afterwards. */
export async function withAccount(
  options: AccountOptions,
  act: (account: Account) => Promise<void>,
): Promise<void> {
  const account = await accountAt(options)
  try {
    await act(account)
  } finally {
    await account.leave()
  }
}
