/**
 * D1 stores which sessions are live. Wallets do not read D1, so they are notified of revoked tokens. To
 * end one session, the wallets are notified first: after a failure, the client still has a session to
 * retry with.
 */
import {
  type Caller,
  type TokenLifetimes,
  type TokenRevocation,
} from '../common/tokens/access-token'
import { CLOCK_SKEW_MS } from '../common/tokens/token-kind'
import { logEvent } from '../common/log'
import { ok, refuse, type Result } from '../common/result'
import type { UserStore } from '../users/store'
import { isLive } from './rotation'
import type { Session, SessionStore } from './store'

export interface SessionDeps {
  readonly sessionStore: SessionStore
  readonly tokenLifetimesMs: Pick<TokenLifetimes, 'access'>
  readonly now: () => number
  /** Notifies the user's wallets of revoked access tokens. May be repeated. */
  readonly revokeTokens: (userUuid: string, refusal: TokenRevocation) => Promise<void>
}

const MAX_LISTED = 100

type SessionKey = Pick<Session, 'uuid' | 'userUuid'>

const logEnd = ({ uuid, userUuid }: SessionKey): void =>
  logEvent('session_ended', { session: uuid, user: userUuid })

/** Revokes a session's tokens until the last of its access tokens has expired. */
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

/** Ends a session whose refresh token was copied. Updates D1 first, because no client may retry. */
export async function revokeSession(
  deps: SessionDeps,
  session: SessionKey,
  nowMs: number,
): Promise<void> {
  if (await deps.sessionStore.revoke(session.uuid, nowMs)) logEnd(session)
  await refuseSession(deps, session, nowMs)
}

/** Finds the caller's session if it is live and its token version is the user's current one. */
export async function findLiveSession(
  deps: Pick<SessionDeps, 'sessionStore' | 'now'>,
  { sessionUuid, tokenVersion }: Caller,
): Promise<{ readonly isFrozen: boolean } | undefined> {
  const found = await deps.sessionStore.byUuid(sessionUuid)
  if (!found || !isLive(found, deps.now())) return undefined
  const { user } = found
  return user.tokenVersion === tokenVersion ? { isFrozen: user.frozenAtMs !== null } : undefined
}

/** Finds the owner of an API key, unless the account is disabled or has a later token version than the key. */
export async function findLiveOwner(
  { userStore }: { readonly userStore: Pick<UserStore, 'byUuid'> },
  { userUuid, tokenVersion }: Caller,
): Promise<{ readonly isFrozen: boolean } | undefined> {
  const user = await userStore.byUuid(userUuid)
  const isLive = user?.tokenVersion === tokenVersion && user.disabledAtMs === null
  return isLive ? { isFrozen: user.frozenAtMs !== null } : undefined
}

/** The caller's live sessions, at most 100, the last used first. */
export const listSessions = (deps: SessionDeps, { userUuid }: Caller): Promise<Session[]> =>
  deps.sessionStore.listLive(userUuid, deps.now(), MAX_LISTED)

export async function logOut(
  deps: SessionDeps,
  { sessionUuid: uuid, userUuid }: Caller,
): Promise<void> {
  await endSession(deps, { uuid, userUuid })
}

/** Ends one of the caller's sessions. Refuses `not_found`, also if it has ended. */
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

/**
 * Ends the user's other sessions and revokes all previous access tokens, including the caller's.
 * Updates D1 first, because the wallets must not require a token version that D1 does not have.
 * @param password hashes of the old password and of the one to set in the same transaction
 * @returns `undefined`, without a change, if a password is given and either `fromHash` is not the
 * user's hash or the caller's session has ended
 */
export async function endOtherSessions(
  deps: SessionDeps,
  { userUuid, sessionUuid: keptUuid }: Caller,
  password?: { fromHash: string; toHash: string },
): Promise<{ tokenVersion: number } | undefined> {
  const atMs = deps.now()
  const notice = { id: crypto.randomUUID(), kind: 'password_changed', createdAtMs: atMs } as const
  const request = {
    userUuid,
    keptUuid,
    atMs,
    ...(password && { password, notice: { ...notice, userUuid, recipient: null, facts: {} } }),
  }
  const ended = await deps.sessionStore.endOthers(request)
  if (!ended) return undefined
  for (const uuid of ended.sessionUuids) logEnd({ uuid, userUuid })
  await deps.revokeTokens(userUuid, { minVersion: ended.tokenVersion })
  return ended
}

/** Ends all of the user's sessions, the caller's last, so that it can retry after a failure. */
export async function logOutEverywhere(deps: SessionDeps, caller: Caller): Promise<void> {
  await endOtherSessions(deps, caller)
  await logOut(deps, caller)
}
