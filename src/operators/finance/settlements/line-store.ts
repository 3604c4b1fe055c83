/** Queries of D1 for the lines of settlements. */
import { and, asc, eq, ne, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { kobo, type Kobo } from '../../../common/money'
import { isOneOf } from '../../../common/sql/one-of'
import type { LineOutcome, SettledLine } from '../core/match'
import { settlementLines } from '../table'

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

export interface SettlementLineStore {
  /** Inserts lines. A stored one with the same position stays. */
  insert(lines: readonly NewLine[]): Promise<void>
  /** Lines from a position on, in order. */
  lines(reference: string, from: number, limit: number): Promise<SettlementLine[]>
  /** Undecided lines, in order. */
  open(reference: string, limit: number): Promise<SettlementLine[]>
  /** Decides a line, unless another run did. @returns whether this call did */
  decide(line: SettlementLine, outcome: LineOutcome, paymentUuid: string | null): Promise<boolean>
  totals(reference: string): Promise<LineTotals>
  /** Transactions that other lines have, decided ones, in lower case. */
  decidedTransactions(lines: readonly SettlementLine[]): Promise<ReadonlySet<string>>
}

export function createSettlementLineStore(db: DrizzleD1Database): SettlementLineStore {
  const { line, outcome } = settlementLines
  const isOf = (reference: string) => eq(settlementLines.settlementReference, reference)
  return {
    async insert(lines) {
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
    async open(reference, limit) {
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
      const rows = await db
        .selectDistinct({ transactionReference })
        .from(settlementLines)
        .where(
          and(isOneOf(transactionReference, names), ne(outcome, 'open'), ne(outcome, 'doubled')),
        )
      return new Set(rows.map((row) => row.transactionReference.toLowerCase()))
    },
  }
}
