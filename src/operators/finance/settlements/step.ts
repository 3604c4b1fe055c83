/** Dependencies of a settlement's steps: stores, another try after a failure, and exceptions. */
import { logEvent } from '../../../common/log'
import type { Kobo } from '../../../common/money'
import { nextAttempt, type RetrySchedule } from '../../../common/next-attempt'
import type { ExceptionKind } from '../../../exceptions/exception'
import type { ExceptionStore } from '../../../exceptions/store'
import type { SettlementGateway } from '../../../payments/monnify/settlements'
import type { PaymentStore } from '../../../payments/store'
import type { SettlementLineStore } from './line-store'
import type { SettledPaymentStore } from './payment-store'
import type { Settlement, SettlementStore } from './store'

export interface SettlementDeps {
  readonly settlementStore: SettlementStore
  readonly settlementLineStore: SettlementLineStore
  readonly settledPaymentStore: SettledPaymentStore
  readonly settlementGateway: SettlementGateway
  readonly exceptionStore: ExceptionStore
  readonly paymentStore: PaymentStore
  readonly now: () => number
}

const MINUTE_MS = 60_000
/** After 10, 20, 40 minutes and so on, at most six hours apart, for almost three days. */
const TRIES: RetrySchedule = { firstMs: 5 * MINUTE_MS, longestMs: 6 * 60 * MINUTE_MS, attempts: 16 }

/** Plans another try. After the last one, the settlement is an exception. */
export async function tryLater(deps: SettlementDeps, settlement: Settlement): Promise<undefined> {
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

export async function recordException(
  { exceptionStore, now }: SettlementDeps,
  kind: ExceptionKind,
  subject: string,
  amountKobo: Kobo | null,
  note?: string,
): Promise<void> {
  logEvent('settlement_exception', { kind, reference: subject })
  await exceptionStore.record({ kind, subject, amountKobo, atMs: now(), ...(note && { note }) })
}
