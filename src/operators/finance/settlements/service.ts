/**
 * Settlements: an event or an operator names one, the gateway lists its transactions, and each is compared with a payment
 * and the wallet's entries. Nothing here moves money. Each step can be repeated.
 */
import { logError } from '../../../common/log'
import { ok, refuse, type Result } from '../../../common/result'
import type { ReportedSettlement } from '../../../payments/monnify/settlements'
import { compareLines } from './compare'
import { PAGE, readList } from './list'
import { recordException, type SettlementDeps, tryLater } from './step'
import type { Settlement } from './store'
import { findUnsettled } from './unsettled'

const SETTLEMENTS_AT_ONCE = 10
const TIME_MS = 20_000

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

/** Cron job that continues open settlements, then finds payments without one. Never throws. */
export async function reconcileSettlements(deps: SettlementDeps): Promise<void> {
  try {
    await sweepSettlements(deps)
    await findUnsettled(deps)
  } catch (error) {
    logError('settlements_failed', error)
  }
}

/** Continues settlements whose list or lines are not complete. */
async function sweepSettlements(deps: SettlementDeps): Promise<void> {
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
