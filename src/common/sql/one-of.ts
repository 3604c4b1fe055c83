import { type SQL, sql, type SQLWrapper } from 'drizzle-orm'

/** Condition that a column has one of the values. It binds one parameter, because D1 allows 100 in a statement. */
export const isOneOf = (column: SQLWrapper, values: readonly string[]): SQL =>
  sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`
