/** Retention in D1: bounded deletion of old rows. */
import { inArray, lt } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'

/**
 * Deletes at most `limit` rows, the oldest first.
 * @param columns `key` identifies a row; `time`, in milliseconds, has an index
 * @returns the number of deleted rows
 */
export async function deleteBefore(
  db: DrizzleD1Database,
  { key, time }: { readonly key: SQLiteColumn; readonly time: SQLiteColumn },
  beforeMs: number,
  limit: number,
): Promise<number> {
  const { table } = key
  const old = db.select({ key }).from(table).where(lt(time, beforeMs)).orderBy(time).limit(limit)
  const { meta } = await db.delete(table).where(inArray(key, old))
  return meta.changes
}
