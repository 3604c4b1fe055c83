/**
 * Challenges of passkeys (WebAuthn section 13.4.3). A challenge is a token, so it need not be stored before its use:
 * the response contains it, and the authenticator signs the response.
 */
import { z } from 'zod'
import { randomTokenId, type Caller } from './access-token'
import { deriveKeys } from './signing-keys'
import { tokensOf } from './token-kind'

export const CHALLENGE_LIFETIME_MS = 5 * 60_000

/** Use of a user's passkey. Each use but a log-in belongs to a session. */
export type UserChallengeUse =
  | { readonly purpose: 'log_in' }
  | { readonly purpose: 'add' | 'confirm'; readonly caller: Caller }

/** Use of an operator's passkey. A new one belongs to an invitation. */
export type OperatorChallengeUse =
  | { readonly purpose: 'operator_log_in' }
  | {
      readonly purpose: 'operator_add'
      readonly operatorUuid: string
      readonly invitationHash: string
    }

export type ChallengeUse = UserChallengeUse | OperatorChallengeUse

export interface Challenge {
  readonly id: string
  readonly expiresAtMs: number
}

export interface ChallengeTokens {
  sign(use: ChallengeUse, nowMs: number): Promise<string>
  /** Returns `undefined` for a challenge that is forged or expired, or that was issued for another use. */
  verify(token: string, use: ChallengeUse, nowMs: number): Promise<Challenge | undefined>
}

const text = z.string().min(1)
const challengeClaims = z.strictObject({
  jti: text,
  use: z.enum(['log_in', 'add', 'confirm', 'operator_log_in', 'operator_add']),
  sub: text.optional(),
  sid: text.optional(),
  iss: text,
  aud: text,
  iat: z.int(),
  exp: z.int(),
})

function claimsOf(use: ChallengeUse) {
  if ('caller' in use)
    return { use: use.purpose, sub: use.caller.userUuid, sid: use.caller.sessionUuid }
  if ('invitationHash' in use)
    return { use: use.purpose, sub: use.operatorUuid, sid: use.invitationHash }
  return { use: use.purpose }
}

/** @param secrets the current secret, which signs, then those whose challenges are still accepted */
export function createChallengeTokens([secret, ...previous]: readonly [
  string,
  ...string[],
]): ChallengeTokens {
  const keys = [deriveKeys(secret), ...previous.map(deriveKeys)] as const
  const tokens = tokensOf('challenge', challengeClaims, keys, CHALLENGE_LIFETIME_MS)
  return {
    sign: (use, nowMs) =>
      tokens.sign(
        { jti: randomTokenId(), ...claimsOf(use) },
        { issuedAtMs: nowMs, expiresAtMs: nowMs + CHALLENGE_LIFETIME_MS },
      ),
    async verify(token, use, nowMs) {
      const verified = await tokens.verify(token, nowMs)
      if (!verified) return undefined
      const { jti: id, exp, ...claims } = verified.claims
      const expected: { sub?: string; sid?: string; use: string } = claimsOf(use)
      const isForUse =
        claims.use === expected.use && claims.sub === expected.sub && claims.sid === expected.sid
      return isForUse ? { id, expiresAtMs: exp * 1000 } : undefined
    },
  }
}
