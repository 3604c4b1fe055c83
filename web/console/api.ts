/** The service as the console talks to it: every answer is a value or a problem (RFC 9457). */
export interface Problem {
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[]
}

export type Answer<T> =
  | { readonly ok: true; readonly value: T; readonly next: string | undefined }
  | { readonly ok: false; readonly problem: Problem }

type Method = 'POST' | 'PUT' | 'PATCH'

export interface Api {
  readonly get: <T>(path: string) => Promise<Answer<T>>
  readonly send: <T>(method: Method, path: string, body?: object) => Promise<Answer<T>>
}

const UNREACHABLE: Problem = {
  code: 'unreachable',
  title: 'The service does not answer',
  detail: 'Is it still running? Start it with `npm start`, then try again.',
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'code' in body && 'title' in body

/** What a failure says of itself; a body that is no problem leaves its status. */
async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => undefined)
  if (isProblem(body)) return body
  const title = `The service answered ${response.status}`
  return { code: String(response.status), title, detail: 'Its log says more.' }
}

/** Where the next page is, as the `Link` header says. */
const nextOf = (response: Response): string | undefined =>
  /<([^>]*)>; rel="next"/.exec(response.headers.get('Link') ?? '')?.[1]

async function ask<T>(path: string, init: RequestInit, onEnded: () => void): Promise<Answer<T>> {
  const response = await fetch(path, init).catch(() => undefined)
  if (!response) return { ok: false, problem: UNREACHABLE }
  if (!response.ok) {
    const problem = await problemOf(response)
    if (problem.code === 'unauthenticated') onEnded()
    return { ok: false, problem }
  }
  const text = await response.text()
  const value = (text === '' ? undefined : JSON.parse(text)) as T
  return { ok: true, value, next: nextOf(response) }
}

/** @param onEnded is told when the token is not taken any more */
export function createApi(accessToken?: string, onEnded: () => void = () => undefined): Api {
  const accept = { Accept: 'application/json' }
  const headers = accessToken ? { ...accept, Authorization: `Bearer ${accessToken}` } : accept
  return {
    get: (path) => ask(path, { headers }, onEnded),
    send(method, path, body) {
      const key = { 'Idempotency-Key': crypto.randomUUID() }
      const json = body && { 'Content-Type': 'application/json' }
      const init = { method, headers: { ...headers, ...key, ...json } }
      return ask(path, body ? { ...init, body: JSON.stringify(body) } : init, onEnded)
    },
  }
}
