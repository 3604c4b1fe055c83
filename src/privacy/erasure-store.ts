import { and, asc, count, eq, exists, inArray, isNotNull, isNull, lte, or, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { NewMessage } from '../mail/message'
import { insertMessageIf } from '../mail/store'
import { DUE_STATUSES } from '../payments/core/polls'
import { payments } from '../payments/table'
import { UNDECIDED_STATUSES } from '../refunds/core/refund'
import { refunds } from '../refunds/table'
import { erasures, users } from '../users/table'

export type Erasure = typeof erasures.$inferSelect

export interface ErasureStore {
  of(userUuid: string): Promise<Erasure | undefined>
  /** Inserts an erasure and its message, unless the user has an erasure. @returns the user's erasure */
  request(erasure: Erasure, notice: NewMessage): Promise<Erasure>
  /** Removes an erasure that has not begun, and inserts the message. @returns whether there was one */
  cancel(userUuid: string, notice: NewMessage): Promise<boolean>
  /** Erasures whose attempt is due, the most overdue first. */
  listDue(nowMs: number, limit: number): Promise<Erasure[]>
  /** Counts an attempt and sets the next one. @returns whether no other run did so since the row was read */
  beginAttempt(erasure: Erasure, nextAttemptAtMs: number): Promise<boolean>
  /** Marks an erasure as begun, and disables the account. @returns `false` if it was cancelled */
  begin(erasure: Erasure, nowMs: number): Promise<boolean>
  /** Marks an erasure as not begun. */
  pause(erasure: Erasure): Promise<void>
  /** Plans an erasure again that a restore of D1 has undone. */
  repeat(userUuid: string, nowMs: number): Promise<void>
  /** Counts the user's open payments and undecided refunds. */
  countOpen(userUuid: string): Promise<{ readonly payments: number; readonly refunds: number }>
}

export const createErasureStore = (db: DrizzleD1Database): ErasureStore => {
  const isOf = (userUuid: string) => eq(erasures.userUuid, userUuid)
  /** A later request of the same user is another erasure. */
  const isIt = ({ userUuid, uuid }: Erasure) => and(isOf(userUuid), eq(erasures.uuid, uuid))
  const of = async (userUuid: string) => db.select().from(erasures).where(isOf(userUuid)).get()
  return {
    of,
    async request(erasure, notice) {
      const isOurs = sql`EXISTS (SELECT 1 FROM ${erasures} WHERE ${erasures.uuid} = ${erasure.uuid}
        AND ${isOf(erasure.userUuid)})`
      await db.batch([
        db.insert(erasures).values(erasure).onConflictDoNothing(),
        insertMessageIf(db, notice, isOurs),
      ])
      return (await of(erasure.userUuid)) ?? erasure
    },
    async cancel(userUuid, notice) {
      const isWaiting = and(isOf(userUuid), isNull(erasures.beganAtMs))
      const isPlanned = sql`EXISTS (SELECT 1 FROM ${erasures} WHERE ${isWaiting})`
      const [, cancelled] = await db.batch([
        insertMessageIf(db, notice, isPlanned),
        db.delete(erasures).where(isWaiting),
      ])
      return cancelled.meta.changes === 1
    },
    async listDue(nowMs, limit) {
      return db
        .select()
        .from(erasures)
        .where(lte(erasures.nextAttemptAtMs, nowMs))
        .orderBy(asc(erasures.nextAttemptAtMs))
        .limit(limit)
    },
    async beginAttempt(erasure, nextAttemptAtMs) {
      const { attempts } = erasure
      const begun = await db
        .update(erasures)
        .set({ attempts: attempts + 1, nextAttemptAtMs })
        .where(and(isIt(erasure), eq(erasures.attempts, attempts), isNull(erasures.erasedAtMs)))
      return begun.meta.changes === 1
    },
    async begin(erasure, nowMs) {
      const { userUuid } = erasure
      const [begun] = await db.batch([
        db
          .update(erasures)
          .set({ beganAtMs: sql`COALESCE(${erasures.beganAtMs}, ${nowMs})` })
          .where(isIt(erasure)),
        db
          .update(users)
          .set({ disabledAtMs: sql`COALESCE(${users.disabledAtMs}, ${nowMs})` })
          .where(
            and(eq(users.uuid, userUuid), exists(db.select().from(erasures).where(isIt(erasure)))),
          ),
      ])
      return begun.meta.changes === 1
    },
    async pause(erasure) {
      await db.update(erasures).set({ beganAtMs: null }).where(isIt(erasure))
    },
    async repeat(userUuid, nowMs) {
      const again = {
        attempts: 0,
        nextAttemptAtMs: nowMs,
        beganAtMs: nowMs,
        erasedAtMs: null,
      }
      await db
        .insert(erasures)
        .values({
          ...again,
          userUuid,
          uuid: crypto.randomUUID(),
          waivesBalance: false,
          requestedAtMs: nowMs,
          eraseAtMs: nowMs,
        })
        .onConflictDoUpdate({ target: erasures.userUuid, set: again })
    },
    async countOpen(userUuid) {
      const isOpen = or(
        inArray(payments.status, ['pending', 'processing']),
        and(inArray(payments.status, DUE_STATUSES), isNotNull(payments.nextPollAtMs)),
      )
      const [[openPayments], [openRefunds]] = await db.batch([
        db
          .select({ count: count() })
          .from(payments)
          .where(and(eq(payments.userUuid, userUuid), isOpen)),
        db
          .select({ count: count() })
          .from(refunds)
          .where(and(eq(refunds.userUuid, userUuid), inArray(refunds.status, UNDECIDED_STATUSES))),
      ])
      return { payments: openPayments?.count ?? 0, refunds: openRefunds?.count ?? 0 }
    },
  }
}
