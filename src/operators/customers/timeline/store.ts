/** Sources of a timeline that D1 holds: one page of a customer's rows after a position, newest first. */
import { and, desc, eq, getTableColumns, inArray, type SQL, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core'
import { sessions } from '../../../auth/table'
import { messages } from '../../../mail/table'
import type { Payment } from '../../../payments/store'
import { payments, webhookEvents } from '../../../payments/table'
import type { Refund } from '../../../refunds/store'
import { refunds } from '../../../refunds/table'
import { operators } from '../../access/table'
import { operatorActions } from '../../log/table'
import type { Bound } from './merge'

/** A customer's newest payments, among which the events and the gateway's responses of a page are searched. */
const MAX_PAYMENTS = 2000

/** Columns of an event without its body, which contains the payer's data. */
const { body, ...eventColumns } = getTableColumns(webhookEvents)

const isAfter = (time: AnySQLiteColumn | SQL, key: AnySQLiteColumn, bound: Bound): SQL =>
  bound.beforeKey === undefined
    ? sql`${time} < ${bound.untilMs}`
    : sql`(${time}, ${key}) < (${bound.untilMs}, ${bound.beforeKey})`

/** Time of the last response of the gateway that changed the payment, or of the attempt. */
const answeredAtMs = sql<number>`COALESCE(${payments.completedAtMs}, ${payments.attemptBeganAtMs}, ${payments.createdAtMs})`

export const createTimelineStore = (db: DrizzleD1Database) => ({
  async payments(userUuid: string, bound: Bound, limit: number): Promise<Payment[]> {
    const { createdAtMs, uuid } = payments
    const rows = await db
      .select()
      .from(payments)
      .where(and(eq(payments.userUuid, userUuid), isAfter(createdAtMs, uuid, bound)))
      .orderBy(desc(createdAtMs), desc(uuid))
      .limit(limit)
    return rows as Payment[]
  },

  /** Payments that were sent to the gateway, with the time of its last response. */
  async answers(userUuid: string, bound: Bound, limit: number) {
    const newest = sql`(SELECT uuid FROM ${payments} WHERE user_uuid = ${userUuid}
      AND created_at_ms <= ${bound.untilMs} ORDER BY created_at_ms DESC LIMIT ${MAX_PAYMENTS})`
    const rows = await db
      .select({ payment: payments, atMs: answeredAtMs })
      .from(payments)
      .where(
        and(
          inArray(payments.uuid, newest),
          sql`${payments.attempt} > 0`,
          isAfter(answeredAtMs, payments.uuid, bound),
        ),
      )
      .orderBy(desc(answeredAtMs), desc(payments.uuid))
      .limit(limit)
    return rows as { payment: Payment; atMs: number }[]
  },

  async events(userUuid: string, bound: Bound, limit: number) {
    const { receivedAtMs, bodyHash } = webhookEvents
    const named = sql`(SELECT e.body_hash
      FROM (SELECT reference, monnify_reference FROM ${payments} WHERE user_uuid = ${userUuid}
        AND created_at_ms <= ${bound.untilMs} ORDER BY created_at_ms DESC LIMIT ${MAX_PAYMENTS}) AS p
      CROSS JOIN ${webhookEvents} AS e
      WHERE e.payment_reference BETWEEN p.reference AND p.reference || '~'
        OR e.payment_reference = p.monnify_reference)`
    return db
      .select({ ...eventColumns, hasBody: sql<number>`${body} <> ''` })
      .from(webhookEvents)
      .where(and(inArray(bodyHash, named), isAfter(receivedAtMs, bodyHash, bound)))
      .orderBy(desc(receivedAtMs), desc(bodyHash))
      .limit(limit)
  },

  async refunds(userUuid: string, bound: Bound, limit: number): Promise<Refund[]> {
    const { createdAtMs, uuid } = refunds
    const rows = await db
      .select()
      .from(refunds)
      .where(and(eq(refunds.userUuid, userUuid), isAfter(createdAtMs, uuid, bound)))
      .orderBy(desc(createdAtMs), desc(uuid))
      .limit(limit)
    return rows as Refund[]
  },

  async sessions(userUuid: string, bound: Bound, limit: number) {
    const { createdAtMs, uuid } = sessions
    return db
      .select()
      .from(sessions)
      .where(and(eq(sessions.userUuid, userUuid), isAfter(createdAtMs, uuid, bound)))
      .orderBy(desc(createdAtMs), desc(uuid))
      .limit(limit)
  },

  async messages(userUuid: string, bound: Bound, limit: number) {
    const { createdAtMs, id } = messages
    return db
      .select()
      .from(messages)
      .where(and(eq(messages.userUuid, userUuid), isAfter(createdAtMs, id, bound)))
      .orderBy(desc(createdAtMs), desc(id))
      .limit(limit)
  },

  /** Outcomes of actions on the customer, with the names of the operators. Reads are only in the log. */
  async actions(userUuid: string, bound: Bound, limit: number) {
    const { atMs, seq, subject, outcome } = operatorActions
    return db
      .select({ ...getTableColumns(operatorActions), operatorName: operators.name })
      .from(operatorActions)
      .leftJoin(operators, eq(operators.uuid, operatorActions.operatorUuid))
      .where(
        and(
          eq(subject, userUuid),
          inArray(outcome, ['done', 'refused', 'failed']),
          isAfter(atMs, seq, bound),
        ),
      )
      .orderBy(desc(atMs), desc(seq))
      .limit(limit)
  },
})

export type TimelineStore = ReturnType<typeof createTimelineStore>
type RowsOf<Name extends keyof TimelineStore> = Awaited<ReturnType<TimelineStore[Name]>>
export type EventRow = RowsOf<'events'>[number]
export type AnswerRow = RowsOf<'answers'>[number]
export type SessionRow = RowsOf<'sessions'>[number]
export type MessageOfCustomer = RowsOf<'messages'>[number]
export type ActionRow = RowsOf<'actions'>[number]
