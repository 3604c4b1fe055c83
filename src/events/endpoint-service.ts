/** Endpoints of an owner's stream. The stream object has the endpoints; this opens the stream and makes test events. */
import { logEvent } from '../common/log'
import type { Result } from '../common/result'
import { pageOf, type Page, readCursor } from '../http/pagination'
import { eventId, type NewEvent, type StreamOwner } from '../outbox/event'
import { z } from 'zod'
import { CATALOGUE, type EventType } from './core/catalogue'
import type { Attempt, Endpoint, EndpointChange, NewEndpoint, WithSecret } from './core/stream'
import type { StreamOf } from './object/client'

export interface EndpointDeps {
  readonly streamOf: StreamOf
  /** Begins an owner's stream of events. A repeat changes nothing. Refuses `no_stream` after an erasure. */
  readonly openStream: (owner: StreamOwner) => Promise<Result<null>>
  readonly now: () => number
}

/** The owner of the stream, with a key or, if that is null, with a session. */
export interface EndpointCaller {
  readonly owner: StreamOwner
  readonly keyUuid: string | null
}

/** One event, or all from `from` to `to`. */
export type ReplayRange =
  | { readonly event: string }
  | { readonly from: number; readonly to: number }

/** Opens the stream first. Refuses `too_many_endpoints`, `endpoint_address_refused`, and `no_stream` after an erasure. */
export async function createEndpoint(
  { streamOf, openStream }: EndpointDeps,
  { owner, keyUuid }: EndpointCaller,
  values: Omit<NewEndpoint, 'uuid' | 'keyUuid'>,
): Promise<Result<WithSecret>> {
  const opened = await openStream(owner)
  if (!opened.ok) return opened
  const uuid = crypto.randomUUID()
  const created = await streamOf(owner).createEndpoint({ ...values, uuid, keyUuid })
  if (created.ok) logEvent('endpoint_created', { user: owner, destination: uuid })
  return created
}

/** Oldest first. */
export const listEndpoints = (
  { streamOf }: EndpointDeps,
  { owner }: EndpointCaller,
): Promise<Endpoint[]> => streamOf(owner).listEndpoints()

/** Refuses `not_found`. */
export const getEndpoint = (
  { streamOf }: EndpointDeps,
  { owner }: EndpointCaller,
  uuid: string,
): Promise<Result<Endpoint>> => streamOf(owner).findEndpoint(uuid)

/** Refuses `not_found`, `endpoint_address_refused` and `endpoint_state_conflict`. */
export const changeEndpoint = (
  { streamOf }: EndpointDeps,
  { owner, keyUuid }: EndpointCaller,
  uuid: string,
  change: EndpointChange,
): Promise<Result<Endpoint>> => streamOf(owner).changeEndpoint(uuid, change, keyUuid)

/** Refuses `not_found`. */
export async function removeEndpoint(
  { streamOf }: EndpointDeps,
  { owner }: EndpointCaller,
  uuid: string,
): Promise<Result<null>> {
  const removed = await streamOf(owner).removeEndpoint(uuid)
  if (removed.ok) logEvent('endpoint_removed', { user: owner, destination: uuid })
  return removed
}

/** Refuses `not_found`. */
export async function rotateSecret(
  { streamOf }: EndpointDeps,
  { owner }: EndpointCaller,
  uuid: string,
): Promise<Result<WithSecret>> {
  const rotated = await streamOf(owner).rotateEndpointSecret(uuid)
  if (rotated.ok) logEvent('endpoint_secret_rotated', { user: owner, destination: uuid })
  return rotated
}

/** Sample of a type, with an ID of its own. No stream has it. */
const sampleOf = (type: EventType, atMs: number): NewEvent => ({
  id: eventId(`test/${crypto.randomUUID()}`),
  type,
  version: CATALOGUE[type].version,
  atMs,
  data: CATALOGUE[type].sample,
})

/** Sends a sample, and waits for the receiver. Refuses `not_found` and `endpoint_state_conflict`. */
export const testEndpoint = (
  { streamOf, now }: EndpointDeps,
  { owner }: EndpointCaller,
  uuid: string,
  type: EventType,
): Promise<Result<Attempt>> => streamOf(owner).testEndpoint(uuid, sampleOf(type, now()))

const positionSchema = z.tuple([z.int().min(1)])

/** Newest first. Refuses `not_found` and `invalid_cursor`. */
export async function listAttempts(
  { streamOf }: EndpointDeps,
  { owner }: EndpointCaller,
  uuid: string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<Result<Page<Attempt>>> {
  const position = readCursor(positionSchema, cursor)
  if (!position.ok) return position
  const found = await streamOf(owner).attempts(uuid, limit + 1, position.value?.[0])
  if (!found.ok) return found
  return { ok: true, value: pageOf(found.value, limit, ({ seq }) => [seq]) }
}

/** Refuses `not_found` and `endpoint_state_conflict`. @returns how many events the range has */
export const replayEvents = (
  { streamOf }: EndpointDeps,
  { owner }: EndpointCaller,
  uuid: string,
  range: ReplayRange,
): Promise<Result<number>> =>
  'event' in range
    ? streamOf(owner).replayEvent(uuid, range.event)
    : streamOf(owner).replay(uuid, range)
