/** The first admin of a deployment, and the recovery of the last one. */
import { timingSafeEqual } from 'node:crypto'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { logEvent } from '../../../common/log'
import { ok, refuse, type Result } from '../../../common/result'
import { emailKeyOf } from '../../../common/text/email'
import { type LogDeps, perform } from '../../log/record'
import type { OperatorRow } from '../session-store'
import { tokenHashOf } from '../tokens'
import { type InvitationDeps, newInvitation, type NewInvitation } from './invitation'
import type { AccountStore } from './store'

export interface BootstrapDeps extends InvitationDeps, LogDeps {
  readonly accountStore: AccountStore
  /** `undefined` without the setting. */
  readonly bootstrapSecret: string | undefined
}

export interface Bootstrap {
  readonly secret: string
  readonly email: string
  readonly name: string
}

/** Compares hashes, which have one length. */
const isEqual = (left: string, right: string): boolean =>
  timingSafeEqual(sha256(utf8ToBytes(left)), sha256(utf8ToBytes(right)))

/**
 * Invites an admin. An operator with the e-mail address becomes admin, is enabled, and loses all earlier credentials.
 * Refuses `not_found` without the setting, `invalid_credentials` for another secret, and `bootstrap_used` for one that
 * was used.
 */
export async function bootstrap(
  deps: BootstrapDeps,
  { secret, email, name }: Bootstrap,
): Promise<Result<NewInvitation>> {
  if (deps.bootstrapSecret === undefined) return refuse({ code: 'not_found' })
  if (!isEqual(secret, deps.bootstrapSecret)) {
    logEvent('bootstrap_refused', { reason: 'secret' })
    return refuse({ code: 'invalid_credentials' })
  }
  const emailKey = emailKeyOf(email)
  const existing = await deps.accountStore.byEmailKey(emailKey)
  const operator: OperatorRow = existing ?? {
    uuid: crypto.randomUUID(),
    name,
    email,
    emailKey,
    role: 'admin',
    passwordHash: null,
    totpSealed: null,
    totpStep: 0,
    invitedBy: null,
    createdAtMs: deps.now(),
    disabledAtMs: null,
  }
  const invitation = await newInvitation(deps, operator)
  const before = existing && { role: existing.role, is_disabled: existing.disabledAtMs !== null }
  const action = { action: 'operator_bootstrapped', subject: operator.uuid, before }
  return perform(
    deps,
    null,
    action,
    async () =>
      (await deps.accountStore.bootstrap(
        tokenHashOf(secret),
        { ...operator, role: 'admin' },
        invitation.row,
        existing === undefined,
      ))
        ? ok(invitation)
        : refuse({ code: 'bootstrap_used' }),
    () => ({ role: 'admin', is_disabled: false }),
  )
}
