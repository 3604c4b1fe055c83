/**
 * What a refresh token that comes is worth (RFC 9700 section 4.14.2). A session has one good refresh
 * token. The one before it may come again for a short while, as the answer to its first use may have
 * been lost, and gets the same successor; any other has been copied. That the successor was used shows
 * that its answer arrived, so the grace ends there.
 */
import type { Session, SessionWithUser } from './store'

export interface SessionLimits {
  /** How long after its use a refresh token gets its successor again; 0 for never. */
  readonly graceMs: number
  /** How long a session lasts at most, however often it is refreshed. */
  readonly maxAgeMs: number
}

export interface PresentedToken {
  readonly hash: string
  readonly successorHash: string
}

export type Verdict = 'rotate' | 'repeat' | 'reused' | 'refused'

export const isLive = ({ session, user }: SessionWithUser, nowMs: number): boolean =>
  session.revokedAtMs === null && session.expiresAtMs > nowMs && user.disabledAtMs === null

/** When a session ends that is used now. */
export const endOf = (
  { createdAtMs }: Pick<Session, 'createdAtMs'>,
  refreshLifeMs: number,
  { maxAgeMs }: SessionLimits,
  nowMs: number,
): number => Math.min(nowMs + refreshLifeMs, createdAtMs + maxAgeMs)

/** `reused` is said of an ended session as well, so that its end can be made known again. */
export function refreshVerdict(
  found: SessionWithUser,
  presented: PresentedToken,
  { graceMs, maxAgeMs }: SessionLimits,
  nowMs: number,
): Verdict {
  const { refreshTokenHash, lastUsedAtMs, createdAtMs } = found.session
  const isGood = presented.hash === refreshTokenHash
  const isGrace =
    presented.successorHash === refreshTokenHash && Math.max(0, nowMs - lastUsedAtMs) < graceMs
  if (!isGood && !isGrace) return 'reused'
  if (!isLive(found, nowMs) || createdAtMs + maxAgeMs <= nowMs) return 'refused'
  return isGood ? 'rotate' : 'repeat'
}
