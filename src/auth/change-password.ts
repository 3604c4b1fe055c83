import type { Caller } from '../common/tokens/access-token'
import { logEvent } from '../common/log'
import { ok, refuse, type Result } from '../common/result'
import { findActiveUser } from '../users/service'
import type { User } from '../users/store'
import { isLive } from './rotation'
import { type AuthDeps, issueAccess } from './service'
import { endOtherSessions } from './sessions'

export interface PasswordChange {
  readonly currentPassword: string
  readonly newPassword: string
}

/**
 * Changes the password, ends the user's other sessions and revokes all previous access tokens. The
 * caller's session continues with the returned token. A client that lost the response may repeat the
 * change. Refuses `not_found` for an account that is gone or disabled, `unauthenticated` if the session
 * has ended, and `wrong_password`.
 */
export async function changePassword(
  deps: AuthDeps,
  caller: Caller,
  change: PasswordChange,
): Promise<Result<{ accessToken: string }>> {
  const user = await findActiveUser(deps, caller.userUuid)
  if (!user.ok) return user
  const tokenVersion = deps.verifyPassword(change.currentPassword, user.value.passwordHash)
    ? await replacePassword(deps, caller, user.value, change.newPassword)
    : await confirmPassword(deps, user.value, change.newPassword)
  const found = await deps.sessionStore.byUuid(caller.sessionUuid)
  const nowMs = deps.now()
  if (!found || !isLive(found, nowMs)) return refuse({ code: 'unauthenticated' })
  if (tokenVersion === undefined) return refuse({ code: 'wrong_password' })
  /** The token carries this change's version, so that a later change or log-out also revokes it. */
  const changed = { ...found, user: { ...found.user, tokenVersion } }
  return ok({ accessToken: await issueAccess(deps, changed, nowMs) })
}

async function replacePassword(
  deps: AuthDeps,
  caller: Caller,
  { uuid, passwordHash: fromHash }: User,
  newPassword: string,
): Promise<number | undefined> {
  const password = { fromHash, toHash: deps.hashPassword(newPassword) }
  const ended = await endOtherSessions(deps, caller, password)
  if (ended) {
    logEvent('password_changed', { user: uuid, session: caller.sessionUuid })
    deps.deliverMail()
  }
  return ended?.tokenVersion
}

/** Repeats the revocation if the new password is already set: the first request may have failed there. */
async function confirmPassword(
  deps: AuthDeps,
  { uuid, passwordHash, tokenVersion }: User,
  newPassword: string,
): Promise<number | undefined> {
  if (!deps.verifyPassword(newPassword, passwordHash)) return undefined
  await deps.revokeTokens(uuid, { minVersion: tokenVersion })
  return tokenVersion
}
