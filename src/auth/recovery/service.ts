/** Recovery of accounts by links in e-mails: new passwords, and verified, changed and restored addresses. */
import { logEvent } from '../../common/log'
import { ok, refuse, type Result } from '../../common/result'
import { emailKeyOf } from '../../common/text/email'
import type { Caller } from '../../common/tokens/access-token'
import type { LinkTokens } from '../../common/tokens/link-token'
import { consumeOne, type LimitDeps } from '../../limits/service'
import type { NewMessage } from '../../mail/message'
import type { MessageStore } from '../../mail/store'
import { findActiveUser, type UserDeps } from '../../users/service'
import { settleRevocation } from '../revocation'
import type { SessionDeps } from '../sessions'
import type { LinkPurpose } from '../table'
import { createLink, isValidLink, type Link } from './links'
import type { LinkStore } from './store'

export interface RecoveryDeps
  extends
    LimitDeps,
    Pick<SessionDeps, 'revokeTokens'>,
    Pick<UserDeps, 'userStore' | 'hashPassword' | 'verifyPassword' | 'deliverMail' | 'now'> {
  readonly messageStore: MessageStore
  readonly linkStore: LinkStore
  readonly linkTokens: LinkTokens
}

const request = (
  deps: RecoveryDeps,
  message: Pick<NewMessage, 'kind' | 'userUuid' | 'recipient'>,
): Promise<void> =>
  deps.messageStore.insert({
    ...message,
    id: crypto.randomUUID(),
    facts: {},
    createdAtMs: deps.now(),
  })

/** Reports whether an address may receive one more requested message. Counts addresses without an account too. */
const isWithinLimit = async (deps: RecoveryDeps, email: string): Promise<boolean> =>
  (await consumeOne(deps, deps.policies.mails, emailKeyOf(email))).allowed

/**
 * Requests a link for a new password. The steps are the same whether or not the address has an account, which is
 * looked up at delivery.
 */
export async function requestReset(deps: RecoveryDeps, email: string): Promise<void> {
  if (!(await isWithinLimit(deps, email))) return
  await request(deps, { kind: 'reset_password', userUuid: null, recipient: email })
  deps.deliverMail('unlinkably')
}

async function findLink(
  deps: RecoveryDeps,
  token: string,
  purposes: readonly LinkPurpose[],
): Promise<Result<Link>> {
  const link = await deps.linkStore.byTokenHash(deps.linkTokens.hashOf(token))
  const isUsable = link && purposes.includes(link.purpose) && isValidLink(link, deps.now())
  return isUsable ? ok(link) : refuse({ code: 'invalid_link' })
}

/**
 * Sets a password by a link. Ends all sessions, and delays refunds by 24 hours. Refuses `invalid_link` for a link that
 * is unknown, used, expired or replaced by a later one.
 */
export async function resetPassword(
  deps: RecoveryDeps,
  token: string,
  newPassword: string,
): Promise<Result<undefined>> {
  const found = await findLink(deps, token, ['reset'])
  if (!found.ok) return found
  const nowMs = deps.now()
  const { userUuid, messageId } = found.value
  const done = {
    id: `password_reset/${messageId}`,
    kind: 'password_reset',
    userUuid,
    recipient: null,
    facts: {},
    createdAtMs: nowMs,
  } as const
  const passwordHash = deps.hashPassword(newPassword)
  if (!(await deps.linkStore.reset(found.value, passwordHash, done, nowMs)))
    return refuse({ code: 'invalid_link' })
  logEvent('password_reset', { user: userUuid })
  await settleRevocation(deps, userUuid)
  deps.deliverMail()
  return ok(undefined)
}

/** Requests the link that verifies the caller's address. Does nothing if it is verified. */
export async function requestVerification(
  deps: RecoveryDeps,
  { userUuid }: Caller,
): Promise<Result<undefined>> {
  const user = await findActiveUser(deps, userUuid)
  if (!user.ok) return user
  if (user.value.emailVerifiedAtMs !== null || !(await isWithinLimit(deps, user.value.email)))
    return ok(undefined)
  await request(deps, { kind: 'verify_email', userUuid, recipient: null })
  deps.deliverMail()
  return ok(undefined)
}

/**
 * Requests the link that moves the caller's account to another address. Refuses `wrong_password`. Does not reveal
 * whether the address has an account: its owner is notified by e-mail.
 */
export async function requestAddress(
  deps: RecoveryDeps,
  { userUuid }: Caller,
  email: string,
  password: string,
): Promise<Result<undefined>> {
  const user = await findActiveUser(deps, userUuid)
  if (!user.ok) return user
  if (!deps.verifyPassword(password, user.value.passwordHash))
    return refuse({ code: 'wrong_password' })
  if (!(await isWithinLimit(deps, email))) return ok(undefined)
  await request(deps, { kind: 'confirm_email', userUuid, recipient: email })
  deps.deliverMail()
  return ok(undefined)
}

/**
 * Confirms an address by a link: marks it as verified, or moves the account to it. The previous address receives a
 * link that undoes the move. Refuses `invalid_link`, and `email_taken` if another account has the address.
 */
export async function confirmAddress(
  deps: RecoveryDeps,
  token: string,
): Promise<Result<undefined>> {
  const found = await findLink(deps, token, ['verify', 'change'])
  if (!found.ok) return found
  const link = found.value
  const { userUuid: user } = link
  if (link.purpose === 'change') return moveAccount(deps, link)
  if (!(await deps.linkStore.verify(link, deps.now()))) return refuse({ code: 'invalid_link' })
  logEvent('email_verified', { user })
  return ok(undefined)
}

async function moveAccount(deps: RecoveryDeps, link: Link): Promise<Result<undefined>> {
  const user = await findActiveUser(deps, link.userUuid)
  if (!user.ok) return refuse({ code: 'invalid_link' })
  const nowMs = deps.now()
  const { userUuid } = link
  const { email } = user.value
  const notice = {
    id: `email_changed/${link.messageId}`,
    kind: 'email_changed',
    userUuid,
    recipient: email,
    facts: { to: link.email },
    createdAtMs: nowMs,
  } as const
  const tokenHash = deps.linkTokens.hashOf(deps.linkTokens.tokenOf(notice.id))
  const undo = createLink('undo', notice, { userUuid, email }, tokenHash)
  const outcome = await deps.linkStore.change(link, undo, notice, nowMs)
  if (outcome === 'taken') return refuse({ code: 'email_taken' })
  if (outcome === 'invalid') return refuse({ code: 'invalid_link' })
  logEvent('email_changed', { user: userUuid })
  deps.deliverMail()
  return ok(undefined)
}

/**
 * Restores the previous address by a link. Ends all sessions, and delays refunds by 24 hours. Refuses `invalid_link`.
 */
export async function restoreAddress(
  deps: RecoveryDeps,
  token: string,
): Promise<Result<undefined>> {
  const found = await findLink(deps, token, ['undo'])
  if (!found.ok) return found
  const { userUuid } = found.value
  if (!(await deps.linkStore.undo(found.value, deps.now()))) return refuse({ code: 'invalid_link' })
  logEvent('email_restored', { user: userUuid })
  await settleRevocation(deps, userUuid)
  return ok(undefined)
}
