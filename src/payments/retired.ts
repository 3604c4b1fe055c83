/**
 * Retention of payments and events. Unpaid payments move from `payments` to `retired_payments`. If money
 * arrives for one later, its row is restored and confirmed like any other.
 */
import { and, eq, exists, getTableColumns, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { PaymentStore } from './store'
import { exceptions } from '../exceptions/table'
import { IS_UNPAID, payments, retiredPayments, webhookEvents } from './table'

export interface RetiredPayments {
  /** Retires unpaid payments that were created before `beforeMs`. @returns how many */
  retire(beforeMs: number, limit: number): Promise<number>
  /** @returns whether a payment with this reference was retired */
  restore(reference: string): Promise<boolean>
  /** Removes the bodies of processed events that were received before `beforeMs`. @returns how many */
  blankBodies(beforeMs: number, limit: number): Promise<number>
}

/** Candidates read for each payment to retire, because those with an unresolved exception are skipped. */
const PASSED_OVER = 4

/** In the order of `retired_payments`: `INSERT … SELECT` matches columns by position. */
const COLUMNS = sql.join(
  Object.values(getTableColumns(retiredPayments)).map(({ name }) => sql.identifier(name)),
  sql`, `,
)

export const createRetiredPayments = (db: DrizzleD1Database): RetiredPayments => ({
  async retire(beforeMs, limit) {
    const unpaid = sql`SELECT uuid FROM (
        SELECT uuid, reference FROM ${payments} WHERE ${sql.raw(IS_UNPAID)} AND created_at_ms < ${beforeMs}
          ORDER BY created_at_ms LIMIT ${limit * PASSED_OVER}
      ) AS unpaid
      WHERE NOT EXISTS (SELECT 1 FROM ${exceptions} WHERE state <> 'resolved'
        AND subject >= unpaid.reference AND subject < unpaid.reference || '_b')
      LIMIT ${limit}`
    const [, removed] = await db.batch([
      db
        .insert(retiredPayments)
        .select(sql`SELECT ${COLUMNS} FROM ${payments} WHERE uuid IN (${unpaid})`)
        .onConflictDoNothing(),
      db
        .delete(payments)
        .where(
          and(
            sql`uuid IN (${unpaid})`,
            exists(
              db
                .select({ uuid: retiredPayments.uuid })
                .from(retiredPayments)
                .where(eq(retiredPayments.reference, payments.reference)),
            ),
          ),
        ),
    ])
    return removed.meta.changes
  },

  async restore(reference) {
    const isIt = eq(retiredPayments.reference, reference)
    const retired = await db.select().from(retiredPayments).where(isIt).get()
    if (!retired) return false
    const isTransfer = retired.method === 'wallet'
    const restored = {
      ...retired,
      status: isTransfer ? 'failed' : 'expired',
      failureReason: isTransfer ? 'not_executed' : 'checkout_expired',
      amountPaidKobo: 0,
      creditedEntrySeq: 0,
    } as const
    await db.batch([
      db.insert(payments).values(restored).onConflictDoNothing(),
      db.delete(retiredPayments).where(isIt),
    ])
    return true
  },

  async blankBodies(beforeMs, limit) {
    const old = sql`SELECT body_hash FROM ${webhookEvents}
      WHERE outcome IS NOT NULL AND body <> '' AND received_at_ms < ${beforeMs}
      ORDER BY received_at_ms LIMIT ${limit}`
    const blanked = await db.run(
      sql`UPDATE ${webhookEvents} SET body = '' WHERE body_hash IN (${old})`,
    )
    return blanked.meta.changes
  },
})

/** Wraps a payment store, so that `byReference` restores a retired payment. */
export const restoring = (store: PaymentStore, retired: RetiredPayments): PaymentStore => ({
  ...store,
  async byReference(reference) {
    const payment = await store.byReference(reference)
    if (payment || !(await retired.restore(reference))) return payment
    return store.byReference(reference)
  },
})
