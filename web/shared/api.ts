/** Calls the service. Each response is a value or a problem (RFC 9457). */
import { type ApiClient, createClient, type Problem as ApiProblem } from '../../client/client'
import { nextCursor } from '../../client/lists'

export { newKey } from '../../client/client'

export type Problem = Pick<ApiProblem, 'code' | 'title' | 'detail' | 'errors'> &
  Partial<Pick<ApiProblem, 'request_id'>>

export type Answer<T> =
  | { readonly ok: true; readonly value: T; readonly next: string | undefined }
  | { readonly ok: false; readonly problem: Problem }

interface Received<T> {
  readonly data?: T
  readonly error?: unknown
  readonly response: Response
}

export interface Api {
  readonly client: ApiClient
  readonly call: <T>(send: (client: ApiClient) => Promise<Received<T>>) => Promise<Answer<T>>
  /** Calls a route of the simulator, which is not part of the API. */
  readonly simulate: <T>(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    body?: object,
  ) => Promise<Answer<T>>
}

const UNREACHABLE: Problem = {
  code: 'unreachable',
  title: 'The service does not respond',
  detail: 'Is it still running? Start it with `npm start`, then retry.',
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'code' in body && 'title' in body

/** Without a problem in the body, only the status is shown. */
function problemOf(error: unknown, { status }: Response): Problem {
  if (isProblem(error)) return error
  return {
    code: String(status),
    title: `The request failed with status ${status}`,
    detail: "The service's log has the cause.",
  }
}

async function simulate(method: string, path: string, body?: object): Promise<Received<unknown>> {
  const headers = {
    Accept: 'application/json',
    ...(body && { 'Content-Type': 'application/json' }),
  }
  const content = body && { body: JSON.stringify(body) }
  const response = await fetch(`/simulator${path}`, { method, headers, ...content })
  if (!response.ok) return { error: await response.json().catch(() => undefined), response }
  const text = await response.text()
  return { data: text === '' ? undefined : (JSON.parse(text) as unknown), response }
}

/** @param onEnded called when the token is no longer valid */
export function createApi(token?: string, onEnded: () => void = () => undefined): Api {
  /** Failures are shown at once; the user repeats the request. */
  const options = { url: location.origin, retries: { attempts: 1 } }
  const client = createClient(token === undefined ? options : { ...options, token })

  async function answerTo<T>(sent: Promise<Received<unknown>>): Promise<Answer<T>> {
    const received = await sent.catch(() => undefined)
    if (!received) return { ok: false, problem: UNREACHABLE }
    const { data, error, response } = received
    if (response.ok) return { ok: true, value: data as T, next: nextCursor(response) }
    const problem = problemOf(error, response)
    if (problem.code === 'unauthenticated') onEnded()
    return { ok: false, problem }
  }

  return {
    client,
    call: (send) => answerTo(send(client)),
    simulate: (method, path, body) => answerTo(simulate(method, path, body)),
  }
}
