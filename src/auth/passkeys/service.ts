/** Passkeys and recovery codes of users: added, listed, removed, and used to log in. */
import { base64url } from 'jose'
import { logEvent } from '../../common/log'
import { ok, refuse, type Result } from '../../common/result'
import type { Caller } from '../../common/tokens/access-token'
import type { UserChallengeUse } from '../../common/tokens/challenge-token'
import type { MessageKind } from '../../mail/message'
import { findActiveUser } from '../../users/service'
import type { User } from '../../users/store'
import type { ClientInfo } from '../client-info'
import { type AuthDeps, beginSession, type TokenPair } from '../service'
import {
  type ChallengeDeps,
  issueChallenge,
  type PasskeyOptions,
  type PasskeyResponse,
  refusePasskey,
  useOptions,
  verifyResponse,
  verifyUse,
} from './challenge'
import { CODES, hashCode, newCode } from './codes'
import { type ConfirmationDeps, requireConfirmation } from './confirmation'
import { MAX_PASSKEYS, type Passkey, type PasskeyStore } from './store'

export interface PasskeyDeps extends AuthDeps, ChallengeDeps, ConfirmationDeps {
  readonly passkeyStore: PasskeyStore
}

const LOG_IN: UserChallengeUse = { purpose: 'log_in' }

const noticeOf = (kind: MessageKind, userUuid: string, nowMs: number, name = '') => ({
  id: crypto.randomUUID(),
  kind,
  userUuid,
  recipient: null,
  facts: { name },
  createdAtMs: nowMs,
})

/** Options of a log-in. They are the same for everyone, and name no account. */
export const logInOptions = (deps: ChallengeDeps): Promise<Result<PasskeyOptions>> =>
  useOptions(deps, LOG_IN, [])

/** Begins a session of the passkey's owner. Refuses `invalid_passkey` and `passkeys_not_configured`. */
export async function logInByPasskey(
  deps: PasskeyDeps,
  response: PasskeyResponse,
  client: ClientInfo,
): Promise<Result<TokenPair & { user: User }>> {
  const used = await usePasskey(deps, LOG_IN, response)
  if (!used.ok) return used
  const user = await findActiveUser(deps, used.value.userUuid)
  if (!user.ok) return refusePasskey(LOG_IN, 'disabled')
  const begun = await beginSession(deps, user.value, client)
  return begun.ok ? begun : refusePasskey(LOG_IN, 'revoked')
}

/**
 * Verifies a passkey for one use. Refuses `invalid_passkey`, also for a counter that does not rise, which indicates a
 * copied authenticator (WebAuthn section 6.1.1), and `passkeys_not_configured`.
 */
export async function usePasskey(
  deps: PasskeyDeps,
  use: UserChallengeUse,
  response: PasskeyResponse,
): Promise<Result<Passkey>> {
  const passkey = await deps.passkeyStore.byCredentialId(response.id)
  if (!passkey) return refusePasskey(use, 'unknown')
  if (!isOwners(passkey, use, response)) return refusePasskey(use, 'other_user')
  const verified = await verifyUse(deps, use, response, passkey)
  if (!verified.ok) return verified
  const { value, challenge } = verified.value
  const { credentialId } = passkey
  const outcome = await deps.passkeyStore.use(
    { credentialId, ...value, atMs: deps.now() },
    challenge,
  )
  if (outcome === 'used') return ok(passkey)
  if (outcome === 'counter_reversed')
    logEvent('passkey_counter_reversed', { user: passkey.userUuid, passkey: passkey.uuid })
  return refusePasskey(use, outcome)
}

/** Compares the owner with the caller or, for a log-in, with the user handle of the response (WebAuthn section 7.2). */
const isOwners = ({ userUuid }: Passkey, use: UserChallengeUse, { response }: PasskeyResponse) =>
  use.purpose === 'log_in'
    ? response.userHandle === base64url.encode(userUuid)
    : use.caller.userUuid === userUuid

/**
 * Options for a new passkey. Refuses `confirmation_required`, `too_many_passkeys`, `passkeys_not_configured`, and
 * `not_found` if the account is gone or disabled.
 */
export async function addOptions(
  deps: PasskeyDeps,
  caller: Caller,
  confirmation: string | undefined,
): Promise<Result<PasskeyOptions>> {
  const confirmed = await requireConfirmation(deps, caller, confirmation)
  if (!confirmed.ok) return confirmed
  const user = await findActiveUser(deps, caller.userUuid)
  if (!user.ok) return user
  const passkeys = await deps.passkeyStore.listOf(caller.userUuid)
  if (passkeys.length >= MAX_PASSKEYS) return tooMany
  const issued = await issueChallenge(deps, { purpose: 'add', caller })
  if (!issued.ok) return issued
  const { webAuthn, ...options } = issued.value
  const { uuid, email, firstName, lastName } = user.value
  const name = [firstName, lastName].filter(Boolean).join(' ') || email
  const existing = passkeys.map(({ credentialId }) => credentialId)
  return ok(await webAuthn.createAddOptions({ ...options, existing, user: { uuid, email, name } }))
}

const tooMany = refuse({ code: 'too_many_passkeys', limit: MAX_PASSKEYS })

/**
 * Adds a passkey, and notifies the owner. Refuses `confirmation_required`, `invalid_passkey`, `too_many_passkeys`,
 * `passkeys_not_configured`, and `passkey_taken` for a credential that was already added.
 */
export async function addPasskey(
  deps: PasskeyDeps,
  caller: Caller,
  confirmation: string | undefined,
  { name, passkey: response }: { readonly name: string; readonly passkey: PasskeyResponse },
): Promise<Result<Passkey>> {
  const confirmed = await requireConfirmation(deps, caller, confirmation)
  if (!confirmed.ok) return confirmed
  const use = { purpose: 'add', caller } as const
  const verified = await verifyResponse(deps, use, response, (webAuthn, verification) =>
    webAuthn.verifyNewCredential(response, verification),
  )
  if (!verified.ok) return verified
  const { userUuid } = caller
  const { value, challenge } = verified.value
  const { id: credentialId, publicKey, counter, isBackedUp, transports } = value
  const nowMs = deps.now()
  const passkey: Passkey = {
    credentialId,
    uuid: crypto.randomUUID(),
    userUuid,
    publicKey,
    counter,
    transports: JSON.stringify(transports),
    isBackedUp,
    name,
    createdAtMs: nowMs,
    lastUsedAtMs: null,
  }
  const notice = noticeOf('passkey_added', userUuid, nowMs, name)
  const outcome = await deps.passkeyStore.add(passkey, challenge, notice, caller.tokenVersion)
  if (outcome === 'too_many') return tooMany
  if (outcome === 'taken') return refuse({ code: 'passkey_taken' })
  if (outcome !== 'added') return refusePasskey(use, outcome)
  logEvent('passkey_added', { user: userUuid, passkey: passkey.uuid })
  deps.deliverMail()
  return ok(passkey)
}

/** The caller's passkeys, oldest first, and the number of unused recovery codes. */
export async function listPasskeys(
  { passkeyStore }: Pick<PasskeyDeps, 'passkeyStore'>,
  { userUuid }: Caller,
): Promise<{ passkeys: Passkey[]; codesLeft: number }> {
  const [passkeys, codesLeft] = await Promise.all([
    passkeyStore.listOf(userUuid),
    passkeyStore.countCodes(userUuid),
  ])
  return { passkeys, codesLeft }
}

/** Removes one of the caller's passkeys, and notifies the owner. Refuses `not_found` and `confirmation_required`. */
export async function removePasskey(
  deps: PasskeyDeps,
  caller: Caller,
  confirmation: string | undefined,
  uuid: string,
): Promise<Result<undefined>> {
  const { userUuid } = caller
  const passkeys = await deps.passkeyStore.listOf(userUuid)
  const passkey = passkeys.find((each) => each.uuid === uuid)
  if (!passkey) return refuse({ code: 'not_found' })
  const confirmed = await requireConfirmation(deps, caller, confirmation)
  if (!confirmed.ok) return confirmed
  const notice = noticeOf('passkey_removed', userUuid, deps.now(), passkey.name)
  if (!(await deps.passkeyStore.remove(userUuid, uuid, notice)))
    return refuse({ code: 'not_found' })
  logEvent('passkey_removed', { user: userUuid, passkey: uuid })
  deps.deliverMail()
  return ok(undefined)
}

/** Replaces the caller's recovery codes. Refuses `confirmation_required`, and `no_passkey` without a passkey. */
export async function issueCodes(
  deps: PasskeyDeps,
  caller: Caller,
  confirmation: string | undefined,
): Promise<Result<string[]>> {
  const { userUuid } = caller
  const confirmed = await requireConfirmation(deps, caller, confirmation)
  if (!confirmed.ok) return confirmed
  const passkeys = await deps.passkeyStore.listOf(userUuid)
  if (passkeys.length === 0) return refuse({ code: 'no_passkey' })
  const codes = Array.from({ length: CODES }, newCode)
  const hashes = codes.map(hashCode)
  if (!(await deps.passkeyStore.replaceCodes(caller, hashes, deps.now())))
    return refuse({ code: 'confirmation_required' })
  logEvent('recovery_codes_issued', { user: userUuid })
  return ok(codes)
}

/** Uses a recovery code, once, and notifies the owner. Refuses `invalid_recovery_code`. */
export async function useRecoveryCode(
  deps: PasskeyDeps,
  { userUuid }: Caller,
  code: string,
): Promise<Result<undefined>> {
  const notice = noticeOf('recovery_code_used', userUuid, deps.now())
  if (!(await deps.passkeyStore.useCode(userUuid, hashCode(code), notice)))
    return refuse({ code: 'invalid_recovery_code' })
  logEvent('recovery_code_used', { user: userUuid })
  deps.deliverMail()
  return ok(undefined)
}
