/**
 * Access tokens, refresh tokens and event tickets: JWTs (RFC 7519) signed with HS256 and verified as RFC 8725
 * requires. There is one algorithm and one issuer, and each kind has its own key, audience and `typ`. A
 * token has one spelling: our own header, exactly our claims, and no second encoding of them.
 */
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { base64url, errors, jwtVerify, SignJWT } from 'jose'
import { createLRU } from 'lru.min'
import { z } from 'zod'
import { refuse, ok, type Result } from '../result'
import { deriveKeys, type SigningKeys } from './signing-keys'

const ISSUER = 'aileana'
const ALGORITHM = 'HS256'
/** A ticket is part of a URL, where an access token must not be, so it works once and expires soon. */
export const TICKET_LIFETIME_MS = 30_000
/** Allowed difference between the clocks of two machines. */
export const CLOCK_SKEW_MS = 60_000

const KINDS = {
  access: { typ: 'at+jwt', audience: 'aileana:access' },
  refresh: { typ: 'rt+jwt', audience: 'aileana:refresh' },
  ticket: { typ: 'ticket+jwt', audience: 'aileana:ticket' },
} as const

export type TokenKind = keyof typeof KINDS

export interface Caller {
  readonly userUuid: string
  readonly sessionUuid: string
  /** The user's token version when the token was issued. A later version revokes it. */
  readonly tokenVersion: number
  /** ID of the request, for the log. It is not part of the token. */
  readonly requestId?: string
}

/** Revoked access tokens: those below a version, or those of a session until the last one has expired. */
export type TokenRevocation = { minVersion: number } | { sessionUuid: string; untilMs: number }

export interface RefreshClaims {
  readonly userUuid: string
  readonly sessionUuid: string
  /** 256 bits, random or derived from random bits, so that its hash cannot be guessed. */
  readonly tokenId: string
}

/** Claims of an event ticket: a caller, one call and one use. */
export interface TicketClaims {
  readonly caller: Caller
  readonly callUuid: string
  readonly ticketId: string
}

/** Verified refresh token, with the ID of its successor, which is derived with a key. */
export interface VerifiedRefresh extends RefreshClaims {
  readonly successorId: string
}

export interface TokenLifetimes {
  readonly access: number
  readonly refresh: number
}

/** In milliseconds. A token contains whole seconds. */
export interface TokenPeriod {
  readonly issuedAtMs: number
  readonly expiresAtMs: number
}

export interface Tokens {
  signAccess(caller: Caller, period: TokenPeriod): Promise<string>
  /** Returns the same token for the same claims, period and secret. */
  signRefresh(claims: RefreshClaims, period: TokenPeriod): Promise<string>
  /** Refuses `invalid_token` for a malformed, forged or expired token, or one of another kind. */
  verifyAccess(token: string, nowMs: number): Promise<Result<Caller>>
  /** Refuses `invalid_token`, like `verifyAccess`. */
  verifyRefresh(token: string, nowMs: number): Promise<Result<VerifiedRefresh>>
  signTicket(caller: Caller, callUuid: string, nowMs: number): Promise<string>
  /** Refuses `invalid_ticket`. The wallet checks whether the ticket was used. */
  verifyTicket(ticket: string, nowMs: number): Promise<Result<TicketClaims>>
}

const TOKEN_ID_BYTES = 32

export const randomTokenId = (): string =>
  base64url.encode(crypto.getRandomValues(new Uint8Array(TOKEN_ID_BYTES)))

/** Three parts of base64url. The last is 32 bytes in their canonical encoding (RFC 4648 section 3.5). */
const COMPACT_FORM = /^[\w-]+\.[\w-]+\.[\w-]{42}[AEIMQUYcgkosw048]$/

const claim = z.string().min(1)
const refreshClaims = z.strictObject({
  sub: claim,
  sid: claim,
  jti: claim,
  iss: claim,
  aud: claim,
  iat: z.int(),
  exp: z.int(),
})
const accessClaims = refreshClaims.extend({ ver: z.int().min(0) })
const ticketClaims = accessClaims.extend({ call: claim })

/** Verified tokens in the cache, about 1 kB each. */
const TOKENS_KEPT = 1000

const secondsOf = (ms: number): number => Math.floor(ms / 1000)

const headerOf = (kind: TokenKind, keyId: string) => ({
  alg: ALGORITHM,
  typ: KINDS[kind].typ,
  kid: keyId,
})

const encoded = (part: object): string => base64url.encode(JSON.stringify(part))

interface Key {
  readonly header: ReturnType<typeof headerOf>
  readonly import: () => Promise<CryptoKey>
  readonly successorOf: (tokenId: string) => string
}

function keysOf(kind: TokenKind, keys: SigningKeys): Key {
  let imported: Promise<CryptoKey> | undefined
  const importKey = () =>
    crypto.subtle.importKey('raw', keys[kind], { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
      'verify',
    ])
  return {
    header: headerOf(kind, keys.keyId),
    import: () => (imported ??= importKey()),
    successorOf: (tokenId) => base64url.encode(hmac(sha256, keys.succession, utf8ToBytes(tokenId))),
  }
}

/** One kind of token, signed with the first secret's key and verified with the key that its header names. */
function tokensOf<T extends z.ZodType<z.infer<typeof refreshClaims>>>(
  kind: TokenKind,
  claimsSchema: T,
  [signing, ...taken]: readonly [SigningKeys, ...SigningKeys[]],
  lifetimeMs: number,
) {
  const current = keysOf(kind, signing)
  const keys = [current, ...taken.map((previous) => keysOf(kind, previous))]
  const keyByHeader = new Map(keys.map((key) => [encoded(key.header), key]))
  const audience = KINDS[kind].audience
  const known = createLRU<string, { claims: z.infer<T>; key: Key }>({ max: TOKENS_KEPT })

  const isInTime = ({ iat, exp }: { iat: number; exp: number }, nowMs: number): boolean =>
    exp > secondsOf(nowMs) && iat <= secondsOf(nowMs + CLOCK_SKEW_MS)

  return {
    async sign(claims: Record<string, unknown>, period: TokenPeriod): Promise<string> {
      return new SignJWT(claims)
        .setProtectedHeader(current.header)
        .setIssuer(ISSUER)
        .setAudience(audience)
        .setIssuedAt(secondsOf(period.issuedAtMs))
        .setExpirationTime(secondsOf(period.expiresAtMs))
        .sign(await current.import())
    },

    /** Returns `undefined` unless the token is ours, of this kind, and valid now. */
    async verify(token: string, nowMs: number) {
      const before = known.get(token)
      if (before) return isInTime(before.claims, nowMs) ? before : undefined
      const [header = '', body] = token.split('.')
      const key = keyByHeader.get(header)
      if (!key || !COMPACT_FORM.test(token)) return undefined
      try {
        const { payload } = await jwtVerify(token, await key.import(), {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience,
          currentDate: new Date(nowMs),
        })
        const claims = claimsSchema.safeParse(payload)
        if (!claims.success || encoded(payload) !== body) return undefined
        const { iat, exp } = claims.data
        const isOfPeriod = isInTime(claims.data, nowMs) && exp - iat <= secondsOf(lifetimeMs)
        if (!isOfPeriod) return undefined
        const verified = { claims: claims.data, key }
        known.set(token, verified)
        return verified
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined
        throw error
      }
    },
  }
}

/** @param secrets the current secret, which signs, then those whose tokens are still accepted */
export function createTokens(
  [secret, ...previous]: readonly [string, ...string[]],
  lifetimesMs: TokenLifetimes,
): Tokens {
  const keys = [deriveKeys(secret), ...previous.map(deriveKeys)] as const
  const access = tokensOf('access', accessClaims, keys, lifetimesMs.access)
  const refresh = tokensOf('refresh', refreshClaims, keys, lifetimesMs.refresh)
  const ticket = tokensOf('ticket', ticketClaims, keys, TICKET_LIFETIME_MS)
  return {
    signAccess: ({ userUuid, sessionUuid, tokenVersion }, period) =>
      access.sign(
        { sub: userUuid, sid: sessionUuid, jti: randomTokenId(), ver: tokenVersion },
        period,
      ),
    signRefresh: ({ userUuid, sessionUuid, tokenId }, period) =>
      refresh.sign({ sub: userUuid, sid: sessionUuid, jti: tokenId }, period),

    async verifyAccess(token, nowMs) {
      const verified = await access.verify(token, nowMs)
      if (!verified) return refuse({ code: 'invalid_token' })
      const { sub: userUuid, sid: sessionUuid, ver: tokenVersion } = verified.claims
      return ok({ userUuid, sessionUuid, tokenVersion })
    },
    async verifyRefresh(token, nowMs) {
      const verified = await refresh.verify(token, nowMs)
      if (!verified) return refuse({ code: 'invalid_token' })
      const { sub: userUuid, sid: sessionUuid, jti: tokenId } = verified.claims
      const successorId = verified.key.successorOf(tokenId)
      return ok({ userUuid, sessionUuid, tokenId, successorId })
    },

    signTicket: ({ userUuid, sessionUuid, tokenVersion }, callUuid, nowMs) =>
      ticket.sign(
        {
          sub: userUuid,
          sid: sessionUuid,
          jti: randomTokenId(),
          ver: tokenVersion,
          call: callUuid,
        },
        { issuedAtMs: nowMs, expiresAtMs: nowMs + TICKET_LIFETIME_MS },
      ),
    async verifyTicket(token, nowMs) {
      const verified = await ticket.verify(token, nowMs)
      if (!verified) return refuse({ code: 'invalid_ticket' })
      const { sub, sid, ver, jti: ticketId, call: callUuid } = verified.claims
      return ok({
        caller: { userUuid: sub, sessionUuid: sid, tokenVersion: ver },
        callUuid,
        ticketId,
      })
    },
  }
}
