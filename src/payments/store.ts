/** Payments and webhook events in D1. States move by compare-and-set. */
import { and, desc, eq, gte, inArray, isNull, lt, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { Kobo } from '../common/money'
import type { PaymentStatus } from './payment'
import { payments, webhookEvents } from './table'

type PaymentRow = typeof payments.$inferSelect

export type Payment = Omit<PaymentRow, 'amountKobo' | 'amountPaidKobo'> & {
  readonly amountKobo: Kobo
  readonly amountPaidKobo: Kobo
}

export type WebhookEvent = typeof webhookEvents.$inferInsert

export interface PaymentPage {
  readonly limit: number
  readonly before?: readonly [createdAtMs: number, uuid: string] | undefined
  readonly status?: PaymentStatus | undefined
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
}

export interface PaymentStore {
  /** Inserts it unless the user's key is taken. @returns the payment that now has the key */
  insertOnce(payment: Payment): Promise<Payment>
  byUuid(uuid: string): Promise<Payment | undefined>
  byReference(reference: string): Promise<Payment | undefined>
  /** Newest first. */
  list(userUuid: string, page: PaymentPage): Promise<Payment[]>
  /** Open payments made before an instant, oldest first. */
  openBefore(beforeMs: number, limit: number): Promise<Payment[]>
  /** Counts a new attempt at a checkout, unless there is one already. */
  beginAttempt(uuid: string): Promise<Payment | undefined>
  /** @returns whether the payment was in one of the states `from` */
  move(uuid: string, from: readonly PaymentStatus[], to: Partial<Payment>): Promise<boolean>
  /** Keeps the event and counts its arrivals. */
  recordEvent(event: WebhookEvent): Promise<void>
  recordOutcome(bodyHash: string, outcome: string): Promise<void>
}

const newest = desc(payments.createdAtMs)

export const createPaymentStore = (db: DrizzleD1Database): PaymentStore => {
  const select = () => db.select().from(payments)
  const only = (rows: PaymentRow[]) => rows[0] as Payment | undefined

  return {
    async insertOnce(payment) {
      const inserted = await db
        .insert(payments)
        .values(payment)
        .onConflictDoNothing({ target: [payments.userUuid, payments.idempotencyKey] })
      if (inserted.meta.changes === 1) return payment
      const { userUuid, idempotencyKey } = payment
      const hasKey = and(
        eq(payments.userUuid, userUuid),
        eq(payments.idempotencyKey, idempotencyKey ?? ''),
      )
      const holder = only(await select().where(hasKey))
      if (!holder) throw new Error('a payment was neither inserted nor found')
      return holder
    },
    async byUuid(uuid) {
      return only(await select().where(eq(payments.uuid, uuid)))
    },
    async byReference(reference) {
      return only(await select().where(eq(payments.reference, reference)))
    },
    async list(userUuid, { limit, before, status, fromMs, toMs }) {
      const filters = [
        eq(payments.userUuid, userUuid),
        before && sql`(${payments.createdAtMs}, ${payments.uuid}) < (${before[0]}, ${before[1]})`,
        status && eq(payments.status, status),
        fromMs !== undefined ? gte(payments.createdAtMs, fromMs) : undefined,
        toMs !== undefined ? lt(payments.createdAtMs, toMs) : undefined,
      ]
      const rows = await select()
        .where(and(...filters))
        .orderBy(newest, desc(payments.uuid))
        .limit(limit)
      return rows as Payment[]
    },
    async openBefore(beforeMs, limit) {
      const isOpen = sql`${payments.status} IN ('pending', 'processing')`
      const rows = await select()
        .where(and(isOpen, lt(payments.createdAtMs, beforeMs)))
        .orderBy(payments.createdAtMs)
        .limit(limit)
      return rows as Payment[]
    },
    async beginAttempt(uuid) {
      const isUnstarted = and(
        eq(payments.uuid, uuid),
        isNull(payments.checkoutUrl),
        inArray(payments.status, ['pending', 'failed']),
      )
      const attempt = {
        status: 'pending',
        attempt: sql`${payments.attempt} + 1`,
        failureReason: null,
      } as const
      return only(await db.update(payments).set(attempt).where(isUnstarted).returning())
    },
    async move(uuid, from, to) {
      const moved = await db
        .update(payments)
        .set(to)
        .where(and(eq(payments.uuid, uuid), inArray(payments.status, [...from])))
      return moved.meta.changes === 1
    },
    async recordEvent(event) {
      await db
        .insert(webhookEvents)
        .values(event)
        .onConflictDoUpdate({
          target: webhookEvents.bodyHash,
          set: { timesReceived: sql`${webhookEvents.timesReceived} + 1` },
        })
    },
    async recordOutcome(bodyHash, outcome) {
      await db.update(webhookEvents).set({ outcome }).where(eq(webhookEvents.bodyHash, bodyHash))
    },
  }
}
