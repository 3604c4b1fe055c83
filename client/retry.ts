/**
 * Retries requests that are safe to repeat and whose failure may be temporary. A request that changes
 * nothing may be repeated (RFC 9110 section 9.2.1). Any other is repeated only with an idempotency key,
 * for which the service returns the first result.
 */
import ky, { isNetworkError } from 'ky'

export type Fetch = (request: Request) => Promise<Response>

export interface Retries {
  /** Maximum number of times that a request is sent, including the first. */
  readonly attempts: number
  /** A response that asks for a longer wait is returned to the caller. */
  readonly maxWaitMs: number
}

const DEFAULTS: Retries = { attempts: 4, maxWaitMs: 30_000 }

const FIRST_WAIT_MS = 200
const SAFE = new Set(['GET', 'HEAD'])
const TEMPORARY = new Set([429, 500, 502, 503, 504])

export const isRepeatable = ({ method, headers }: Request): boolean =>
  SAFE.has(method) || headers.has('Idempotency-Key')

/** Reports whether the first request with the same idempotency key is still in progress. */
async function isInProgress(response: Response): Promise<boolean> {
  if (response.status !== 409) return false
  return (await response.text()).includes('"code":"request_in_progress"')
}

/** Milliseconds until the time in `Retry-After` (RFC 9110 section 10.2.3): a number of seconds, or a date. */
export function retryAfterMs({ headers }: Response): number | undefined {
  const text = headers.get('Retry-After')?.trim() ?? ''
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const atMs = text.includes(':') ? Date.parse(text) : Number.NaN
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - Date.now())
}

/** Reads JSON to its end, so that a response which is cut off counts as a failure that may be repeated. */
async function readWhole(response: Response): Promise<Response> {
  if (!response.headers.get('Content-Type')?.includes('json')) return response
  const { status, statusText, headers } = response
  return new Response(await response.arrayBuffer(), { status, statusText, headers })
}

/** Adds retries to `fetch`. Returns the last response, or throws the last error, unchanged. */
export function retrying(fetch: Fetch, options: Partial<Retries> = {}): Fetch {
  const maxWaitMs = options.maxWaitMs ?? DEFAULTS.maxWaitMs
  const attempts = Math.max(1, Math.trunc(options.attempts ?? DEFAULTS.attempts) || 1)
  const client = ky.create({
    fetch: async (input) => readWhole(await fetch(input as Request)),
    timeout: false,
    throwHttpErrors: false,
    retry: {
      limit: attempts - 1,
      methods: ['get', 'head', 'post', 'put', 'patch', 'delete'],
      shouldRetry: () => true,
      delay: (count) => FIRST_WAIT_MS * 2 ** (count - 1),
      jitter: (ms) => ms * (1 - Math.random() / 2),
    },
    hooks: {
      afterResponse: [
        async ({ response, retryCount }) => {
          if (retryCount >= attempts - 1) return undefined
          if (!TEMPORARY.has(response.status) && !(await isInProgress(response))) return undefined
          const delay = retryAfterMs(response) ?? 0
          if (delay > maxWaitMs) return undefined
          return ky.retry(delay < FIRST_WAIT_MS * 2 ** retryCount ? {} : { delay })
        },
      ],
    },
  })

  return async (request) => {
    if (!isRepeatable(request)) return fetch(request)
    try {
      return await client(request)
    } catch (error) {
      throw isNetworkError(error) ? error.cause : error
    }
  }
}
