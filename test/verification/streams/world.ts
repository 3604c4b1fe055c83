/** A world of streams: sources, two real stream objects, receivers and readers, and the judge of them all. */
import type { Seal } from '../../../src/common/tokens/seal'
import type { StreamPorts } from '../../../src/events/object/ports'
import type { EndpointNotice } from '../../../src/events/core/stream'
import { Faults, Lost } from '../simulation/faults'
import type { Platform } from '../simulation/platform'
import { createRandom, type Random, seedFrom } from '../support/random'
import type { VirtualClock } from './clock'
import { Hosts, type Resident } from './hosts'
import { Judge, type Query } from './judge/judge'
import { type OwnedEndpoint, Owner } from './owner'
import { Receivers } from './receivers'
import { Source } from './sources'

export const USER = '11111111-1111-4111-8111-111111111111'
export const USER_STREAM = `user/${USER}`
export const STREAMS = [USER_STREAM, 'deployment'] as const

/** Sources by the streams that they write to. */
const SOURCES: readonly (readonly [name: string, streams: readonly string[]])[] = [
  [`${USER}/call_credits`, STREAMS],
  [`${USER}/primary`, STREAMS],
  [`${USER}/payments`, STREAMS],
  ['22222222-2222-4222-8222-222222222222/call_credits', ['deployment']],
  ['33333333-3333-4333-8333-333333333333/payments', ['deployment']],
]

/** Names the owner, so that a secret that is opened for another one is noticed. The real one has tests of its own. */
const SEAL: Seal = {
  seal: async (secret, owner) => JSON.stringify([owner, [...secret]]),
  open: async (sealed, owner) => {
    const [name, bytes] = JSON.parse(sealed) as [string, number[]]
    return name === owner ? { secret: Uint8Array.from(bytes), isOld: false } : undefined
  },
}

interface Reader {
  readonly stream: string
  after: number
  isReading: boolean
}

export class StreamWorld {
  readonly clock: VirtualClock
  readonly faults = new Faults()
  readonly hosts: Hosts
  readonly judge: Judge
  readonly receivers: Receivers
  readonly owner = new Owner(this)
  readonly sources: readonly Source[]
  readonly endpoints: OwnedEndpoint[] = []
  readonly readers: readonly Reader[]
  readonly notices: EndpointNotice[] = []
  readonly counts = new Map<string, number>()
  /** Share of calls to the ports that fail. */
  portFaultsPercent = 0
  random: Random
  violation: unknown

  constructor(seed: number, platform: Platform, clock: VirtualClock) {
    this.clock = clock
    this.random = createRandom(seed)
    platform.random = createRandom(seedFrom(seed, 13))
    const random = () => this.random
    const report = (error: unknown) => this.report(error)
    const count = (what: string) => this.count(what)
    const { faults } = this
    const portsOf = (resident: Resident, isAlive: () => boolean) => this.#ports(resident, isAlive)
    this.hosts = new Hosts({ clock, faults, random, portsOf, report, count })
    this.judge = new Judge((name, sequence) => this.hosts.rowsAfter(name, sequence))
    const { hosts, judge } = this
    const momentOf = (name: string) => ({
      nowMs: clock.nowMs,
      disturbances: hosts.disturbances(name),
    })
    this.receivers = new Receivers({ clock, judge, random, momentOf, report, count })
    this.sources = SOURCES.map(
      ([name, streams]) =>
        new Source(name, streams, { clock, hosts, judge, random, report, count }),
    )
    this.readers = STREAMS.map((stream) => ({ stream, after: 0, isReading: false }))
    clock.afterStep = () => this.#afterStep()
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1)
  }

  report(error: unknown): void {
    this.violation ??= error
  }

  #afterStep(): void {
    this.hosts.reap()
    if (this.violation) throw this.violation
    this.hosts.checkAlarms()
  }

  #ports(resident: Resident, isAlive: () => boolean): StreamPorts {
    const never = new Promise<never>(() => {})
    const fails = () => this.random.below(100) < this.portFaultsPercent
    return {
      fetch: (request) => {
        resident.idleAlarms = []
        return this.receivers.fetch(request, resident.name, isAlive)
      },
      seal: SEAL,
      allowsLoopback: false,
      recipientOf: async (_, callUuid) => {
        if (!isAlive()) return never
        if (fails()) throw new Lost('the wallet is not reached', true)
        return callUuid.endsWith('7') ? null : '+2348031234567'
      },
      informOwner: async (notice) => {
        if (!isAlive()) return never
        if (fails()) throw new Lost('D1 is not reached', true)
        this.notices.push(notice)
        return undefined
      },
    }
  }

  /** Reads the next page. The response arrives when there is an event, or when its wait is over. */
  read(reader: Reader, query: Pick<Query, 'limit' | 'types'> & { readonly waitMs: number }): void {
    if (reader.isReading) return
    reader.isReading = true
    const { stream, after } = reader
    const beganAtMs = this.clock.nowMs
    void this.hosts
      .command(stream, 'read', { after, ...query })
      .then((answer) => this.#page(reader, { beganAtMs, after, ...query }, answer as PageAnswer))
      .catch((error: unknown) => {
        if (!(error instanceof Lost)) this.report(error)
      })
      .finally(() => {
        reader.isReading = false
      })
  }

  #page(reader: Reader, query: Query, { ok, value }: PageAnswer): void {
    if (!ok) throw new Error('the stream cannot be read')
    this.judge.page(reader.stream, query, value, this.clock.nowMs)
    reader.after = value.next
  }

  close(): void {
    this.hosts.close()
  }
}

type Page = Parameters<Judge['page']>[2]
interface PageAnswer {
  readonly ok: boolean
  readonly value: Page
}
