/**
 * Access tokens, refresh tokens, event tickets and signaling tokens: their claims, and the keys that sign them.
 */
import { base64url } from 'jose'
import { z } from 'zod'
import { refuse, ok, type Result } from '../result'
import { deriveKeys } from './signing-keys'
import { CLOCK_SKEW_MS, type TokenPeriod, tokensOf } from './token-kind'

/** A ticket is part of a URL, where an access token must not be, so it works once and expires soon. */
export const TICKET_LIFETIME_MS = 30_000
/** From a call's start: longer than any call can be open. A token of an ended call opens no socket. */
const SIGNALING_LIFETIME_MS = 8 * 24 * 60 * 60_000
/** Period after which every token that a session or key has received has expired. */
export const LONGEST_TOKEN_MS = SIGNALING_LIFETIME_MS + CLOCK_SKEW_MS

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

/** Claims of a signaling token: one seat of one call. Only the caller's has a session. */
export type SignalingClaims = { readonly callUuid: string } & (
  | { readonly seat: 'caller'; readonly caller: Caller }
  | {
      readonly seat: 'callee'
      /** Owner of the call. */
      readonly userUuid: string
      /** First name of the caller, if known: the callee sees whose invitation it is. */
      readonly callerName: string | null
    }
)

/** Verified refresh token, with the ID of its successor, which is derived with a key. */
export interface VerifiedRefresh extends RefreshClaims {
  readonly successorId: string
}

export interface TokenLifetimes {
  readonly access: number
  readonly refresh: number
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
  /** Returns the same token for the same claims, start of the call and secret. */
  signSignaling(claims: SignalingClaims, callStartedAtMs: number): Promise<string>
  /** Refuses `invalid_ticket`. The wallet checks whether the session has ended and the call is open. */
  verifySignaling(token: string, nowMs: number): Promise<Result<SignalingClaims>>
}

const TOKEN_ID_BYTES = 32

export const randomTokenId = (): string =>
  base64url.encode(crypto.getRandomValues(new Uint8Array(TOKEN_ID_BYTES)))

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
const { sid, jti: _, ver, ...everyToken } = ticketClaims.shape
const signalingClaims = z.discriminatedUnion('seat', [
  z.strictObject({ ...everyToken, seat: z.literal('caller'), sid, ver }),
  z.strictObject({ ...everyToken, seat: z.literal('callee'), name: claim.nullable() }),
])

/** @param secrets the current secret, which signs, then those whose tokens are still accepted */
export function createTokens(
  [secret, ...previous]: readonly [string, ...string[]],
  lifetimesMs: TokenLifetimes,
): Tokens {
  const keys = [deriveKeys(secret), ...previous.map(deriveKeys)] as const
  const access = tokensOf('access', accessClaims, keys, lifetimesMs.access)
  const refresh = tokensOf('refresh', refreshClaims, keys, lifetimesMs.refresh)
  const ticket = tokensOf('ticket', ticketClaims, keys, TICKET_LIFETIME_MS)
  const signaling = tokensOf('signaling', signalingClaims, keys, SIGNALING_LIFETIME_MS)
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

    signSignaling(claims, callStartedAtMs) {
      const { seat, callUuid: call } = claims
      const period = {
        issuedAtMs: callStartedAtMs,
        expiresAtMs: callStartedAtMs + SIGNALING_LIFETIME_MS,
      }
      if (seat === 'callee')
        return signaling.sign({ sub: claims.userUuid, call, seat, name: claims.callerName }, period)
      const { userUuid: sub, sessionUuid, tokenVersion } = claims.caller
      return signaling.sign({ sub, sid: sessionUuid, ver: tokenVersion, call, seat }, period)
    },
    async verifySignaling(token, nowMs) {
      const verified = await signaling.verify(token, nowMs)
      if (!verified) return refuse({ code: 'invalid_ticket' })
      const { claims } = verified
      const callUuid = claims.call
      if (claims.seat === 'callee')
        return ok({ callUuid, seat: 'callee', userUuid: claims.sub, callerName: claims.name })
      const caller = { userUuid: claims.sub, sessionUuid: claims.sid, tokenVersion: claims.ver }
      return ok({ callUuid, seat: 'caller', caller })
    },
  }
}
