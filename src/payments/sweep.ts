/**
 * The cron job for payments: polls those whose poll is overdue because their own alarm was lost, and
 * retries events that could not be processed when they arrived. Users take turns, so that no one's payments keep
 * others from theirs; payments and events take turns as well. One failure stops nothing, every poll and
 * try moves its own turn, and a sweep ends before the next one begins.
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
/** As many of the longest overdue are looked at to find the users who take turns. */
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

/** The try is counted before anything is asked, so that it moves the event's turn whatever happens. */
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
