/** Typed client of the API, with the access token and safe retries. */
import createFetchClient, { type Client } from 'openapi-fetch'
import { type Fetch, type Retries, retrying } from './retry.ts'
import type { paths, Problem } from './schema.ts'

export type * from './schema.ts'

export interface ClientOptions {
  /** Origin of the service. */
  readonly url: string
  /** Access token, or a function that returns the current one. */
  readonly token?: string | (() => string | undefined)
  readonly fetch?: Fetch
  readonly retries?: Partial<Retries>
}

export type ApiClient = Client<paths>

export function createClient({ url, token, fetch, retries }: ClientOptions): ApiClient {
  const send: Fetch = fetch ?? ((request) => globalThis.fetch(request))
  const client = createFetchClient<paths>({ baseUrl: url, fetch: retrying(send, retries) })
  client.use({
    onRequest({ request }) {
      const newest = typeof token === 'function' ? token() : token
      if (newest !== undefined) request.headers.set('Authorization', `Bearer ${newest}`)
    },
  })
  return client
}

interface ApiResult<T> {
  readonly data?: T
  readonly error?: Problem
  readonly response: Response
}

/** Returns the body of a success. Throws a problem as an `Error` whose cause is the problem. */
export async function answered<T>(sent: Promise<ApiResult<T>>): Promise<T> {
  const { data, error, response } = await sent
  if (response.ok) return data as T
  throw new Error(error?.detail ?? `The request failed with status ${response.status}.`, {
    cause: error,
  })
}
