/**
 * One scheduled poll of a payment. It sets the next poll before it queries Monnify, so that failed or
 * interrupted polls do not make polls more frequent.
 */
import { logError } from '../common/log'
import { attemptReference, ownReference } from './core/references'
import { beganAtMs } from './core/checks'
import { countedPolls, isDueStatus, nextNoticePoll, nextPollTime, NOTICE_MS } from './core/polls'
import { recordException, type ConfirmDeps, confirmPayment } from './confirm'
import { isSupportedPayment } from './core/supported'
import type { Payment } from './store'

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
  if (!isDueStatus(payment.status) || payment.nextPollAtMs === null) {
    if (payment.nextPollAtMs !== null) await paymentStore.setNextPoll(payment, null)
    return null
  }
  const nowMs = deps.now()
  const nextMs = nextTime(payment, nowMs)
  const polls = countedPolls(nowMs - beganAtMs(payment))
  if (!(await paymentStore.beginPoll(payment, { polls, nextPollAtMs: nextMs }))) return nextMs
  const isAnswered = await confirms(deps, payment.reference)
  const after = await paymentStore.byReference(payment.reference)
  if (nextMs === null && !isAnswered)
    await recordException(deps, payment, attemptReference(payment), 'never_answered', null)
  if (after) await endLateNotice(deps, after)
  const setMs = after?.nextPollAtMs ?? null
  return setMs === null ? null : Math.max(setMs, deps.now() + SOONEST_MS)
}

/** The next regular poll, or an earlier one while the outcome of news is awaited. */
function nextTime(payment: Payment, nowMs: number): number | null {
  const regularMs = nextPollTime({ ...payment, beganAtMs: beganAtMs(payment) }, nowMs)
  const { noticedAtMs } = payment
  const noticeMs = noticedAtMs === null ? null : nextNoticePoll(noticedAtMs, nowMs)
  return noticeMs === null || (regularMs !== null && regularMs < noticeMs) ? regularMs : noticeMs
}

/**
 * Records an exception for news whose outcome is unknown when no further poll fits into its 30 s. The regular polls
 * continue.
 */
async function endLateNotice(deps: ConfirmDeps, payment: Payment): Promise<void> {
  const { noticedAtMs, status } = payment
  if (noticedAtMs === null || deps.now() + SOONEST_MS <= noticedAtMs + NOTICE_MS) return
  if (!(await deps.paymentStore.endNotice(payment)) || !isDueStatus(status)) return
  await recordException(
    deps,
    payment,
    attemptReference(payment),
    'outcome_late',
    payment.amountKobo,
  )
}

async function confirms(deps: ConfirmDeps, reference: string): Promise<boolean> {
  try {
    return (await confirmPayment(deps, reference)).ok
  } catch (error) {
    logError('poll_failed', error, { reference })
    return false
  }
}
