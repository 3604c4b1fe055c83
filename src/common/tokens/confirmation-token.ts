/** Tokens that prove for a few minutes that a user has confirmed their identity in a session. */
import { z } from 'zod'
import type { Caller } from './access-token'
import { deriveKeys } from './signing-keys'
import { tokensOf } from './token-kind'

export const CONFIRMATION_LIFETIME_MS = 5 * 60_000

export interface ConfirmationTokens {
  sign(caller: Caller, nowMs: number): Promise<string>
  /** Returns `undefined` for a token that is malformed, forged or expired, or of another kind. */
  verify(token: string, nowMs: number): Promise<Caller | undefined>
}

const text = z.string().min(1)
const confirmationClaims = z.strictObject({
  sub: text,
  sid: text,
  ver: z.int().min(0),
  iss: text,
  aud: text,
  iat: z.int(),
  exp: z.int(),
})

/** @param secrets the current secret, which signs, then those whose tokens are still accepted */
export function createConfirmationTokens([secret, ...previous]: readonly [
  string,
  ...string[],
]): ConfirmationTokens {
  const keys = [deriveKeys(secret), ...previous.map(deriveKeys)] as const
  const tokens = tokensOf('confirmation', confirmationClaims, keys, CONFIRMATION_LIFETIME_MS)
  return {
    sign: ({ userUuid, sessionUuid, tokenVersion }, nowMs) =>
      tokens.sign(
        { sub: userUuid, sid: sessionUuid, ver: tokenVersion },
        { issuedAtMs: nowMs, expiresAtMs: nowMs + CONFIRMATION_LIFETIME_MS },
      ),
    async verify(token, nowMs) {
      const verified = await tokens.verify(token, nowMs)
      if (!verified) return undefined
      const { sub: userUuid, sid: sessionUuid, ver: tokenVersion } = verified.claims
      return { userUuid, sessionUuid, tokenVersion }
    },
  }
}
