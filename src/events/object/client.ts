/** Calls stream objects by the name of their owner. */
import type { DurableObject } from 'cloudflare:workers'
import { streamName, type StreamOwner } from '../../outbox/event'
import type { StreamObject } from './stream-object'

type Command = Exclude<keyof StreamObject, keyof DurableObject>

/** Commands of the object over RPC, where each returns a promise. */
export type StreamStub = {
  readonly [Name in Command]: (
    ...args: Parameters<StreamObject[Name]>
  ) => Promise<Awaited<ReturnType<StreamObject[Name]>>>
}

export type StreamOf = (owner: StreamOwner) => StreamStub

/** The platform's stub type does not preserve the unions of results. */
export const createStreamOf =
  (namespace: Env['STREAM']): StreamOf =>
  (owner) =>
    namespace.getByName(streamName(owner))
