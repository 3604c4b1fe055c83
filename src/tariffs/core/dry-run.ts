/**
 * Prices calls of a day again with another tariff. Pure. A call is priced for its whole duration, also if its credit ran
 * out: with other prices it would have ended at another time, which no calculation knows.
 */
import { lagosDay, lagosDayStart } from '../../common/text/lagos'
import { addKobo, type Kobo, subtractKobo, ZERO } from '../../common/money'
import { costKobo, wholeSeconds } from '../../wallets/core/metering'
import type { CallType } from '../../wallets/core/wallet'
import { rateOf, type Tariff } from '../tariff'
import { findRow } from './row-index'

export interface AnsweredCall {
  /** Destination in E.164; empty after its removal. */
  readonly phone: string
  readonly type: CallType
  readonly startedAtMs: number
  readonly endedAtMs: number
  readonly chargeKobo: Kobo
}

/** Totals of the calls under one row of the tariff. */
export interface PrefixTotal {
  /** Prefix of the row; null for destinations without one. */
  readonly prefix: string | null
  readonly type: CallType
  readonly calls: number
  readonly chargedKobo: Kobo
  readonly wouldBeKobo: Kobo
}

export interface DryRun {
  readonly calls: number
  readonly chargedKobo: Kobo
  readonly wouldBeKobo: Kobo
  readonly dearer: number
  readonly cheaper: number
  readonly same: number
  /** Calls that the tariff would not allow. They would be charged nothing. */
  readonly notAllowed: number
  /** Calls whose recipient was removed, so they have no price. They are in no other figure. */
  readonly withoutNumber: number
  readonly byPrefix: ReadonlyMap<string, PrefixTotal>
}

export const EMPTY_RUN: DryRun = {
  calls: 0,
  chargedKobo: ZERO,
  wouldBeKobo: ZERO,
  dearer: 0,
  cheaper: 0,
  same: 0,
  notAllowed: 0,
  withoutNumber: 0,
  byPrefix: new Map(),
}

type Effect = 'dearer' | 'cheaper' | 'same' | 'notAllowed'

function effectOf(chargedKobo: Kobo, wouldBeKobo: Kobo | undefined): Effect {
  if (wouldBeKobo === undefined) return 'notAllowed'
  if (wouldBeKobo === chargedKobo) return 'same'
  return wouldBeKobo > chargedKobo ? 'dearer' : 'cheaper'
}

/** Adds a page of calls to the totals. */
export function addCalls(run: DryRun, tariff: Tariff, calls: readonly AnsweredCall[]): DryRun {
  const totals = { ...run }
  const byPrefix = new Map(run.byPrefix)
  for (const { phone, type, startedAtMs, endedAtMs, chargeKobo } of calls) {
    if (!phone.startsWith('+')) {
      totals.withoutNumber += 1
      continue
    }
    const row = findRow(tariff.index, phone, type)
    const rate = row && rateOf(tariff, row)
    const wouldBeKobo = rate && costKobo(rate, wholeSeconds(startedAtMs, endedAtMs))
    totals.calls += 1
    totals[effectOf(chargeKobo, wouldBeKobo)] += 1
    totals.chargedKobo = addKobo(totals.chargedKobo, chargeKobo)
    totals.wouldBeKobo = addKobo(totals.wouldBeKobo, wouldBeKobo ?? ZERO)
    const prefix = row?.prefix ?? null
    const key = `${prefix} ${type}`
    const known = byPrefix.get(key)
    byPrefix.set(key, {
      prefix,
      type,
      calls: (known?.calls ?? 0) + 1,
      chargedKobo: addKobo(known?.chargedKobo ?? ZERO, chargeKobo),
      wouldBeKobo: addKobo(known?.wouldBeKobo ?? ZERO, wouldBeKobo ?? ZERO),
    })
  }
  return { ...totals, byPrefix }
}

const differenceOf = ({ chargedKobo, wouldBeKobo }: PrefixTotal): number =>
  Math.abs(subtractKobo(wouldBeKobo, chargedKobo))

/** Prefixes with the greatest differences first; those without one are omitted. */
export const greatestDifferences = ({ byPrefix }: DryRun, count: number): PrefixTotal[] =>
  [...byPrefix.values()]
    .filter((total) => differenceOf(total) > 0)
    .toSorted((a, b) => differenceOf(b) - differenceOf(a))
    .slice(0, count)

const DAY_MS = 86_400_000

/** First instant of a calendar day in Lagos, such as `2026-03-14`; undefined for anything else. */
export function lagosDayStartMs(day: string): number | undefined {
  const startMs = lagosDayStart(day)
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(startMs)) return undefined
  return lagosDay(startMs) === day ? startMs : undefined
}

export const dayOf = (startMs: number) => ({ fromMs: startMs, toMs: startMs + DAY_MS })
