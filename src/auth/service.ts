import {
  randomTokenId,
  type TokenLifetimes,
  type Tokens,
  type VerifiedRefresh,
} from '../common/tokens/access-token'
import { logEvent } from '../common/log'
import { ok, refuse, type Result } from '../common/result'
import { checkPassword, type UserDeps } from '../users/service'
import type { User } from '../users/store'
import type { ClientInfo } from './client-info'
import { endOf, refreshVerdict, type SessionLimits } from './rotation'
import { revokeSession, type SessionDeps } from './sessions'
import type { SessionWithUser } from './store'
import { sha256Hex } from '../common/sha256'

export interface AuthDeps
  extends
    SessionDeps,
    Pick<UserDeps, 'userStore' | 'hashPassword' | 'verifyPassword' | 'deliverMail'> {
  readonly tokens: Tokens
  readonly tokenLifetimesMs: TokenLifetimes
  readonly sessionLimits: SessionLimits
}

export interface TokenPair {
  readonly accessToken: string
  readonly refreshToken: string
}

/** Issues an access token, which expires no later than its session. */
export function issueAccess(
  deps: AuthDeps,
  { session, user }: SessionWithUser,
  nowMs: number,
): Promise<string> {
  const { uuid: sessionUuid, userUuid, expiresAtMs } = session
  return deps.tokens.signAccess(
    { userUuid, sessionUuid, tokenVersion: user.tokenVersion },
    {
      issuedAtMs: nowMs,
      expiresAtMs: Math.min(nowMs + deps.tokenLifetimesMs.access, expiresAtMs),
    },
  )
}

/** The refresh token's period comes from the session's row, so that a repeat produces the same token. */
async function issuePair(
  deps: AuthDeps,
  found: SessionWithUser,
  tokenId: string,
  nowMs: number,
): Promise<TokenPair> {
  const { uuid: sessionUuid, userUuid, lastUsedAtMs: issuedAtMs, expiresAtMs } = found.session
  return {
    accessToken: await issueAccess(deps, found, nowMs),
    refreshToken: await deps.tokens.signRefresh(
      { userUuid, sessionUuid, tokenId },
      { issuedAtMs, expiresAtMs },
    ),
  }
}

/** Begins a session. Refuses `invalid_credentials`, also if the password changes during the log-in. */
export async function logIn(
  deps: AuthDeps,
  email: string,
  password: string,
  client: ClientInfo,
): Promise<Result<TokenPair & { user: User }>> {
  const checked = await checkPassword(deps, email, password)
  return checked.ok ? beginSession(deps, checked.value, client) : checked
}

/** Begins a session. Refuses `invalid_credentials` if the account has changed since `user` was read. */
export async function beginSession(
  deps: AuthDeps,
  user: User,
  client: ClientInfo,
): Promise<Result<TokenPair & { user: User }>> {
  const nowMs = deps.now()
  const tokenId = randomTokenId()
  const session = {
    uuid: crypto.randomUUID(),
    userUuid: user.uuid,
    refreshTokenHash: sha256Hex(tokenId),
    createdAtMs: nowMs,
    lastUsedAtMs: nowMs,
    expiresAtMs: endOf(
      { createdAtMs: nowMs },
      deps.tokenLifetimesMs.refresh,
      deps.sessionLimits,
      nowMs,
    ),
    revokedAtMs: null,
    ...client,
  }
  const notice = {
    id: `new_device/${session.uuid}`,
    kind: 'new_device',
    userUuid: user.uuid,
    recipient: null,
    facts: { device: client.device ?? 'unknown', place: client.place ?? '' },
    createdAtMs: nowMs,
  } as const
  const inserted = await deps.sessionStore.insert(session, user.tokenVersion, notice)
  if (!inserted) return refuse({ code: 'invalid_credentials' })
  logEvent('logged_in', { session: session.uuid, user: user.uuid })
  if (inserted.isNoticed) deps.deliverMail()
  return ok({ ...(await issuePair(deps, { session, user }, tokenId, nowMs)), user })
}

const MAX_ATTEMPTS = 3

/**
 * Exchanges a refresh token for a new pair. Within the grace period, a used token returns the same
 * successor. Refuses `invalid_token`, and ends the session if the token is a copy.
 */
export async function refreshSession(
  deps: AuthDeps,
  refreshToken: string,
): Promise<Result<TokenPair>> {
  const nowMs = deps.now()
  const verified = await deps.tokens.verifyRefresh(refreshToken, nowMs)
  if (!verified.ok) return verified
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const refreshed = await tryRefresh(deps, verified.value, nowMs)
    if (refreshed !== 'overtaken') return refreshed
  }
  throw new Error('the session kept changing while it was refreshed')
}

async function tryRefresh(
  deps: AuthDeps,
  { sessionUuid, tokenId, successorId }: VerifiedRefresh,
  nowMs: number,
): Promise<Result<TokenPair> | 'overtaken'> {
  const found = await deps.sessionStore.byUuid(sessionUuid)
  if (!found) return refuse({ code: 'invalid_token' })
  const presented = { hash: sha256Hex(tokenId), successorHash: sha256Hex(successorId) }
  const verdict = refreshVerdict(found, presented, deps.sessionLimits, nowMs)
  if (verdict === 'repeat') return ok(await issuePair(deps, found, successorId, nowMs))
  if (verdict === 'rotate') {
    const rotated = await rotate(deps, found, presented.successorHash, nowMs)
    return rotated ? ok(await issuePair(deps, rotated, successorId, nowMs)) : 'overtaken'
  }
  if (verdict === 'reused') {
    logEvent('refresh_token_reused', { session: sessionUuid, user: found.session.userUuid })
    await revokeSession(deps, found.session, nowMs)
  }
  return refuse({ code: 'invalid_token' })
}

async function rotate(
  deps: AuthDeps,
  found: SessionWithUser,
  refreshTokenHash: string,
  nowMs: number,
): Promise<SessionWithUser | undefined> {
  const { session, user } = found
  const expiresAtMs = endOf(session, deps.tokenLifetimesMs.refresh, deps.sessionLimits, nowMs)
  const to = { refreshTokenHash, lastUsedAtMs: nowMs, expiresAtMs }
  const rotated = await deps.sessionStore.rotate(found, to)
  return rotated ? { session: { ...session, ...to }, user } : undefined
}
