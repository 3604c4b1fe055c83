/** The relay credential: a short-lived user name and password of the TURN relay. Pure. */

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
