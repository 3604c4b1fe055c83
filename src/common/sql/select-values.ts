/** Inserts of one row under a condition: `INSERT … SELECT … WHERE …`. */
import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'

/** Selects a row's values in the order of the table's columns, or nothing if the condition is false. */
export function selectValues<T extends SQLiteTable>(
  table: T,
  row: T['$inferSelect'],
  condition: SQL,
): SQL {
  const values = Object.keys(getTableColumns(table)).map(
    (key) => sql`${(row as Record<string, unknown>)[key]}`,
  )
  return sql`SELECT ${sql.join(values, sql`, `)} WHERE ${condition}`
}
