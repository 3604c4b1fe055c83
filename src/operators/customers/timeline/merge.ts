/**
 * Merges the sources of a customer's timeline into pages, newest first. Each item has a position: its time, its source
 * and a key that is unique in the source. Pages neither skip nor repeat an item that existed when the first page was
 * read. Pure.
 */
import { z } from 'zod'

/** In the order in which a page lists items of the same instant. Cursors contain these names. */
export const SOURCES = [
  'action',
  'message',
  'session',
  'refund',
  'call',
  'entry_call_credits',
  'entry_primary',
  'webhook',
  'gateway',
  'payment',
] as const
export type Source = (typeof SOURCES)[number]

/** Numbers are compared as such, texts by their bytes; the keys of a source have one type. */
export type Key = string | number

export type Position = readonly [atMs: number, source: Source, key: Key]

export const positionSchema = z.tuple([
  z.int().nonnegative(),
  z.enum(SOURCES),
  z.union([z.int(), z.string().max(100)]),
])

export interface Placed<T> {
  readonly position: Position
  readonly item: T
}

/** Items of one source that follow a position: those before `untilMs`, and those of that instant with a smaller key. */
export interface Bound {
  readonly untilMs: number
  /** Absent: no items of the instant `untilMs`. */
  readonly beforeKey?: Key
}

/** Part of the timeline that a source may still return after a position. */
export function boundOf(source: Source, after: Position | undefined): Bound {
  if (!after) return { untilMs: Number.MAX_SAFE_INTEGER }
  const [atMs, lastSource, key] = after
  const rank = SOURCES.indexOf(source) - SOURCES.indexOf(lastSource)
  if (rank === 0) return { untilMs: atMs, beforeKey: key }
  return { untilMs: rank > 0 ? atMs + 1 : atMs }
}

const compareKeys = (a: Key, b: Key): number => (a < b ? -1 : a > b ? 1 : 0)

/** Negative if `a` is listed before `b`. */
export function comparePositions(a: Position, b: Position): number {
  return b[0] - a[0] || SOURCES.indexOf(a[1]) - SOURCES.indexOf(b[1]) || compareKeys(b[2], a[2])
}

export const isWithin = ([atMs, , key]: Position, { untilMs, beforeKey }: Bound): boolean =>
  atMs < untilMs || (atMs === untilMs && beforeKey !== undefined && compareKeys(key, beforeKey) < 0)

/**
 * @param sources for each source, the first `limit + 1` items of its bound
 * @returns the page's items and one more, which shows that there is a next page
 */
export const mergeSources = <T>(
  sources: readonly (readonly Placed<T>[])[],
  limit: number,
): Placed<T>[] =>
  sources
    .flat()
    .toSorted((a, b) => comparePositions(a.position, b.position))
    .slice(0, limit + 1)
