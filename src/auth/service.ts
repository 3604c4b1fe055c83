/**
 * Sessions: log in, refresh. A refresh token is good for one use; one that comes a second time has
 * been copied, so its session ends (RFC 9700 section 4.14.2).
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { base64url } from 'jose'
import type { TokenLifetimes, Tokens } from '../common/access-token'
import { logEvent } from '../common/log'
import { ok, refuse, type Result } from '../common/result'
import { checkPassword, findActiveUser, type UserDeps } from '../users/service'
import type { User } from '../users/store'
import type { SessionStore } from './store'

export interface AuthDeps extends Pick<UserDeps, 'userStore' | 'verifyPassword'> {
  readonly sessionStore: SessionStore
  readonly tokens: Tokens
  readonly tokenLifetimesMs: TokenLifetimes
  readonly now: () => number
}

export interface TokenPair {
  readonly accessToken: string
  readonly refreshToken: string
}

const TOKEN_ID_BYTES = 32

const randomTokenId = (): string =>
  base64url.encode(crypto.getRandomValues(new Uint8Array(TOKEN_ID_BYTES)))

const hashOf = (token: string): string => bytesToHex(sha256(utf8ToBytes(token)))

async function issue(
  deps: AuthDeps,
  userUuid: string,
  sessionUuid: string,
  nowMs: number,
): Promise<TokenPair> {
  const claims = { userUuid, sessionUuid }
  return {
    accessToken: await deps.tokens.sign('access', { ...claims, tokenId: randomTokenId() }, nowMs),
    refreshToken: await deps.tokens.sign('refresh', { ...claims, tokenId: randomTokenId() }, nowMs),
  }
}

/** Begins a session. Refuses `invalid_credentials`. */
export async function logIn(
  deps: AuthDeps,
  email: string,
  password: string,
): Promise<Result<TokenPair & { user: User }>> {
  const checked = await checkPassword(deps, email, password)
  if (!checked.ok) return checked
  const user = checked.value
  const nowMs = deps.now()
  const sessionUuid = crypto.randomUUID()
  const pair = await issue(deps, user.uuid, sessionUuid, nowMs)
  await deps.sessionStore.insert({
    uuid: sessionUuid,
    userUuid: user.uuid,
    refreshTokenHash: hashOf(pair.refreshToken),
    createdAtMs: nowMs,
    lastUsedAtMs: nowMs,
    expiresAtMs: nowMs + deps.tokenLifetimesMs.refresh,
    revokedAtMs: null,
  })
  return ok({ ...pair, user })
}

/** Trades a refresh token for a new pair. Refuses `invalid_token`, and revokes the session of a used one. */
export async function refreshSession(
  deps: AuthDeps,
  refreshToken: string,
): Promise<Result<TokenPair>> {
  const nowMs = deps.now()
  const verified = await deps.tokens.verify('refresh', refreshToken, nowMs)
  if (!verified.ok) return verified
  const { userUuid, sessionUuid } = verified.value
  const active = await findActiveUser(deps, userUuid)
  if (!active.ok) return refuse({ code: 'invalid_token' })
  const pair = await issue(deps, userUuid, sessionUuid, nowMs)
  const rotated = await deps.sessionStore.rotate(sessionUuid, hashOf(refreshToken), {
    refreshTokenHash: hashOf(pair.refreshToken),
    lastUsedAtMs: nowMs,
    expiresAtMs: nowMs + deps.tokenLifetimesMs.refresh,
  })
  if (rotated) return ok(pair)
  await deps.sessionStore.revoke(sessionUuid, nowMs)
  logEvent('refresh_token_reused', { session: sessionUuid })
  return refuse({ code: 'invalid_token' })
}
