/** Interface of a stream of events, to which a wallet's outbox of events delivers. `index.ts` binds it to the class. */
import type { RetrySchedule } from '../../common/next-attempt'
import type { NewEvent, StreamOwner } from '../../outbox/event'
import { PROJECTION_DELAY_MS } from '../core/alarm'

export interface EventStream {
  /** Appends events in order, and ignores those that it has. */
  append(events: readonly NewEvent[]): Promise<void>
}

export type StreamOf = (owner: StreamOwner) => EventStream

/** An event is never abandoned. */
const EVENT_RETRIES: RetrySchedule = { firstMs: 2000, longestMs: 60 * 60_000, attempts: Infinity }

/** The alarm of the projection also delivers the rows of an object that stopped, so they need no alarm of their own. */
export const EVENT_OUTBOX = {
  table: 'event_outbox',
  retries: EVENT_RETRIES,
  recoveryMs: PROJECTION_DELAY_MS,
} as const
