import { eq, gt } from 'drizzle-orm'
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
})
