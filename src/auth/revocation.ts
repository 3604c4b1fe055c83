/**
 * Revocations of which the wallets may not know yet. A recovery has no client that could repeat it, so D1 notes the
 * revocation with its cause, and the cron job repeats it until the wallets have it.
 */
import { logError } from '../common/log'
import type { UserStore } from '../users/store'
import type { SessionDeps } from './sessions'

export interface RevocationDeps extends Pick<SessionDeps, 'revokeTokens'> {
  readonly userStore: UserStore
}

/** Notifies the wallets of a user's token version. A failure is left to the cron job. */
export async function settleRevocation(deps: RevocationDeps, userUuid: string): Promise<void> {
  try {
    const user = await deps.userStore.byUuid(userUuid)
    if (!user || user.revokeDueAtMs === null) return
    await deps.revokeTokens(userUuid, { minVersion: user.tokenVersion })
    await deps.userStore.endRevocation(userUuid, user.tokenVersion)
  } catch (error) {
    logError('revocation_failed', error, { user: userUuid })
  }
}

/** Users of one run of the cron job. */
const AT_ONCE = 50

export async function sweepRevocations(deps: RevocationDeps): Promise<void> {
  try {
    for (const uuid of await deps.userStore.listToRevoke(AT_ONCE))
      await settleRevocation(deps, uuid)
  } catch (error) {
    logError('revocations_not_swept', error)
  }
}
