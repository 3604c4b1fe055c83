/** Lists of a user's data in D1 that no other store has. */
import { and, asc, eq, gt, inArray, or, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { sessions } from '../auth/table'
import { messages } from '../mail/table'
import { payments, webhookEvents } from '../payments/table'
import type { Refund } from '../refunds/store'
import { refunds } from '../refunds/table'

/** Position in a list that is ordered by time. */
export type Position = readonly [createdAtMs: number, id: string]

export const BEGINNING: Position = [0, '']

const messageColumns = {
  id: messages.id,
  kind: messages.kind,
  recipient: messages.recipient,
  facts: messages.facts,
  state: messages.state,
  createdAtMs: messages.createdAtMs,
  sentAtMs: messages.sentAtMs,
}

const eventColumns = {
  paymentReference: webhookEvents.paymentReference,
  eventType: webhookEvents.eventType,
  body: webhookEvents.body,
  receivedAtMs: webhookEvents.receivedAtMs,
}

export const createExportStore = (db: DrizzleD1Database) => ({
  sessions: (userUuid: string, afterUuid: string, limit: number) =>
    db
      .select()
      .from(sessions)
      .where(and(eq(sessions.userUuid, userUuid), gt(sessions.uuid, afterUuid)))
      .orderBy(asc(sessions.uuid))
      .limit(limit),

  messages: (userUuid: string, [atMs, id]: Position, limit: number) =>
    db
      .select(messageColumns)
      .from(messages)
      .where(
        and(
          eq(messages.userUuid, userUuid),
          or(
            gt(messages.createdAtMs, atMs),
            and(eq(messages.createdAtMs, atMs), gt(messages.id, id)),
          ),
        ),
      )
      .orderBy(asc(messages.createdAtMs), asc(messages.id))
      .limit(limit),

  refunds: async (userUuid: string, [atMs, uuid]: Position, limit: number) =>
    (await db
      .select()
      .from(refunds)
      .where(
        and(
          eq(refunds.userUuid, userUuid),
          or(
            gt(refunds.createdAtMs, atMs),
            and(eq(refunds.createdAtMs, atMs), gt(refunds.uuid, uuid)),
          ),
        ),
      )
      .orderBy(asc(refunds.createdAtMs), asc(refunds.uuid))
      .limit(limit)) as Refund[],

  /** Events about the given payments. A blanked body is empty. */
  async events(paymentUuids: readonly string[]) {
    const found = sql`(SELECT e.body_hash FROM ${payments} AS p CROSS JOIN ${webhookEvents} AS e
      WHERE p.uuid IN (SELECT value FROM json_each(${JSON.stringify(paymentUuids)}))
        AND (e.payment_reference BETWEEN p.reference AND p.reference || '~'
          OR e.payment_reference = p.monnify_reference))`
    return db
      .select(eventColumns)
      .from(webhookEvents)
      .where(inArray(webhookEvents.bodyHash, found))
      .orderBy(asc(webhookEvents.receivedAtMs))
  },
})

export type ExportStore = ReturnType<typeof createExportStore>
