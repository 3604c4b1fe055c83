/** Reads streams of events, and opens a user's stream. */
import { ok, type Result } from '../common/result'
import { DEPLOYMENT, type StreamOwner } from '../outbox/event'
import type { EventPage, EventQuery } from './core/stream'
import type { StreamOf } from './object/client'

export interface EventStreamDeps {
  readonly streamOf: StreamOf
}

export interface OpenStreamDeps extends EventStreamDeps {
  /** Records in D1 that the user has a stream. A repeat changes nothing. */
  readonly markStreamOpen: (userUuid: string, nowMs: number) => Promise<void>
  /** Makes both wallets of the user store events from now on. A repeat changes nothing. */
  readonly markStreamed: (userUuid: string) => Promise<void>
  readonly now: () => number
}

/** Refuses `no_stream`, `too_many_polls` and `unauthenticated`. */
export const readEvents = (
  { streamOf }: EventStreamDeps,
  owner: StreamOwner,
  query: EventQuery,
): Promise<Result<EventPage>> => streamOf(owner).read(query)

/**
 * Opens an owner's stream. Every step is idempotent, so a failed one is repeated with the whole. The stream is open before
 * anything can append to it. Refuses `no_stream` if the owner was erased.
 */
export async function openStream(deps: OpenStreamDeps, owner: StreamOwner): Promise<Result<null>> {
  const opened = await deps.streamOf(owner).open()
  if (!opened.ok || owner === DEPLOYMENT) return opened
  await deps.markStreamOpen(owner, deps.now())
  await deps.markStreamed(owner)
  return ok(null)
}
