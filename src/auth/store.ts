/** Sessions in D1. */
import { and, eq, isNull } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { sessions } from './table'

export type Session = typeof sessions.$inferSelect

export interface SessionStore {
  insert(session: Session): Promise<void>
  /** Replaces the token if `from` is the one that is good now: compare and set. @returns whether it was */
  rotate(
    uuid: string,
    from: string,
    to: Pick<Session, 'refreshTokenHash' | 'lastUsedAtMs' | 'expiresAtMs'>,
  ): Promise<boolean>
  revoke(uuid: string, revokedAtMs: number): Promise<void>
}

export const createSessionStore = (db: DrizzleD1Database): SessionStore => ({
  async insert(session) {
    await db.insert(sessions).values(session)
  },
  async rotate(uuid, from, to) {
    const isCurrent = and(
      eq(sessions.uuid, uuid),
      eq(sessions.refreshTokenHash, from),
      isNull(sessions.revokedAtMs),
    )
    const result = await db.update(sessions).set(to).where(isCurrent)
    return result.meta.changes === 1
  },
  async revoke(uuid, revokedAtMs) {
    await db
      .update(sessions)
      .set({ revokedAtMs })
      .where(and(eq(sessions.uuid, uuid), isNull(sessions.revokedAtMs)))
  },
})
