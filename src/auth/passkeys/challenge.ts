/** Challenges of passkeys, and the responses to them. */
import { base64url } from 'jose'
import { logEvent } from '../../common/log'
import { ok, refuse, type Result } from '../../common/result'
import {
  type Challenge,
  CHALLENGE_LIFETIME_MS,
  type ChallengeTokens,
  type ChallengeUse,
} from '../../common/tokens/challenge-token'
import type { LoadWebAuthn } from '../webauthn/load'
import type { RelyingParty } from '../webauthn/relying-party'
import type { Verification, Verified } from '../webauthn/types'

export interface ChallengeDeps {
  readonly challengeTokens: ChallengeTokens
  readonly loadWebAuthn: LoadWebAuthn
  /** `undefined` if no origin is configured. */
  readonly relyingParty: RelyingParty | undefined
  readonly now: () => number
}

/** Response of a browser to a challenge, as `toJSON` of the credential returns it. */
export interface PasskeyResponse {
  readonly id: string
  readonly response: {
    readonly clientDataJSON: string
    readonly userHandle?: string | null | undefined
  }
}

/** Options for the browser, in the JSON of WebAuthn. */
export type PasskeyOptions = { challenge: string }

type WebAuthn = Awaited<ReturnType<LoadWebAuthn>>

/** Issues a challenge, and loads the library that writes the options with it. */
export async function issueChallenge(
  { challengeTokens, loadWebAuthn, relyingParty, now }: ChallengeDeps,
  use: ChallengeUse,
) {
  if (!relyingParty) return refuse({ code: 'passkeys_not_configured' })
  const [webAuthn, challenge] = await Promise.all([
    loadWebAuthn(),
    challengeTokens.sign(use, now()),
  ])
  const { id: rpId } = relyingParty
  return ok({ webAuthn, rpId, challenge, timeoutMs: CHALLENGE_LIFETIME_MS })
}

/**
 * Options for the use of a passkey. Refuses `passkeys_not_configured`.
 * @param allowed IDs of the credentials that may be used; an empty list allows all, and names no account
 */
export async function useOptions(
  deps: ChallengeDeps,
  use: ChallengeUse,
  allowed: readonly string[],
): Promise<Result<PasskeyOptions>> {
  const issued = await issueChallenge(deps, use)
  if (!issued.ok) return issued
  const { webAuthn, ...options } = issued.value
  return ok(await webAuthn.createUseOptions({ ...options, allowed }))
}

/** The client data that an authenticator signs (WebAuthn section 5.8.1). */
function clientDataOf({ response }: PasskeyResponse): { challenge: string; origin: string } {
  try {
    const text = new TextDecoder().decode(base64url.decode(response.clientDataJSON))
    const { challenge, origin } = JSON.parse(text) as Record<string, unknown>
    return { challenge: String(challenge), origin: String(origin) }
  } catch {
    return { challenge: '', origin: '' }
  }
}

function tokenOf(challenge: string): string {
  try {
    return new TextDecoder().decode(base64url.decode(challenge))
  } catch {
    return ''
  }
}

/**
 * Verifies the response to a challenge that was issued for `use`. Refuses `passkeys_not_configured`, and
 * `invalid_passkey` with the cause in the log. The store checks that the challenge is used once.
 */
export async function verifyResponse<T>(
  { challengeTokens, loadWebAuthn, relyingParty, now }: ChallengeDeps,
  use: ChallengeUse,
  response: PasskeyResponse,
  verify: (webAuthn: WebAuthn, verification: Verification) => Promise<Verified<T>>,
): Promise<Result<{ value: T; challenge: Challenge }>> {
  if (!relyingParty) return refuse({ code: 'passkeys_not_configured' })
  const { challenge: encoded, origin } = clientDataOf(response)
  const challenge = await challengeTokens.verify(tokenOf(encoded), use, now())
  if (!challenge) return refusePasskey(use, 'challenge')
  if (!relyingParty.allowsOrigin(origin)) return refusePasskey(use, 'origin')
  const verification = { rpId: relyingParty.id, origin, challenge: encoded }
  const verified = await verify(await loadWebAuthn(), verification)
  return verified.ok
    ? ok({ value: verified.value, challenge })
    : refusePasskey(use, verified.reason)
}

/** Verifies the use of a stored passkey. Refuses what `verifyResponse` refuses. */
export const verifyUse = (
  deps: ChallengeDeps,
  use: ChallengeUse,
  response: PasskeyResponse,
  { credentialId: id, publicKey }: { readonly credentialId: string; readonly publicKey: string },
) =>
  verifyResponse(deps, use, response, (webAuthn, verification) =>
    webAuthn.verifyAssertion(response, { id, publicKey }, verification),
  )

export function refusePasskey({ purpose }: ChallengeUse, reason: string) {
  logEvent('passkey_refused', { kind: purpose, reason })
  return refuse({ code: 'invalid_passkey' })
}
