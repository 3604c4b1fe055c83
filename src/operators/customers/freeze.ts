/**
 * Freezes and disables users. Both wallets and D1 store a freeze: wallets refuse the user's commands, and routes that
 * reach no wallet read D1. Each function can be repeated after a failure. When it returns, the change is complete.
 */
import { logError, logEvent } from '../../common/log'
import { refuse, ok, type Result } from '../../common/result'
import type { SessionStore } from '../../auth/store'
import type { TokenRevocation } from '../../common/tokens/access-token'
import type { User, UserStore } from '../../users/store'
import { freezeWallets, unfreezeWallets, type WalletDeps } from '../../wallets/service'

export interface FreezeDeps extends WalletDeps {
  readonly userStore: UserStore
  readonly sessionStore: SessionStore
  readonly revokeTokens: (userUuid: string, refusal: TokenRevocation) => Promise<void>
  readonly now: () => number
}

/** Action of an operator on a user. */
export interface UserAction {
  readonly user: User
  readonly operator: string
  readonly reason: string
}

const logAction = (event: string, { user, operator, reason }: UserAction): void =>
  logEvent(event, { user: user.uuid, operator, reason })

export async function freezeUser(deps: FreezeDeps, action: UserAction): Promise<void> {
  const { uuid } = action.user
  logAction('user_frozen', action)
  await deps.userStore.markFrozen(uuid, deps.now())
  await freezeWallets(deps, uuid)
}

/** Refuses `user_disabled` for a disabled user, who stays frozen. */
export async function unfreezeUser(deps: FreezeDeps, action: UserAction): Promise<Result<null>> {
  const { uuid, disabledAtMs } = action.user
  if (disabledAtMs !== null) return refuse({ code: 'user_disabled' })
  logAction('user_unfrozen', action)
  await unfreezeWallets(deps, uuid)
  await deps.userStore.markFrozen(uuid, null)
  return ok(null)
}

/** Disables a user: ends all sessions, revokes all tokens, and freezes both wallets. */
export async function disableUser(deps: FreezeDeps, action: UserAction): Promise<void> {
  const { uuid } = action.user
  logAction('user_disabled', action)
  await deps.userStore.markDisabled(uuid, deps.now())
  await freezeUser(deps, action)
  const ended = await deps.sessionStore.endOthers({
    userUuid: uuid,
    keptUuid: '',
    atMs: deps.now(),
  })
  if (ended) await deps.revokeTokens(uuid, { minVersion: ended.tokenVersion })
}

/** Lets a user log in again. The wallets stay frozen until `unfreezeUser`. */
export async function enableUser(deps: FreezeDeps, action: UserAction): Promise<void> {
  logAction('user_enabled', action)
  await deps.userStore.markDisabled(action.user.uuid, null)
}

const LIMIT = 50

/** Cron job: freezes users who were disabled in D1 only. A failure does not stop the others. */
export async function freezeDisabledUsers(deps: FreezeDeps): Promise<void> {
  for (const user of await deps.userStore.listToFreeze(LIMIT)) {
    const action = { user, operator: 'cron', reason: 'disabled' }
    await freezeUser(deps, action).catch((error: unknown) =>
      logError('user_not_frozen', error, { user: user.uuid }),
    )
  }
}
