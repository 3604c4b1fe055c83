/** Waits between attempts, and the failures after which another attempt makes sense. */
import { ApiError } from './problem.ts'

/** Reports whether a request may succeed later. Without a response, `fetch` throws a `TypeError`. */
export const isTemporary = (error: unknown): boolean =>
  error instanceof ApiError
    ? error.status >= 500 || error.status === 429
    : error instanceof TypeError

/** Milliseconds for which the service asked to wait; 0 without such a response. */
export const askedMs = (error: unknown): number =>
  error instanceof ApiError ? (error.retryAfterSeconds ?? 0) * 1000 : 0

/** Waits, or returns at once when the signal is aborted. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal?.addEventListener('abort', end)
  })
}
