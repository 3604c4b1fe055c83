/** Processes a stored event again, for an operator. */
import { ok, refuse, type Result } from '../common/result'
import { type EventDeps, type EventOutcome, parseEvent, processEvent, referenceOf } from './events'
import type { StoredEvent } from './store'

const notReplayable = (reason: string) => refuse({ code: 'event_not_replayable', reason })

/**
 * Processes an event like its first arrival: it is confirmed at Monnify, so a repeat credits nothing twice. Refuses
 * `event_not_replayable` without a body or a reference, and `gateway_unavailable`.
 */
export async function replayEvent(
  deps: EventDeps,
  { bodyHash, body }: StoredEvent,
): Promise<Result<EventOutcome>> {
  if (body === '')
    return notReplayable(
      'The body of the event was removed by retention. Poll the payment instead.',
    )
  const event = parseEvent(body)
  if (!event || referenceOf(event) === null)
    return notReplayable('The event names nothing that could be confirmed.')
  const processed = await processEvent(deps, event)
  if (!processed.ok) return processed
  await deps.paymentStore.recordOutcome(bodyHash, processed.value)
  return ok(processed.value)
}
