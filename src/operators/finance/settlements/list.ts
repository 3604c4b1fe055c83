/** Reads a settlement's list from the gateway page by page, and stores its lines. Stored lines are compared, not replaced. */
import { isUnreadable } from '../../../common/result'
import { feeOf } from '../core/match'
import type { NewLine } from './line-store'
import { recordException, type SettlementDeps, tryLater } from './step'
import type { Settlement } from './store'

/** Transactions of a page. */
export const PAGE = 50
/** Pages of a settlement that one run reads, and the maximum of all runs. */
const PAGES_AT_ONCE = 10
const MAX_PAGES = 1000

/** @returns the settlement once the whole list is read */
export async function readList(
  deps: SettlementDeps,
  settlement: Settlement,
): Promise<Settlement | undefined> {
  let current = settlement
  for (let pages = 0; pages < PAGES_AT_ONCE; pages++) {
    const { reference, nextPage } = current
    const listed = await deps.settlementGateway.listSettled(reference, nextPage, PAGE)
    if (!listed.ok) {
      if (isUnreadable(listed.refusal))
        await recordException(deps, 'unreadable_answer', reference, null)
      return tryLater(deps, current)
    }
    const isMissing = nextPage === 0 && listed.value.length === 0 && current.expectedLines !== 0
    if (isMissing) return tryLater(deps, current)
    const first = nextPage * PAGE
    await storePage(
      deps,
      reference,
      first,
      listed.value.map(({ netKobo, ...line }, index) => ({
        ...line,
        netKobo,
        feeKobo: feeOf(line.amountPaidKobo, netKobo),
        settlementReference: reference,
        line: first + index,
      })),
    )
    const isLast = listed.value.length < PAGE || nextPage + 1 >= MAX_PAGES
    const next = isLast
      ? ({ state: 'imported', lines: first + listed.value.length, tries: 0 } as const)
      : { nextPage: nextPage + 1 }
    if (!(await deps.settlementStore.change(current, next))) return undefined
    current = { ...current, ...next }
    if (isLast) return current
  }
  return undefined
}

/** Inserts the new lines of a page. Lines that differ from the stored ones are an exception. */
async function storePage(
  deps: SettlementDeps,
  reference: string,
  first: number,
  lines: readonly NewLine[],
): Promise<void> {
  const { settlementLineStore } = deps
  const stored = await settlementLineStore.lines(reference, first, PAGE)
  const known = new Map(stored.map((line) => [line.line, contentOf(line)]))
  await settlementLineStore.insert(lines.filter(({ line }) => !known.has(line)))
  const isChanged = lines.some(
    (line) => (known.get(line.line) ?? contentOf(line)) !== contentOf(line),
  )
  const isShorter = stored.length > lines.length
  if (isChanged || isShorter)
    await recordException(
      deps,
      'settlement_differs',
      reference,
      null,
      'another list of transactions',
    )
}

const contentOf = (line: NewLine): string =>
  JSON.stringify([
    line.transactionReference,
    line.paymentReference,
    line.amountPaidKobo,
    line.netKobo,
  ])
