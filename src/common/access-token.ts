/**
 * Access tokens, refresh tokens and tickets: JWTs (RFC 7519) signed with HS256, verified by the rules of RFC 8725:
 * one algorithm, fixed issuer, an audience and a `typ` for each kind, so that no kind passes for
 * another.
 */
import { errors, jwtVerify, SignJWT } from 'jose'
import { refuse, ok, type Result } from './result'

const ISSUER = 'aileana'
const ALGORITHM = 'HS256'

/** A ticket is for an address, where a token must not be: it is good once, and not for long. */
export const TICKET_LIFETIME_MS = 30_000

const KINDS = {
  access: { typ: 'at+jwt', audience: 'aileana:access' },
  refresh: { typ: 'rt+jwt', audience: 'aileana:refresh' },
  ticket: { typ: 'ticket+jwt', audience: 'aileana:ticket' },
} as const

export type TokenKind = keyof typeof KINDS

export interface TokenClaims {
  readonly userUuid: string
  /** The session that the token belongs to. */
  readonly sessionUuid: string
  /** 256 random bits in a refresh token, which make its hash worthless to guess. */
  readonly tokenId: string
  /** The one call that a ticket is for. */
  readonly callUuid?: string | undefined
}

export interface TokenLifetimes {
  readonly access: number
  readonly refresh: number
}

export interface Tokens {
  sign(kind: TokenKind, claims: TokenClaims, nowMs: number): Promise<string>
  /** Refuses with `invalid_token` what is malformed, forged, expired or of the other kind. */
  verify(kind: TokenKind, token: string, nowMs: number): Promise<Result<TokenClaims>>
}

export function createTokens(secret: string, lifetimesMs: TokenLifetimes): Tokens {
  const rawKey = new TextEncoder().encode(secret)
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const lifetimes = { ...lifetimesMs, ticket: TICKET_LIFETIME_MS }
  const importKey = () =>
    crypto.subtle.importKey('raw', rawKey, algorithm, false, ['sign', 'verify'])
  let imported: Promise<CryptoKey> | undefined
  const key = () => (imported ??= importKey())

  return {
    async sign(kind, { userUuid, sessionUuid, tokenId, callUuid }, nowMs) {
      const issuedAt = Math.floor(nowMs / 1000)
      return new SignJWT({ sid: sessionUuid, call: callUuid })
        .setProtectedHeader({ alg: ALGORITHM, typ: KINDS[kind].typ })
        .setIssuer(ISSUER)
        .setAudience(KINDS[kind].audience)
        .setSubject(userUuid)
        .setJti(tokenId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + Math.floor(lifetimes[kind] / 1000))
        .sign(await key())
    },

    async verify(kind, token, nowMs) {
      try {
        const { payload } = await jwtVerify(token, await key(), {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: KINDS[kind].audience,
          typ: KINDS[kind].typ,
          requiredClaims: ['sub', 'sid', 'jti', 'iat', 'exp'],
          currentDate: new Date(nowMs),
        })
        const { sub: userUuid, sid: sessionUuid, jti: tokenId, call } = payload
        const callUuid = typeof call === 'string' ? call : undefined
        if (!userUuid || typeof sessionUuid !== 'string' || !tokenId)
          return refuse({ code: 'invalid_token' })
        return ok({ userUuid, sessionUuid, tokenId, callUuid })
      } catch (error) {
        if (error instanceof errors.JOSEError) return refuse({ code: 'invalid_token' })
        throw error
      }
    },
  }
}
