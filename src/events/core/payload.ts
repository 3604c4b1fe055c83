/** An event as receivers see it: the body of a delivery. Pure. */
import { toTime } from '../../common/text/time'
import type { Fact, NewEvent } from '../../outbox/event'

export interface EventPayload {
  readonly id: string
  readonly type: string
  readonly version: number
  /** Number in the stream; null for a test. */
  readonly sequence: number | null
  readonly timestamp: string
  readonly data: Readonly<Record<string, Fact>>
}

export const payloadOf = (event: NewEvent, sequence: number | null): EventPayload => ({
  id: event.id,
  type: event.type,
  version: event.version,
  sequence,
  timestamp: toTime(event.atMs),
  data: event.data,
})
