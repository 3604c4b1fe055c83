/**
 * What the cron does: asks about payments whose turn has passed without being asked about, and works
 * off events that could not be when they came. One failure stops none, and each question moves its
 * payment's turn, so that nobody's open checkouts keep others from theirs.
 */
import { logError, logEvent } from '../common/log'
import { type SettleDeps, settlePayment } from './settle'

const OVERDUE_MS = 30_000
const LIMIT = 50
const EVENTS_KEPT_OPEN_MS = 24 * 60 * 60 * 1000

export async function sweepPayments(deps: SettleDeps): Promise<void> {
  const nowMs = deps.now()
  const overdue = await deps.paymentStore.askOverdue(nowMs - OVERDUE_MS, LIMIT)
  const waiting = await deps.paymentStore.openEvents(nowMs - EVENTS_KEPT_OPEN_MS, LIMIT)
  let settled = 0
  for (const { reference } of overdue) settled += (await settles(deps, reference)) ? 1 : 0
  for (const { bodyHash, paymentReference } of waiting)
    if (await settles(deps, paymentReference)) {
      await deps.paymentStore.recordOutcome(bodyHash, 'settled_later')
      settled += 1
    }
  const asked = overdue.length + waiting.length
  if (asked > 0) logEvent('payments_swept', { asked, settled })
}

async function settles(deps: SettleDeps, reference: string): Promise<boolean> {
  try {
    const result = await settlePayment(deps, reference)
    return result.ok && result.value.status === 'completed'
  } catch (error) {
    logError('sweep_failed', error, { reference })
    return false
  }
}
