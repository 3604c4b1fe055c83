/**
 * Index of rows by prefix. The row of a destination is the one with the longest matching prefix, found by at most
 * one comparison for each length of a prefix: 16, whatever the number of rows. Pure.
 */
import type { CallType } from '../../wallets/core/wallet'
import type { Reach } from './row'

/** `+` and at most 15 digits. */
const MAX_PREFIX_LENGTH = 16

/** Rows of one prefix, by type. A row for both types is entered under each type without a row of its own. */
export type RowsOfPrefix<T> = Readonly<Partial<Record<CallType, T>>>

/** The part of a `Map` that a lookup needs. */
export interface RowIndex<T> {
  readonly get: (prefix: string) => RowsOfPrefix<T> | undefined
}

export function indexRows<T extends Reach>(rows: readonly T[]): Map<string, RowsOfPrefix<T>> {
  const index = new Map<string, RowsOfPrefix<T>>()
  for (const row of rows) {
    const known = index.get(row.prefix)
    if (row.type) index.set(row.prefix, { ...known, [row.type]: row })
    else index.set(row.prefix, { audio: row, video: row, ...known })
  }
  return index
}

/**
 * Finds the row with the longest prefix that matches. Of two rows with that prefix, the one for the call's type
 * precedes the one for both types.
 * @param phone destination in E.164, or a prefix
 */
export function findRow<T>(index: RowIndex<T>, phone: string, type: CallType): T | undefined {
  for (let length = Math.min(phone.length, MAX_PREFIX_LENGTH); length > 0; length--) {
    const row = index.get(phone.slice(0, length))?.[type]
    if (row !== undefined) return row
  }
  return undefined
}
