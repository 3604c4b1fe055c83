/**
 * Delivery of D1's events to streams: at least once, in order for each owner. An attempt is counted before it begins,
 * so two runs do not send the same events together. Events are never abandoned, and an owner's failing stream delays no
 * other owner.
 */
import { logError } from '../common/log'
import { nextAttempt, type RetrySchedule } from '../common/next-attempt'
import type { Fact, NewEvent, StreamOwner } from './event'
import type { EventOutbox, OutboxEvent } from './store'

export interface EventDeliveryDeps {
  readonly eventOutbox: EventOutbox
  /** The stream ignores events that it has. */
  readonly streamOf: (owner: StreamOwner) => {
    readonly append: (events: readonly NewEvent[]) => Promise<void>
  }
  readonly now: () => number
}

/** An attempt owns the events for at least the first delay. */
export const EVENT_RETRIES: RetrySchedule = {
  firstMs: 30_000,
  longestMs: 60 * 60_000,
  attempts: Infinity,
}

/** Events of one append. */
const BATCH = 50
/** Appends to one stream in one run. */
const BATCHES = 20
/** Owners of one run, and how many of them at a time. The cron job's next run continues. */
const OWNERS = 200
const LANES = 8
const RUN_LIMIT_MS = 20_000

/** Cron job: delivers the events of all owners that are due. */
export async function deliverDueEvents(deps: EventDeliveryDeps): Promise<void> {
  try {
    const startMs = deps.now()
    const due = (await deps.eventOutbox.listDue(startMs, OWNERS)).values()
    const lane = async () => {
      for (const owner of due) {
        if (deps.now() >= startMs + RUN_LIMIT_MS) return
        await deliverEventsOf(deps, owner)
      }
    }
    await Promise.all(Array.from({ length: LANES }, lane))
  } catch (error) {
    logError('due_events_not_read', error)
  }
}

/** Delivers an owner's events, if the first one is due. A failure does not reject the promise. */
export async function deliverEventsOf(deps: EventDeliveryDeps, owner: StreamOwner): Promise<void> {
  try {
    for (let batch = 0; batch < BATCHES; batch++) if (!(await deliverBatch(deps, owner))) return
  } catch (error) {
    logError('events_not_delivered', error, { destination: owner })
  }
}

/** @returns whether events were delivered; others may have been stored meanwhile, by a run that found these owned */
async function deliverBatch(
  { eventOutbox, streamOf, now }: EventDeliveryDeps,
  owner: StreamOwner,
): Promise<boolean> {
  const events = await eventOutbox.firstOf(owner, BATCH)
  const [first] = events
  const nowMs = now()
  if (!first || first.nextAttemptAtMs > nowMs) return false
  const retryAtMs = nextAttempt(first.failures, nowMs, EVENT_RETRIES)
  if (retryAtMs === null || !(await eventOutbox.beginAttempt(first, retryAtMs))) return false
  await streamOf(owner).append(events.map(eventOf))
  await eventOutbox.remove(
    owner,
    events.map(({ id }) => id),
  )
  return true
}

const eventOf = ({ id, type, version, atMs, data }: OutboxEvent): NewEvent => ({
  id,
  type,
  version,
  atMs,
  data: JSON.parse(data) as Record<string, Fact>,
})
