/**
 * Faults that are on. Each belongs to one user, by e-mail address, or applies to everyone, and ends by itself. A
 * user's own setting replaces the one for everyone. Pure.
 */
import { type NamedFault, nameFault } from './fault-names.ts'
import {
  type Faults,
  NO_FAULTS,
  NO_REFUND_FAULT,
  NO_SETTLEMENT_FAULT,
  type RefundSetting,
  type SettlementSetting,
} from './scenario.ts'

/** A restart does not end a fault, because each change of the source restarts the service. */
export const FAULTS_LAST_MS = 30 * 60_000

/** `null` is everyone. */
export type FaultUser = string | null

interface Settings {
  readonly payments: Faults
  readonly refunds: RefundSetting
  readonly settlements: SettlementSetting
}

export type FaultEntry = {
  [Kind in keyof Settings]: {
    readonly user: FaultUser
    readonly kind: Kind
    readonly setting: Settings[Kind]
    readonly untilMs: number
  }
}[keyof Settings]

/** The same user, however the address is written. An empty address is everyone. */
export const faultUserOf = (email: string | null | undefined): FaultUser =>
  email?.trim().toLowerCase() || null

export const isInForce = ({ untilMs }: FaultEntry, nowMs: number): boolean => nowMs < untilMs

export const hasFault = (entry: FaultEntry): boolean =>
  entry.kind !== 'payments'
    ? entry.setting.fault !== 'none'
    : entry.setting.webhook !== 'none' || entry.setting.status !== 'none'

const inForceFor = (entries: readonly FaultEntry[], user: FaultUser, nowMs: number) =>
  entries.filter((entry) => isInForce(entry, nowMs) && entry.user === faultUserOf(user))

/** Entries that apply to a user: of each kind the user's own, or the one for everyone. */
export function appliedTo(
  entries: readonly FaultEntry[],
  user: FaultUser,
  nowMs: number,
): FaultEntry[] {
  const own = inForceFor(entries, user, nowMs)
  const shared = inForceFor(entries, null, nowMs)
  return [...own, ...shared.filter(({ kind }) => own.every((entry) => entry.kind !== kind))]
}

export const faultsFor = (entries: readonly FaultEntry[], user: FaultUser, nowMs: number): Faults =>
  appliedTo(entries, user, nowMs).find((entry) => entry.kind === 'payments')?.setting ?? NO_FAULTS

export const refundSettingFor = (
  entries: readonly FaultEntry[],
  user: FaultUser,
  nowMs: number,
): RefundSetting =>
  appliedTo(entries, user, nowMs).find((entry) => entry.kind === 'refunds')?.setting ??
  NO_REFUND_FAULT

export const settlementFaultFor = (
  entries: readonly FaultEntry[],
  user: FaultUser,
  nowMs: number,
): SettlementSetting =>
  appliedTo(entries, user, nowMs).find((entry) => entry.kind === 'settlements')?.setting ??
  NO_SETTLEMENT_FAULT

/** The setting of this user alone, or, for `null`, the setting for everyone. */
export const ownFaults = (entries: readonly FaultEntry[], user: FaultUser, nowMs: number): Faults =>
  inForceFor(entries, user, nowMs).find((entry) => entry.kind === 'payments')?.setting ?? NO_FAULTS

export interface ActiveFault extends NamedFault {
  readonly user: FaultUser
  readonly untilMs: number
}

const namesOfEntry = (entry: FaultEntry): (NamedFault | undefined)[] => {
  if (entry.kind === 'payments') return namesOfFaults(entry.setting)
  const kind = entry.kind === 'refunds' ? 'refund' : 'settlement'
  return [nameFault(kind, entry.setting.fault)]
}

const namesOfFaults = ({ webhook, status }: Faults): (NamedFault | undefined)[] => [
  nameFault('webhook', webhook),
  nameFault('status', status),
]

/** Faults in words, for example those of one payment. */
export const nameFaults = (faults: Faults): NamedFault[] =>
  namesOfFaults(faults).filter((named) => named !== undefined)

/** Single faults of the given entries, in words. */
export const activeFaults = (entries: readonly FaultEntry[]): ActiveFault[] =>
  entries.flatMap((entry) =>
    namesOfEntry(entry)
      .filter((named) => named !== undefined)
      .map((named) => ({ ...named, user: entry.user, untilMs: entry.untilMs })),
  )

/** `1 fault is on`. */
export const countFaults = (count: number): string =>
  count === 1 ? '1 fault is on' : `${count} faults are on`
