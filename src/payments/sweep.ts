/**
 * What the cron does: asks about payments whose turn has passed without being asked about, and works
 * off events that could not be when they came. One failure stops none, and each question moves its
 * payment's turn, so that nobody's open checkouts keep others from theirs. It ends before the next
 * one begins.
 */
import { logError, logEvent } from '../common/log'
import { type SettleDeps, settlePayment } from './settle'

const OVERDUE_MS = 30_000
const LIMIT = 50
const EVENTS_KEPT_OPEN_MS = 24 * 60 * 60 * 1000
const TIME_MS = 4 * 60 * 1000

export async function sweepPayments(deps: SettleDeps): Promise<void> {
  const { paymentStore } = deps
  const startMs = deps.now()
  const waiting = await paymentStore.openEvents(startMs - EVENTS_KEPT_OPEN_MS, LIMIT)
  const overdue = await paymentStore.askOverdue(startMs - OVERDUE_MS, LIMIT)
  const events = waiting.map(({ bodyHash, paymentReference: reference }) => async () => {
    if (await settles(deps, reference)) await paymentStore.recordOutcome(bodyHash, 'settled_later')
    else await paymentStore.recordTry(bodyHash, deps.now())
  })
  const payments = overdue.map(
    ({ reference }) =>
      () =>
        settles(deps, reference),
  )
  let asked = 0
  for (const ask of [...payments, ...events]) {
    if (deps.now() > startMs + TIME_MS) break
    await ask()
    asked += 1
  }
  if (asked > 0)
    logEvent('payments_swept', { asked, left: overdue.length + waiting.length - asked })
}

/** Whether something was found out about the payment. */
async function settles(deps: SettleDeps, reference: string): Promise<boolean> {
  try {
    return (await settlePayment(deps, reference)).ok
  } catch (error) {
    logError('sweep_failed', error, { reference })
    return false
  }
}
