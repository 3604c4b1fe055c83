/**
 * Settlements: an event or an operator names one, the gateway lists its transactions, and each is compared with a payment
 * and the wallet's entries. Differences become exceptions; nothing here moves money. Each step can be repeated.
 */
import { logError, logEvent } from '../../common/log'
import type { Kobo } from '../../common/money'
import { nextAttempt, type RetrySchedule } from '../../common/next-attempt'
import { isUnreadable, ok, refuse, type Result } from '../../common/result'
import type { ExceptionKind } from '../../exceptions/exception'
import type { ExceptionStore } from '../../exceptions/store'
import { isOurs } from '../../payments/core/references'
import type { ReportedSettlement, SettlementGateway } from '../../payments/monnify/settlements'
import type { PaymentStore } from '../../payments/store'
import {
  differenceOf,
  feeOf,
  type LineOutcome,
  matchLine,
  paymentOf,
  repeatsOf,
  type SettledPayment,
} from './core/match'
import type { NewLine, Settlement, SettlementLine, SettlementStore } from './settlement-store'

export interface SettlementDeps {
  readonly settlementStore: SettlementStore
  readonly settlementGateway: SettlementGateway
  readonly exceptionStore: ExceptionStore
  readonly paymentStore: PaymentStore
  readonly now: () => number
}

const PAGE = 50
/** Pages of a settlement that one run reads, and the maximum of all runs. */
const PAGES_AT_ONCE = 10
const MAX_PAGES = 1000
/** Lines that one run compares. */
const LINES_AT_ONCE = 50
const STEPS = 10
const SETTLEMENTS_AT_ONCE = 10
const TIME_MS = 20_000

const MINUTE_MS = 60_000
/** After 5, 10, 20 minutes and so on, for three days. */
const TRIES: RetrySchedule = { firstMs: 5 * MINUTE_MS, longestMs: 6 * 60 * MINUTE_MS, attempts: 16 }

/** Time within which the entries of a payment are projected. Later, a difference is decided. */
export const PROJECTED_MS = 60 * MINUTE_MS

/**
 * Stores a settlement that an event announces, and reads its lines. A repeat changes nothing. A repeat with other content
 * is an exception. If the gateway gives no list, the cron job tries again.
 */
export async function recordSettlement(
  deps: SettlementDeps,
  reported: ReportedSettlement,
): Promise<void> {
  const { reference, digest } = reported
  const nowMs = deps.now()
  const settlement = newSettlement(reference, nowMs, {
    amountKobo: reported.amountKobo,
    destination: reported.destination,
    settledAtMs: reported.settledAtMs ?? nowMs,
    digest,
    expectedLines: reported.transactions,
  })
  const stored = await deps.settlementStore.insertOnce(settlement)
  if (stored && stored.digest !== null && stored.digest !== digest)
    await recordException(
      deps,
      'settlement_differs',
      reference,
      reported.amountKobo,
      'another event',
    )
  if (!stored) await advance(deps, settlement)
}

const newSettlement = (
  reference: string,
  nowMs: number,
  given: Partial<Settlement> = {},
): Settlement => ({
  reference,
  amountKobo: null,
  destination: null,
  settledAtMs: nowMs,
  receivedAtMs: nowMs,
  state: 'received',
  digest: null,
  expectedLines: null,
  lines: 0,
  nextPage: 0,
  tries: 0,
  nextTryAtMs: nowMs,
  ...given,
})

/**
 * Reads a settlement's list again from its beginning, or for the first time if its event was lost. Stored lines are
 * compared, not replaced. Refuses `not_found` if neither an event nor the gateway knows it.
 */
export async function importSettlement(
  deps: SettlementDeps,
  reference: string,
): Promise<Result<Settlement>> {
  const { settlementStore } = deps
  const nowMs = deps.now()
  const stored = await settlementStore.byReference(reference)
  if (!stored) {
    const listed = await deps.settlementGateway.listSettled(reference, 0, PAGE)
    if (!listed.ok) return listed
    if (listed.value.length === 0) return refuse({ code: 'not_found' })
    await settlementStore.insertOnce(newSettlement(reference, nowMs))
  } else {
    const again = { state: 'received', nextPage: 0, tries: 0, nextTryAtMs: nowMs } as const
    await settlementStore.change(stored, again)
  }
  const begun = await settlementStore.byReference(reference)
  if (begun) await advance(deps, begun)
  const after = await settlementStore.byReference(reference)
  return after ? ok(after) : refuse({ code: 'not_found' })
}

/** Cron job that continues settlements whose list or lines are not complete. */
export async function sweepSettlements(deps: SettlementDeps): Promise<void> {
  const startMs = deps.now()
  for (const settlement of await deps.settlementStore.listDue(startMs, SETTLEMENTS_AT_ONCE)) {
    if (deps.now() - startMs > TIME_MS) return
    await advance(deps, settlement)
  }
}

/** Reads the list, then compares the lines. A failure is logged, and tried again later. */
async function advance(deps: SettlementDeps, settlement: Settlement): Promise<void> {
  const { settlementStore } = deps
  const { reference } = settlement
  try {
    const read = settlement.state === 'received' ? await readList(deps, settlement) : settlement
    if (read?.state === 'imported') await compareLines(deps, read)
  } catch (error) {
    logError('settlement_failed', error, { reference })
    const present = await settlementStore.byReference(reference).catch(() => undefined)
    if (present) await tryLater(deps, present)
  }
}

/** @returns the settlement once the whole list is read */
async function readList(
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
  const { settlementStore } = deps
  const stored = await settlementStore.lines(reference, first, PAGE)
  const known = new Map(stored.map((line) => [line.line, contentOf(line)]))
  await settlementStore.insertLines(lines.filter(({ line }) => !known.has(line)))
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

/** Plans another try. After the last one, the settlement is an exception. */
async function tryLater(deps: SettlementDeps, settlement: Settlement): Promise<undefined> {
  const tries = settlement.tries + 1
  const nextTryAtMs = nextAttempt(tries, deps.now(), TRIES)
  const state = nextTryAtMs === null ? ('differs' as const) : settlement.state
  await deps.settlementStore.change(settlement, { tries, nextTryAtMs, state })
  if (nextTryAtMs === null)
    await recordException(
      deps,
      'settlement_differs',
      settlement.reference,
      settlement.amountKobo,
      'the gateway did not list the transactions',
    )
}

async function compareLines(deps: SettlementDeps, settlement: Settlement): Promise<void> {
  const { settlementStore } = deps
  const isEarly = deps.now() < settlement.receivedAtMs + PROJECTED_MS
  const { reference } = settlement
  for (let step = 0; step < STEPS; step++) {
    const lines = await settlementStore.openLines(reference, LINES_AT_ONCE)
    const decided = await decideLines(deps, lines, isEarly)
    if (lines.length < LINES_AT_ONCE || decided < lines.length) break
  }
  const totals = await settlementStore.totals(reference)
  if (totals.outcomes.open > 0) {
    const nextTryAtMs = isEarly ? settlement.receivedAtMs + PROJECTED_MS : deps.now()
    await settlementStore.change(settlement, { nextTryAtMs })
    return
  }
  const difference = differenceOf(settlement, totals)
  if (difference !== undefined)
    await recordException(deps, 'settlement_differs', reference, settlement.amountKobo, difference)
  const isMatched = difference === undefined && totals.outcomes.matched === totals.count
  const state = isMatched ? 'matched' : 'differs'
  await settlementStore.change(settlement, { state, nextTryAtMs: null })
  logEvent('settlement_compared', { reference, kind: state, rows: totals.count })
}

/** @returns the number of lines that were decided */
async function decideLines(
  deps: SettlementDeps,
  lines: readonly SettlementLine[],
  isEarly: boolean,
): Promise<number> {
  if (lines.length === 0) return 0
  const { settlementStore } = deps
  const earlier = await settlementStore.decidedTransactions(lines)
  const payments = await paymentsOf(deps, lines)
  const uuids = [...payments.values()].map(({ uuid }) => uuid)
  const entries = Map.groupBy(await settlementStore.entriesOf(uuids), (entry) => entry.sourceUuid)
  const repeats = repeatsOf(lines)
  let decided = 0
  for (const [index, line] of lines.entries()) {
    const payment = payments.get(paymentOf(line))
    const outcome = matchLine(line, {
      payment,
      entries: entries.get(payment?.uuid ?? '') ?? [],
      isRepeated: repeats.has(index) || earlier.has(line.transactionReference.toLowerCase()),
      isEarly,
    })
    if (outcome === 'open') continue
    await record(deps, line, outcome, payment)
    decided += 1
  }
  return decided
}

/** Payments of lines by their own reference. An unpaid payment that was retired is restored. */
async function paymentsOf(
  { settlementStore, paymentStore }: SettlementDeps,
  lines: readonly SettlementLine[],
): Promise<Map<string, SettledPayment>> {
  const names = [...new Set(lines.map(paymentOf))]
  const found = await settlementStore.paymentsByReference(names)
  const payments = new Map(found.map((payment) => [payment.reference, payment]))
  for (const name of names) {
    if (payments.has(name) || !isOurs(name)) continue
    const restored = await paymentStore.byReference(name)
    if (restored) payments.set(name, restored)
  }
  return payments
}

const EXCEPTION_OF: Readonly<Partial<Record<LineOutcome, ExceptionKind>>> = {
  foreign: 'unknown_settlement',
  doubled: 'settled_twice',
  short: 'settled_short',
}

/** Records the exception first: an interrupted decision is repeated. */
async function record(
  deps: SettlementDeps,
  line: SettlementLine,
  outcome: LineOutcome,
  payment: SettledPayment | undefined,
): Promise<void> {
  const kind = EXCEPTION_OF[outcome]
  const subject = line.transactionReference
  const isKnown =
    kind !== undefined && (await deps.exceptionStore.recorded(kind, [subject])).has(subject)
  if (kind !== undefined && !isKnown)
    await recordException(deps, kind, subject, line.amountPaidKobo, noteOf(line))
  const isNew = await deps.settlementStore.decide(line, outcome, payment?.uuid ?? null)
  if (isNew && payment && outcome !== 'foreign') await resolveUnsettled(deps, line)
}

const noteOf = ({ settlementReference, line }: SettlementLine): string =>
  `Settlement ${settlementReference}, line ${line + 1}`

const BY_CRON = { action: 'resolve', operator: 'cron', name: 'cron' } as const

/** A payment that was settled late is no exception any more. */
async function resolveUnsettled(
  { exceptionStore }: SettlementDeps,
  { paymentReference: subject, settlementReference }: SettlementLine,
): Promise<void> {
  const kind = 'unsettled_payment'
  if (!(await exceptionStore.recorded(kind, [subject])).has(subject)) return
  const resolution = `settled by ${settlementReference}`
  await exceptionStore.act({ kind, subject }, { ...BY_CRON, resolution })
}

async function recordException(
  { exceptionStore, now }: SettlementDeps,
  kind: ExceptionKind,
  subject: string,
  amountKobo: Kobo | null,
  note?: string,
): Promise<void> {
  logEvent('settlement_exception', { kind, reference: subject })
  await exceptionStore.record({ kind, subject, amountKobo, atMs: now(), ...(note && { note }) })
}
