/** The relay credential: a short-lived user name and password of the TURN relay. Pure. */

export const SEATS = ['caller', 'callee'] as const
export type Seat = (typeof SEATS)[number]

export interface RelayCredential {
  /** Names the credential at the relay, and revokes it. */
  readonly username: string
  /** Password. */
  readonly credential: string
  /** TURN and STUN URLs (RFC 7065, RFC 7064), at least one of them TURN. */
  readonly urls: readonly string[]
  /** Latest time at which the relay accepts the credential, in milliseconds since 1970. */
  readonly expiresAtMs: number
}

/** A credential with its holder. A room stores it before it sends it. */
export interface SeatCredential extends RelayCredential {
  readonly seat: Seat
  /** Number of the ICE generation for which it was issued: a new horizon begins a new one. */
  readonly epoch: number
}

/** An item of `iceServers` in an `RTCConfiguration`. */
export interface IceServer {
  readonly urls: readonly string[]
  readonly username: string
  readonly credential: string
}

export const iceServerOf = ({ urls, username, credential }: RelayCredential): IceServer => ({
  urls,
  username,
  credential,
})

/** Reports whether the relay may still accept a credential, so that it must be revoked. */
export const isRevocable = ({ expiresAtMs }: RelayCredential, nowMs: number): boolean =>
  nowMs <= expiresAtMs
