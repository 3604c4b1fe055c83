/**
 * When a request is sent again: if that cannot do anything twice, and its failure may pass. What
 * changes nothing may be repeated (RFC 9110 section 9.2.1), what changes something under an
 * idempotency key only, for the service remembers the answer to that.
 */

export type Fetch = (request: Request) => Promise<Response>

export interface Retries {
  /** How often it is sent, the first time included. */
  readonly attempts: number
  /** A longer wait than this is left to the caller, who gets the answer as it is. */
  readonly maxWaitMs: number
  readonly wait: (ms: number) => Promise<void>
  /** From 0 to 1, so that clients that failed together do not come back together. */
  readonly random: () => number
}

const DEFAULTS: Retries = {
  attempts: 4,
  maxWaitMs: 30_000,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
}

const FIRST_WAIT_MS = 200
const SAFE = new Set(['GET', 'HEAD'])
const PASSING = new Set([429, 500, 502, 503, 504])

export const isRepeatable = ({ method, headers }: Request): boolean =>
  SAFE.has(method) || headers.has('Idempotency-Key')

/** The first request under the key is still being answered. */
async function isInProgress(response: Response): Promise<boolean> {
  if (response.status !== 409) return false
  const text = await response.clone().text()
  return text.includes('"code":"request_in_progress"')
}

/** The wait before attempt `next` (from 2): as the service asks, or else twice the one before, less up to a half. */
export function waitMs(next: number, retryAfter: string | null, random: () => number): number {
  const seconds = Number(retryAfter ?? Number.NaN)
  if (seconds >= 0) return seconds * 1000
  return FIRST_WAIT_MS * 2 ** (next - 2) * (1 - random() / 2)
}

/** `fetch`, several times where that is safe. What still fails then is answered or thrown as it is. */
export function retrying(fetch: Fetch, given: Partial<Retries> = {}): Fetch {
  const { attempts, maxWaitMs, wait, random } = { ...DEFAULTS, ...given }

  async function attempt(request: Request, count: number): Promise<Response> {
    const isLast = count >= attempts || !isRepeatable(request)
    const sent = isLast ? request : request.clone()
    const again = async (waitFor: number) => {
      await wait(waitFor)
      return attempt(request, count + 1)
    }
    let response: Response
    try {
      response = await fetch(sent)
    } catch (error) {
      if (isLast || request.signal.aborted) throw error
      return again(waitMs(count + 1, null, random))
    }
    if (isLast || !(PASSING.has(response.status) || (await isInProgress(response)))) return response
    const waitFor = waitMs(count + 1, response.headers.get('Retry-After'), random)
    if (waitFor > maxWaitMs) return response
    await response.body?.cancel()
    return again(waitFor)
  }

  return (request) => attempt(request, 1)
}
