/** Sends requests to the operators' routes. The browser adds the session's cookie. */
import type { Problem } from '../../shared/api'

/** `status` is 0 if the service did not respond. */
export type DeskProblem = Problem & { readonly status: number }

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: DeskProblem }

type Method = 'GET' | 'POST' | 'DELETE'

const UNREACHABLE: DeskProblem = {
  code: 'unreachable',
  status: 0,
  title: 'The service does not respond',
  detail: 'Check the connection, then retry.',
}

/** The session ended, or was never there. */
const SIGNED_OUT = 'operator_unknown'
let signedOut: () => void = () => undefined

/** @returns function that removes the callback */
export function onSignedOut(callback: () => void): () => void {
  signedOut = callback
  return () => {
    signedOut = () => undefined
  }
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'code' in body && 'title' in body

async function problemOf(response: Response): Promise<DeskProblem> {
  const { status } = response
  const body: unknown = await response.json().catch(() => undefined)
  if (isProblem(body)) return { ...body, status }
  return {
    code: String(status),
    status,
    title: `The request failed with status ${status}`,
    detail: 'Retry later. If it happens again, report the request ID.',
    request_id: response.headers.get('X-Request-Id') ?? '',
  }
}

async function send<T>(
  method: Method,
  path: string,
  body?: object,
  extra?: Readonly<Record<string, string>>,
): Promise<Answer<T>> {
  const headers = {
    Accept: 'application/json',
    ...(body && { 'Content-Type': 'application/json' }),
    ...extra,
  }
  const content = body && { body: JSON.stringify(body) }
  const request = { method, headers, credentials: 'same-origin', ...content } as const
  const response = await fetch(path, request).catch(() => undefined)
  if (!response) return { ok: false, problem: UNREACHABLE }
  if (!response.ok) {
    const problem = await problemOf(response)
    if (problem.code === SIGNED_OUT) signedOut()
    return { ok: false, problem }
  }
  const text = await response.text().catch(() => '')
  return { ok: true, value: (text === '' ? undefined : JSON.parse(text)) as T }
}

export const get = <T>(path: string): Promise<Answer<T>> => send<T>('GET', path)

export const post = <T = unknown>(
  path: string,
  body: object = {},
  headers?: Readonly<Record<string, string>>,
): Promise<Answer<T>> => send<T>('POST', path, body, headers)

export const remove = (path: string): Promise<Answer<unknown>> => send('DELETE', path)

/** Path with a query of the values that are not empty. */
export function withQuery(path: string, values: Readonly<Record<string, string>>): string {
  const filled = Object.entries(values).filter(([, value]) => value !== '')
  return filled.length === 0 ? path : `${path}?${new URLSearchParams(filled).toString()}`
}
