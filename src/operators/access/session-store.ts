import { and, desc, eq, isNull, lt, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { deleteBefore } from '../../common/sql/delete-before'
import { isOneOf } from '../../common/sql/one-of'
import { selectValues } from '../../common/sql/select-values'
import { operators, operatorSessions } from './table'

export type OperatorRow = typeof operators.$inferSelect
export type OperatorSession = typeof operatorSessions.$inferSelect

/** Live and ended sessions that a list shows. */
const MOST_LISTED = 100

export interface OperatorSessionStore {
  /** Stores a session of an operator who is not disabled. @returns false if the operator is */
  insert(session: OperatorSession): Promise<boolean>
  byTokenHash(
    tokenHash: string,
  ): Promise<{ session: OperatorSession; operator: OperatorRow } | undefined>
  /** For a token of Cloudflare Access. */
  operatorByEmailKey(emailKey: string): Promise<OperatorRow | undefined>
  operatorByUuid(uuid: string): Promise<OperatorRow | undefined>
  /** Names of operators by UUID. */
  namesOf(uuids: readonly string[]): Promise<ReadonlyMap<string, string>>
  markUsed(uuid: string, atMs: number): Promise<void>
  /** The newest sessions and keys of an operator. */
  list(operatorUuid: string): Promise<OperatorSession[]>
  /** @returns whether the session was live */
  end(operatorUuid: string, uuid: string, atMs: number): Promise<boolean>
  /** @returns the number of sessions and keys that were live */
  endAll(operatorUuid: string, atMs: number): Promise<number>
  removeExpired(beforeMs: number, limit: number): Promise<number>
}

export const createOperatorSessionStore = (db: DrizzleD1Database): OperatorSessionStore => {
  const isOf = (operatorUuid: string) =>
    and(eq(operatorSessions.operatorUuid, operatorUuid), isNull(operatorSessions.endedAtMs))
  return {
    async insert(session) {
      const isEnabled = sql`EXISTS (SELECT 1 FROM operators WHERE uuid = ${session.operatorUuid} AND disabled_at_ms IS NULL)`
      const row = selectValues(operatorSessions, session, isEnabled)
      const { meta } = await db.insert(operatorSessions).select(row)
      return meta.changes === 1
    },
    byTokenHash: async (tokenHash) =>
      db
        .select({ session: operatorSessions, operator: operators })
        .from(operatorSessions)
        .innerJoin(operators, eq(operators.uuid, operatorSessions.operatorUuid))
        .where(eq(operatorSessions.tokenHash, tokenHash))
        .get(),
    operatorByEmailKey: async (emailKey) =>
      db.select().from(operators).where(eq(operators.emailKey, emailKey)).get(),
    operatorByUuid: async (uuid) =>
      db.select().from(operators).where(eq(operators.uuid, uuid)).get(),
    async namesOf(uuids) {
      const { uuid, name } = operators
      const rows = await db.select({ uuid, name }).from(operators).where(isOneOf(uuid, uuids))
      return new Map(rows.map((row) => [row.uuid, row.name]))
    },
    async markUsed(uuid, atMs) {
      const isOlder = and(eq(operatorSessions.uuid, uuid), lt(operatorSessions.lastUsedAtMs, atMs))
      await db.update(operatorSessions).set({ lastUsedAtMs: atMs }).where(isOlder)
    },
    list: async (operatorUuid) =>
      db
        .select()
        .from(operatorSessions)
        .where(eq(operatorSessions.operatorUuid, operatorUuid))
        .orderBy(desc(operatorSessions.createdAtMs))
        .limit(MOST_LISTED),
    async end(operatorUuid, uuid, endedAtMs) {
      const isIt = and(isOf(operatorUuid), eq(operatorSessions.uuid, uuid))
      const { meta } = await db.update(operatorSessions).set({ endedAtMs }).where(isIt)
      return meta.changes === 1
    },
    async endAll(operatorUuid, endedAtMs) {
      const { meta } = await db
        .update(operatorSessions)
        .set({ endedAtMs })
        .where(isOf(operatorUuid))
      return meta.changes
    },
    removeExpired: async (beforeMs, limit) =>
      deleteBefore(
        db,
        { key: operatorSessions.uuid, time: operatorSessions.expiresAtMs },
        beforeMs,
        limit,
      ),
  }
}
