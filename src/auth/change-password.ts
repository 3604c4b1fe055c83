/** A new password for the caller: every other session that came in by the old one is out. */
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
 * Changes the password, ends the other sessions and refuses every access token of before; the caller's
 * session goes on with the access token that this gives. A repeat of a change that came through, whose
 * answer was lost, is answered alike. Refuses `wrong_password`, and `unauthenticated` if the session
 * was ended meanwhile.
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
  /** The version that this change made: what ended all sessions after it refuses it too. */
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
  if (ended) logEvent('password_changed', { user: uuid, session: caller.sessionUuid })
  return ended?.tokenVersion
}

/** Whether the password is the new one already: then it is told again what the first request may not have told. */
async function confirmPassword(
  deps: AuthDeps,
  { uuid, passwordHash, tokenVersion }: User,
  newPassword: string,
): Promise<number | undefined> {
  if (!deps.verifyPassword(newPassword, passwordHash)) return undefined
  await deps.revokeTokens(uuid, { minVersion: tokenVersion })
  return tokenVersion
}
