/** The faults that are on, in the simulator's tables. */
import type { Run } from './database'
import { FAULTS_LAST_MS, type FaultEntry, type FaultUser, faultUserOf, hasFault } from './faults'
import type { Faults, RefundSetting, SettlementSetting } from './scenario'

export interface FaultStore {
  /** Entries in force at `nowMs`, of all users and of everyone. */
  faultEntries(nowMs: number): Promise<FaultEntry[]>
  /** Replaces the user's faults of payments. Without a fault, the entry is removed. */
  setFaults(faults: Faults, nowMs: number, user?: FaultUser): Promise<void>
  setRefundFault(setting: RefundSetting, nowMs: number, user?: FaultUser): Promise<void>
  setSettlementFault(setting: SettlementSetting, nowMs: number, user?: FaultUser): Promise<void>
  /** Removes what applies to this user: the user's own faults, and those for everyone. `null` removes all. */
  clearFaults(user: FaultUser): Promise<void>
}

/** SQLite treats each NULL of a key as distinct. */
const EVERYONE = ''

interface Row {
  readonly user: string
  readonly kind: FaultEntry['kind']
  readonly setting: string
  readonly untilMs: number
}

const entryOf = ({ user, kind, setting, untilMs }: Row) =>
  ({ user: user || null, kind, setting: JSON.parse(setting), untilMs }) as FaultEntry

export function createFaultStore(run: Run): FaultStore {
  async function put(entry: FaultEntry): Promise<void> {
    const key = [faultUserOf(entry.user) ?? EVERYONE, entry.kind] as const
    /** A user's own entry without a fault replaces the fault for everyone. */
    if (!hasFault(entry) && entry.user === null) {
      await run('DELETE FROM simulator_faults WHERE user = ? AND kind = ?', ...key)
      return
    }
    await run(
      `INSERT INTO simulator_faults (user, kind, setting, untilMs) VALUES (?, ?, ?, ?)
        ON CONFLICT (user, kind) DO UPDATE SET setting = excluded.setting, untilMs = excluded.untilMs`,
      ...key,
      JSON.stringify(entry.setting),
      entry.untilMs,
    )
  }

  return {
    async faultEntries(nowMs) {
      const select = 'SELECT user, kind, setting, untilMs FROM simulator_faults WHERE untilMs > ?'
      return (await run<Row>(select, nowMs)).results.map(entryOf)
    },
    setFaults: (setting, nowMs, user = null) =>
      put({ user, kind: 'payments', setting, untilMs: nowMs + FAULTS_LAST_MS }),
    setRefundFault: (setting, nowMs, user = null) =>
      put({ user, kind: 'refunds', setting, untilMs: nowMs + FAULTS_LAST_MS }),
    setSettlementFault: (setting, nowMs, user = null) =>
      put({ user, kind: 'settlements', setting, untilMs: nowMs + FAULTS_LAST_MS }),
    async clearFaults(user) {
      const own = faultUserOf(user)
      await (own === null
        ? run('DELETE FROM simulator_faults')
        : run('DELETE FROM simulator_faults WHERE user IN (?, ?)', own, EVERYONE))
    },
  }
}
