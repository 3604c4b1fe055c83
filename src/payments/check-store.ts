/** Queries of D1 for what happens to a payment after its completion: later checks, and refunds at the gateway. */
import { and, asc, count, eq, inArray, isNotNull, lte, type SQL, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { kobo, type Kobo } from '../common/money'
import { isOneOf } from '../common/sql/one-of'
import { refunds } from '../refunds/table'
import type { KnownRefunds } from './core/refunded'
import { ownReference } from './core/references'
import type { Payment } from './store'
import { gatewayRefunds, payments } from './table'

export type GatewayRefundRow = typeof gatewayRefunds.$inferInsert

export type DueCheck = Pick<
  Payment,
  | 'uuid'
  | 'reference'
  | 'createdAtMs'
  | 'attemptBeganAtMs'
  | 'completedAtMs'
  | 'amountPaidKobo'
  | 'nextCheckAtMs'
>

export interface CheckStore {
  /** Payments whose check is due, the most overdue first. */
  listDueForCheck(nowMs: number, limit: number): Promise<DueCheck[]>
  /** Sets the next check, if no other run did. @returns whether it was set */
  moveCheck(
    due: Pick<DueCheck, 'uuid' | 'nextCheckAtMs'>,
    nextCheckAtMs: number | null,
  ): Promise<boolean>
  /** Makes checks of the payments with these references of Monnify due. @returns the references found */
  makeChecksDue(monnifyReferences: readonly string[], nowMs: number): Promise<string[]>
  makeCheckDue(uuid: string, nowMs: number): Promise<void>
  /** Finds a payment by Monnify's reference of its current attempt, in any letter case. */
  byMonnifyReference(reference: string): Promise<Payment | undefined>
  /** Records a refund, and makes a check of its payment due. @returns whether the refund is new */
  recordGatewayRefund(refund: GatewayRefundRow): Promise<boolean>
  /** The attempts' references of the refunds that are recorded, by refund reference. */
  knownGatewayRefunds(refundReferences: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Total refunded at the gateway under an attempt's reference, without refunds that the service ordered. */
  gatewayRefundedKobo(paymentReference: string): Promise<Kobo>
  /** All refunds of an attempt, ordered here or not. */
  refundsOf(paymentUuid: string, paymentReference: string): Promise<KnownRefunds>
  /** Records a payment's refunded amount, unless a later position of the ledger is recorded. */
  recordRefunded(uuid: string, refundedKobo: Kobo, entrySeq: number): Promise<void>
}

const hasReference = (references: readonly string[]) =>
  isOneOf(sql`${payments.monnifyReference} COLLATE NOCASE`, references)

export const createCheckStore = (db: DrizzleD1Database): CheckStore => {
  const gatewayTotal = (paymentReference: string) =>
    db
      .select({ total: sql<number>`COALESCE(SUM(${gatewayRefunds.amountKobo}), 0)` })
      .from(gatewayRefunds)
      .where(eq(gatewayRefunds.paymentReference, paymentReference))

  return {
    async listDueForCheck(nowMs, limit) {
      const { uuid, reference, createdAtMs, attemptBeganAtMs, completedAtMs } = payments
      const { amountPaidKobo, nextCheckAtMs } = payments
      const times = { createdAtMs, attemptBeganAtMs, completedAtMs, nextCheckAtMs }
      const due = await db
        .select({ uuid, reference, amountPaidKobo, ...times })
        .from(payments)
        .where(and(isNotNull(nextCheckAtMs), lte(nextCheckAtMs, nowMs)))
        .orderBy(asc(nextCheckAtMs))
        .limit(limit)
      return due as DueCheck[]
    },
    async moveCheck({ uuid, nextCheckAtMs: fromMs }, nextCheckAtMs) {
      const isAsRead = sql`${payments.nextCheckAtMs} IS ${fromMs}`
      const moved = await db
        .update(payments)
        .set({ nextCheckAtMs })
        .where(and(eq(payments.uuid, uuid), isAsRead))
      return moved.meta.changes === 1
    },
    async makeChecksDue(monnifyReferences, nowMs) {
      const found = await db
        .update(payments)
        .set({ nextCheckAtMs: nowMs })
        .where(hasReference(monnifyReferences))
        .returning({ monnifyReference: payments.monnifyReference })
      return found.flatMap(({ monnifyReference }) => monnifyReference ?? [])
    },
    async makeCheckDue(uuid, nowMs) {
      await db.update(payments).set({ nextCheckAtMs: nowMs }).where(eq(payments.uuid, uuid))
    },
    async byMonnifyReference(reference) {
      const found = await db
        .select()
        .from(payments)
        .where(hasReference([reference]))
        .limit(1)
        .get()
      return found as Payment | undefined
    },
    async recordGatewayRefund(refund) {
      const insert = db
        .insert(gatewayRefunds)
        .values(refund)
        .onConflictDoNothing({ target: gatewayRefunds.refundReference })
      const makeDue = db
        .update(payments)
        .set({ nextCheckAtMs: refund.notedAtMs })
        .where(eq(payments.reference, ownReference(refund.paymentReference)))
      const [inserted] = await db.batch([insert, makeDue])
      return inserted.meta.changes === 1
    },
    async knownGatewayRefunds(refundReferences) {
      const { refundReference, paymentReference } = gatewayRefunds
      const rows = await db
        .select({ refundReference, paymentReference })
        .from(gatewayRefunds)
        .where(inArray(refundReference, [...refundReferences]))
      return new Map(rows.map((row) => [row.refundReference, row.paymentReference]))
    },
    async gatewayRefundedKobo(paymentReference) {
      return kobo((await gatewayTotal(paymentReference).get())?.total ?? 0)
    },
    async refundsOf(paymentUuid, paymentReference) {
      const { amountKobo, method, status } = refunds
      const sumOf = (isCounted: SQL) =>
        sql<number>`COALESCE(SUM(${amountKobo}) FILTER (WHERE ${method} = 'monnify' AND ${isCounted}), 0)`
      const isOfAttempt = and(
        eq(refunds.paymentUuid, paymentUuid),
        eq(refunds.paymentReference, paymentReference),
      )
      const own = db
        .select({
          paid: sumOf(sql`${status} = 'completed'`),
          ordered: sumOf(sql`${status} <> 'failed'`),
          requested: count(),
        })
        .from(refunds)
        .where(isOfAttempt)
      const [[gateway], [found]] = await db.batch([gatewayTotal(paymentReference), own])
      return {
        gatewayKobo: kobo(gateway?.total ?? 0),
        paidKobo: kobo(found?.paid ?? 0),
        orderedKobo: kobo(found?.ordered ?? 0),
        isRequested: (found?.requested ?? 0) > 0,
      }
    },
    async recordRefunded(uuid, refundedKobo, refundedEntrySeq) {
      await db
        .update(payments)
        .set({ refundedKobo, refundedEntrySeq })
        .where(and(eq(payments.uuid, uuid), lte(payments.refundedEntrySeq, refundedEntrySeq)))
    },
  }
}
