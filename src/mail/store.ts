import { and, asc, eq, inArray, lte, type SQL } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { deleteBefore } from '../common/sql/delete-before'
import { selectValues } from '../common/sql/select-values'
import { type Complaint, MESSAGE_KINDS, type MessageKind, type NewMessage, ruleOf } from './message'
import { messages, type MessageState } from './table'

export type MessageRow = typeof messages.$inferSelect

export interface MessageStore {
  insert(message: NewMessage): Promise<void>
  /** Messages whose attempt is due and that this release knows, the most overdue first. */
  listDue(nowMs: number, limit: number): Promise<MessageRow[]>
  /** Counts an attempt and sets the next one. @returns whether no other run did so since the row was read */
  beginAttempt(row: MessageRow, nextAttemptAtMs: number): Promise<boolean>
  end(id: string, state: MessageState, sent?: { atMs: number; providerId: string }): Promise<void>
  /** Records what the provider reports about a sent message. @returns the message, if it is known */
  recordComplaint(providerId: string, complaint: Complaint): Promise<MessageRow | undefined>
  removeOlder(beforeMs: number, limit: number): Promise<number>
}

/** A later release may have inserted other kinds before it was rolled back. */
const KINDS = Object.keys(MESSAGE_KINDS) as MessageKind[]

const rowOf = ({ facts, ...message }: NewMessage): MessageRow => ({
  ...message,
  facts: JSON.stringify(facts),
  state: 'pending',
  attempts: 0,
  nextAttemptAtMs: message.createdAtMs,
  sentAtMs: null,
  providerId: null,
})

/** Statement for the batch of the message's cause. It inserts nothing if `condition` is false or the ID exists. */
export function insertMessageIf(db: DrizzleD1Database, message: NewMessage, condition: SQL) {
  const row = selectValues(messages, rowOf(message), condition)
  return db.insert(messages).select(row).onConflictDoNothing()
}

export const expiryOf = ({ kind, createdAtMs }: Pick<NewMessage, 'kind' | 'createdAtMs'>): number =>
  createdAtMs + ruleOf(kind).lifetimeMs

export const createMessageStore = (db: DrizzleD1Database): MessageStore => ({
  async insert(message) {
    await db.insert(messages).values(rowOf(message)).onConflictDoNothing()
  },
  async listDue(nowMs, limit) {
    return db
      .select()
      .from(messages)
      .where(and(lte(messages.nextAttemptAtMs, nowMs), inArray(messages.kind, KINDS)))
      .orderBy(asc(messages.nextAttemptAtMs))
      .limit(limit)
  },
  async beginAttempt({ id, attempts }, nextAttemptAtMs) {
    const begun = await db
      .update(messages)
      .set({ attempts: attempts + 1, nextAttemptAtMs })
      .where(
        and(eq(messages.id, id), eq(messages.attempts, attempts), eq(messages.state, 'pending')),
      )
    return begun.meta.changes === 1
  },
  async end(id, state, sent) {
    const outcome = sent && { sentAtMs: sent.atMs, providerId: sent.providerId }
    await db
      .update(messages)
      .set({ state, nextAttemptAtMs: null, ...outcome })
      .where(and(eq(messages.id, id), eq(messages.state, 'pending')))
  },
  async recordComplaint(providerId, state) {
    return db
      .update(messages)
      .set({ state })
      .where(eq(messages.providerId, providerId))
      .returning()
      .get()
  },
  async removeOlder(beforeMs, limit) {
    const { id: key, createdAtMs: time } = messages
    return deleteBefore(db, { key, time }, beforeMs, limit)
  },
})
