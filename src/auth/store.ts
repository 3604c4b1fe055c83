import { and, desc, eq, exists, gt, isNull, lte, ne, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { deleteBefore } from '../common/sql/delete-before'
import { selectValues } from '../common/sql/select-values'
import type { NewMessage } from '../mail/message'
import { insertMessageIf } from '../mail/store'
import type { User } from '../users/store'
import { users } from '../users/table'
import { isCurrent } from './is-current'
import { sessions } from './table'

export type Session = typeof sessions.$inferSelect

export interface SessionWithUser {
  readonly session: Session
  readonly user: Pick<User, 'tokenVersion' | 'disabledAtMs' | 'frozenAtMs'>
}

export interface EndOthers {
  readonly userUuid: string
  /** The session that stays live. */
  readonly keptUuid: string
  readonly atMs: number
  /** Replaces the password too; nothing changes if `fromHash` is not current or the session has ended. */
  readonly password?: { readonly fromHash: string; readonly toHash: string }
  /** Message about the new password. */
  readonly notice?: NewMessage
}

export interface Ended {
  readonly tokenVersion: number
  readonly sessionUuids: readonly string[]
}

export interface SessionStore {
  /**
   * Inserts a session if its user is enabled and has that token version, and the notice if other sessions are stored
   * and none of them has its device. @returns `undefined` if it did not insert the session
   */
  insert(
    session: Session,
    tokenVersion: number,
    notice: NewMessage,
  ): Promise<{ readonly isNoticed: boolean } | undefined>
  byUuid(uuid: string): Promise<SessionWithUser | undefined>
  /** The user's live sessions, the last used first. Beyond `limit`, omits those that expire first. */
  listLive(userUuid: string, nowMs: number, limit: number): Promise<Session[]>
  /** Replaces the refresh token if session and user are still as `found`. @returns whether it did */
  rotate(
    found: SessionWithUser,
    to: Pick<Session, 'refreshTokenHash' | 'lastUsedAtMs' | 'expiresAtMs'>,
  ): Promise<boolean>
  /** @returns whether this call revoked it */
  revoke(uuid: string, revokedAtMs: number): Promise<boolean>
  /** Removes sessions that expired before `beforeMs`. @returns how many */
  removeExpired(beforeMs: number, limit: number): Promise<number>
  /**
   * Raises the token versions of the next `limit` users in the order of UUIDs, and revokes their
   * sessions, in one transaction. The cron job notifies the wallets, because API keys do not expire. @returns their UUIDs; empty after the last user
   */
  raiseVersions(after: string, limit: number, atMs: number): Promise<string[]>
  /** Raises the user's token version and revokes all sessions but one, in one transaction. */
  endOthers(request: EndOthers): Promise<Ended | undefined>
}

/**
 * More than a user's version can rise in the 30 days that a restore of D1 can undo. Each log-out
 * everywhere and each new password raises it by one.
 */
const VERSIONS_RAISED = 1000

export const createSessionStore = (db: DrizzleD1Database): SessionStore => {
  return {
    async insert(session, tokenVersion, notice) {
      const isAdmitted = isCurrent(db, { userUuid: session.userUuid, tokenVersion })
      const isInserted = exists(
        db.select({ uuid: sessions.uuid }).from(sessions).where(eq(sessions.uuid, session.uuid)),
      )
      const others = and(eq(sessions.userUuid, session.userUuid), ne(sessions.uuid, session.uuid))
      const hasOthers = exists(db.select({ uuid: sessions.uuid }).from(sessions).where(others))
      const sameDevice = and(others, sql`${sessions.device} IS ${session.device}`)
      const isKnown = exists(db.select({ uuid: sessions.uuid }).from(sessions).where(sameDevice))
      const [result, noticed] = await db.batch([
        db.insert(sessions).select(selectValues(sessions, session, isAdmitted)),
        insertMessageIf(db, notice, sql`${isInserted} AND ${hasOthers} AND NOT ${isKnown}`),
      ])
      return result.meta.changes === 1 ? { isNoticed: noticed.meta.changes === 1 } : undefined
    },
    async byUuid(uuid) {
      const { tokenVersion, disabledAtMs, frozenAtMs } = users
      return db
        .select({ session: sessions, user: { tokenVersion, disabledAtMs, frozenAtMs } })
        .from(sessions)
        .innerJoin(users, eq(users.uuid, sessions.userUuid))
        .where(eq(sessions.uuid, uuid))
        .get()
    },
    async listLive(userUuid, nowMs, limit) {
      const live = await db
        .select()
        .from(sessions)
        .where(
          and(
            eq(sessions.userUuid, userUuid),
            isNull(sessions.revokedAtMs),
            gt(sessions.expiresAtMs, nowMs),
          ),
        )
        .orderBy(desc(sessions.expiresAtMs))
        .limit(limit)
      return live.toSorted((a, b) => b.lastUsedAtMs - a.lastUsedAtMs || (a.uuid < b.uuid ? -1 : 1))
    },
    async rotate({ session, user }, to) {
      const isUnchanged = and(
        eq(sessions.uuid, session.uuid),
        eq(sessions.refreshTokenHash, session.refreshTokenHash),
        isNull(sessions.revokedAtMs),
        isCurrent(db, { userUuid: session.userUuid, tokenVersion: user.tokenVersion }),
      )
      const result = await db.update(sessions).set(to).where(isUnchanged)
      return result.meta.changes === 1
    },
    async revoke(uuid, revokedAtMs) {
      const result = await db
        .update(sessions)
        .set({ revokedAtMs })
        .where(and(eq(sessions.uuid, uuid), isNull(sessions.revokedAtMs)))
      return result.meta.changes === 1
    },
    async raiseVersions(after, limit, atMs) {
      const page = await db
        .select({ uuid: users.uuid })
        .from(users)
        .where(gt(users.uuid, after))
        .orderBy(users.uuid)
        .limit(limit)
      const uuids = page.map(({ uuid }) => uuid)
      const last = uuids.at(-1)
      if (last === undefined) return []
      await db.batch([
        db
          .update(users)
          .set({
            tokenVersion: sql`${users.tokenVersion} + ${VERSIONS_RAISED}`,
            revokeDueAtMs: atMs,
          })
          .where(and(gt(users.uuid, after), lte(users.uuid, last))),
        db
          .update(sessions)
          .set({ revokedAtMs: atMs })
          .where(
            and(
              gt(sessions.userUuid, after),
              lte(sessions.userUuid, last),
              isNull(sessions.revokedAtMs),
            ),
          ),
      ])
      return uuids
    },
    async removeExpired(beforeMs, limit) {
      const { uuid: key, expiresAtMs: time } = sessions
      return deleteBefore(db, { key, time }, beforeMs, limit)
    },
    async endOthers({ userUuid, keptUuid, atMs, password, notice }) {
      const isUser = eq(users.uuid, userUuid)
      const hasHash = (hash: string | undefined) =>
        hash === undefined ? isUser : and(isUser, eq(users.passwordHash, hash))
      /** Only a live session may set a password; it need not be live to end the others. */
      const isKept =
        password &&
        exists(
          db
            .select({ uuid: sessions.uuid })
            .from(sessions)
            .where(and(eq(sessions.uuid, keptUuid), isNull(sessions.revokedAtMs))),
        )
      const raised = db
        .update(users)
        .set({
          tokenVersion: sql`${users.tokenVersion} + 1`,
          ...(password && { passwordHash: password.toHash }),
        })
        .where(and(hasHash(password?.fromHash), isKept))
        .returning({ tokenVersion: users.tokenVersion })
      /** Each hash has its own salt, so the new hash in the row proves that this change was applied. */
      const wasRaised = db.select({ uuid: users.uuid }).from(users).where(hasHash(password?.toHash))
      const ended = db
        .update(sessions)
        .set({ revokedAtMs: atMs })
        .where(
          and(
            eq(sessions.userUuid, userUuid),
            ne(sessions.uuid, keptUuid),
            isNull(sessions.revokedAtMs),
            exists(wasRaised),
            isKept,
          ),
        )
        .returning({ uuid: sessions.uuid })
      const notices = notice ? [insertMessageIf(db, notice, exists(wasRaised))] : []
      const [[user], endedRows] = await db.batch([raised, ended, ...notices])
      return user && { ...user, sessionUuids: endedRows.map(({ uuid }) => uuid) }
    },
  }
}
