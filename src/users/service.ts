import { emailKeyOf } from '../common/text/email'
import { logError } from '../common/log'
import { ok, refuse, type Result } from '../common/result'
import type { DeliveryDeps } from '../mail/deliver'
import { UNKNOWN_USER_HASH } from './password'
import type { Profile, User, UserStore } from './store'

export interface UserDeps extends DeliveryDeps {
  readonly userStore: UserStore
  readonly hashPassword: (password: string) => string
  readonly verifyPassword: (password: string, hash: string) => boolean
  readonly now: () => number
  /** Creates a new user's wallets. If this fails, their first use creates them. */
  readonly openWallets: (userUuid: string) => Promise<void>
}

export interface NewUser {
  readonly email: string
  readonly password: string
  readonly firstName: string | null
  readonly lastName: string | null
}

/** Creates an account and its wallets. Refuses `email_taken`, in any letter case. */
export async function registerUser(deps: UserDeps, newUser: NewUser): Promise<Result<User>> {
  const { email, password, firstName, lastName } = newUser
  const emailKey = emailKeyOf(email)
  if (await deps.userStore.byEmailKey(emailKey)) return refuse({ code: 'email_taken' })
  const user: User = {
    uuid: crypto.randomUUID(),
    email,
    emailKey,
    passwordHash: deps.hashPassword(password),
    tokenVersion: 0,
    firstName,
    lastName,
    createdAtMs: deps.now(),
    disabledAtMs: null,
    frozenAtMs: null,
    emailVerifiedAtMs: null,
    emailComplaint: null,
    mutedMessages: null,
    language: null,
    timeZone: null,
    refundsFromMs: null,
    revokeDueAtMs: null,
  }
  const welcome = {
    id: `verify_email/${user.uuid}`,
    kind: 'verify_email',
    userUuid: user.uuid,
    recipient: null,
    facts: {},
    createdAtMs: user.createdAtMs,
  } as const
  if (!(await deps.userStore.insert(user, welcome))) return refuse({ code: 'email_taken' })
  await deps.openWallets(user.uuid).catch((error: unknown) => logError('wallets_not_opened', error))
  deps.deliverMail()
  return ok(user)
}

/**
 * Checks a password. Refuses `invalid_credentials`, in the same time for an unknown address, a wrong
 * password and a disabled account.
 */
export async function checkPassword(
  deps: Pick<UserDeps, 'userStore' | 'verifyPassword'>,
  email: string,
  password: string,
): Promise<Result<User>> {
  const user = await deps.userStore.byEmailKey(emailKeyOf(email))
  const matches = deps.verifyPassword(password, user?.passwordHash ?? UNKNOWN_USER_HASH)
  if (!user || !matches || user.disabledAtMs !== null)
    return refuse({ code: 'invalid_credentials' })
  return ok(user)
}

/** Refuses `refund_not_allowed` for a while after the account was recovered by a link. */
export async function refuseAfterRecovery(
  deps: Pick<UserDeps, 'userStore' | 'now'>,
  userUuid: string,
): Promise<Result<null>> {
  const user = await deps.userStore.byUuid(userUuid)
  if ((user?.refundsFromMs ?? 0) <= deps.now()) return ok(null)
  const reason = 'The account was recovered less than 24 hours ago. Request the refund later.'
  return refuse({ code: 'refund_not_allowed', reason })
}

/** Refuses `email_unverified` if the account's address was never verified. */
export async function refuseUnverified(
  { userStore }: Pick<UserDeps, 'userStore'>,
  userUuid: string,
): Promise<Result<null>> {
  const user = await userStore.byUuid(userUuid)
  return user?.emailVerifiedAtMs ? ok(null) : refuse({ code: 'email_unverified' })
}

/** Changes the given fields of an account. Refuses `not_found` for one that is gone or disabled. */
export async function changeProfile(
  deps: Pick<UserDeps, 'userStore'>,
  uuid: string,
  profile: Profile,
): Promise<Result<User>> {
  const active = await findActiveUser(deps, uuid)
  if (!active.ok) return active
  const changed = await deps.userStore.update(uuid, profile)
  return changed ? ok(changed) : refuse({ code: 'not_found' })
}

/** Refuses `not_found` for an account that is gone or disabled. */
export async function findActiveUser(
  deps: Pick<UserDeps, 'userStore'>,
  uuid: string,
): Promise<Result<User>> {
  const user = await deps.userStore.byUuid(uuid)
  return user && user.disabledAtMs === null ? ok(user) : refuse({ code: 'not_found' })
}
