/**
 * A request as it is generated: printable, and the same for the same seed. What only the service
 * gives (ids, tokens, cursors) stands in it as a wish, which the world grants when it is sent.
 */

export type WishName =
  | 'call'
  | 'othersCall'
  | 'wallet'
  | 'othersWallet'
  | 'payment'
  | 'othersPayment'
  | 'session'
  | 'othersSession'
  | 'reference'
  | 'othersReference'
  | 'refreshToken'
  | 'usedRefreshToken'
  | 'ticket'
  | 'usedTicket'
  | 'password'
  | 'email'
  | 'cursor'
  | 'usedKey'
  | 'signature'

export interface Wish {
  readonly wish: WishName
}

export const wish = (name: WishName): Wish => ({ wish: name })

export const isWish = (value: unknown): value is Wish =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, 'wish')

/** Whose access token comes along, or what comes in its place. */
export type Auth = 'own' | 'none' | 'refresh_token' | 'ended' | { readonly header: string }

/** What is wrong with a request, and what may be answered to it. */
export interface Flaw {
  readonly what: string
  readonly statuses: readonly number[]
  /** The field that the refusal has to name. */
  readonly pointer?: string
}

export interface Plan {
  readonly auth: Auth
  readonly path: Readonly<Record<string, unknown>>
  readonly query: readonly (readonly [name: string, value: unknown])[]
  readonly headers: Readonly<Record<string, unknown>>
  readonly json?: unknown
  /** The body as it is sent, in place of `json`. */
  readonly text?: string
  /** A body of one byte more than so many. */
  readonly beyondBytes?: number
  readonly contentType: string
  readonly flaw?: Flaw
}

/** Makes a valid plan invalid, by one change. */
export type Spoil = (plan: Plan) => Plan & { readonly flaw: Flaw }
