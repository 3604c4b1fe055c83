/**
 * Later checks of payments. A check confirms the payment like a poll does, so a refund or a reversal that no event
 * reported is found.
 */
import { logError } from '../common/log'
import { type ConfirmDeps, confirmPayment } from './confirm'
import { beganAtMs, nextCheckTime, retryCheckTime } from './core/checks'
import type { DueCheck } from './check-store'
import { findGatewayRefunds } from './gateway-refunds'

/** Pages of Monnify's newest refunds that one run reads at most. */
const PAGES = 10

/** Sets the next check before it queries Monnify. Retries a failed check; records an exception after the last one. */
export async function checkPayment(deps: ConfirmDeps, due: DueCheck): Promise<void> {
  const { checkStore } = deps
  const nowMs = deps.now()
  const { uuid, completedAtMs, amountPaidKobo, reference } = due
  const sinceMs = completedAtMs ?? beganAtMs(due)
  const isPaid = completedAtMs !== null || amountPaidKobo > 0
  const nextMs = isPaid ? nextCheckTime(sinceMs, nowMs) : null
  if (!(await checkStore.moveCheck(due, nextMs))) return
  if (await confirms(deps, reference)) return
  const retryMs = retryCheckTime(sinceMs, nowMs)
  if (retryMs === null)
    await deps.exceptionStore.record({
      kind: 'check_failed',
      subject: reference,
      amountKobo: null,
      atMs: nowMs,
    })
  else if (retryMs < (nextMs ?? Infinity))
    await checkStore.moveCheck({ uuid, nextCheckAtMs: nextMs }, retryMs)
}

/** Records a reference that no payment has, because the list names it only until its refund is recorded. */
async function confirms(deps: ConfirmDeps, reference: string): Promise<boolean> {
  try {
    const confirmed = await confirmPayment(deps, reference)
    if (!confirmed.ok && confirmed.refusal.code === 'not_found') {
      const exception = { kind: 'unknown_reference', subject: reference } as const
      await deps.exceptionStore.record({ ...exception, amountKobo: null, atMs: deps.now() })
    }
    return confirmed.ok
  } catch (error) {
    logError('check_failed', error, { reference })
    return false
  }
}

/** Finds refunds whose events were lost, and confirms their payments. A failed confirmation does not stop the others. */
export async function checkGatewayRefunds(deps: ConfirmDeps): Promise<void> {
  try {
    for (const reference of await findGatewayRefunds(deps, PAGES)) await confirms(deps, reference)
  } catch (error) {
    logError('refunds_not_checked', error)
  }
}
