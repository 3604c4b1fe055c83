/**
 * Cron job for payments. It polls payments whose own alarm was lost, and retries webhook events that
 * could not be processed. Users take turns, so that one user's payments do not delay those of others;
 * polls and events alternate. A failure does not stop the sweep, and it ends before the next one begins.
 */
import { logError, logEvent } from '../common/log'
import { nextAttempt } from '../common/next-attempt'
import { EVENT_TRIES } from './core/payment'
import { pollPayment } from './poll'
import { type ConfirmDeps, confirmPayment } from './confirm'
import type { OpenEvent } from './store'
import { takeTurns } from './core/turns'

const OVERDUE_MS = 30_000
const LIMIT = 50
/** Number of overdue payments among which users take turns. */
const WINDOW = 10_000
const TIME_MS = 4 * 60 * 1000

export async function sweepPayments(deps: ConfirmDeps): Promise<void> {
  const { paymentStore } = deps
  const startMs = deps.now()
  const events = await paymentStore.openEvents(startMs, LIMIT)
  const due = await paymentStore.listDueForPoll(startMs - OVERDUE_MS, WINDOW)
  const payments = takeTurns(due, LIMIT)
  const polls = payments.map(
    ({ reference }) =>
      () =>
        attempt(() => pollPayment(deps, reference), reference),
  )
  const tries = events.map(
    (event) => () => attempt(() => tryEvent(deps, event), event.paymentReference),
  )
  let ran = 0
  for (const run of alternately(polls, tries)) {
    if (deps.now() > startMs + TIME_MS) break
    await run()
    ran += 1
  }
  if (ran > 0)
    logEvent('payments_swept', { asked: ran, left: payments.length + events.length - ran })
}

/** Counts the attempt before the query, so that a failure also moves the event's next attempt. */
async function tryEvent(deps: ConfirmDeps, event: OpenEvent): Promise<void> {
  const { paymentStore } = deps
  const nowMs = deps.now()
  await paymentStore.recordTry(event, nowMs, nextAttempt(event.tries + 1, nowMs, EVENT_TRIES))
  const confirmed = await confirmPayment(deps, event.paymentReference)
  if (confirmed.ok) await paymentStore.recordOutcome(event.bodyHash, 'settled_later')
}

async function attempt(run: () => Promise<unknown>, reference: string): Promise<void> {
  try {
    await run()
  } catch (error) {
    logError('sweep_failed', error, { reference })
  }
}

function* alternately<T>(first: readonly T[], second: readonly T[]): Generator<T> {
  for (let index = 0; index < Math.max(first.length, second.length); index++)
    for (const items of [first, second]) {
      const item = items[index]
      if (item !== undefined) yield item
    }
}
