import { sql } from 'drizzle-orm'
import { check, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { ExceptionKind, ExceptionState } from './exception'

/** Events that a person must look at. Repeats with the same kind and subject are counted. */
export const exceptions = sqliteTable(
  'exceptions',
  {
    kind: text('kind').$type<ExceptionKind>().notNull(),
    /** For payments: the gateway reference. */
    subject: text('subject').notNull(),
    /** Amount at risk; null if unknown. */
    amountKobo: integer('amount_kobo'),
    firstAtMs: integer('first_at_ms').notNull(),
    lastAtMs: integer('last_at_ms').notNull(),
    count: integer('count').notNull(),
    state: text('state').$type<ExceptionState>().notNull(),
    owner: text('owner'),
    note: text('note'),
    resolution: text('resolution'),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.subject] }),
    index('exceptions_subject').on(table.subject),
    index('exceptions_state').on(table.state, table.lastAtMs),
    index('exceptions_kind').on(table.state, table.kind, table.firstAtMs),
    check(
      'exceptions_amount',
      sql`${table.amountKobo} IS NULL OR (typeof(${table.amountKobo}) = 'integer' AND ${table.amountKobo} >= 0)`,
    ),
  ],
)
