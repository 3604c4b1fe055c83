/** D1's outbox of events, and the users who have a stream. */
import { and, asc, eq, type SQL, sql } from 'drizzle-orm'
import type { BatchItem, BatchResponse } from 'drizzle-orm/batch'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { isOneOf } from '../common/sql/one-of'
import { DEPLOYMENT, type NewEvent, type StreamOwner } from './event'
import { eventOutbox, streams } from './table'

export type OutboxEvent = typeof eventOutbox.$inferSelect

export interface EventOutbox {
  /** Owners whose first event is due, the most overdue first. */
  listDue(nowMs: number, limit: number): Promise<StreamOwner[]>
  /** The first events of an owner, in order. */
  firstOf(owner: StreamOwner, limit: number): Promise<OutboxEvent[]>
  /**
   * Counts an attempt of an owner's first event and sets the next one, which holds the owner's other events back too.
   * @returns whether no other run did so since the event was read
   */
  beginAttempt(first: OutboxEvent, nextAttemptAtMs: number): Promise<boolean>
  /** Removes delivered events. A later event may have the number of a removed one, so their IDs name them. */
  remove(owner: StreamOwner, ids: readonly string[]): Promise<void>
  /** Records that the user has a stream, from which time events are stored. A repeat changes nothing. */
  openStream(userUuid: string, nowMs: number): Promise<void>
  hasStream(userUuid: string): Promise<boolean>
}

/** Interface between the stores of features and the streams. */
export interface EventSink {
  readonly hasDeploymentEvents: boolean
  /** Called after a batch has stored events of the user. */
  readonly onStored: (userUuid: string) => void
}

/** Events of users wait for the cron job. */
export const CRON_DELIVERS: EventSink = { hasDeploymentEvents: false, onStored: () => undefined }

/**
 * Statement for the batch of the event's cause. It inserts a row for each stream that exists. It inserts nothing if
 * `condition` is false or the outbox has the ID.
 */
export function insertEventIf(
  db: DrizzleD1Database,
  { id, type, version, atMs, data }: NewEvent,
  condition: SQL,
  {
    userUuid,
    hasDeploymentEvents,
  }: { readonly userUuid: string } & Pick<EventSink, 'hasDeploymentEvents'>,
) {
  const ofUser = sql`SELECT user_uuid AS owner FROM ${streams} WHERE user_uuid = ${userUuid}`
  const owners = hasDeploymentEvents ? sql`${ofUser} UNION ALL SELECT ${DEPLOYMENT}` : ofUser
  /** In the order of the table's columns. */
  const row = sql`SELECT NULL, owner, ${id}, ${type}, ${version}, ${atMs}, ${JSON.stringify(data)}, 0, ${atMs}
    FROM (${owners}) AS owners WHERE ${condition}`
  return db.insert(eventOutbox).select(row).onConflictDoNothing()
}

/** An event, and the condition on the state before its cause. */
export interface ConditionalEvent {
  readonly userUuid: string
  readonly event: NewEvent
  readonly condition: SQL
}

type Statement = BatchItem<'sqlite'>

/** Runs the batch of a cause, after the statements of its events. @returns the results of the cause's statements */
export async function batchWithEvents<T extends readonly [Statement, ...Statement[]]>(
  db: DrizzleD1Database,
  sink: EventSink,
  events: readonly ConditionalEvent[],
  cause: T,
): Promise<BatchResponse<T>> {
  const { hasDeploymentEvents } = sink
  const inserts = events.map(({ event, condition, userUuid }) =>
    insertEventIf(db, event, condition, { userUuid, hasDeploymentEvents }),
  )
  const [first, ...others]: readonly Statement[] = [...inserts, ...cause]
  if (!first) throw new Error('a cause has no statement')
  const results: readonly unknown[] = await db.batch([first, ...others])
  const stored = results.slice(0, inserts.length) as readonly D1Result[]
  for (const userUuid of new Set(
    events.filter((_, index) => stored[index]?.meta.changes).map((event) => event.userUuid),
  ))
    sink.onStored(userUuid)
  return results.slice(inserts.length) as unknown as BatchResponse<T>
}

/** Statements that remove what D1 has of a user's stream. */
export const removeStreamOf = (db: DrizzleD1Database, userUuid: string) =>
  [
    db.delete(streams).where(eq(streams.userUuid, userUuid)),
    db.delete(eventOutbox).where(eq(eventOutbox.owner, userUuid)),
  ] as const

export const createEventOutbox = (db: DrizzleD1Database): EventOutbox => ({
  async listDue(nowMs, limit) {
    const { owner, nextAttemptAtMs } = eventOutbox
    const isFirst = sql`seq IN (SELECT MIN(seq) FROM ${eventOutbox} GROUP BY owner)`
    const rows = await db
      .select({ owner })
      .from(eventOutbox)
      .where(and(isFirst, sql`${nextAttemptAtMs} <= ${nowMs}`))
      .orderBy(asc(nextAttemptAtMs))
      .limit(limit)
    return rows.map((row) => row.owner)
  },
  async firstOf(owner, limit) {
    return db
      .select()
      .from(eventOutbox)
      .where(eq(eventOutbox.owner, owner))
      .orderBy(asc(eventOutbox.seq))
      .limit(limit)
  },
  async beginAttempt({ seq, id, failures }, nextAttemptAtMs) {
    const isAsRead = and(
      eq(eventOutbox.seq, seq),
      eq(eventOutbox.id, id),
      eq(eventOutbox.failures, failures),
    )
    const begun = await db
      .update(eventOutbox)
      .set({ failures: failures + 1, nextAttemptAtMs })
      .where(isAsRead)
    return begun.meta.changes === 1
  },
  async remove(owner, ids) {
    await db
      .delete(eventOutbox)
      .where(and(eq(eventOutbox.owner, owner), isOneOf(eventOutbox.id, ids)))
  },
  async openStream(userUuid, createdAtMs) {
    await db.insert(streams).values({ userUuid, createdAtMs }).onConflictDoNothing()
  },
  async hasStream(userUuid) {
    const isIt = eq(streams.userUuid, userUuid)
    return (await db.select().from(streams).where(isIt).get()) !== undefined
  },
})
