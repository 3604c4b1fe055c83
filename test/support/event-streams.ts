/** Records what wallets append to streams, instead of the stream objects. */
import { env } from 'cloudflare:workers'
import { onTestFinished, vi } from 'vitest'
import { StreamObject } from '../../src/events/object/stream-object'
import type { NewEvent } from '../../src/outbox/event'

export interface Appended {
  /** Name of the stream's object. */
  readonly stream: string
  readonly events: readonly NewEvent[]
}

export interface Streams {
  /** Appended batches of the user's and the deployment's stream, in order. */
  readonly appended: Appended[]
  /** Names of streams that fail. */
  readonly failing: Set<string>
  /** Names of streams that never respond. */
  readonly hanging: Set<string>
  typesOf(stream: string): string[]
}

export function recordStreams(userUuid: string): Streams {
  const appended: Appended[] = []
  const failing = new Set<string>()
  const hanging = new Set<string>()
  vi.spyOn(StreamObject.prototype, 'append').mockImplementation(function (
    this: StreamObject,
    events,
  ) {
    const { id } = (this as unknown as { readonly ctx: DurableObjectState }).ctx
    const stream = id.name ?? ''
    if (events.some(({ data }) => data['user_uuid'] !== userUuid)) return undefined
    if (hanging.has(stream)) return new Promise<never>(() => {}) as never
    if (failing.has(stream)) throw new Error('the stream is unreachable')
    appended.push({ stream, events })
    return undefined
  })
  const typesOf = (stream: string) =>
    appended.filter((batch) => batch.stream === stream).flatMap(({ events }) => events.map(typeOf))
  return { appended, failing, hanging, typesOf }
}

const typeOf = ({ type }: NewEvent): string => type

/** Turns the deployment's stream on for the rest of the test. */
export function turnDeploymentEventsOn(): void {
  Reflect.set(env, 'DEPLOYMENT_EVENTS', 'on')
  onTestFinished(() => void Reflect.deleteProperty(env, 'DEPLOYMENT_EVENTS'))
}
