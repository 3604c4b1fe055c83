/** The client for everyone: types of the OpenAPI document, the access token, and safe retries. */
import createFetchClient, { type Client } from 'openapi-fetch'
import { type Fetch, type Retries, retrying } from './retry.ts'
import type { paths, Problem } from './schema.ts'

export type * from './schema.ts'

export interface ClientOptions {
  /** Where the service is. */
  readonly url: string
  /** The access token, or what gives the newest. */
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

/** What was answered. Throws what was refused as an `Error`, with the problem as its cause. */
export async function answered<T>(sent: Promise<ApiResult<T>>): Promise<T> {
  const { data, error, response } = await sent
  if (response.ok) return data as T
  throw new Error(error?.detail ?? `It was answered ${response.status}.`, { cause: error })
}
