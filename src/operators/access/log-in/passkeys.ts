/** Log-in of operators by passkey. */
import { base64url } from 'jose'
import {
  type ChallengeDeps,
  type PasskeyOptions,
  type PasskeyResponse,
  refusePasskey,
  useOptions,
  verifyUse,
} from '../../../auth/passkeys/challenge'
import type { ClientInfo } from '../../../auth/client-info'
import { ok, type Result } from '../../../common/result'
import type { OperatorChallengeUse } from '../../../common/tokens/challenge-token'
import { type LogDeps, perform } from '../../log/record'
import { type Begun, newSession } from './new-session'
import type { LogInStore } from './store'

export interface PasskeyLogInDeps extends ChallengeDeps, LogDeps {
  readonly logInStore: LogInStore
}

const LOG_IN: OperatorChallengeUse = { purpose: 'operator_log_in' }

/** Options of a log-in. They name no account. Refuses `passkeys_not_configured`. */
export const operatorLogInOptions = (deps: ChallengeDeps): Promise<Result<PasskeyOptions>> =>
  useOptions(deps, LOG_IN, [])

/**
 * Begins a session of the passkey's owner. Refuses `invalid_passkey`, also for a counter that does not rise (WebAuthn
 * section 6.1.1), and `passkeys_not_configured`.
 */
export async function logInOperatorByPasskey(
  deps: PasskeyLogInDeps,
  response: PasskeyResponse,
  client: ClientInfo,
): Promise<Result<Begun>> {
  const found = await deps.logInStore.passkeyOf(response.id)
  if (!found) return refusePasskey(LOG_IN, 'unknown')
  const { passkey, operator } = found
  if (response.response.userHandle !== base64url.encode(operator.uuid))
    return refusePasskey(LOG_IN, 'other_operator')
  const verified = await verifyUse(deps, LOG_IN, response, passkey)
  if (!verified.ok) return verified
  const { value, challenge } = verified.value
  const nowMs = deps.now()
  const begun = newSession(operator, client, nowMs)
  const use = { credentialId: passkey.credentialId, counter: value.counter, atMs: nowMs }
  const action = { action: 'operator_logged_in', subject: begun.session.uuid }
  return perform(deps, operator, action, async () => {
    const outcome = await deps.logInStore.beginByPasskey(use, begun.session, challenge)
    return outcome === 'begun' ? ok(begun) : refusePasskey(LOG_IN, outcome)
  })
}
