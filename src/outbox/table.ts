import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

/** Users who have a stream. The deployment's stream depends on a setting instead. */
export const streams = sqliteTable('streams', {
  userUuid: text('user_uuid').primaryKey(),
  createdAtMs: integer('created_at_ms').notNull(),
})

/** D1's outbox of events: one row for each stream. A row is inserted in the batch of its cause. */
export const eventOutbox = sqliteTable(
  'event_outbox',
  {
    /** Orders the rows of an owner. */
    seq: integer('seq').primaryKey(),
    /** Owner of the stream: a user's UUID, or `deployment`. */
    owner: text('owner').notNull(),
    id: text('id').notNull(),
    type: text('type').notNull(),
    version: integer('version').notNull(),
    atMs: integer('at_ms').notNull(),
    /** JSON. */
    data: text('data').notNull(),
    failures: integer('failures').notNull().default(0),
    nextAttemptAtMs: integer('next_attempt_at_ms').notNull(),
  },
  (table) => [
    uniqueIndex('event_outbox_id').on(table.owner, table.id),
    /** SQLite adds `seq` to it, so it finds an owner's first rows. */
    index('event_outbox_owner').on(table.owner),
  ],
)
