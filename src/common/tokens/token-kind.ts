/**
 * One kind of token: JWTs (RFC 7519) signed with HS256 and verified as RFC 8725 requires. There is one algorithm
 * and one issuer, and each kind has its own key, audience and `typ`. A token has one spelling: our own header,
 * exactly our claims, and no second encoding of them.
 */
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { base64url, errors, jwtVerify, SignJWT } from 'jose'
import { createLRU } from 'lru.min'
import type { z } from 'zod'
import type { SigningKeys } from './signing-keys'

const ISSUER = 'aileana'
const ALGORITHM = 'HS256'
/** Allowed difference between the clocks of two machines. */
export const CLOCK_SKEW_MS = 60_000

const KINDS = {
  access: { typ: 'at+jwt', audience: 'aileana:access' },
  refresh: { typ: 'rt+jwt', audience: 'aileana:refresh' },
  ticket: { typ: 'ticket+jwt', audience: 'aileana:ticket' },
  signaling: { typ: 'signaling+jwt', audience: 'aileana:signaling' },
  confirmation: { typ: 'confirmation+jwt', audience: 'aileana:confirmation' },
  challenge: { typ: 'challenge+jwt', audience: 'aileana:challenge' },
} as const

export type TokenKind = keyof typeof KINDS

/** In milliseconds. A token contains whole seconds. */
export interface TokenPeriod {
  readonly issuedAtMs: number
  readonly expiresAtMs: number
}

/** Claims that every token has, in seconds. */
interface Instants {
  readonly iat: number
  readonly exp: number
}

/** Three parts of base64url. The last is 32 bytes in their canonical encoding (RFC 4648 section 3.5). */
const COMPACT_FORM = /^[\w-]+\.[\w-]+\.[\w-]{42}[AEIMQUYcgkosw048]$/

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
export function tokensOf<T extends z.ZodType<Instants>>(
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
