/** Values that the service exchanges with the WebAuthn library. */

/** Values that a response must contain. */
export interface Verification {
  readonly rpId: string
  readonly origin: string
  /** In base64url, as in the response. */
  readonly challenge: string
}

export interface NewCredential {
  readonly id: string
  /** COSE key in base64url. */
  readonly publicKey: string
  readonly counter: number
  readonly transports: readonly string[]
  readonly isBackedUp: boolean
}

export type Assertion = Pick<NewCredential, 'counter' | 'isBackedUp'>

/** Result of a verification, or the reason of its failure, for the log. */
export type Verified<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string }
