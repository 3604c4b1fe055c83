/**
 * One scheduled poll of a payment. It sets the next poll before it queries Monnify, so that failed or
 * interrupted polls do not make polls more frequent.
 */
import { logError } from '../common/log'
import { attemptReference, ownReference } from './core/references'
import { isDueStatus, nextPollTime, POLLS } from './core/payment'
import { recordException, type ConfirmDeps, confirmPayment } from './confirm'
import { isSupportedPayment } from './core/supported'

const SOONEST_MS = 2000

/**
 * Polls a payment, unless its status is final or it has had all its polls. Throws if D1 fails; a failed
 * confirmation is only logged.
 * @returns when the next poll is due, always in the future, or `null` if there is none
 */
export async function pollPayment(deps: ConfirmDeps, reference: string): Promise<number | null> {
  const { paymentStore } = deps
  const payment = await paymentStore.byReference(ownReference(reference))
  if (!payment) return null
  if (!isSupportedPayment(payment)) {
    await confirmPayment(deps, reference)
    return null
  }
  if (!isDueStatus(payment.status) || payment.polls >= POLLS.attempts) {
    if (payment.nextPollAtMs !== null) await paymentStore.setNextPoll(payment, null)
    return null
  }
  const nextMs = nextPollTime({ ...payment, polls: payment.polls + 1 }, deps.now())
  if (!(await paymentStore.beginPoll(payment, nextMs))) return nextMs
  const isAnswered = await confirms(deps, payment.reference)
  const after = await paymentStore.byReference(payment.reference)
  if (nextMs === null && !isAnswered)
    await recordException(deps, payment, attemptReference(payment), 'never_answered', null)
  const setMs = after?.nextPollAtMs ?? null
  return setMs === null ? null : Math.max(setMs, deps.now() + SOONEST_MS)
}

async function confirms(deps: ConfirmDeps, reference: string): Promise<boolean> {
  try {
    return (await confirmPayment(deps, reference)).ok
  } catch (error) {
    logError('poll_failed', error, { reference })
    return false
  }
}
