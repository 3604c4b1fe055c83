/**
 * Outboxes of wallets and of D1, as streams see them: rows in order, at least once, each until it is accepted. Some rows
 * are sent again although they were accepted.
 */
import { eventId, type Fact, type NewEvent } from '../../../src/outbox/event'
import { Lost } from '../simulation/faults'
import type { Random } from '../support/random'
import type { VirtualClock } from './clock'
import type { Hosts } from './hosts'
import type { Judge } from './judge/judge'

interface Row {
  readonly events: readonly NewEvent[]
  readonly acceptedAtMs: number
}

/** The rows of a source for one stream. */
interface Queue {
  readonly stream: string
  readonly rows: NewEvent[][]
  accepted: Row[]
  isSending: boolean
  failures: number
}

export interface SourcesOptions {
  readonly clock: VirtualClock
  readonly hosts: Hosts
  readonly judge: Judge
  readonly random: () => Random
  readonly report: (error: unknown) => void
  readonly count: (what: string) => void
}

const FIRST_RETRY_MS = 2000
const LONGEST_RETRY_MS = 3_600_000
/** A row is never sent again after the stream has forgotten its IDs. */
const REPEATED_WITHIN_MS = 20 * 86_400_000
const DELAYS_MS = [1, 5, 20, 20, 50, 400, 8000]
const MOST_ACCEPTED = 30

/** A call's events carry the call, so that an endpoint can ask for its phone number. */
export const TYPES = [
  'payment.completed',
  'payment.failed',
  'refund.completed',
  'call.answered',
  'call.ended',
  'call.ended',
  'credit.low',
  'wallet.frozen',
] as const

export class Source {
  readonly name: string
  readonly #queues: Queue[]
  readonly #options: SourcesOptions
  #revision = 0

  constructor(name: string, streams: readonly string[], options: SourcesOptions) {
    this.name = name
    this.#options = options
    this.#queues = streams.map((stream) => ({
      stream,
      rows: [],
      accepted: [],
      isSending: false,
      failures: 0,
    }))
  }

  /** Commits a change with its events, and begins to send them. */
  commit(events: number): void {
    const { clock, judge, random } = this.#options
    this.#revision += 1
    const row = Array.from({ length: events }, (_, index): NewEvent => {
      const type = random().pick(TYPES)
      const cause = `${this.name}/${this.#revision}/${index}`
      const data = dataOf(type, this.name, this.#revision, random())
      return { id: eventId(cause), type, version: 1, atMs: clock.nowMs, data }
    })
    const streams = this.#queues.map(({ stream }) => stream)
    for (const event of row) judge.commit(streams, this.name, event)
    for (const queue of this.#queues) {
      queue.rows.push(row)
      this.#pump(queue)
    }
  }

  /** Sends an accepted row again, as after a lost response. */
  repeat(): void {
    const { clock, random, hosts, count } = this.#options
    for (const { stream, accepted } of this.#queues) {
      const row = random().pickOrNone(accepted)
      if (!row || row.acceptedAtMs < clock.nowMs - REPEATED_WITHIN_MS) continue
      count('row sent again')
      hosts.command(stream, 'append', row.events).catch((error: unknown) => this.#ignoreLoss(error))
    }
  }

  get isIdle(): boolean {
    return this.#queues.every(({ rows }) => rows.length === 0)
  }

  #pump(queue: Queue): void {
    if (queue.isSending || queue.rows.length === 0) return
    queue.isSending = true
    const { clock, random } = this.#options
    clock.after(random().pick(DELAYS_MS), () => void this.#send(queue))
  }

  async #send(queue: Queue): Promise<void> {
    const { clock, hosts, judge } = this.#options
    const [events = []] = queue.rows
    try {
      await hosts.command(queue.stream, 'append', events)
      judge.read(queue.stream).accepted(events.map(({ id }) => id))
    } catch (error) {
      this.#ignoreLoss(error)
      const delayMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** queue.failures)
      queue.failures += 1
      clock.after(delayMs, () => void this.#send(queue))
      return
    }
    queue.rows.shift()
    queue.failures = 0
    queue.accepted = [
      ...queue.accepted.slice(1 - MOST_ACCEPTED),
      { events, acceptedAtMs: clock.nowMs },
    ]
    queue.isSending = false
    this.#pump(queue)
  }

  #ignoreLoss(error: unknown): void {
    if (!(error instanceof Lost)) this.#options.report(error)
  }
}

function dataOf(
  type: string,
  source: string,
  revision: number,
  random: Random,
): Readonly<Record<string, Fact>> {
  const common = { user_uuid: source.slice(0, 36), wallet: 'call_credits', revision }
  if (type.startsWith('call.'))
    return { ...common, call_uuid: `call-${random.below(1000)}`, cost: random.below(9999) / 100 }
  if (type.startsWith('payment.') || type.startsWith('refund.'))
    return { ...common, amount: random.below(99_999), failure_reason: null }
  return { ...common, balance: random.below(500) }
}
