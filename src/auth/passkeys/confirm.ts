/** Methods by which users confirm their identity: a passkey, a recovery code with the password, or the password. */
import { ok, refuse, type Result } from '../../common/result'
import type { Caller } from '../../common/tokens/access-token'
import { findActiveUser } from '../../users/service'
import { useOptions, type PasskeyOptions, type PasskeyResponse } from './challenge'
import { type Confirmation, issueConfirmation } from './confirmation'
import { type PasskeyDeps, usePasskey, useRecoveryCode } from './service'

export const CONFIRMATION_METHODS = ['passkey', 'recovery_code', 'password'] as const
export type ConfirmationMethod = (typeof CONFIRMATION_METHODS)[number]

export type IdentityProof =
  | { readonly password: string; readonly recoveryCode?: string }
  | { readonly passkey: PasskeyResponse }

/**
 * Methods by which an account can confirm. With a passkey, the password alone is not enough: otherwise a thief of the
 * password would need no passkey. Pure.
 */
export const methodsFor = (
  passkeys: number,
  codesLeft: number,
  isConfigured: boolean,
): ConfirmationMethod[] =>
  CONFIRMATION_METHODS.filter((method) => {
    if (method === 'password') return passkeys === 0
    return passkeys > 0 && (method === 'passkey' ? isConfigured : codesLeft > 0)
  })

async function holdingsOf({ passkeyStore, relyingParty }: PasskeyDeps, { userUuid }: Caller) {
  const passkeys = await passkeyStore.listOf(userUuid)
  const codesLeft = passkeys.length > 0 ? await passkeyStore.countCodes(userUuid) : 0
  const methods = methodsFor(passkeys.length, codesLeft, relyingParty !== undefined)
  return { passkeys, methods }
}

/** The caller's methods, and the options for a passkey if it is one of them. */
export async function confirmationOptions(
  deps: PasskeyDeps,
  caller: Caller,
): Promise<Result<{ methods: ConfirmationMethod[]; options?: PasskeyOptions }>> {
  const { passkeys, methods } = await holdingsOf(deps, caller)
  if (!methods.includes('passkey')) return ok({ methods })
  const allowed = passkeys.map(({ credentialId }) => credentialId)
  const options = await useOptions(deps, { purpose: 'confirm', caller }, allowed)
  return options.ok ? ok({ methods, options: options.value }) : options
}

/**
 * Confirms the caller's identity. Refuses `passkey_required` for a password alone if the account has a passkey,
 * `wrong_password`, `invalid_recovery_code`, `invalid_passkey`, `passkeys_not_configured`, and `not_found` if the
 * account is gone or disabled.
 */
export async function confirmIdentity(
  deps: PasskeyDeps,
  caller: Caller,
  proof: IdentityProof,
): Promise<Result<Confirmation>> {
  const user = await findActiveUser(deps, caller.userUuid)
  if (!user.ok) return user
  const proven =
    'passkey' in proof
      ? await usePasskey(deps, { purpose: 'confirm', caller }, proof.passkey)
      : await provePassword(deps, caller, user.value.passwordHash, proof)
  return proven.ok ? ok(await issueConfirmation(deps, caller)) : proven
}

async function provePassword(
  deps: PasskeyDeps,
  caller: Caller,
  passwordHash: string,
  { password, recoveryCode }: Extract<IdentityProof, { password: string }>,
): Promise<Result<unknown>> {
  if (!deps.verifyPassword(password, passwordHash)) return refuse({ code: 'wrong_password' })
  if (recoveryCode !== undefined) return useRecoveryCode(deps, caller, recoveryCode)
  const { methods } = await holdingsOf(deps, caller)
  return methods.includes('password') ? ok(null) : refuse({ code: 'passkey_required', methods })
}
