/** Queries of D1 for the payments and entries that lines are compared with, and the search for payments without a line. */
import { and, asc, eq, isNotNull, lte, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { Kobo } from '../../../common/money'
import { isOneOf } from '../../../common/sql/one-of'
import { payments } from '../../../payments/table'
import type { Entry } from '../../../wallets/core/ledger'
import { IS_PAYMENT_MONEY, transactions } from '../../../wallets/table'
import type { SettledPayment } from '../core/match'
import { settlementLines, settlementProgress } from '../table'

export interface UnsettledPayment {
  readonly uuid: string
  /** Reference of the current attempt's payment, without its suffix. */
  readonly reference: string
  readonly attempt: number
  readonly amountPaidKobo: Kobo
  readonly completedAtMs: number
  readonly hasLine: boolean
}

export type Position = readonly [completedAtMs: number, uuid: string]

export interface SettledPaymentStore {
  byReferences(references: readonly string[]): Promise<SettledPayment[]>
  /** Projected entries of payments' credits and returns, in the order of the ledger. */
  entriesOf(paymentUuids: readonly string[]): Promise<Entry[]>
  progress(): Promise<Position | undefined>
  /** Moves the search, unless another run did. @returns whether this call did */
  moveProgress(from: Position | undefined, to: Position): Promise<boolean>
  /** Payments at the gateway that were completed after a position, the earliest first. */
  completedAfter(position: Position, untilMs: number, limit: number): Promise<UnsettledPayment[]>
}

const ONE = 1

export function createSettledPaymentStore(db: DrizzleD1Database): SettledPaymentStore {
  return {
    async byReferences(references) {
      const { uuid, reference } = payments
      return db.select({ uuid, reference }).from(payments).where(isOneOf(reference, references))
    },
    async entriesOf(paymentUuids) {
      const isNamed = isOneOf(transactions.sourceUuid, paymentUuids)
      const rows = await db
        .select()
        .from(transactions)
        .where(and(isNamed, sql.raw(IS_PAYMENT_MONEY)))
      return rows
        .map(
          ({ fromAccount: from, toAccount: to, ...rest }) =>
            ({ ...rest, from, to }) as unknown as Entry,
        )
        .toSorted((one, other) => one.seq - other.seq)
    },
    async progress() {
      const row = await db
        .select()
        .from(settlementProgress)
        .where(eq(settlementProgress.id, ONE))
        .get()
      return row && [row.completedAtMs, row.uuid]
    },
    async moveProgress(from, [completedAtMs, uuid]) {
      if (!from) {
        const row = { id: ONE, completedAtMs, uuid }
        const inserted = await db.insert(settlementProgress).values(row).onConflictDoNothing()
        return inserted.meta.changes === 1
      }
      const isAsRead = and(
        eq(settlementProgress.id, ONE),
        eq(settlementProgress.completedAtMs, from[0]),
        eq(settlementProgress.uuid, from[1]),
      )
      const moved = await db.update(settlementProgress).set({ completedAtMs, uuid }).where(isAsRead)
      return moved.meta.changes === 1
    },
    async completedAfter([afterMs, afterUuid], untilMs, limit) {
      const { uuid, reference, attempt, amountPaidKobo, completedAtMs } = payments
      const isLater = and(
        isNotNull(completedAtMs),
        sql`(${completedAtMs}, ${uuid}) > (${afterMs}, ${afterUuid})`,
        lte(completedAtMs, untilMs),
        eq(payments.method, 'monnify'),
      )
      const hasLine = sql<number>`EXISTS (SELECT 1 FROM ${settlementLines}
        WHERE ${settlementLines.paymentUuid} = ${uuid} AND payment_uuid IS NOT NULL)`
      const rows = await db
        .select({ uuid, reference, attempt, amountPaidKobo, completedAtMs, hasLine })
        .from(payments)
        .where(isLater)
        .orderBy(asc(completedAtMs), asc(uuid))
        .limit(limit)
      return rows.map((row) => ({ ...row, hasLine: row.hasLine === 1 }) as UnsettledPayment)
    },
  }
}
