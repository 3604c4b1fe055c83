/** Reads settlements and daily books page by page, for lists and exports. */
import { ok, refuse, type Result } from '../../common/result'
import { z } from 'zod'
import { type Page, pageOf, readCursor } from '../../http/pagination'
import { addDays, lagosDayStart } from '../../common/text/lagos'
import { type BookStore, type StoredBook } from './book-store'
import type { SettlementState } from './core/match'
import type { SettlementDetail } from './present'
import type { SettlementLine, SettlementLineStore } from './settlements/line-store'
import type { Settlement, SettlementStore } from './settlements/store'

export interface FinanceDeps {
  readonly settlementStore: SettlementStore
  readonly settlementLineStore: SettlementLineStore
  readonly bookStore: BookStore
}

export interface SettlementQuery {
  readonly state?: SettlementState | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

const positionSchema = z.tuple([z.int(), z.string().max(255)])

/** Returns a page, the last settled first. Refuses `invalid_cursor`. */
export async function listSettlements(
  { settlementStore }: FinanceDeps,
  { state, limit, cursor }: SettlementQuery,
): Promise<Result<Page<Settlement>>> {
  const position = readCursor(positionSchema, cursor)
  if (!position.ok) return position
  const rows = await settlementStore.list({ state, before: position.value, limit: limit + 1 })
  return ok(pageOf(rows, limit, ({ settledAtMs, reference }) => [settledAtMs, reference]))
}

const LINES = 100

/** Returns a settlement with a page of lines. Refuses `not_found`. @param fromLine from 1 */
export async function readSettlement(
  { settlementStore, settlementLineStore }: FinanceDeps,
  reference: string,
  fromLine: number,
): Promise<Result<SettlementDetail>> {
  const settlement = await settlementStore.byReference(reference)
  if (!settlement) return refuse({ code: 'not_found' })
  const totals = await settlementLineStore.totals(reference)
  const found = await settlementLineStore.lines(reference, fromLine - 1, LINES + 1)
  const nextLine = found.length > LINES ? fromLine + LINES : null
  return ok({ settlement, totals, lines: found.slice(0, LINES), nextLine })
}

/** Days of an export or a list. */
export interface Days {
  readonly from: string
  readonly to: string
}

const EXPORTED_LINES = 500
const EXPORTED_SETTLEMENTS = 50

export type ExportedLine = SettlementLine & Pick<Settlement, 'settledAtMs'>

/** Yields the lines of the settlements of a period of days in Lagos, page by page, the last settled first. */
export async function* exportLines(
  { settlementStore, settlementLineStore }: FinanceDeps,
  { from, to }: Days,
): AsyncGenerator<ExportedLine[]> {
  const fromMs = lagosDayStart(from)
  let before: readonly [number, string] | undefined = [lagosDayStart(addDays(to, 1)), '']
  while (before) {
    const page: Settlement[] = await settlementStore.list({ before, limit: EXPORTED_SETTLEMENTS })
    for (const settlement of page) {
      if (settlement.settledAtMs < fromMs) return
      yield* linesOf(settlementLineStore, settlement)
    }
    const last: Settlement | undefined = page.at(-1)
    before =
      last && page.length === EXPORTED_SETTLEMENTS ? [last.settledAtMs, last.reference] : undefined
  }
}

async function* linesOf(
  store: SettlementLineStore,
  { reference, settledAtMs }: Settlement,
): AsyncGenerator<ExportedLine[]> {
  for (let from = 0; ; from += EXPORTED_LINES) {
    const lines = await store.lines(reference, from, EXPORTED_LINES)
    if (lines.length > 0) yield lines.map((line) => ({ ...line, settledAtMs }))
    if (lines.length < EXPORTED_LINES) return
  }
}

/** At most this many books are read at once: more than a year. */
const MAX_BOOKS = 400

/** Returns the books of a period of days, both included. */
export const listBooks = ({ bookStore }: FinanceDeps, { from, to }: Days): Promise<StoredBook[]> =>
  bookStore.between(from, to, MAX_BOOKS)

/** Yields the books of a period of days, page by page. */
export async function* exportBooks(
  { bookStore }: FinanceDeps,
  { from, to }: Days,
): AsyncGenerator<StoredBook[]> {
  for (let next = from; next <= to;) {
    const page = await bookStore.between(next, to, MAX_BOOKS)
    const last = page.at(-1)
    if (!last) return
    yield page
    next = addDays(last.day, 1)
  }
}
