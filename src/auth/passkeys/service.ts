/** Confirms a user's identity by the password. */
import { refuse, type Result, ok } from '../../common/result'
import type { Caller } from '../../common/tokens/access-token'
import { findActiveUser, type UserDeps } from '../../users/service'
import { type Confirmation, type ConfirmationDeps, issueConfirmation } from './confirmation'

export interface ConfirmDeps
  extends ConfirmationDeps, Pick<UserDeps, 'userStore' | 'verifyPassword'> {}

/** Refuses `wrong_password`, and `not_found` for an account that is gone or disabled. */
export async function confirmByPassword(
  deps: ConfirmDeps,
  caller: Caller,
  password: string,
): Promise<Result<Confirmation>> {
  const user = await findActiveUser(deps, caller.userUuid)
  if (!user.ok) return user
  if (!deps.verifyPassword(password, user.value.passwordHash))
    return refuse({ code: 'wrong_password' })
  return ok(await issueConfirmation(deps, caller))
}
