/**
 * Messages between wallets, rooms and the relay. Each is a packet that the test delivers in random order, loses
 * before or after its effect, delivers twice, or holds for some time.
 */
import { Lost } from '../faults'
import type { Random } from '../../support/random'

export interface Packet {
  readonly what: string
  readonly callUuid: string
  readonly run: () => Promise<unknown>
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
  readonly isCopy: boolean
  heldUntilMs: number
}

export type Fate = 'lost before' | 'lost after' | 'doubled' | 'held' | 'reply held'
const FATES: readonly Fate[] = ['lost before', 'lost after', 'doubled', 'held', 'reply held']
const HELD_MS = [10, 400, 1500, 4900, 20_000, 70_000]

export const flush = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export interface NetworkOptions {
  readonly faultsPercent: number
  /** A fault befell a message of the call. */
  readonly onFault: (kind: Fate, callUuid: string) => void
}

export class Network {
  packets: Packet[] = []
  isFaulty = true
  readonly #options: NetworkOptions

  constructor(options: NetworkOptions) {
    this.#options = options
  }

  send<T>(what: string, callUuid: string, run: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.packets.push({ what, callUuid, run, resolve, reject, isCopy: false, heldUntilMs: 0 })
    })
  }

  /** Delivers everything that is not held, in random order. */
  async pump(random: Random): Promise<void> {
    for (await flush(); ; await flush()) {
      const ready = this.packets.filter(({ heldUntilMs }) => heldUntilMs <= Date.now())
      const packet = random.pickOrNone(ready)
      if (!packet) return
      this.packets.splice(this.packets.indexOf(packet), 1)
      this.#deliver(packet, random)
    }
  }

  get nextHeldMs(): number {
    return Math.min(...this.packets.map(({ heldUntilMs }) => heldUntilMs))
  }

  release(): void {
    for (const packet of this.packets) packet.heldUntilMs = 0
  }

  #fate({ heldUntilMs, isCopy, callUuid }: Packet, random: Random): Fate | undefined {
    const isSpared = heldUntilMs > 0 || isCopy || !this.isFaulty
    if (isSpared || random.below(100) >= this.#options.faultsPercent) return undefined
    const fate = random.pick(FATES)
    this.#options.onFault(fate, callUuid)
    return fate
  }

  #deliver(packet: Packet, random: Random): void {
    const { resolve, reject, run, what } = packet
    const fate = this.#fate(packet, random)
    const heldUntilMs = Date.now() + random.pick(HELD_MS)
    const lost = () => reject(new Lost(`${what}: ${fate}`, random.chance(0.2)))
    if (fate === 'lost before') return lost()
    if (fate === 'held') return void this.packets.push({ ...packet, heldUntilMs })
    if (fate === 'doubled') this.packets.push({ ...packet, ...NOBODY, isCopy: true, heldUntilMs })
    const reply = (send: () => void) => {
      if (fate !== 'reply held') return send()
      const run = async () => send()
      this.packets.push({ ...packet, ...NOBODY, what: `reply to ${what}`, run, heldUntilMs })
    }
    void run().then(
      (value) => (fate === 'lost after' ? lost() : reply(() => resolve(value as never))),
      (error: unknown) => reply(() => reject(error)),
    )
  }
}

const NOBODY = { resolve: () => {}, reject: () => {} }
