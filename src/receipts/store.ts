import { and, asc, desc, eq, isNull, lte, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { type NewReceipt, pendingRow } from './pending'
import { type ReceiptRow, receipts } from './table'

/** A receipt's row after its issue. */
export type Issued = ReceiptRow & {
  readonly [Column in 'year' | 'number' | 'issuedAtMs']: number
} & { readonly [Column in 'content' | 'keyId' | 'signature']: string }

export type Document = Pick<
  Issued,
  'year' | 'number' | 'content' | 'keyId' | 'signature' | 'issuedAtMs'
>

export const isIssued = (row: ReceiptRow): row is Issued => row.content !== null

export interface ReceiptPage {
  readonly limit: number
  readonly before?: readonly [issuedAtMs: number, id: string] | undefined
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
}

export interface ReceiptStore {
  byId(id: string): Promise<ReceiptRow | undefined>
  /** Inserts a row, unless the receipt has one. @returns the receipt's row */
  insertOnce(receipt: NewReceipt): Promise<ReceiptRow>
  /** Stores the document, unless the row has one. @returns the row, with the document that was stored first */
  issue(id: string, document: Document): Promise<ReceiptRow | undefined>
  /** Rows without a document that are due, the most overdue first. */
  listDue(nowMs: number, limit: number): Promise<ReceiptRow[]>
  /** Counts an attempt and sets the next one. @returns whether no other run did so since the row was read */
  beginAttempt(row: ReceiptRow, nextAttemptAtMs: number | null): Promise<boolean>
  /** A user's issued receipts, newest first. */
  list(userUuid: string, page: ReceiptPage): Promise<Issued[]>
}

export const createReceiptStore = (db: DrizzleD1Database): ReceiptStore => {
  const byId = (id: string) => db.select().from(receipts).where(eq(receipts.id, id)).get()
  return {
    byId,
    async insertOnce(receipt) {
      const row = pendingRow(receipt)
      await db.insert(receipts).values(row).onConflictDoNothing()
      return (await byId(row.id)) ?? row
    },
    async issue(id, document) {
      const isPending = and(eq(receipts.id, id), isNull(receipts.content))
      const issued = { ...document, nextAttemptAtMs: null }
      const [row] = await db.update(receipts).set(issued).where(isPending).returning()
      return row ?? byId(id)
    },
    async listDue(nowMs, limit) {
      return db
        .select()
        .from(receipts)
        .where(lte(receipts.nextAttemptAtMs, nowMs))
        .orderBy(asc(receipts.nextAttemptAtMs))
        .limit(limit)
    },
    async beginAttempt({ id, attempts }, nextAttemptAtMs) {
      const isAsRead = and(
        eq(receipts.id, id),
        eq(receipts.attempts, attempts),
        isNull(receipts.content),
      )
      const begun = await db
        .update(receipts)
        .set({ attempts: attempts + 1, nextAttemptAtMs })
        .where(isAsRead)
      return begun.meta.changes === 1
    },
    async list(userUuid, { limit, before, fromMs = 0, toMs = Number.MAX_SAFE_INTEGER }) {
      const { issuedAtMs, id } = receipts
      const isBefore =
        before && before[0] < toMs
          ? sql`(${issuedAtMs}, ${id}) < (${before[0]}, ${before[1]})`
          : sql`${issuedAtMs} < ${toMs}`
      const rows = await db
        .select()
        .from(receipts)
        .where(and(eq(receipts.userUuid, userUuid), isBefore, sql`${issuedAtMs} >= ${fromMs}`))
        .orderBy(desc(issuedAtMs), desc(id))
        .limit(limit)
      return rows.filter(isIssued)
    },
  }
}
