/** Queries of D1 for settlements, their lines, and what a line is compared with. */
import { and, asc, desc, eq, isNotNull, lte, ne, type SQL, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { kobo, type Kobo } from '../../common/money'
import { payments } from '../../payments/table'
import type { Entry } from '../../wallets/core/ledger'
import { IS_PAYMENT_MONEY, transactions } from '../../wallets/table'
import type { LineOutcome, SettledLine, SettledPayment, SettlementState } from './core/match'
import { settlementLines, settlementProgress, settlements } from './table'

export type Settlement = Omit<typeof settlements.$inferSelect, 'amountKobo'> & {
  readonly amountKobo: Kobo | null
}

export type SettlementLine = SettledLine & {
  readonly settlementReference: string
  readonly line: number
  readonly paymentUuid: string | null
  readonly outcome: LineOutcome
}

export type NewLine = Omit<SettlementLine, 'paymentUuid' | 'outcome'>

export interface LineTotals {
  readonly count: number
  readonly paidKobo: Kobo
  readonly netKobo: Kobo
  readonly feeKobo: Kobo
  /** Lines without a settled amount. */
  readonly withoutNet: number
  readonly outcomes: Readonly<Record<LineOutcome, number>>
}

export interface SettlementPage {
  readonly state?: SettlementState | undefined
  readonly before?: readonly [settledAtMs: number, reference: string] | undefined
  readonly limit: number
}

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

export interface SettlementStore {
  /** @returns the stored settlement if one with this reference exists, and otherwise `undefined` */
  insertOnce(settlement: Settlement): Promise<Settlement | undefined>
  byReference(reference: string): Promise<Settlement | undefined>
  /** Changes a settlement that has not changed since it was read. @returns whether it was changed */
  change(
    read: Settlement,
    to: Partial<Pick<Settlement, 'state' | 'lines' | 'nextPage' | 'tries' | 'nextTryAtMs'>>,
  ): Promise<boolean>
  listDue(nowMs: number, limit: number): Promise<Settlement[]>
  /** The last settled first. */
  list(page: SettlementPage): Promise<Settlement[]>
  /** Inserts lines. A stored one with the same position stays. */
  insertLines(lines: readonly NewLine[]): Promise<void>
  /** Lines from a position on, in order. */
  lines(reference: string, from: number, limit: number): Promise<SettlementLine[]>
  /** Undecided lines, in order. */
  openLines(reference: string, limit: number): Promise<SettlementLine[]>
  /** Decides a line, unless another run did. @returns whether this call did */
  decide(line: SettlementLine, outcome: LineOutcome, paymentUuid: string | null): Promise<boolean>
  totals(reference: string): Promise<LineTotals>
  /** Transactions that other lines have, decided ones, in lower case. */
  decidedTransactions(lines: readonly SettlementLine[]): Promise<ReadonlySet<string>>
  paymentsByReference(references: readonly string[]): Promise<SettledPayment[]>
  /** Projected entries of payments' credits and returns, in the order of the ledger. */
  entriesOf(paymentUuids: readonly string[]): Promise<Entry[]>
  /** When the first settlement was received; `undefined` before it. */
  firstReceivedAtMs(): Promise<number | undefined>
  progress(): Promise<Position | undefined>
  /** Moves the search, unless another run did. @returns whether this call did */
  moveProgress(from: Position | undefined, to: Position): Promise<boolean>
  /** Payments at the gateway that were completed after a position, the earliest first. */
  completedAfter(position: Position, untilMs: number, limit: number): Promise<UnsettledPayment[]>
}

const ONE = 1

const namesIn = (column: SQL | typeof payments.reference, names: readonly string[]) =>
  sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(names)}))`

const firstOf = (rows: (typeof settlements.$inferSelect)[]) => rows[0] as Settlement | undefined

export function createSettlementStore(db: DrizzleD1Database): SettlementStore {
  const { line, outcome } = settlementLines
  const isOf = (reference: string) => eq(settlementLines.settlementReference, reference)
  return {
    async insertOnce(settlement) {
      const { meta } = await db.insert(settlements).values(settlement).onConflictDoNothing()
      if (meta.changes === 1) return undefined
      const isIt = eq(settlements.reference, settlement.reference)
      return firstOf(await db.select().from(settlements).where(isIt))
    },
    byReference: async (reference) =>
      firstOf(await db.select().from(settlements).where(eq(settlements.reference, reference))),
    async change({ reference, state, nextPage, tries, nextTryAtMs }, to) {
      const isAsRead = and(
        eq(settlements.reference, reference),
        eq(settlements.state, state),
        eq(settlements.nextPage, nextPage),
        eq(settlements.tries, tries),
        sql`${settlements.nextTryAtMs} IS ${nextTryAtMs}`,
      )
      return (await db.update(settlements).set(to).where(isAsRead)).meta.changes === 1
    },
    async listDue(nowMs, limit) {
      const { nextTryAtMs } = settlements
      const isDue = and(isNotNull(nextTryAtMs), lte(nextTryAtMs, nowMs))
      const due = db.select().from(settlements).where(isDue).orderBy(nextTryAtMs).limit(limit)
      return (await due) as Settlement[]
    },
    async list({ state, before, limit }) {
      const { settledAtMs, reference } = settlements
      const isBefore = before && sql`(${settledAtMs}, ${reference}) < (${before[0]}, ${before[1]})`
      const isInState = state && eq(settlements.state, state)
      const rows = await db
        .select()
        .from(settlements)
        .where(and(isInState, isBefore))
        .orderBy(desc(settledAtMs), desc(reference))
        .limit(limit)
      return rows as Settlement[]
    },
    async insertLines(lines) {
      const inserts = lines.map((each) =>
        db
          .insert(settlementLines)
          .values({ ...each, paymentUuid: null, outcome: 'open' })
          .onConflictDoNothing(),
      )
      const [first, ...rest] = inserts
      if (first) await db.batch([first, ...rest])
    },
    async lines(reference, from, limit) {
      const isFrom = and(isOf(reference), sql`${line} >= ${from}`)
      const rows = await db
        .select()
        .from(settlementLines)
        .where(isFrom)
        .orderBy(asc(line))
        .limit(limit)
      return rows as SettlementLine[]
    },
    async openLines(reference, limit) {
      const rows = await db
        .select()
        .from(settlementLines)
        .where(and(isOf(reference), sql`outcome = 'open'`))
        .orderBy(asc(line))
        .limit(limit)
      return rows as SettlementLine[]
    },
    async decide({ settlementReference: reference, line: at }, decided, paymentUuid) {
      const isOpen = and(isOf(reference), eq(line, at), sql`outcome = 'open'`)
      const set = { outcome: decided, paymentUuid }
      return (await db.update(settlementLines).set(set).where(isOpen)).meta.changes === 1
    },
    async totals(reference) {
      const { amountPaidKobo, netKobo, feeKobo } = settlementLines
      const countOf = (each: LineOutcome) =>
        sql<number>`COUNT(*) FILTER (WHERE ${outcome} = ${each})`
      const [row] = await db
        .select({
          count: sql<number>`COUNT(*)`,
          paid: sql<number>`COALESCE(SUM(${amountPaidKobo}), 0)`,
          net: sql<number>`COALESCE(SUM(${netKobo}), 0)`,
          fee: sql<number>`COALESCE(SUM(${feeKobo}), 0)`,
          withoutNet: sql<number>`COUNT(*) - COUNT(${netKobo})`,
          open: countOf('open'),
          matched: countOf('matched'),
          foreign: countOf('foreign'),
          doubled: countOf('doubled'),
          short: countOf('short'),
        })
        .from(settlementLines)
        .where(isOf(reference))
      const { count = 0, paid = 0, net = 0, fee = 0, withoutNet = 0, ...outcomes } = row ?? {}
      return {
        count,
        paidKobo: kobo(paid),
        netKobo: kobo(net),
        feeKobo: kobo(fee),
        withoutNet,
        outcomes: { open: 0, matched: 0, foreign: 0, doubled: 0, short: 0, ...outcomes },
      }
    },
    async decidedTransactions(lines) {
      const { transactionReference } = settlementLines
      const names = lines.map((each) => each.transactionReference)
      const isNamed = sql`${transactionReference} IN (SELECT value FROM json_each(${JSON.stringify(names)}))`
      const rows = await db
        .selectDistinct({ transactionReference })
        .from(settlementLines)
        .where(and(isNamed, ne(outcome, 'open'), ne(outcome, 'doubled')))
      return new Set(rows.map((row) => row.transactionReference.toLowerCase()))
    },
    async paymentsByReference(references) {
      const { uuid, reference } = payments
      return db.select({ uuid, reference }).from(payments).where(namesIn(reference, references))
    },
    async entriesOf(paymentUuids) {
      const isNamed = namesIn(sql`${transactions.sourceUuid}`, paymentUuids)
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
    async firstReceivedAtMs() {
      const { settledAtMs } = settlements
      const [first] = await db
        .select({ settledAtMs })
        .from(settlements)
        .orderBy(asc(settledAtMs))
        .limit(1)
      return first?.settledAtMs
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
