/**
 * Rotation of refresh tokens (RFC 9700 section 4.14.2). A session has one valid refresh token. The previous
 * one is accepted for a short grace period, because the response to its first use may have been lost, and
 * returns the same successor. The grace ends when the successor is used. Any other token is a copy.
 */
import type { Session, SessionWithUser } from './store'

export interface SessionLimits {
  /** Period after its use in which a refresh token returns its successor again; 0 disables it. */
  readonly graceMs: number
  /** Maximum duration of a session, however often it is refreshed. */
  readonly maxAgeMs: number
}

export interface PresentedToken {
  readonly hash: string
  readonly successorHash: string
}

export type Verdict = 'rotate' | 'repeat' | 'reused' | 'refused'

export const isLive = ({ session, user }: SessionWithUser, nowMs: number): boolean =>
  session.revokedAtMs === null && session.expiresAtMs > nowMs && user.disabledAtMs === null

/** End of a session that is refreshed at `nowMs`. */
export const endOf = (
  { createdAtMs }: Pick<Session, 'createdAtMs'>,
  refreshLifeMs: number,
  { maxAgeMs }: SessionLimits,
  nowMs: number,
): number => Math.min(nowMs + refreshLifeMs, createdAtMs + maxAgeMs)

/** Returns `reused` for an ended session too, so that its tokens are revoked again in the wallets. */
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
