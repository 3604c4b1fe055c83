/**
 * Responses in the cache of a data centre, for a minute at most and never past the next change of a price. The time left
 * follows from `Expires`, because a browser may receive a response that was cached some seconds ago.
 */
import { logError } from '../../common/log'
import { ok, type Result } from '../../common/result'

/** The part of the platform's `Cache` that is used. */
export interface EdgeCache {
  readonly match: (url: string) => Promise<Response | undefined>
  readonly put: (url: string, response: Response) => Promise<void>
}

export interface EdgeCacheDeps {
  readonly edgeCache: EdgeCache
  readonly now: () => number
  readonly background: (work: Promise<unknown>) => void
}

const MAX_AGE_SECONDS = 60
const MS_PER_SECOND = 1000

/** Whole seconds for which a response may be cached, from its next change. */
function maxAgeSeconds(nextChangeMs: number | undefined, nowMs: number): number {
  if (nextChangeMs === undefined) return MAX_AGE_SECONDS
  const left = Math.floor((nextChangeMs - nowMs) / MS_PER_SECOND)
  return Math.max(0, Math.min(MAX_AGE_SECONDS, left))
}

/** Value of `Cache-Control`. */
export const cacheControl = (seconds: number): string =>
  seconds > 0 ? `public, max-age=${seconds}` : 'no-store'

export interface Cached<T> {
  readonly value: T
  /** Seconds for which the value may still be cached. */
  readonly seconds: number
}

export interface Fresh<T> {
  readonly value: T
  readonly nextChangeMs: number | undefined
}

async function find<T>(
  { edgeCache, now }: EdgeCacheDeps,
  url: string,
): Promise<Cached<T> | undefined> {
  try {
    const response = await edgeCache.match(url)
    if (!response) return undefined
    const expiresAtMs = Date.parse(response.headers.get('Expires') ?? '')
    const seconds = Math.floor((expiresAtMs - now()) / MS_PER_SECOND)
    if (!(seconds > 0 && seconds <= MAX_AGE_SECONDS)) return undefined
    return { value: await response.json<T>(), seconds }
  } catch (error) {
    logError('edge_cache_failed', error)
    return undefined
  }
}

function keep(
  { edgeCache, now, background }: EdgeCacheDeps,
  url: string,
  value: unknown,
  seconds: number,
): void {
  const headers = {
    'Cache-Control': cacheControl(seconds),
    Expires: new Date(now() + seconds * MS_PER_SECOND).toUTCString(),
  }
  const stored = edgeCache.put(url, Response.json(value, { headers }))
  background(stored.catch((error: unknown) => logError('edge_cache_failed', error)))
}

/**
 * Returns the cached value of a URL, or creates and caches it. A refusal is not cached, and a cache that fails is skipped.
 * @param url canonical: the same for all spellings of a request
 */
export async function throughCache<T>(
  deps: EdgeCacheDeps,
  url: string,
  create: () => Promise<Result<Fresh<T>>>,
): Promise<Result<Cached<T>>> {
  const known = await find<T>(deps, url)
  if (known) return ok(known)
  const created = await create()
  if (!created.ok) return created
  const { value, nextChangeMs } = created.value
  const seconds = maxAgeSeconds(nextChangeMs, deps.now())
  if (seconds > 0) keep(deps, url, value, seconds)
  return ok({ value, seconds })
}
