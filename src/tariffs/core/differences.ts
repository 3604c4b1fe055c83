/** Differences between two tariffs, by the destinations of their rows. Pure. */
import { reachOf, type Row } from './row'

export interface ChangedRow {
  readonly before: Row
  readonly after: Row
}

export interface Differences {
  readonly added: readonly Row[]
  readonly removed: readonly Row[]
  /** Rows for the same destinations with another figure or name. */
  readonly changed: readonly ChangedRow[]
}

const FIGURES = [
  'id',
  'forbidden',
  'kobo_per_minute',
  'unit_kobo',
  'minimum_seconds',
  'increment_seconds',
  'setup_kobo',
] as const satisfies readonly (keyof Row)[]

const isSame = (a: Row, b: Row): boolean => FIGURES.every((name) => a[name] === b[name])

const byReach = (a: Row, b: Row): number => {
  const [first, second] = [reachOf(a), reachOf(b)]
  return first < second ? -1 : Number(first > second)
}

/** Each list is in the order of the prefixes. */
export function differencesOf(before: readonly Row[], after: readonly Row[]): Differences {
  const earlier = new Map(before.map((row) => [reachOf(row), row]))
  const later = new Set(after.map(reachOf))
  const pairs = after.map((row) => ({ after: row, before: earlier.get(reachOf(row)) }))
  return {
    added: pairs.flatMap(({ before, after }) => (before ? [] : [after])).toSorted(byReach),
    removed: before.filter((row) => !later.has(reachOf(row))).toSorted(byReach),
    changed: pairs
      .flatMap(({ before, after }) => (before && !isSame(before, after) ? [{ before, after }] : []))
      .toSorted((a, b) => byReach(a.after, b.after)),
  }
}
