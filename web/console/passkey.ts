/** Passkeys of this browser, in WebAuthn's JSON. */
import type { components } from '../../client/client'
import type { Answer, Problem } from '../shared/api'

type Schemas = components['schemas']

/** A browser reports a cancelled dialog, an unknown passkey and a wrong host in nearly the same way. */
function notUsed(error: unknown): Problem {
  const isAddress = /^[\d.]+$|^\[/.test(location.hostname)
  return {
    code: 'passkey_not_used',
    title: 'The browser used no passkey',
    detail: isAddress
      ? `Passkeys need a host name. Open http://localhost:${location.port}/console instead.`
      : String(error instanceof Error ? error.message : error),
  }
}

async function attempt(request: () => Promise<Credential | null>): Promise<Answer<unknown>> {
  try {
    const credential = await request()
    if (!(credential instanceof PublicKeyCredential)) throw new Error('It returned no passkey.')
    return { ok: true, value: credential.toJSON(), next: undefined }
  } catch (error) {
    return { ok: false, problem: notUsed(error) }
  }
}

export const createPasskey = (options: object) =>
  attempt(() => {
    const json = options as PublicKeyCredentialCreationOptionsJSON
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(json)
    return navigator.credentials.create({ publicKey })
  }) as Promise<Answer<Schemas['PasskeyAttestation']>>

export const getPasskey = (options: object) =>
  attempt(() => {
    const json = options as PublicKeyCredentialRequestOptionsJSON
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(json)
    return navigator.credentials.get({ publicKey })
  }) as Promise<Answer<Schemas['PasskeyAssertion']>>
