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

/** Milliseconds of `Retry-After`, if it is a number of seconds. */
function retryAfterMs({ headers }: Response): number | undefined {
  const seconds = Number(headers.get('Retry-After') ?? Number.NaN)
  return seconds >= 0 ? seconds * 1000 : undefined
}

/** Adds retries to `fetch`. Returns the last response, or throws the last error, unchanged. */
export function retrying(fetch: Fetch, options: Partial<Retries> = {}): Fetch {
  const { attempts, maxWaitMs } = { ...DEFAULTS, ...options }
  const client = ky.create({
    fetch: async (input) => fetch(input as Request),
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
          const delay = retryAfterMs(response)
          if ((delay ?? 0) > maxWaitMs) return undefined
          return ky.retry(delay === undefined ? {} : { delay })
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
