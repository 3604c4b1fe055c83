/** A new password for the caller: whoever came in by the old one is out. */
import type { Caller } from '../common/access-token'
import { logEvent } from '../common/log'
import { ok, refuse, type Result } from '../common/result'
import { findActiveUser } from '../users/service'
import type { User } from '../users/store'
import { type AuthDeps, issueAccess } from './service'
import { endOtherSessions } from './sessions'

export interface PasswordChange {
  readonly currentPassword: string
  readonly newPassword: string
}

/**
 * Changes the password, ends the other sessions and refuses every access token of before; the caller's
 * session goes on with the access token that this gives. A repeat of a change that came through, whose
 * answer was lost, is answered alike. Refuses `wrong_password`.
 */
export async function changePassword(
  deps: AuthDeps,
  caller: Caller,
  change: PasswordChange,
): Promise<Result<{ accessToken: string }>> {
  const user = await findActiveUser(deps, caller.userUuid)
  if (!user.ok) return user
  const changed = deps.verifyPassword(change.currentPassword, user.value.passwordHash)
    ? await replacePassword(deps, caller, user.value, change.newPassword)
    : await confirmPassword(deps, user.value, change.newPassword)
  if (!changed) return refuse({ code: 'wrong_password' })
  const found = await deps.sessionStore.byUuid(caller.sessionUuid)
  return found
    ? ok({ accessToken: await issueAccess(deps, found, deps.now()) })
    : refuse({ code: 'not_found' })
}

async function replacePassword(
  deps: AuthDeps,
  caller: Caller,
  { uuid, passwordHash: fromHash }: User,
  newPassword: string,
): Promise<boolean> {
  const password = { fromHash, toHash: deps.hashPassword(newPassword) }
  const ended = await endOtherSessions(deps, caller, password)
  if (ended) logEvent('password_changed', { user: uuid, session: caller.sessionUuid })
  return ended !== undefined
}

/** Whether the password is the new one already: then it is told again what the first request may not have told. */
async function confirmPassword(
  deps: AuthDeps,
  { uuid, passwordHash, tokenVersion }: User,
  newPassword: string,
): Promise<boolean> {
  if (!deps.verifyPassword(newPassword, passwordHash)) return false
  await deps.refuseTokens(uuid, { minVersion: tokenVersion })
  return true
}
