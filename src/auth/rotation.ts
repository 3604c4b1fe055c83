/**
 * Rotation of refresh tokens (RFC 9700 section 4.14.2). A session has one valid refresh token. Its
 * predecessor returns it again for a grace period, because the response to the first use may have been
 * lost. Any other token is a copy. Using the successor ends the grace period, because it shows that the
 * response arrived.
 */
import type { Session, SessionWithUser } from './store'

export interface SessionLimits {
  /** How long after its first use a refresh token returns its successor again; 0 disables it. */
  readonly graceMs: number
  /** Maximum age of a session, however often it is refreshed. */
  readonly maxAgeMs: number
}

export interface PresentedToken {
  readonly hash: string
  readonly successorHash: string
}

export type Verdict = 'rotate' | 'repeat' | 'reused' | 'refused'

export const isLive = ({ session, user }: SessionWithUser, nowMs: number): boolean =>
  session.revokedAtMs === null && session.expiresAtMs > nowMs && user.disabledAtMs === null

/** Returns when a session expires if it is used at `nowMs`. */
export const endOf = (
  { createdAtMs }: Pick<Session, 'createdAtMs'>,
  refreshLifeMs: number,
  { maxAgeMs }: SessionLimits,
  nowMs: number,
): number => Math.min(nowMs + refreshLifeMs, createdAtMs + maxAgeMs)

/**
 * Decides about a refresh token. A copy is `reused` even if its session has ended, so that the wallets
 * are notified of the end again.
 */
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
