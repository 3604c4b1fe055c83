/**
 * Check of prices against costs. A destination passes if a minute costs the customer at least what it costs the
 * service. The check uses the row's price per minute: rounding up to units, minimum, increments and set-up fee only
 * add to it, once per call, and vanish in a long call. A row that passes therefore never charges less than the cost, and
 * one that does not pass loses money on some call. Pure.
 */
import { CALL_TYPES, type CallType } from '../../wallets/core/wallet'
import type { CostRow } from './csv'
import type { Row } from './row'
import { findRow, indexRows } from './row-index'

export interface BelowCost {
  /** Shortest prefix of the destinations. */
  readonly prefix: string
  readonly type: CallType
  /** Row of the tariff. */
  readonly id: string
  readonly koboPerMinute: number
  readonly costKoboPerMinute: number
}

/**
 * Finds destinations below their cost: at each prefix of either list, it compares the rows with the longest match in
 * each. That covers every number: of its two rows, one has the longer prefix, which is in the union, and there the other
 * row is the longest match too. Destinations that are forbidden, have no row or have no cost pass.
 */
export function destinationsBelowCost(
  rows: readonly Row[],
  costs: readonly CostRow[],
): BelowCost[] {
  const [prices, carrier] = [indexRows(rows), indexRows(costs)]
  const prefixes = [...new Set([...prices.keys(), ...carrier.keys()])].toSorted()
  return prefixes.flatMap((prefix) =>
    CALL_TYPES.flatMap((type): BelowCost[] => {
      const row = findRow(prices, prefix, type)
      const cost = findRow(carrier, prefix, type)?.cost_kobo_per_minute
      const koboPerMinute = row?.kobo_per_minute
      if (!row || koboPerMinute === undefined || cost === undefined || koboPerMinute >= cost)
        return []
      return [{ prefix, type, id: row.id, koboPerMinute, costKoboPerMinute: cost }]
    }),
  )
}
