/**
 * Functions of the WebAuthn library that the service uses. `scripts/build-library.ts` bundles them as the separate
 * module `library.mjs`, which the Worker loads with the first passkey and not at its start.
 */
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { Assertion, NewCredential, Verification, Verified } from './types'

const NAME = 'AIleana'
/** COSE algorithms: ES256, EdDSA and RS256. Browsers and passkey managers support at least one of them. */
const ALGORITHMS = [-7, -8, -257]
const USER_VERIFICATION = 'required'

const bytesOf = (base64url: string) =>
  Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
    character.charCodeAt(0),
  )

const textOf = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

export interface AddOptions {
  readonly rpId: string
  readonly challenge: string
  readonly user: { readonly uuid: string; readonly email: string; readonly name: string }
  /** Credentials that the user has already added. */
  readonly existing: readonly string[]
  readonly timeoutMs: number
}

/** Options for `navigator.credentials.create`. */
export const createAddOptions = ({ rpId, challenge, user, existing, timeoutMs }: AddOptions) =>
  generateRegistrationOptions({
    rpName: NAME,
    rpID: rpId,
    userName: user.email,
    userDisplayName: user.name,
    userID: Uint8Array.from(new TextEncoder().encode(user.uuid)),
    challenge,
    timeout: timeoutMs,
    attestationType: 'none',
    excludeCredentials: existing.map((id) => ({ id })),
    authenticatorSelection: { residentKey: 'required', userVerification: USER_VERIFICATION },
    supportedAlgorithmIDs: ALGORITHMS,
  })

export interface UseOptions extends Pick<AddOptions, 'rpId' | 'challenge' | 'timeoutMs'> {
  /** Credentials that may be used; an empty list allows all that the authenticator has for the service. */
  readonly allowed: readonly string[]
}

/** Options for `navigator.credentials.get`. */
export const createUseOptions = ({ rpId, challenge, allowed, timeoutMs }: UseOptions) =>
  generateAuthenticationOptions({
    rpID: rpId,
    challenge,
    timeout: timeoutMs,
    userVerification: USER_VERIFICATION,
    allowCredentials: allowed.map((id) => ({ id })),
  })

/** Runs a verification. The library throws for each response that it rejects. */
async function verified<T>(verify: () => Promise<T | undefined>): Promise<Verified<T>> {
  try {
    const value = await verify()
    return value === undefined ? { ok: false, reason: 'not verified' } : { ok: true, value }
  } catch (error) {
    /** The log receives no value that the message quotes. */
    const reason = String(error).replaceAll(/"[^"]*"/g, '…')
    return { ok: false, reason }
  }
}

/** Verifies the response of `navigator.credentials.create` (WebAuthn section 7.1). */
export const verifyNewCredential = (
  response: object,
  { rpId, origin, challenge }: Verification,
): Promise<Verified<NewCredential>> =>
  verified(async () => {
    const { verified: isVerified, registrationInfo } = await verifyRegistrationResponse({
      response: response as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    })
    if (!isVerified) return undefined
    const { credential, credentialBackedUp: isBackedUp } = registrationInfo
    const { id, publicKey, counter, transports = [] } = credential
    return { id, publicKey: textOf(publicKey), counter, transports, isBackedUp }
  })

/** Verifies the response of `navigator.credentials.get` (WebAuthn section 7.2), except the counter. */
export const verifyAssertion = (
  response: object,
  { id, publicKey }: Pick<NewCredential, 'id' | 'publicKey'>,
  { rpId, origin, challenge }: Verification,
): Promise<Verified<Assertion>> =>
  verified(async () => {
    const { verified: isVerified, authenticationInfo } = await verifyAuthenticationResponse({
      response: response as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: true,
      /** The store compares the counters in the transaction of the use. */
      credential: { id, publicKey: bytesOf(publicKey), counter: 0 },
    })
    if (!isVerified) return undefined
    const { newCounter: counter, credentialBackedUp: isBackedUp } = authenticationInfo
    return { counter, isBackedUp }
  })
