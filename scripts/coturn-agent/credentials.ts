/** Relay credentials in coturn's `use-auth-secret` form, whose username holds the expiry. Pure. */
import { createHmac } from 'node:crypto'

/** Printable ASCII after the expiry, because coturn's command line reads a username as a part of a line. */
const EXPIRING = /^(\d{1,12}):[\x21-\x7e]{1,500}$/
const ISSUED = /^\d{10,12}:[\w./-]{1,140}$/

export const IDENTIFIER = /^[\w./-]{1,100}$/

/** Longest lifetime of a credential: 48 hours, as at Cloudflare. */
export const MAX_TTL_SECONDS = 48 * 3600

/**
 * @param identifier text for the operator: the call and the seat
 * @param nonce makes each username unique, so that a revocation ends one credential only
 */
export const usernameOf = (
  expiresAtSeconds: number,
  identifier: string | undefined,
  nonce: string,
): string => `${expiresAtSeconds}:${identifier === undefined ? '' : `${identifier}/`}${nonce}`

/** Password of a username: base64 of HMAC-SHA1, as coturn computes it. */
export const passwordOf = (authSecret: string, username: string): string =>
  createHmac('sha1', authSecret).update(username).digest('base64')

/** Returns the expiry in milliseconds since 1970, or `undefined` for a username that has none. */
export function expiresAtMsOf(username: string): number | undefined {
  const seconds = EXPIRING.exec(username)?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1000
}

/** Reports whether this program can have issued a username by now. */
export function canBeIssued(username: string, nowMs: number): boolean {
  const expiresAtMs = expiresAtMsOf(username) ?? Infinity
  return ISSUED.test(username) && expiresAtMs <= nowMs + MAX_TTL_SECONDS * 1000
}
