/**
 * A user's sessions, and how they end. D1 says which are live; what does not read D1 is told which
 * access tokens to refuse. It is told before the session ends, so that a request that failed in between
 * still has a session to be repeated with.
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
  /** Tells all that do not read D1 which access tokens of a user's they shall take no more; may be repeated. */
  readonly revokeTokens: (userUuid: string, refusal: TokenRevocation) => Promise<void>
}

const MAX_LISTED = 100

type SessionKey = Pick<Session, 'uuid' | 'userUuid'>

const logEnd = ({ uuid, userUuid }: SessionKey): void =>
  logEvent('session_ended', { session: uuid, user: userUuid })

/** Until the last access token that the session may have had has ended. */
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

/** Ends a session whose refresh token was copied: first of all, for nobody may come to repeat it. */
export async function revokeSession(
  deps: SessionDeps,
  session: SessionKey,
  nowMs: number,
): Promise<void> {
  if (await deps.sessionStore.revoke(session.uuid, nowMs)) logEnd(session)
  await refuseSession(deps, session, nowMs)
}

/** Whether the caller's session has not ended, and no later token version refuses its tokens. */
export async function isCallerLive(
  deps: Pick<SessionDeps, 'sessionStore' | 'now'>,
  { sessionUuid, tokenVersion }: Caller,
): Promise<boolean> {
  const found = await deps.sessionStore.byUuid(sessionUuid)
  if (!found) return false
  return isLive(found, deps.now()) && found.user.tokenVersion === tokenVersion
}

/** The caller's live sessions, the last used first; a hundred at most. */
export const listSessions = (deps: SessionDeps, { userUuid }: Caller): Promise<Session[]> =>
  deps.sessionStore.listLive(userUuid, deps.now(), MAX_LISTED)

/** Ends the caller's session. */
export async function logOut(
  deps: SessionDeps,
  { sessionUuid: uuid, userUuid }: Caller,
): Promise<void> {
  await endSession(deps, { uuid, userUuid })
}

/** Ends one of the caller's sessions. Refuses `not_found`, also for one that has ended. */
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

/** Ends the caller's other sessions and refuses every access token of before, the caller's as well. */
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

/** Ends all of the caller's sessions, the caller's own last. */
export async function logOutEverywhere(deps: SessionDeps, caller: Caller): Promise<void> {
  await endOtherSessions(deps, caller)
  await logOut(deps, caller)
}
