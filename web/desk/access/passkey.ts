/** Passkeys of this browser, in WebAuthn's JSON. */
import type { Answer } from '../base/request'

/** A browser reports a cancelled dialog, an unknown passkey and a wrong host in nearly the same way. */
const notUsed = (error: unknown): Answer<unknown> => ({
  ok: false,
  problem: {
    code: 'passkey_not_used',
    status: 0,
    title: 'The browser used no passkey',
    detail: String(error instanceof Error ? error.message : error),
  },
})

async function attempt(request: () => Promise<Credential | null>): Promise<Answer<unknown>> {
  try {
    const credential = await request()
    if (!(credential instanceof PublicKeyCredential)) throw new Error('It returned no passkey.')
    return { ok: true, value: credential.toJSON() }
  } catch (error) {
    return notUsed(error)
  }
}

export const createPasskey = (options: object) =>
  attempt(() => {
    const json = options as PublicKeyCredentialCreationOptionsJSON
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(json)
    return navigator.credentials.create({ publicKey })
  })

export const getPasskey = (options: object) =>
  attempt(() => {
    const json = options as PublicKeyCredentialRequestOptionsJSON
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(json)
    return navigator.credentials.get({ publicKey })
  })
