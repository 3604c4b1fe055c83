/** Compares the lines of a settlement with payments and the wallet's entries. Differences become exceptions. */
import { logEvent } from '../../../common/log'
import type { ExceptionKind } from '../../../exceptions/exception'
import { isOurs } from '../../../payments/core/references'
import {
  differenceOf,
  type LineOutcome,
  matchLine,
  paymentOf,
  repeatsOf,
  type SettledPayment,
} from '../core/match'
import type { SettlementLine } from './line-store'
import { recordException, type SettlementDeps } from './step'
import type { Settlement } from './store'

/** Lines that one step compares, and the steps of one run. */
const LINES_AT_ONCE = 50
const STEPS = 10

/** Time within which the entries of a payment are projected. Later, a difference is decided. */
const PROJECTED_MS = 60 * 60_000

/** Decides the open lines. After the last one, compares their totals with the event, and decides the settlement. */
export async function compareLines(deps: SettlementDeps, settlement: Settlement): Promise<void> {
  const { settlementStore, settlementLineStore } = deps
  const isEarly = deps.now() < settlement.receivedAtMs + PROJECTED_MS
  const { reference } = settlement
  for (let step = 0; step < STEPS; step++) {
    const lines = await settlementLineStore.open(reference, LINES_AT_ONCE)
    const decided = await decideLines(deps, lines, isEarly)
    if (lines.length < LINES_AT_ONCE || decided < lines.length) break
  }
  const totals = await settlementLineStore.totals(reference)
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
  const { settlementLineStore, settledPaymentStore } = deps
  const earlier = await settlementLineStore.decidedTransactions(lines)
  const payments = await paymentsOf(deps, lines)
  const uuids = [...payments.values()].map(({ uuid }) => uuid)
  const entries = Map.groupBy(
    await settledPaymentStore.entriesOf(uuids),
    (entry) => entry.sourceUuid,
  )
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
  { settledPaymentStore, paymentStore }: SettlementDeps,
  lines: readonly SettlementLine[],
): Promise<Map<string, SettledPayment>> {
  const names = [...new Set(lines.map(paymentOf))]
  const found = await settledPaymentStore.byReferences(names)
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
  const isNew = await deps.settlementLineStore.decide(line, outcome, payment?.uuid ?? null)
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
