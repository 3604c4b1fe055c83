/**
 * Finds completed payments without a settlement. It examines each payment once, in the order of completion,
 * when the payment is two days old. Nothing is expected before the first settlement was made.
 */
import { kobo } from '../../../common/money'
import { logEvent } from '../../../common/log'
import { attemptReference } from '../../../payments/core/references'
import { returnedKobo } from '../../../wallets/core/returned-money'
import { settlementDueMs, UNSETTLED_AFTER_MS } from '../core/match'
import type { Position, UnsettledPayment } from './payment-store'
import type { SettlementDeps } from './step'

const PAYMENTS_AT_ONCE = 100
const STEPS = 10

/** Examines the payments that are due. */
export async function findUnsettled(deps: SettlementDeps): Promise<void> {
  const { settlementStore, settledPaymentStore } = deps
  const firstMs = await settlementStore.firstSettledAtMs()
  if (firstMs === undefined) return
  let stored = await settledPaymentStore.progress()
  for (let step = 0; step < STEPS; step++) {
    const from: Position = stored ?? [firstMs, '']
    const due = await listDue(deps, from)
    await recordMissing(deps, due)
    const last = due.at(-1)
    if (!last) return
    const to: Position = [last.completedAtMs, last.uuid]
    if (!(await settledPaymentStore.moveProgress(stored, to))) return
    stored = to
    if (due.length < PAYMENTS_AT_ONCE) return
  }
}

async function listDue(
  { settledPaymentStore, now }: SettlementDeps,
  from: Position,
): Promise<UnsettledPayment[]> {
  const nowMs = now()
  const untilMs = nowMs - UNSETTLED_AFTER_MS
  const completed = await settledPaymentStore.completedAfter(from, untilMs, PAYMENTS_AT_ONCE)
  return completed.filter(({ completedAtMs }) => settlementDueMs(completedAtMs) <= nowMs)
}

/** Records payments without a line. A payment whose money the gateway returned in full is not settled. */
async function recordMissing(
  { settledPaymentStore, exceptionStore, now }: SettlementDeps,
  due: readonly UnsettledPayment[],
): Promise<void> {
  const without = due.filter(({ hasLine }) => !hasLine)
  if (without.length === 0) return
  const entries = await settledPaymentStore.entriesOf(without.map(({ uuid }) => uuid))
  const byPayment = Map.groupBy(entries, ({ sourceUuid }) => sourceUuid)
  const left = without.filter(
    ({ uuid, amountPaidKobo }) =>
      amountPaidKobo > returnedKobo(byPayment.get(uuid) ?? [], `refund/${uuid}/`),
  )
  const kind = 'unsettled_payment'
  const recorded = await exceptionStore.recorded(kind, left.map(attemptReference))
  for (const payment of left) {
    const subject = attemptReference(payment)
    if (recorded.has(subject)) continue
    logEvent('payment_unsettled', { payment: payment.uuid })
    const { amountPaidKobo: amountKobo } = payment
    await exceptionStore.record({ kind, subject, amountKobo: kobo(amountKobo), atMs: now() })
  }
}
