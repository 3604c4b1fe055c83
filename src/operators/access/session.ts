/** Lifetimes of operators' sessions and keys. Pure. */
import type { OperatorSessionKind } from './table'

export const SESSION_LIFETIME_MS = 12 * 3_600_000
/** A session ends after this time without a request. A key does not. */
const SESSION_IDLE_MS = 3_600_000
export const MAX_KEY_DAYS = 90
/** How often the last use is written. */
export const USE_WRITTEN_MS = 60_000

interface SessionTimes {
  readonly kind: OperatorSessionKind
  readonly lastUsedAtMs: number
  readonly expiresAtMs: number
  readonly endedAtMs: number | null
}

export const isLiveSession = (
  { kind, lastUsedAtMs, expiresAtMs, endedAtMs }: SessionTimes,
  nowMs: number,
): boolean =>
  endedAtMs === null &&
  nowMs < expiresAtMs &&
  (kind === 'key' || nowMs < lastUsedAtMs + SESSION_IDLE_MS)
