/**
 * Daily books: the sums of a day's entries by cause, and what is owed to customers at its end. A day begins at midnight
 * in Lagos; an entry at midnight belongs to the day that begins. Pure.
 */
import { addKobo, type Kobo, subtractKobo, ZERO } from '../../../common/money'
import { addDays, lagosDay, lagosDayStart } from '../../../common/text/lagos'

/** Sum of entries of one kind between two accounts. */
export interface KindSum {
  readonly kind: string
  readonly from: string
  readonly to: string
  readonly amountKobo: Kobo
  readonly count: number
}

/** Amounts of a day. Each but `waiversKobo` and `feesKobo` is a change of the wallets. */
export interface DayAmounts {
  readonly topUpsKobo: Kobo
  readonly chargesKobo: Kobo
  readonly refundsKobo: Kobo
  readonly reversalsKobo: Kobo
  readonly goodwillKobo: Kobo
  readonly correctionsKobo: Kobo
  readonly debtPaymentsKobo: Kobo
  readonly forfeitsKobo: Kobo
  readonly waiversKobo: Kobo
  readonly otherKobo: Kobo
}

export interface Book extends DayAmounts {
  readonly day: string
  readonly inTransitKobo: Kobo
  readonly feesKobo: Kobo
  readonly liabilityKobo: Kobo
  readonly entries: number
}

/** End of the previous day, from which a book continues. */
export type Opening = Pick<Book, 'liabilityKobo' | 'inTransitKobo'>

const NOTHING: Opening = { liabilityKobo: ZERO, inTransitKobo: ZERO }

type Column = Exclude<keyof DayAmounts, 'waiversKobo' | 'otherKobo'>

/** Columns of kinds, with the sign of the column. Transfers between a user's wallets have no column. */
const COLUMN_OF: Readonly<Record<string, readonly [Column, 1 | -1]>> = {
  top_up: ['topUpsKobo', 1],
  surplus: ['topUpsKobo', 1],
  call_charge: ['chargesKobo', -1],
  refund: ['refundsKobo', -1],
  refund_returned: ['refundsKobo', -1],
  gateway_refund: ['refundsKobo', -1],
  reversal: ['reversalsKobo', -1],
  goodwill: ['goodwillKobo', 1],
  correction_in: ['correctionsKobo', 1],
  correction_out: ['correctionsKobo', 1],
  debt_payment: ['debtPaymentsKobo', -1],
  balance_waiver: ['forfeitsKobo', -1],
}

/** Amount that the entries add to an account. */
function gainOf(account: string, { from, to, amountKobo }: KindSum): Kobo {
  if (to === account) return from === account ? ZERO : amountKobo
  return from === account ? subtractKobo(ZERO, amountKobo) : ZERO
}

export const walletGainOf = (sums: readonly KindSum[]): Kobo =>
  addKobo(...sums.map((sum) => gainOf('wallet', sum)))

const signed = (amount: Kobo, sign: 1 | -1): Kobo =>
  sign === 1 ? amount : subtractKobo(ZERO, amount)

function columnSum(sums: readonly KindSum[], column: Column): Kobo {
  const gains = sums.map((sum) => {
    const [of, sign] = COLUMN_OF[sum.kind] ?? []
    return of === column && sign !== undefined ? signed(gainOf('wallet', sum), sign) : ZERO
  })
  return addKobo(...gains)
}

/** Entries between a wallet and an account other than `transfer` whose kind has no column. */
const isOther = (sum: KindSum): boolean =>
  COLUMN_OF[sum.kind] === undefined && sum.from !== 'transfer' && sum.to !== 'transfer'

export const amountsOf = (sums: readonly KindSum[]): DayAmounts => ({
  topUpsKobo: columnSum(sums, 'topUpsKobo'),
  chargesKobo: columnSum(sums, 'chargesKobo'),
  refundsKobo: columnSum(sums, 'refundsKobo'),
  reversalsKobo: columnSum(sums, 'reversalsKobo'),
  goodwillKobo: columnSum(sums, 'goodwillKobo'),
  correctionsKobo: columnSum(sums, 'correctionsKobo'),
  debtPaymentsKobo: columnSum(sums, 'debtPaymentsKobo'),
  forfeitsKobo: columnSum(sums, 'forfeitsKobo'),
  waiversKobo: addKobo(
    ...sums.filter(({ kind }) => kind === 'debt_waiver').map(({ amountKobo }) => amountKobo),
  ),
  otherKobo: walletGainOf(sums.filter(isOther)),
})

/** Computes a book. @param opening the end of the previous day; absent for the first day with entries */
export function bookOf(
  day: string,
  sums: readonly KindSum[],
  feesKobo: Kobo,
  opening: Opening = NOTHING,
): Book {
  return {
    day,
    ...amountsOf(sums),
    feesKobo,
    liabilityKobo: addKobo(opening.liabilityKobo, walletGainOf(sums)),
    inTransitKobo: addKobo(opening.inTransitKobo, ...sums.map((sum) => gainOf('transfer', sum))),
    entries: sums.reduce((entries, { count }) => entries + count, 0),
  }
}

const BOOK_FIELDS = [
  'topUpsKobo',
  'chargesKobo',
  'refundsKobo',
  'reversalsKobo',
  'goodwillKobo',
  'correctionsKobo',
  'debtPaymentsKobo',
  'forfeitsKobo',
  'waiversKobo',
  'otherKobo',
  'inTransitKobo',
  'feesKobo',
  'liabilityKobo',
  'entries',
] as const satisfies readonly (keyof Book)[]

/** Columns in which two books of a day differ. */
export const changesOf = (before: Book, after: Book): string[] =>
  BOOK_FIELDS.filter((field) => before[field] !== after[field])

/** Time after midnight within which the wallets project their last entries. */
const PROJECTION_MS = 30 * 60_000
/** Finished days that are computed again each night, for entries that were projected late. */
const REPEATED_DAYS = 3
/** The same, while the last book differs from the projected wallets. */
export const SEARCHED_DAYS = 35

export interface KnownBooks {
  /** The last books, the newest first. */
  readonly books: readonly {
    readonly day: string
    readonly computedAtMs: number
    readonly differenceKobo: number
  }[]
  /** Time of the first entry; `undefined` without entries. */
  readonly firstEntryAtMs: number | undefined
}

/**
 * Returns the days to compute now, the earliest first: those without a book, and the last three finished days once each
 * night. If the last book differs from the projected wallets, the last 35 days.
 * @param limit maximum number of days
 */
export function dueDays(
  { books, firstEntryAtMs }: KnownBooks,
  nowMs: number,
  limit: number,
): string[] {
  if (firstEntryAtMs === undefined) return []
  const nightMs = lagosDayStart(lagosDay(nowMs - PROJECTION_MS)) + PROJECTION_MS
  const lastDay = addDays(lagosDay(nowMs - PROJECTION_MS), -1)
  const isSound = (books[0]?.differenceKobo ?? 0) === 0
  const repeated = addDays(lastDay, 1 - (isSound ? REPEATED_DAYS : SEARCHED_DAYS))
  const computedAtMs = new Map(books.map((book) => [book.day, book.computedAtMs]))
  const newest = [...computedAtMs.keys()].toSorted().at(-1)
  const next = newest === undefined ? lagosDay(firstEntryAtMs) : addDays(newest, 1)
  const again = [...computedAtMs]
    .filter(([day, atMs]) => day >= repeated && day <= lastDay && atMs < nightMs)
    .map(([day]) => day)
  const missing: string[] = []
  for (let day = next; day <= lastDay && missing.length < limit; day = addDays(day, 1))
    missing.push(day)
  return [...again.toSorted(), ...missing].slice(0, limit)
}
