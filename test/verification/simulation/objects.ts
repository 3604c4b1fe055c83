/**
 * The wallet objects, as the service calls them. The auditor predicts every command here, and checks the rows as
 * soon as the transaction is over.
 */
import { WalletObject } from '../../../src/wallets/object/durable-object'
import type { RoomOf } from '../../../src/wallets/object/rooms'
import type { StreamTwin } from './streams'
import { type Auditor, changesOf, type Seen } from './auditor/auditor'
import { Violation } from './auditor/violation'
import { type Faults, Lost } from './faults'
import { ObjectHost } from './object-host'
import type { Scheduler } from './scheduler'

const noRooms = (): never => {
  throw new Error('no simulated call has a room')
}

type Method = (...args: readonly unknown[]) => unknown

interface Resident {
  readonly host: ObjectHost<WalletObject>
  /** Alarm that was set and never rang; the object notices only when it checks. */
  lostAlarmMs: number | null
  /** The alarm threw and rings again, whether or not it had done its work. */
  isRepeated: boolean
  /** Number of alarms that are running; each sets the next when it ends. */
  ringing: number
  /** The last alarm had a fault, so the next one may be delayed. */
  isBackingOff: boolean
}

/** Age at which an object must treat an overdue alarm as lost. */
const LOST_AFTER_MS = 60_000

export interface ObjectsOptions {
  readonly d1: D1Database
  readonly auditor: Auditor
  readonly faults: Faults
  readonly scheduler: Scheduler
  /** Records the first violation, because other code may swallow its error. */
  readonly report: (error: unknown) => void
  readonly streams: StreamTwin
  /** Rooms of calls; without it, no call may have one. */
  readonly roomOf?: RoomOf | undefined
  /** Called after each command's transaction. */
  readonly onCommitted?: ((name: string) => void) | undefined
}

/** Retention of recipients. Short, so that a simulation of some hours also blanks them. */
export const CALLED_NUMBERS_MS = 3_600_000

/** Number of calls that ended by a time and still have their recipients. */
export const RECIPIENTS_TO_BLANK =
  "SELECT COUNT(*) FROM calls WHERE recipient_phone <> '' AND ended_at_ms <= ?"

export class Objects {
  readonly residents = new Map<string, Resident>()
  readonly namespace: Env['WALLET']
  readonly #options: ObjectsOptions

  constructor(options: ObjectsOptions) {
    this.#options = options
    this.namespace = { getByName: (name: string) => this.#stub(name) } as unknown as Env['WALLET']
  }

  close(): void {
    for (const { host } of this.residents.values()) host.close()
  }

  resident(name: string): Resident {
    let resident = this.residents.get(name)
    if (!resident) {
      const env = { DB: this.#options.d1, WALLET: this.namespace } as Env
      const { roomOf = noRooms, streams } = this.#options
      const ports = {
        roomOf,
        streamOf: streams.streamOf,
        hasDeploymentEvents: () => streams.owners.deployment,
        calledNumbersMs: () => CALLED_NUMBERS_MS,
      }
      const build = (ctx: DurableObjectState) => new WalletObject(ctx, env, ports)
      const host = new ObjectHost(name, build, this.#options.faults)
      this.residents.set(
        name,
        (resident = {
          host,
          lostAlarmMs: null,
          isRepeated: false,
          ringing: 0,
          isBackingOff: false,
        }),
      )
    }
    return resident
  }

  seen({ host, lostAlarmMs, isBackingOff }: Resident): Seen {
    const { name, alarmAtMs } = host
    const isAlarmLost =
      lostAlarmMs !== null && alarmAtMs === null && Date.now() <= lostAlarmMs + LOST_AFTER_MS
    const rows: Seen['rows'] = (query, ...values) => host.rows(query, ...values)
    return { name, rows, alarmAtMs, isAlarmLost, isBackingOff }
  }

  *all(): Generator<Seen> {
    for (const resident of this.residents.values()) yield this.seen(resident)
  }

  #stub(name: string): object {
    const get = (_: object, method: string | symbol) =>
      typeof method === 'symbol' || method === 'then'
        ? undefined
        : (...args: unknown[]) => this.command(name, method, args)
    return new Proxy({}, { get })
  }

  /** Runs the alarm. The platform sets a failed one again. */
  async ring(name: string): Promise<void> {
    const resident = this.resident(name)
    const { host } = resident
    const atMs = host.alarmAtMs
    try {
      await this.command(name, 'alarm', [])
      resident.isRepeated = false
    } catch (error) {
      resident.isRepeated = true
      host.alarmAtMs ??= atMs
      throw error
    }
  }

  async command(name: string, method: string, args: readonly unknown[]): Promise<unknown> {
    try {
      return await this.#command(name, method, args)
    } catch (error) {
      if (!(error instanceof Lost)) this.#options.report(error)
      throw error
    }
  }

  async #command(name: string, method: string, args: readonly unknown[]): Promise<unknown> {
    const { auditor, faults, scheduler } = this.#options
    await scheduler.turn()
    const resident = this.resident(name)
    const { host } = resident
    /** A delivery in the background may abort the instance while the command waits for it. */
    const { losses, refusedWrites } = host
    const object = await host.wake().catch((error: unknown) => {
      host.abort()
      throw error
    })
    if (method === 'alarm') host.alarmAtMs = null
    const isLost = () => host.losses !== losses
    const isWhole = () => !isLost() && host.refusedWrites === refusedWrites
    if (method === 'waiveDebt') auditor.readCollections(this.seen(resident))
    const prediction = auditor.predict(name, method, args, Date.now())
    const changes = changesOf(this.seen(resident).rows)
    const answering = callNow(object as unknown as Record<string, Method>, method, args)
    auditor.afterTransaction(this.seen(resident), prediction, isWhole(), changes)
    this.#options.onCommitted?.(name)
    if (method === 'revokeTokens') auditor.readRefusals(this.seen(resident))
    if (method === 'markStreamed') auditor.readStreamed(this.seen(resident))
    if (method === 'alarm') resident.ringing += 1
    const answer = await answering
      .finally(() => {
        if (method === 'alarm') resident.ringing -= 1
      })
      .catch((error: unknown) => {
        if (method === 'alarm') resident.isBackingOff ||= faults.hasStruck
        throw isWhole() ? new Violation(`${method} throws: ${String(error)}`) : error
      })
    if (host.alarmAtMs !== null) resident.lostAlarmMs = null
    if (method === 'alarm') resident.isBackingOff = faults.hasStruck
    if (isLost()) throw faults.lost(`the object was lost during ${method}`)
    if (!isWhole()) return answer
    auditor.afterAnswer(this.seen(resident), method, prediction, answer)
    if (resident.ringing === 0 && prediction.draft && 'value' in prediction.expected)
      auditor.checkAlarm(this.seen(resident))
    if (faults.losesReply()) {
      if (faults.evictsWithReply) host.abort()
      throw faults.lost(`the answer of ${method} was lost`)
    }
    return answer
  }
}

/** Starts a command; its synchronous part is complete when this returns. */
function callNow(
  object: Record<string, Method>,
  method: string,
  args: readonly unknown[],
): Promise<unknown> {
  try {
    return Promise.resolve(object[method]?.(...args))
  } catch (error) {
    const failed = Promise.reject(error)
    failed.catch(() => {})
    return failed
  }
}
