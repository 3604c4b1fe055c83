/** Virtual time of a world of calls: alarms ring in order, or late, or twice, or never. */
import { Lost } from '../faults'
import type { Random } from '../../support/random'
import type { CallWorld } from './call-world'

interface Alarm {
  readonly atMs: number
  readonly ring: () => Promise<void>
}

const LATE_MS = [200, 5000, 90_000]
const MOST_ALARMS = 5000
const RETRY_MS = 2000

export class Time {
  readonly #calls: CallWorld
  readonly #random: Random
  /** Alarms that ring late, by object. */
  readonly #lateMs = new Map<string, number>()
  readonly #ringing = new Set<string>()
  hasFaults = true

  constructor(calls: CallWorld, random: Random) {
    this.#calls = calls
    this.#random = random
  }

  async pass(ms: number): Promise<void> {
    const { world } = this.#calls
    const endMs = Date.now() + ms
    for (let count = 0; ; count++) {
      if (count > MOST_ALARMS) throw new Error('alarms ring without end')
      const next = this.#next()
      if (!next || next.atMs > endMs) break
      world.pass(Math.max(0, next.atMs - Date.now()))
      for (const client of this.#calls.clients()) client.ping()
      await next.ring()
      this.#calls.check()
    }
    world.pass(Math.max(0, endMs - Date.now()))
    for (const client of this.#calls.clients()) client.ping()
    await this.#calls.network.pump(this.#random)
    this.#calls.check()
  }

  #next(): Alarm | undefined {
    const { hosts, world, network } = this.#calls
    const { nextHeldMs } = network
    let next: Alarm | undefined =
      nextHeldMs === Infinity
        ? undefined
        : { atMs: nextHeldMs, ring: () => network.pump(this.#random) }
    const consider = (name: string, alarmAtMs: number | null, ring: Alarm['ring']) => {
      if (alarmAtMs === null || this.#ringing.has(name)) return
      const atMs = Math.max(alarmAtMs, this.#lateMs.get(name) ?? 0)
      if (!next || atMs < next.atMs) next = { atMs, ring }
    }
    for (const [callUuid, { host }] of hosts.rooms)
      consider(callUuid, host.alarmAtMs, () => this.#room(callUuid))
    for (const { host } of world.objects.residents.values())
      consider(host.name, host.alarmAtMs, () => this.#wallet(host.name))
    return next
  }

  /** @returns how often the alarm rings now */
  #times(name: string, disturb: () => void, lose: () => void): number {
    const isLate = this.#lateMs.delete(name)
    const { faultsPercent } = this.#calls
    if (isLate || !this.hasFaults || this.#random.below(100) >= faultsPercent / 2) return 1
    disturb()
    const fault = this.#random.pick(['late', 'lost', 'doubled'])
    this.#calls.count(`alarm ${fault}`)
    if (fault === 'doubled') return 2
    if (fault === 'late') this.#lateMs.set(name, Date.now() + this.#random.pick(LATE_MS))
    else lose()
    return 0
  }

  async #room(callUuid: string): Promise<void> {
    const { judge, hosts } = this.#calls
    const { host } = hosts.room(callUuid)
    const lose = () => (host.alarmAtMs = null)
    const times = this.#times(callUuid, () => judge.disturb(callUuid), lose)
    for (let time = 0; time < times; time++) {
      host.alarmAtMs = null
      const isWhole = await this.#calls.event(this.#random, async () => (await host.wake()).alarm())
      if (!isWhole) host.alarmAtMs ??= Date.now() + RETRY_MS
    }
  }

  async #wallet(name: string): Promise<void> {
    const { world, network } = this.#calls
    const resident = world.objects.resident(name)
    const lose = () => {
      resident.lostAlarmMs = resident.host.alarmAtMs
      resident.host.alarmAtMs = null
    }
    const times = this.#times(name, () => this.#calls.disturbWallet(name), lose)
    for (let time = 0; time < times; time++) {
      this.#ringing.add(name)
      void world.objects
        .ring(name)
        .catch((error: unknown) => {
          if (!(error instanceof Lost)) this.#calls.report(error)
        })
        .finally(() => this.#ringing.delete(name))
      await network.pump(this.#random)
    }
  }
}
