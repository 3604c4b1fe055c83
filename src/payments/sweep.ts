/**
 * Cron job for payments. It polls payments whose own alarm was lost, checks completed ones again, and retries
 * webhook events that could not be processed. Users take turns, so that one user's payments do not delay those
 * of others; polls, events and checks alternate. A failure does not stop the sweep, and it ends before the next
 * one begins.
 */
import { logError, logEvent } from '../common/log'
import { nextAttempt } from '../common/next-attempt'
import { EVENT_TRIES } from './core/payment'
import { pollPayment } from './poll'
import { checkPayment } from './check'
import { type EventDeps, parseEvent, processEvent } from './events'
import type { OpenEvent } from './store'
import { takeTurns } from './core/turns'

const OVERDUE_MS = 30_000
const LIMIT = 50
/** Number of overdue payments among which users take turns. */
const WINDOW = 10_000
const TIME_MS = 4 * 60 * 1000

export async function sweepPayments(deps: EventDeps): Promise<void> {
  const { paymentStore } = deps
  const startMs = deps.now()
  const events = await paymentStore.openEvents(startMs, LIMIT)
  const overdue = await paymentStore.listDueForPoll(startMs - OVERDUE_MS, WINDOW)
  const payments = takeTurns(overdue, LIMIT)
  const due = await deps.checkStore.listDueForCheck(startMs, LIMIT)
  const checks = due.map((check) => () => attempt(() => checkPayment(deps, check), check.reference))
  const polls = payments.map(
    ({ reference }) =>
      () =>
        attempt(() => pollPayment(deps, reference), reference),
  )
  const tries = events.map(
    (event) => () => attempt(() => tryEvent(deps, event), event.paymentReference),
  )
  let ran = 0
  for (const run of alternately(polls, tries, checks)) {
    if (deps.now() > startMs + TIME_MS) break
    await run()
    ran += 1
  }
  if (ran > 0)
    logEvent('payments_swept', {
      asked: ran,
      left: payments.length + events.length + due.length - ran,
    })
}

/** Counts the attempt before the query, so that a failure also moves the event's next attempt. */
async function tryEvent(deps: EventDeps, event: OpenEvent): Promise<void> {
  const { paymentStore } = deps
  const nowMs = deps.now()
  const parsed = parseEvent(event.body)
  await paymentStore.recordTry(event, nowMs, nextAttempt(event.tries + 1, nowMs, EVENT_TRIES))
  const processed = parsed && (await processEvent(deps, parsed))
  if (processed?.ok && processed.value !== 'unknown_reference')
    await paymentStore.recordOutcome(event.bodyHash, 'settled_later')
}

async function attempt(run: () => Promise<unknown>, reference: string): Promise<void> {
  try {
    await run()
  } catch (error) {
    logError('sweep_failed', error, { reference })
  }
}

function* alternately<T>(...lists: readonly (readonly T[])[]): Generator<T> {
  for (let index = 0; index < Math.max(...lists.map(({ length }) => length)); index++)
    for (const items of lists) {
      const item = items[index]
      if (item !== undefined) yield item
    }
}
