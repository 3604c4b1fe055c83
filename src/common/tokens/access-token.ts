/**
 * Access tokens, refresh tokens and tickets: JWTs (RFC 7519) signed with HS256, verified by the rules of RFC 8725:
 * one algorithm, fixed issuer, and for each kind a key, an audience and a `typ` of its own. A token
 * has one spelling: a header that we write ourselves, exactly our claims, no second way to encode them.
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
/** A ticket stands in an address, where no token may: it is good once, and not for long. */
export const TICKET_LIFETIME_MS = 30_000
/** How far the clocks of two machines may be apart. */
export const CLOCK_SKEW_MS = 60_000

const KINDS = {
  access: { typ: 'at+jwt', audience: 'aileana:access' },
  refresh: { typ: 'rt+jwt', audience: 'aileana:refresh' },
  ticket: { typ: 'ticket+jwt', audience: 'aileana:ticket' },
} as const

export type TokenKind = keyof typeof KINDS

/** Whose request it is. */
export interface Caller {
  readonly userUuid: string
  readonly sessionUuid: string
  /** The user's token version when the token was made: a later one refuses it. */
  readonly tokenVersion: number
  /** The request's, for the log; a token has none. */
  readonly requestId?: string
}

/** Access tokens that are taken no more: of a version below, or of a session, which need not be known for ever. */
export type TokenRevocation = { minVersion: number } | { sessionUuid: string; untilMs: number }

export interface RefreshClaims {
  readonly userUuid: string
  readonly sessionUuid: string
  /** 256 bits, random or derived from such, which make its hash worthless to guess. */
  readonly tokenId: string
}

/** What admits a caller to the events of one call, once. */
export interface TicketClaims {
  readonly caller: Caller
  readonly callUuid: string
  readonly ticketId: string
}

/** A refresh token that came, and the id of the one that replaces it, which only the key can tell. */
export interface VerifiedRefresh extends RefreshClaims {
  readonly successorId: string
}

export interface TokenLifetimes {
  readonly access: number
  readonly refresh: number
}

/** In milliseconds; a token knows whole seconds. */
export interface TokenPeriod {
  readonly issuedAtMs: number
  readonly expiresAtMs: number
}

export interface Tokens {
  signAccess(caller: Caller, period: TokenPeriod): Promise<string>
  /** The same claims and period give the same token, as long as the secret is the same. */
  signRefresh(claims: RefreshClaims, period: TokenPeriod): Promise<string>
  /** Refuses with `invalid_token` what is malformed, forged, expired or of the other kind. */
  verifyAccess(token: string, nowMs: number): Promise<Result<Caller>>
  /** Refuses as `verifyAccess` does. */
  verifyRefresh(token: string, nowMs: number): Promise<Result<VerifiedRefresh>>
  signTicket(caller: Caller, callUuid: string, nowMs: number): Promise<string>
  /** Refuses `invalid_ticket`; whether it has been used, the wallet knows. */
  verifyTicket(ticket: string, nowMs: number): Promise<Result<TicketClaims>>
}

const TOKEN_ID_BYTES = 32

export const randomTokenId = (): string =>
  base64url.encode(crypto.getRandomValues(new Uint8Array(TOKEN_ID_BYTES)))

/** Three parts of base64url, of which the last is 32 bytes in their one spelling (RFC 4648 section 3.5). */
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

/** Tokens whose signature need not be checked again, about 1 kB each. */
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

/** One kind of token: signed with the first secret's key, verified with the key that its header names. */
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

    /** `undefined` for what is not a token of this kind, of ours, and good now. */
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

/** @param secrets the current one, which signs, and then those whose tokens are still taken */
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
