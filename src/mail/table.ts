import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { MessageKind } from './message'

export const MESSAGE_STATES = [
  'pending',
  'sent',
  /** Not sent: no one to send it to, or not wanted. */
  'void',
  /** Not sent: the provider rejected it, or all attempts failed. */
  'abandoned',
  'bounced',
  'complained',
] as const
export type MessageState = (typeof MESSAGE_STATES)[number]

/** Outbox of e-mails. A row is inserted in the transaction of its cause. */
export const messages = sqliteTable(
  'messages',
  {
    id: text('id').primaryKey(),
    kind: text('kind').$type<MessageKind>().notNull(),
    userUuid: text('user_uuid'),
    recipient: text('recipient'),
    /** JSON. */
    facts: text('facts').notNull(),
    state: text('state').$type<MessageState>().notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** Null when no further attempt is planned. */
    nextAttemptAtMs: integer('next_attempt_at_ms'),
    sentAtMs: integer('sent_at_ms'),
    /** The provider's ID, by which it reports a bounce. */
    providerId: text('provider_id'),
  },
  (table) => [
    index('messages_next_attempt')
      .on(table.nextAttemptAtMs)
      .where(sql`next_attempt_at_ms IS NOT NULL`),
    index('messages_provider')
      .on(table.providerId)
      .where(sql`provider_id IS NOT NULL`),
    index('messages_user').on(table.userUuid, table.createdAtMs),
    index('messages_age').on(table.createdAtMs),
  ],
)
