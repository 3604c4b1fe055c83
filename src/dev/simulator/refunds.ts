/** Refunds at the simulated gateway: accepted, completed and failed, each with its event. */
import { refundAnnouncement } from './announcements'
import { faultsFor } from './faults'
import type { Announcement } from './notify'
import { statusOnArrival, statusOnQuery } from './refund-rules'
import type { SimulatedRefund } from './refund-store'
import type { RefundSetting, WebhookFault } from './scenario'
import type { SimulatedTransaction, SimulatorStore } from './store'

export interface RefundDeps {
  readonly store: SimulatorStore
  readonly now: () => number
  readonly wait: (ms: number) => Promise<unknown>
  /** Sends an event to the service. */
  readonly announce: (announcement: Announcement, fault: WebhookFault) => Promise<void>
}

/** Time after which a completed refund fails, with the fault `failed_after_completed`. */
const FAILS_AFTER_MS = 8000

export interface NewRefund {
  readonly refundReference: string
  readonly amountKobo: number
  readonly reason: string
  readonly note: string
  readonly destination: SimulatedRefund['destination']
  readonly setting: RefundSetting
}

/** @returns `undefined` if the reference was used, or all refunds together would exceed the payment */
export async function insertRefund(
  { store, now }: RefundDeps,
  transaction: SimulatedTransaction,
  wanted: NewRefund,
): Promise<SimulatedRefund | undefined> {
  const status = statusOnArrival(wanted.setting.fault)
  const faults = faultsFor(await store.faultEntries(now()), transaction.customerEmail, now())
  const refund: SimulatedRefund = {
    ...wanted,
    transactionReference: transaction.transactionReference,
    paymentReference: transaction.paymentReference,
    isFull: wanted.amountKobo === transaction.paidKobo,
    webhook: faults.webhook,
    status,
    asked: 0,
    createdAtMs: now(),
    completedAtMs: status === 'PENDING' ? null : now(),
  }
  return (await store.insertRefund(refund, transaction.paidKobo)) ? refund : undefined
}

/** Sends the events of a refund that is no longer pending. A completed one may then fail. */
export async function announceRefund(deps: RefundDeps, refund: SimulatedRefund): Promise<void> {
  const { store, now, wait, announce } = deps
  const transaction = await store.byTransactionReference(refund.transactionReference)
  if (refund.status === 'PENDING' || !transaction) return
  await announce(refundAnnouncement(refund, transaction), refund.webhook)
  if (refund.setting.fault !== 'failed_after_completed' || refund.status === 'FAILED') return
  await wait(FAILS_AFTER_MS)
  const change = { status: 'FAILED', completedAtMs: now() } as const
  if (await store.changeRefund(refund, change)) await announceRefund(deps, { ...refund, ...change })
}

/**
 * Counts a query of a pending refund.
 * @returns the refund after the query, and whether the query completed it
 */
export async function countQuery(
  { store, now }: RefundDeps,
  refund: SimulatedRefund,
): Promise<{ refund: SimulatedRefund; isCompleted: boolean }> {
  if (refund.status !== 'PENDING') return { refund, isCompleted: false }
  const status = statusOnQuery(refund.status, refund.setting, refund.asked)
  const change = {
    status,
    asked: refund.asked + 1,
    completedAtMs: status === 'PENDING' ? null : now(),
  }
  const isChanged = await store.changeRefund(refund, change)
  return {
    refund: { ...refund, ...change },
    isCompleted: isChanged && status === 'COMPLETED',
  }
}
