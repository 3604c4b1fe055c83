/** User and session, or key, of a request's token. No store is read, so the session may have ended. */
import type { Caller, Tokens } from '../common/tokens/access-token'
import { isKey, type KeyVerifier } from '../keys/key'
import { bearerToken } from '../http/authentication'
import type { AppContext } from '../http/router'

export interface RefresherDeps {
  readonly tokens: Tokens
  readonly now: () => number
}

/** Anyone can forge a key that names a user, so only a key that was verified before counts for its user. */
export interface HolderDeps extends RefresherDeps, Pick<KeyVerifier, 'holderOfKey'> {}

export type Holder = Pick<Caller, 'userUuid' | 'sessionUuid'>

const REFRESH_PATH = '/auth/refresh'

async function refreshTokenOf(c: AppContext): Promise<string> {
  try {
    const body: unknown = await c.req.json()
    if (typeof body !== 'object' || body === null || !('refresh_token' in body)) return ''
    return typeof body.refresh_token === 'string' ? body.refresh_token : ''
  } catch {
    return ''
  }
}

export async function refresherOf(
  { tokens, now }: RefresherDeps,
  c: AppContext,
): Promise<Holder | undefined> {
  const verified = await tokens.verifyRefresh(await refreshTokenOf(c), now())
  return verified.ok ? verified.value : undefined
}

/** Reads the access token or key, or on the refresh route the refresh token. `undefined` without a valid one. */
export async function holderOf(deps: HolderDeps, c: AppContext): Promise<Holder | undefined> {
  const token = bearerToken(c)
  if (isKey(token)) return deps.holderOfKey(token)
  const verified = await deps.tokens.verifyAccess(token, deps.now())
  if (verified.ok) return verified.value
  return c.req.path === REFRESH_PATH ? refresherOf(deps, c) : undefined
}
