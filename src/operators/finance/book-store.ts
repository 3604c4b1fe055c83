/** Queries of D1 for daily books. */
import { and, asc, desc, eq, gte, lt, lte, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { kobo, type Kobo } from '../../common/money'
import { transactions, wallets } from '../../wallets/table'
import type { Book, KindSum } from './core/books'
import { dailyBooks, settlementLines, settlements } from './table'

export interface StoredBook extends Book {
  readonly computedAtMs: number
  readonly changes: number
  readonly differenceKobo: Kobo
}

export interface BookStore {
  firstEntryAtMs(): Promise<number | undefined>
  /** Sums of the entries that were posted in a period, by kind and accounts. Each part is a separate query. */
  sums(parts: readonly Period[]): Promise<KindSum[]>
  /** Posted balances of all projected wallets, and the sums of a period's entries, at one instant. */
  postedSince(period: Period): Promise<{ readonly postedKobo: Kobo; readonly since: KindSum[] }>
  /** Fees of the settlements of a period. */
  feesKobo(period: Period): Promise<Kobo>
  book(day: string): Promise<StoredBook | undefined>
  /** The newest books, at most `limit`. */
  newest(limit: number): Promise<StoredBook[]>
  /** Books of a period of days, both included, in order. */
  between(from: string, to: string, limit: number): Promise<StoredBook[]>
  /** Inserts or replaces a book, unless another run computed it later. */
  put(book: StoredBook): Promise<void>
}

/** `fromMs` is included, `toMs` is not. */
export interface Period {
  readonly fromMs: number
  readonly toMs: number
}

export function createBookStore(db: DrizzleD1Database): BookStore {
  const { kind, fromAccount, toAccount, amountKobo, postedAtMs } = transactions
  const sumsIn = ({ fromMs, toMs }: Period) =>
    db
      .select({
        kind,
        from: fromAccount,
        to: toAccount,
        amountKobo: sql<number>`SUM(${amountKobo})`,
        count: sql<number>`COUNT(*)`,
      })
      .from(transactions)
      .where(and(gte(postedAtMs, fromMs), lt(postedAtMs, toMs)))
      .groupBy(kind, fromAccount, toAccount)

  return {
    async firstEntryAtMs() {
      const [first] = await db
        .select({ postedAtMs })
        .from(transactions)
        .orderBy(asc(postedAtMs))
        .limit(1)
      return first?.postedAtMs
    },
    async sums(parts) {
      const [first, ...rest] = parts.map(sumsIn)
      if (!first) return []
      return (await db.batch([first, ...rest])).flat().map(withKobo)
    },
    async postedSince(period) {
      const posted = db
        .select({ kobo: sql<number>`COALESCE(SUM(${wallets.postedKobo}), 0)` })
        .from(wallets)
      const [[sum], since] = await db.batch([posted, sumsIn(period)])
      return { postedKobo: kobo(sum?.kobo ?? 0), since: since.map(withKobo) }
    },
    async feesKobo({ fromMs, toMs }) {
      const { settledAtMs, reference } = settlements
      const [row] = await db
        .select({ fees: sql<number>`COALESCE(SUM(${settlementLines.feeKobo}), 0)` })
        .from(settlements)
        .innerJoin(settlementLines, eq(settlementLines.settlementReference, reference))
        .where(and(gte(settledAtMs, fromMs), lt(settledAtMs, toMs)))
      return kobo(row?.fees ?? 0)
    },
    async book(day) {
      const row = await db.select().from(dailyBooks).where(eq(dailyBooks.day, day)).get()
      return row as StoredBook | undefined
    },
    async newest(limit) {
      const rows = await db.select().from(dailyBooks).orderBy(desc(dailyBooks.day)).limit(limit)
      return rows as StoredBook[]
    },
    async between(from, to, limit) {
      const isBetween = and(gte(dailyBooks.day, from), lte(dailyBooks.day, to))
      const rows = await db
        .select()
        .from(dailyBooks)
        .where(isBetween)
        .orderBy(asc(dailyBooks.day))
        .limit(limit)
      return rows as StoredBook[]
    },
    async put(book) {
      await db
        .insert(dailyBooks)
        .values(book)
        .onConflictDoUpdate({
          target: dailyBooks.day,
          set: book,
          setWhere: lte(dailyBooks.computedAtMs, book.computedAtMs),
        })
    },
  }
}

const withKobo = (sum: Omit<KindSum, 'amountKobo'> & { readonly amountKobo: number }): KindSum => ({
  ...sum,
  amountKobo: kobo(sum.amountKobo),
})
