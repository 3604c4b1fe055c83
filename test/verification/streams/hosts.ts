/** Real stream objects on simulated storage. Each command may lose its object or its response. */
import { StreamObject } from '../../../src/events/object/stream-object'
import type { StreamPorts } from '../../../src/events/object/ports'
import { hold, Violation } from '../simulation/auditor/violation'
import { type Faults, Lost } from '../simulation/faults'
import { ObjectHost } from '../simulation/object-host'
import type { Random } from '../support/random'
import type { Due, VirtualClock } from './clock'
import type { EventRow } from './judge/stream-book'

export type AlarmFault = 'late' | 'twice' | 'lost'

interface Pending {
  readonly losses: number
  readonly reject: (error: Error) => void
}

export interface Resident {
  readonly name: string
  readonly host: ObjectHost<StreamObject>
  /** The alarm rings later than it was set for. */
  lateUntilMs: number
  isRinging: boolean
  /** The platform forgot the alarm, so only a command sets another one. */
  isAlarmLost: boolean
  /** The object creates its tables with its first command. */
  hasTables: boolean
  /** Failures of the alarm in a row. The platform gives up after some. */
  alarmFailures: number
  readonly pending: Set<Pending>
  /** Alarms since the last command, attempt or loss. */
  idleAlarms: number[]
}

export interface HostsOptions {
  readonly clock: VirtualClock
  readonly faults: Faults
  readonly random: () => Random
  /** What the instance may call. It is dead once `isAlive` is false. */
  readonly portsOf: (resident: Resident, isAlive: () => boolean) => StreamPorts
  readonly report: (error: unknown) => void
  readonly count: (what: string) => void
}

type Method = (...args: readonly unknown[]) => unknown

/** As the platform does: delays of 2 s, 4 s and so on, and then never again. */
const ALARM_RETRIES = 6
const ALARM_RETRY_MS = 2000
const LATE_MS = [200, 5000, 90_000, 7_200_000]
const HOUR_MS = 3_600_000
/** Alarms in an hour in which nothing else happens. */
const MOST_IDLE_ALARMS = 60

const AFTER = 'SELECT * FROM events WHERE sequence > ? ORDER BY sequence'
const HAS_TABLES = "SELECT 1 FROM sqlite_master WHERE name = 'events'"

export class Hosts {
  readonly residents = new Map<string, Resident>()
  readonly #options: HostsOptions
  alarmFaultsPercent = 0

  constructor(options: HostsOptions) {
    this.#options = options
    options.clock.nextAlarm = () => this.#nextAlarm()
  }

  close(): void {
    for (const { host } of this.residents.values()) host.close()
  }

  resident(name: string): Resident {
    const found = this.residents.get(name)
    if (found) return found
    const { clock, faults, portsOf } = this.#options
    const wait = (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        const timer = clock.after(ms, resolve)
        signal.addEventListener('abort', () => {
          timer.isCancelled = true
          resolve()
        })
      })
    const build = (ctx: DurableObjectState): StreamObject => {
      const { losses } = resident.host
      const ports = portsOf(resident, () => resident.host.losses === losses)
      return new StreamObject(ctx, {} as Env, () => ports, wait)
    }
    const resident: Resident = {
      name,
      host: new ObjectHost(name, build, faults),
      lateUntilMs: 0,
      isRinging: false,
      isAlarmLost: false,
      hasTables: false,
      alarmFailures: 0,
      pending: new Set(),
      idleAlarms: [],
    }
    this.residents.set(name, resident)
    return resident
  }

  /** Committed rows above a number. */
  rowsAfter(name: string, sequence: number): EventRow[] {
    const resident = this.resident(name)
    const { host } = resident
    hold(!host.database.isTransaction, () => `${name}: something leaves before the commit`)
    resident.hasTables ||= host.rows(HAS_TABLES).length > 0
    return resident.hasTables ? host.rows(AFTER, sequence) : []
  }

  disturbances(name: string): number {
    const { losses, refusedWrites } = this.resident(name).host
    return losses + refusedWrites
  }

  /** Calls a command as another Worker would. It is lost together with its object. */
  async command(name: string, method: string, ...args: readonly unknown[]): Promise<unknown> {
    const { faults } = this.#options
    const resident = this.resident(name)
    const { host } = resident
    resident.idleAlarms = []
    const object = await host.wake().catch((error: unknown) => {
      host.abort()
      throw error
    })
    const { losses, refusedWrites } = host
    const isWhole = () => host.losses === losses && host.refusedWrites === refusedWrites
    const answering = callNow(object as unknown as Record<string, Method>, method, args)
    const answer = await this.#unlessLost(resident, losses, answering).catch((error: unknown) => {
      const isBug = !(error instanceof Lost) && isWhole()
      throw isBug ? this.#bug(`${method} of ${name} throws`, error) : lostFor(error)
    })
    if (host.losses !== losses) throw faults.lost(`the object was lost during ${method}`)
    if (faults.losesReply()) {
      if (faults.evictsWithReply) host.abort()
      throw faults.lost(`the response of ${method} was lost`)
    }
    return answer
  }

  #bug(what: string, error: unknown): Violation {
    const violation = new Violation(`${what}: ${String(error)}`)
    this.#options.report(violation)
    return violation
  }

  #unlessLost(resident: Resident, losses: number, answering: Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const pending = { losses, reject }
      resident.pending.add(pending)
      void answering
        .finally(() => resident.pending.delete(pending))
        .then(resolve, (error: unknown) => reject(error as Error))
    })
  }

  /** Commands of objects that are gone get no response. */
  reap(): void {
    for (const { host, pending } of this.residents.values())
      for (const one of pending)
        if (one.losses !== host.losses) {
          pending.delete(one)
          one.reject(new Lost('the object is gone', true))
        }
  }

  #nextAlarm(): Due | undefined {
    let next: Due | undefined
    for (const resident of this.residents.values()) {
      const { host, isRinging, lateUntilMs } = resident
      if (host.alarmAtMs === null || isRinging) continue
      const atMs = Math.max(host.alarmAtMs, lateUntilMs)
      if (!next || atMs < next.atMs) next = { atMs, run: () => this.#due(resident) }
    }
    return next
  }

  #due(resident: Resident): void {
    const { random, count, clock } = this.#options
    const isLate = resident.lateUntilMs > 0
    resident.lateUntilMs = 0
    if (isLate || random().below(100) >= this.alarmFaultsPercent) return this.#ring(resident)
    const fault = random().pick<AlarmFault>(['late', 'twice', 'lost'])
    count(`alarm ${fault}`)
    if (fault === 'late') resident.lateUntilMs = clock.nowMs + random().pick(LATE_MS)
    if (fault === 'lost') this.loseAlarm(resident)
    if (fault === 'twice') this.#ring(resident, () => this.#ring(resident))
  }

  loseAlarm(resident: Resident): void {
    resident.host.alarmAtMs = null
    resident.isAlarmLost = true
  }

  /** Streams whose alarm was lost and not set again. */
  lostAlarms(): string[] {
    const lost = [...this.residents.values()].filter(
      ({ isAlarmLost, host }) => isAlarmLost && host.alarmAtMs === null,
    )
    return lost.map(({ name }) => name)
  }

  #ring(resident: Resident, then?: () => void): void {
    const { host } = resident
    this.#countIdle(resident)
    resident.isRinging = true
    resident.isAlarmLost = false
    host.alarmAtMs = null
    const { losses, refusedWrites } = host
    void this.#alarm(resident, { losses, refusedWrites }).then(then)
  }

  async #alarm(
    resident: Resident,
    before: { readonly losses: number; readonly refusedWrites: number },
  ): Promise<void> {
    const { host } = resident
    let isWhole = false
    try {
      const object = await host.wake()
      await object.alarm()
      isWhole = host.losses === before.losses
    } catch (error) {
      if (!(error instanceof Lost) && host.refusedWrites === before.refusedWrites)
        this.#bug(`the alarm of ${host.name} throws`, error)
      if (error instanceof Lost && host.losses === before.losses) host.abort()
    }
    resident.isRinging = false
    this.#rang(resident, isWhole)
  }

  #countIdle(resident: Resident): void {
    const { nowMs } = this.#options.clock
    const recent = resident.idleAlarms.filter((atMs) => atMs > nowMs - HOUR_MS)
    recent.push(nowMs)
    resident.idleAlarms = recent
    hold(recent.length <= MOST_IDLE_ALARMS, () => `${resident.name}: alarms without any effect`)
  }

  /** An instance that was lost in the alarm sets no other, and the platform repeats the alarm. */
  #rang(resident: Resident, isWhole: boolean): void {
    const { host } = resident
    resident.alarmFailures = isWhole ? 0 : resident.alarmFailures + 1
    if (isWhole) return
    if (resident.alarmFailures > ALARM_RETRIES) {
      resident.alarmFailures = 0
      resident.isAlarmLost = true
      this.#options.count('alarm given up')
      return
    }
    const delayMs = ALARM_RETRY_MS * 2 ** (resident.alarmFailures - 1)
    host.alarmAtMs ??= this.#options.clock.nowMs + delayMs
  }

  /** No alarm waits for a delivery. */
  checkAlarms(): void {
    for (const { name, isRinging } of this.residents.values())
      hold(!isRinging, () => `${name}: its alarm waits`)
  }
}

const lostFor = (error: unknown): Lost =>
  error instanceof Lost ? error : new Lost(`after a fault: ${String(error)}`, true)

/** Starts a command; its synchronous part is complete when this returns. */
function callNow(
  object: Record<string, Method>,
  method: string,
  args: readonly unknown[],
): Promise<unknown> {
  try {
    return Promise.resolve(object[method]?.(...structuredClone(args)))
  } catch (error) {
    return Promise.reject(error)
  }
}
