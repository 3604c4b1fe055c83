import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/**
 * `read`: a read of customer data. `started`: an action that is about to run. `done`, `refused` and `failed`: its
 * outcome; a started action without an outcome was interrupted.
 */
export type ActionOutcome = 'read' | 'started' | 'done' | 'refused' | 'failed'

/** Actions of operators. Triggers of the migration reject every change and deletion of a row. */
export const operatorActions = sqliteTable(
  'operator_actions',
  {
    seq: integer('seq').primaryKey(),
    atMs: integer('at_ms').notNull(),
    /** Null before a log-in, for example for a bootstrap. */
    operatorUuid: text('operator_uuid'),
    action: text('action').notNull(),
    outcome: text('outcome').$type<ActionOutcome>().notNull(),
    /** Entry `started` of the action that this entry ends. */
    startedSeq: integer('started_seq'),
    /** UUID or reference; never personal data. */
    subject: text('subject'),
    reason: text('reason'),
    requestId: text('request_id'),
    /** JSON objects without personal data. */
    before: text('before'),
    after: text('after'),
    previousHash: text('previous_hash').notNull(),
    /** SHA-256 of the canonical JSON of the other columns. */
    hash: text('hash').notNull(),
  },
  (table) => [
    index('operator_actions_operator').on(table.operatorUuid, table.seq),
    index('operator_actions_subject').on(table.subject, table.seq),
    index('operator_actions_action').on(table.action, table.seq),
  ],
)
