/** Invited operators read and accept their invitations. */
import type { ClientInfo } from '../../../auth/client-info'
import {
  type ChallengeDeps,
  issueChallenge,
  type PasskeyOptions,
  type PasskeyResponse,
  refusePasskey,
  verifyResponse,
} from '../../../auth/passkeys/challenge'
import { ok, refuse, type Result } from '../../../common/result'
import type { OperatorChallengeUse } from '../../../common/tokens/challenge-token'
import { type LogDeps, perform } from '../../log/record'
import { type Begun, newSession } from '../log-in/new-session'
import { stepOf } from '../log-in/totp'
import type { OperatorRow } from '../session-store'
import { tokenHashOf } from '../tokens'
import type { InvitationDeps, InvitationRow } from './invitation'
import type { Credentials, InvitationStore } from './invitation-store'

export interface AcceptDeps extends InvitationDeps, ChallengeDeps, LogDeps {
  readonly invitationStore: InvitationStore
  readonly hashPassword: (password: string) => string
}

export interface OpenInvitation {
  readonly invitation: InvitationRow
  readonly operator: OperatorRow
  readonly secret: Uint8Array<ArrayBuffer>
}

/**
 * Finds an open invitation. Refuses `invalid_link` for one that is unknown, used, replaced or expired, or whose
 * operator is disabled.
 */
export async function readInvitation(
  deps: AcceptDeps,
  token: string,
): Promise<Result<OpenInvitation>> {
  const found = await deps.invitationStore.find(tokenHashOf(token), deps.now())
  const opened =
    found && (await deps.totpSeal.open(found.invitation.totpSealed, found.operator.uuid))
  return opened ? ok({ ...found, secret: opened.secret }) : refuse({ code: 'invalid_link' })
}

const useOf = ({ invitation, operator }: OpenInvitation): OperatorChallengeUse => ({
  purpose: 'operator_add',
  operatorUuid: operator.uuid,
  invitationHash: invitation.tokenHash,
})

/** Options for the operator's passkey. Refuses `invalid_link` and `passkeys_not_configured`. */
export async function invitationPasskeyOptions(
  deps: AcceptDeps,
  token: string,
): Promise<Result<PasskeyOptions>> {
  const found = await readInvitation(deps, token)
  if (!found.ok) return found
  const issued = await issueChallenge(deps, useOf(found.value))
  if (!issued.ok) return issued
  const { webAuthn, ...options } = issued.value
  const { uuid, email, name } = found.value.operator
  const user = { uuid, email, name }
  return ok(await webAuthn.createAddOptions({ ...options, existing: [], user }))
}

export type Acceptance =
  | { readonly password: string; readonly code: string }
  | { readonly response: PasskeyResponse }

/**
 * Accepts an invitation with new credentials, which replace all earlier ones, ends all earlier sessions and keys, and
 * begins a session. Refuses `invalid_link`, `invalid_code`, `invalid_passkey`, `passkey_taken` and
 * `passkeys_not_configured`.
 */
export async function acceptInvitation(
  deps: AcceptDeps,
  token: string,
  acceptance: Acceptance,
  client: ClientInfo,
): Promise<Result<Begun>> {
  const found = await readInvitation(deps, token)
  if (!found.ok) return found
  const { operator, invitation } = found.value
  const credentials =
    'response' in acceptance
      ? await passkeyOf(deps, found.value, acceptance.response)
      : await passwordOf(deps, found.value, acceptance)
  if (!credentials.ok) return credentials
  const begun = newSession(operator, client, deps.now())
  const action = { action: 'operator_invitation_accepted', subject: operator.uuid }
  const method = 'response' in acceptance ? 'passkey' : 'password'
  return perform(
    deps,
    operator,
    action,
    async () => {
      const { tokenHash } = invitation
      const done = await deps.invitationStore.accept(tokenHash, credentials.value, begun.session)
      if (done === 'accepted') return ok(begun)
      if (done === 'taken') return refuse({ code: 'passkey_taken' })
      return done === 'used'
        ? refuse({ code: 'invalid_link' })
        : refusePasskey(useOf(found.value), done)
    },
    () => ({ method, session: begun.session.uuid }),
  )
}

async function passwordOf(
  { totpSeal, hashPassword, now }: AcceptDeps,
  { operator, secret }: OpenInvitation,
  { password, code }: Extract<Acceptance, { password: string }>,
): Promise<Result<Credentials>> {
  const totpStep = stepOf(secret, code, now())
  if (totpStep === undefined) return refuse({ code: 'invalid_code' })
  const totpSealed = await totpSeal.seal(secret, operator.uuid)
  return ok({ passwordHash: hashPassword(password), totpSealed, totpStep })
}

async function passkeyOf(
  deps: AcceptDeps,
  invitation: OpenInvitation,
  response: PasskeyResponse,
): Promise<Result<Credentials>> {
  const verified = await verifyResponse(
    deps,
    useOf(invitation),
    response,
    (webAuthn, verification) => webAuthn.verifyNewCredential(response, verification),
  )
  if (!verified.ok) return verified
  const { value, challenge } = verified.value
  const { id: credentialId, publicKey, counter } = value
  const passkey = {
    credentialId,
    operatorUuid: invitation.operator.uuid,
    publicKey,
    counter,
    createdAtMs: deps.now(),
    lastUsedAtMs: null,
  }
  return ok({ passkey, challenge })
}
