import { eq } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { streams } from '../outbox/table'

/** Reports whether a user has a stream of events. */
export const createHasStream =
  (db: DrizzleD1Database) =>
  async (userUuid: string): Promise<boolean> => {
    const { userUuid: column } = streams
    const row = await db.select({ column }).from(streams).where(eq(column, userUuid)).get()
    return row !== undefined
  }
