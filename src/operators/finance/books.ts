/**
 * Computes the daily books. Each night the cron job computes the day that has ended, and the last three days again, because
 * a wallet may project its entries late. Earlier days without a book follow from the first entry on, some in each run.
 */
import { logError, logEvent } from '../../common/log'
import { subtractKobo, type Kobo, ZERO } from '../../common/money'
import { addDays, lagosDayStart, lagosYesterday } from '../../common/text/lagos'
import type { ExceptionStore } from '../../exceptions/store'
import type { BookStore, Period } from './book-store'
import { type Book, bookOf, changesOf, dueDays, SEARCHED_DAYS, walletGainOf } from './core/books'

export interface BookDeps {
  readonly bookStore: BookStore
  readonly exceptionStore: ExceptionStore
  readonly now: () => number
}

/** Days that one run computes. */
const DAYS_AT_ONCE = 10
/** Parts of a day that are summed separately, so that no query reads a whole day. */
const PARTS = 24
const TIME_MS = 20_000

/** Computes the books that are due. Never throws. */
export async function computeBooks(deps: BookDeps): Promise<void> {
  const { bookStore, now } = deps
  const startMs = now()
  try {
    const books = await bookStore.newest(SEARCHED_DAYS + 1)
    const firstEntryAtMs = await bookStore.firstEntryAtMs()
    for (const day of dueDays({ books, firstEntryAtMs }, startMs, DAYS_AT_ONCE)) {
      if (now() - startMs > TIME_MS) return
      await computeBook(deps, day)
    }
  } catch (error) {
    logError('books_failed', error)
  }
}

const periodOf = (day: string): Period => ({
  fromMs: lagosDayStart(day),
  toMs: lagosDayStart(addDays(day, 1)),
})

function partsOf({ fromMs, toMs }: Period): Period[] {
  const lengthMs = (toMs - fromMs) / PARTS
  return Array.from({ length: PARTS }, (_, part) => ({
    fromMs: fromMs + part * lengthMs,
    toMs: fromMs + (part + 1) * lengthMs,
  }))
}

/** Computes a book, and records how it differs from the stored one. */
async function computeBook(deps: BookDeps, day: string): Promise<void> {
  const { bookStore, now } = deps
  const period = periodOf(day)
  const opening = await bookStore.book(addDays(day, -1))
  const stored = await bookStore.book(day)
  const sums = await bookStore.sums(partsOf(period))
  const book = bookOf(day, sums, await bookStore.feesKobo(period), opening)
  const changed = stored ? changesOf(stored, book) : []
  const isChanged = changed.length > 0
  const differenceKobo = isNewest(day, now())
    ? await differenceOf(deps, book, period)
    : isChanged
      ? ZERO
      : (stored?.differenceKobo ?? ZERO)
  const changes = (stored?.changes ?? 0) + (isChanged ? 1 : 0)
  await bookStore.put({ ...book, computedAtMs: now(), changes, differenceKobo })
  if (isChanged) logEvent('book_changed', { reference: day, reason: changed.join(', ') })
  if (isNewest(day, now()) && differenceKobo !== 0)
    await recordDifference(deps, day, differenceKobo)
}

/** Reports whether a day is the last one that has ended. */
const isNewest = (day: string, nowMs: number): boolean => day === lagosYesterday(nowMs)

/**
 * Sum of the projected wallets at the end of the day, less the liability: the wallets' balances now, without the entries
 * that were posted since.
 */
async function differenceOf({ bookStore }: BookDeps, book: Book, { toMs }: Period): Promise<Kobo> {
  const period = { fromMs: toMs, toMs: Number.MAX_SAFE_INTEGER }
  const { postedKobo, since } = await bookStore.postedSince(period)
  return subtractKobo(subtractKobo(postedKobo, walletGainOf(since)), book.liabilityKobo)
}

/** The same difference in a later night is a repeat. */
async function recordDifference(
  { exceptionStore, now }: BookDeps,
  day: string,
  differenceKobo: Kobo,
): Promise<void> {
  logEvent('book_differs', { reference: day })
  await exceptionStore.record({
    kind: 'audit_finding',
    subject: `daily_books/${differenceKobo}`,
    amountKobo: null,
    atMs: now(),
    note: `${day}: the projected wallets differ from the liability by ${differenceKobo} kobo`,
  })
}
