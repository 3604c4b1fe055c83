/**
 * Sessions of a user, and their end. D1 has the sessions. Wallets, which do not read D1, receive the revoked
 * tokens. They receive them before D1 ends the session, so that the caller can repeat a failed request.
 */
import {
  type Caller,
  CLOCK_SKEW_MS,
  type TokenLifetimes,
  type TokenRevocation,
} from '../common/tokens/access-token'
import { logEvent } from '../common/log'
import { ok, refuse, type Result } from '../common/result'
import { isLive } from './rotation'
import type { Session, SessionStore } from './store'

export interface SessionDeps {
  readonly sessionStore: SessionStore
  readonly tokenLifetimesMs: Pick<TokenLifetimes, 'access'>
  readonly now: () => number
  /** Revokes access tokens in the user's wallets, which do not read D1. Can be repeated. */
  readonly revokeTokens: (userUuid: string, refusal: TokenRevocation) => Promise<void>
}

const MAX_LISTED = 100

type SessionKey = Pick<Session, 'uuid' | 'userUuid'>

const logEnd = ({ uuid, userUuid }: SessionKey): void =>
  logEvent('session_ended', { session: uuid, user: userUuid })

/** The revocation lasts until the session's last possible access token has expired. */
const refuseSession = (deps: SessionDeps, { uuid, userUuid }: SessionKey, nowMs: number) =>
  deps.revokeTokens(userUuid, {
    sessionUuid: uuid,
    untilMs: nowMs + deps.tokenLifetimesMs.access + CLOCK_SKEW_MS,
  })

async function endSession(deps: SessionDeps, session: SessionKey): Promise<boolean> {
  const nowMs = deps.now()
  await refuseSession(deps, session, nowMs)
  const ended = await deps.sessionStore.revoke(session.uuid, nowMs)
  if (ended) logEnd(session)
  return ended
}

/** Ends a session whose refresh token was copied. D1 comes first, because this may never be repeated. */
export async function revokeSession(
  deps: SessionDeps,
  session: SessionKey,
  nowMs: number,
): Promise<void> {
  if (await deps.sessionStore.revoke(session.uuid, nowMs)) logEnd(session)
  await refuseSession(deps, session, nowMs)
}

/** Reports whether the session is active and the token's version is current. */
export async function isCallerLive(
  deps: Pick<SessionDeps, 'sessionStore' | 'now'>,
  { sessionUuid, tokenVersion }: Caller,
): Promise<boolean> {
  const found = await deps.sessionStore.byUuid(sessionUuid)
  if (!found) return false
  return isLive(found, deps.now()) && found.user.tokenVersion === tokenVersion
}

/** Lists the caller's active sessions, at most 100, most recently used first. */
export const listSessions = (deps: SessionDeps, { userUuid }: Caller): Promise<Session[]> =>
  deps.sessionStore.listLive(userUuid, deps.now(), MAX_LISTED)

export async function logOut(
  deps: SessionDeps,
  { sessionUuid: uuid, userUuid }: Caller,
): Promise<void> {
  await endSession(deps, { uuid, userUuid })
}

/** Ends one of the caller's sessions. Refuses `not_found`, also for a session that has ended. */
export async function endOwnSession(
  deps: SessionDeps,
  { userUuid }: Caller,
  uuid: string,
): Promise<Result<undefined>> {
  const found = await deps.sessionStore.byUuid(uuid)
  const isOwn = found?.session.userUuid === userUuid && isLive(found, deps.now())
  if (!isOwn || !(await endSession(deps, { uuid, userUuid }))) return refuse({ code: 'not_found' })
  return ok(undefined)
}

/** Ends the caller's other sessions, and revokes all earlier access tokens, the caller's included. */
export async function endOtherSessions(
  deps: SessionDeps,
  { userUuid, sessionUuid: keptUuid }: Caller,
  password?: { fromHash: string; toHash: string },
): Promise<{ tokenVersion: number } | undefined> {
  const request = { userUuid, keptUuid, atMs: deps.now(), ...(password && { password }) }
  const ended = await deps.sessionStore.endOthers(request)
  if (!ended) return undefined
  for (const uuid of ended.sessionUuids) logEnd({ uuid, userUuid })
  await deps.revokeTokens(userUuid, { minVersion: ended.tokenVersion })
  return ended
}

/** Ends all of the user's sessions. The caller's is last, so that a failed request can be repeated. */
export async function logOutEverywhere(deps: SessionDeps, caller: Caller): Promise<void> {
  await endOtherSessions(deps, caller)
  await logOut(deps, caller)
}
