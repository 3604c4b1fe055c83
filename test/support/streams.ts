/** A stream object in Node, whose storage is stricter than the platform's, and events for it. */
import { StreamObject } from '../../src/events/object/stream-object'
import type { StreamPorts } from '../../src/events/object/ports'
import type { Wait } from '../../src/events/object/waiters'
import { eventId, type NewEvent } from '../../src/outbox/event'
import { Faults } from '../verification/simulation/faults'
import { ObjectHost } from '../verification/simulation/object-host'

export const USER = '11111111-1111-4111-8111-111111111111'

/** Event of a cause, which is also its data. */
export const eventOf = (cause: string | number, type = 'call.ended'): NewEvent => ({
  id: eventId(String(cause)),
  type,
  version: 1,
  atMs: Date.now(),
  data: { cause: String(cause) },
})

export const eventsOf = (from: number, to: number, type?: string): NewEvent[] =>
  Array.from({ length: to - from + 1 }, (_, index) => eventOf(from + index, type))

const noPorts = (): StreamPorts => {
  throw new Error('no endpoint delivers')
}

/** A wait that ends only when the test ends it. */
export class ScriptedWait {
  readonly #ends = new Set<() => void>()
  readonly lengths: number[] = []

  readonly wait: Wait = (ms, signal) => {
    this.lengths.push(ms)
    return new Promise<void>((resolve) => {
      const end = () => {
        this.#ends.delete(end)
        resolve()
      }
      this.#ends.add(end)
      signal.addEventListener('abort', end)
    })
  }

  /** Number of waits that have not ended. */
  get open(): number {
    return this.#ends.size
  }

  endAll(): void {
    for (const end of this.#ends) end()
  }
}

export interface StreamHost {
  readonly host: ObjectHost<StreamObject>
  readonly faults: Faults
  readonly waits: ScriptedWait
  /** The running object, or a new one after an abort. */
  readonly wake: () => Promise<StreamObject>
}

export function hostStream(name = `user/${USER}`, ports = noPorts): StreamHost {
  const faults = new Faults()
  const waits = new ScriptedWait()
  const build = (ctx: DurableObjectState) => new StreamObject(ctx, {} as Env, ports, waits.wait)
  const host = new ObjectHost(name, build, faults)
  return { host, faults, waits, wake: () => host.wake() }
}
