/** Typed client of the API, with the access token and safe retries. */
import createFetchClient, { type Client } from 'openapi-fetch'
import { ApiError, type Problem } from './problem.ts'
import { type Fetch, type Retries, retrying } from './retry.ts'
import type { paths } from './schema.ts'

export type * from './schema.ts'

export interface ClientOptions {
  /** Origin of the service. */
  readonly url: string
  /** Access token, or a function that returns the current one, which may refresh it first. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>)
  readonly fetch?: Fetch
  readonly retries?: Partial<Retries>
}

export type ApiClient = Client<paths>

export function createClient({ url, token, fetch, retries }: ClientOptions): ApiClient {
  const send: Fetch = fetch ?? ((request) => globalThis.fetch(request))
  const client = createFetchClient<paths>({ baseUrl: url, fetch: retrying(send, retries) })
  client.use({
    async onRequest({ request, params }) {
      /** A URL would lose these parts of its path, and name another route. */
      if (Object.values(params.path ?? {}).some((part) => part === '.' || part === '..'))
        throw new RangeError('A parameter of the path must not be "." or "..".')
      const newest = typeof token === 'function' ? await token() : token
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

/** Parameters with a new idempotency key, with which the service processes a repeated request once. */
export const newKey = (): { header: { 'idempotency-key': string } } => ({
  header: { 'idempotency-key': crypto.randomUUID() },
})

/** Returns the body of a successful response. @throws ApiError with the problem of a failed response */
export async function bodyOf<T>(sent: Promise<ApiResult<T>>): Promise<T> {
  const { data, error, response } = await sent
  if (response.ok) return data as T
  throw new ApiError(response, error)
}
