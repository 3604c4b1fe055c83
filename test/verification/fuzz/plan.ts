/**
 * A generated request: printable, and the same for the same seed. It has placeholders for data that only the
 * service can create (IDs, tokens, cursors); they are filled in when the request is sent.
 */

export type WishName =
  | 'call'
  | 'othersCall'
  | 'wallet'
  | 'othersWallet'
  | 'payment'
  | 'paidPayment'
  | 'paidCall'
  | 'othersPayment'
  | 'session'
  | 'othersSession'
  | 'reference'
  | 'othersReference'
  | 'refreshToken'
  | 'usedRefreshToken'
  | 'ticket'
  | 'signalingToken'
  | 'usedTicket'
  | 'password'
  | 'confirmation'
  | 'passkey'
  | 'othersPasskey'
  | 'assertion'
  | 'attestation'
  | 'resetToken'
  | 'addressToken'
  | 'undoToken'
  | 'email'
  | 'cursor'
  | 'usedKey'
  | 'apiKey'
  | 'othersApiKey'
  | 'endpoint'
  | 'othersEndpoint'
  | 'event'
  | 'signature'

export interface Wish {
  readonly wish: WishName
}

export const wish = (name: WishName): Wish => ({ wish: name })

export const isWish = (value: unknown): value is Wish =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, 'wish')

/** Access token of the request, or its replacement. */
export type Auth = 'own' | 'none' | 'refresh_token' | 'ended' | { readonly header: string }

/** Flaw of a request, and its allowed responses. */
export interface Flaw {
  readonly what: string
  readonly statuses: readonly number[]
  /** Field that the response must name. */
  readonly pointer?: string
}

export interface Plan {
  readonly auth: Auth
  readonly path: Readonly<Record<string, unknown>>
  readonly query: readonly (readonly [name: string, value: unknown])[]
  readonly headers: Readonly<Record<string, unknown>>
  readonly json?: unknown
  /** Body to send instead of `json`. */
  readonly text?: string
  /** Limit in bytes that the body exceeds by one. */
  readonly beyondBytes?: number
  readonly contentType: string
  readonly flaw?: Flaw
}

/** Makes a valid plan invalid, by one change. */
export type Spoil = (plan: Plan) => Plan & { readonly flaw: Flaw }
