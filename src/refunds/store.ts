import {
  and,
  asc,
  desc,
  eq,
  exists,
  getTableColumns,
  inArray,
  isNull,
  lte,
  ne,
  sql,
} from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { Kobo } from '../common/money'
import type { NewMessage } from '../mail/message'
import { insertMessageIf } from '../mail/store'
import { batchWithEvents, CRON_DELIVERS, type EventSink } from '../outbox/store'
import { DAY_REFUNDS } from './core/refund'
import type { RefundEvent } from './core/refund-events'
import { refunds } from './table'

type RefundRow = typeof refunds.$inferSelect

export type Refund = Omit<RefundRow, 'amountKobo'> & { readonly amountKobo: Kobo }

export interface RefundStore {
  /**
   * Inserts a refund, unless the user's idempotency key is taken or a limit of 24 hours would be exceeded: `limitKobo` or,
   * for a user's own refunds, `DAY_REFUNDS`.
   * @param limitKobo limit of the user's own refunds or, for an operator's refund, of all amounts that operators refund,
   * give and waive
   * @returns the refund with that key; `undefined` if a limit would be exceeded
   */
  insertOnce(refund: Refund, limitKobo: Kobo): Promise<Refund | undefined>
  byUuid(uuid: string): Promise<Refund | undefined>
  byReference(reference: string): Promise<Refund | undefined>
  byKey(userUuid: string, idempotencyKey: string): Promise<Refund | undefined>
  /** Newest first. */
  ofPayment(paymentUuid: string, limit: number): Promise<Refund[]>
  /** Amount of a payment's refunds under an attempt's reference that did not fail. */
  orderedKobo(paymentUuid: string, paymentReference: string): Promise<number>
  /**
   * Begins a try that owns the refund until the next one is due. Only one of several requests begins it: the status and
   * the number of tries must be those of `refund`, and no other try may own it. @returns whether it has begun
   */
  beginTry(refund: Refund, nextTryAtMs: number | null): Promise<boolean>
  /** Extends the ownership of a try. @param refund with the number of its try @returns whether the try still owns it */
  extendTry(refund: Refund, untilMs: number): Promise<boolean>
  /** Records an operator's decision, if there is none yet. @returns whether it was recorded */
  recordDecision(
    uuid: string,
    decision: Pick<Refund, 'evidence' | 'failureReason'>,
  ): Promise<boolean>
  /** Removes a refund that never held money. */
  remove(refund: Refund): Promise<void>
  /**
   * Updates a refund.
   * @param notice message about the update, inserted with it
   * @param event inserted with the update, if the refund does not have its outcome yet
   * @returns the updated refund
   */
  update(
    uuid: string,
    update: Partial<Refund>,
    notice?: NewMessage,
    event?: RefundEvent,
  ): Promise<Refund>
  /** Refunds that are due for a try or a later check, the most overdue first. */
  listDue(nowMs: number, limit: number): Promise<Refund[]>
}

const DAY_MS = 24 * 3_600_000

const COLUMNS = Object.entries(getTableColumns(refunds))

/** Sum that counts towards the limit of a user, or of all operators. */
function spentSince({ userUuid, operator }: Refund, sinceMs: number) {
  if (operator === null)
    return sql`(SELECT COALESCE(SUM(amount_kobo), 0) FROM refunds WHERE user_uuid = ${userUuid}
      AND created_at_ms > ${sinceMs} AND operator IS NULL AND status <> 'failed')`
  return sql`((SELECT COALESCE(SUM(amount_kobo), 0) FROM refunds
      WHERE created_at_ms > ${sinceMs} AND operator IS NOT NULL AND status <> 'failed')
    + (SELECT COALESCE(SUM(amount_kobo), 0) FROM adjustments WHERE created_at_ms > ${sinceMs}))`
}

/** Number of a user's own refunds; zero for an operator's refund, which has no such limit. */
const countSince = ({ userUuid, operator }: Refund, sinceMs: number) =>
  operator === null
    ? sql`(SELECT COUNT(*) FROM refunds
        WHERE user_uuid = ${userUuid} AND created_at_ms > ${sinceMs} AND operator IS NULL)`
    : sql`0`

export const createRefundStore = (
  db: DrizzleD1Database,
  sink: EventSink = CRON_DELIVERS,
): RefundStore => {
  const select = () => db.select().from(refunds)
  const firstOf = (rows: RefundRow[]) => rows[0] as Refund | undefined
  const byKey: RefundStore['byKey'] = async (userUuid, key) =>
    firstOf(
      await select().where(and(eq(refunds.userUuid, userUuid), eq(refunds.idempotencyKey, key))),
    )

  return {
    async insertOnce(refund, limitKobo) {
      const names = COLUMNS.map(([, column]) => sql.identifier(column.name))
      const values = COLUMNS.map(([key]) => sql`${refund[key as keyof Refund]}`)
      const inserted = await db.run(sql`INSERT INTO refunds (${sql.join(names, sql`, `)})
        SELECT ${sql.join(values, sql`, `)}
        WHERE ${spentSince(refund, refund.createdAtMs - DAY_MS)} + ${refund.amountKobo} <= ${limitKobo}
          AND ${countSince(refund, refund.createdAtMs - DAY_MS)} < ${DAY_REFUNDS}
        ON CONFLICT (user_uuid, idempotency_key) DO NOTHING`)
      if (inserted.meta.changes === 1) return refund
      return byKey(refund.userUuid, refund.idempotencyKey ?? '')
    },
    byKey,
    async byUuid(uuid) {
      return firstOf(await select().where(eq(refunds.uuid, uuid)))
    },
    async byReference(reference) {
      return firstOf(await select().where(eq(refunds.reference, reference)))
    },
    async ofPayment(paymentUuid, limit) {
      const { createdAtMs, uuid } = refunds
      const ofIt = select().where(eq(refunds.paymentUuid, paymentUuid))
      return (await ofIt.orderBy(desc(createdAtMs), desc(uuid)).limit(limit)) as Refund[]
    },
    async orderedKobo(paymentUuid, paymentReference) {
      const sum = db
        .select({ total: sql<number>`COALESCE(SUM(${refunds.amountKobo}), 0)` })
        .from(refunds)
        .where(
          and(
            eq(refunds.paymentUuid, paymentUuid),
            eq(refunds.paymentReference, paymentReference),
            ne(refunds.status, 'failed'),
          ),
        )
      return (await sum.get())?.total ?? 0
    },
    async beginTry({ uuid, status, tries, nextTryAtMs: readMs }, nextTryAtMs) {
      const isAsRead = and(
        eq(refunds.uuid, uuid),
        eq(refunds.status, status),
        eq(refunds.tries, tries),
        readMs === null ? isNull(refunds.nextTryAtMs) : eq(refunds.nextTryAtMs, readMs),
      )
      const begun = await db
        .update(refunds)
        .set({ tries: tries + 1, nextTryAtMs })
        .where(isAsRead)
      return begun.meta.changes === 1
    },
    async extendTry({ uuid, tries }, untilMs) {
      const extended = await db
        .update(refunds)
        .set({ nextTryAtMs: sql`MAX(next_try_at_ms, ${untilMs})` })
        .where(
          and(
            eq(refunds.uuid, uuid),
            eq(refunds.tries, tries),
            inArray(refunds.status, ['pending', 'processing']),
          ),
        )
      return extended.meta.changes === 1
    },
    async recordDecision(uuid, decision) {
      const isUndecided = and(eq(refunds.status, 'processing'), isNull(refunds.evidence))
      const recorded = await db
        .update(refunds)
        .set(decision)
        .where(and(eq(refunds.uuid, uuid), isUndecided))
      return recorded.meta.changes === 1
    },
    async remove({ uuid, tries }) {
      await db.delete(refunds).where(and(eq(refunds.uuid, uuid), eq(refunds.tries, tries)))
    },
    async update(uuid, update, notice, event) {
      const isIt = eq(refunds.uuid, uuid)
      const isThere = exists(db.select({ uuid: refunds.uuid }).from(refunds).where(isIt))
      const notices = notice ? [insertMessageIf(db, notice, isThere)] : []
      const isNew = and(isIt, ne(refunds.status, event?.outcome ?? 'failed'))
      const condition = exists(db.select({ uuid: refunds.uuid }).from(refunds).where(isNew))
      const events = event ? [{ ...event, condition }] : []
      const [updated] = await batchWithEvents(db, sink, events, [
        db.update(refunds).set(update).where(isIt).returning(),
        ...notices,
      ])
      const refund = firstOf(updated)
      if (!refund) throw new Error('a refund is gone')
      return refund
    },
    async listDue(nowMs, limit) {
      const { nextTryAtMs } = refunds
      const due = select().where(and(sql`next_try_at_ms IS NOT NULL`, lte(nextTryAtMs, nowMs)))
      return (await due.orderBy(asc(nextTryAtMs)).limit(limit)) as Refund[]
    },
  }
}
