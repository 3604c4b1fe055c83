/** The streams, as the wallets reach them: with faults, they are unreachable or lose a response. */
import type { EventStream, StreamOf } from '../../../src/wallets/object/streams'
import type { Random } from '../support/random'
import type { EventJudge } from './auditor/event-judge'
import { Lost } from './faults'

/** Owners of streams in a world. */
export interface StreamOwners {
  readonly users: boolean
  readonly deployment: boolean
}

export const NO_STREAMS: StreamOwners = { users: false, deployment: false }

type Events = Parameters<EventStream['append']>[0]

export class StreamTwin {
  readonly owners: StreamOwners
  readonly #judge: EventJudge
  readonly #report: (error: unknown) => void
  #random: Random | undefined
  #faultsPercent = 0
  /** Wallets that attempted a delivery since their last alarm, by name. */
  readonly attempted = new Set<string>()
  /** Events by stream, each once, in the order of their first arrival. */
  readonly received = new Map<string, Map<string, Events[number]>>()

  constructor(owners: StreamOwners, judge: EventJudge, report: (error: unknown) => void) {
    this.owners = owners
    this.#judge = judge
    this.#report = report
  }

  /** Sets the faults of an operation. They do not influence its other choices. */
  begin(random: Random, faultsPercent: number): void {
    this.#random = random
    this.#faultsPercent = faultsPercent
  }

  end(): void {
    this.#random = undefined
  }

  readonly streamOf: StreamOf = (owner) => ({
    append: async (events) => {
      /** The auditor sees a command's rows before a stream sees its events. */
      await Promise.resolve()
      for (const { data } of events)
        this.attempted.add(`${String(data['user_uuid'])}/${String(data['wallet'])}`)
      if (this.#isStruck()) throw new Lost('the stream is unreachable', false)
      this.#receive(owner, events)
      if (this.#isStruck()) throw new Lost('the response of the stream was lost', false)
    },
  })

  #isStruck(): boolean {
    return this.#random !== undefined && this.#random.below(100) < this.#faultsPercent
  }

  #receive(owner: string, events: Events): void {
    try {
      this.#judge.received(owner, events)
    } catch (error) {
      this.#report(error)
    }
    const known = this.received.get(owner) ?? new Map<string, Events[number]>()
    this.received.set(owner, known)
    for (const event of events) if (!known.has(event.id)) known.set(event.id, event)
  }

  /** Waits for deliveries that have begun. */
  async rest(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
  }
}
