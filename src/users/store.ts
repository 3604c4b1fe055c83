import { eq, gt, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { users } from './table'

export type User = typeof users.$inferSelect

export interface UserStore {
  /** @returns `false` if the e-mail address is taken */
  insert(user: User): Promise<boolean>
  byEmailKey(emailKey: string): Promise<User | undefined>
  byUuid(uuid: string): Promise<User | undefined>
  /** UUIDs greater than `uuid`, in order. */
  uuidsAfter(uuid: string, limit: number): Promise<string[]>
  /** Sets or clears the time of the freeze. @param atMs null to clear it; a time that is already set is kept */
  markFrozen(uuid: string, atMs: number | null): Promise<void>
  markDisabled(uuid: string, atMs: number | null): Promise<void>
  /** Disabled users who are not frozen. */
  listToFreeze(limit: number): Promise<User[]>
}

export const createUserStore = (db: DrizzleD1Database): UserStore => ({
  async insert(user) {
    const result = await db
      .insert(users)
      .values(user)
      .onConflictDoNothing({ target: users.emailKey })
    return result.meta.changes === 1
  },
  async byEmailKey(emailKey) {
    return db.select().from(users).where(eq(users.emailKey, emailKey)).get()
  },
  async byUuid(uuid) {
    return db.select().from(users).where(eq(users.uuid, uuid)).get()
  },
  async uuidsAfter(after, limit) {
    const rows = await db
      .select({ uuid: users.uuid })
      .from(users)
      .where(gt(users.uuid, after))
      .orderBy(users.uuid)
      .limit(limit)
    return rows.map(({ uuid }) => uuid)
  },
  async markFrozen(uuid, atMs) {
    const frozenAtMs = atMs === null ? null : sql`COALESCE(${users.frozenAtMs}, ${atMs})`
    await db.update(users).set({ frozenAtMs }).where(eq(users.uuid, uuid))
  },
  async markDisabled(uuid, atMs) {
    const disabledAtMs = atMs === null ? null : sql`COALESCE(${users.disabledAtMs}, ${atMs})`
    await db.update(users).set({ disabledAtMs }).where(eq(users.uuid, uuid))
  },
  async listToFreeze(limit) {
    const isUnfrozen = sql`disabled_at_ms IS NOT NULL AND frozen_at_ms IS NULL`
    return db.select().from(users).where(isUnfrozen).limit(limit)
  },
})
