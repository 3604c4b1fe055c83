/**
 * The order that real time gives: what was answered before something else was asked comes before it.
 * Pure.
 */
import { isPlaced, type Operation } from './history.ts'

/** Which positions an operation may have, seen from those that were over before it or began after it. */
export interface RealTime {
  /** The highest position that was answered before the operation was asked. */
  readonly floor: (operation: Operation) => number
  /** The lowest position that was answered to what was asked after the operation was over. */
  readonly ceiling: (operation: Operation) => number
}

interface Mark {
  readonly atMs: number
  readonly position: number
}

/** The highest position of the marks before an instant; 0 without one. */
function highestBefore(marks: readonly Mark[]): (atMs: number) => number {
  let highest = 0
  const rising = marks
    .toSorted((a, b) => a.atMs - b.atMs)
    .map(({ atMs, position }) => ({ atMs, position: (highest = Math.max(highest, position)) }))
  return (atMs) => {
    let low = 0
    let high = rising.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((rising[middle]?.atMs ?? Infinity) < atMs) low = middle + 1
      else high = middle
    }
    return rising[low - 1]?.position ?? 0
  }
}

const LAST = Number.MAX_SAFE_INTEGER

export function realTimeOf(operations: readonly Operation[]): RealTime {
  const placed = operations.filter(isPlaced)
  const highestEnded = highestBefore(
    placed.map(({ endedAtMs: atMs, position }) => ({ atMs, position })),
  )
  /** The same, with time and order turned round. */
  const lowestBegun = highestBefore(
    placed.map(({ invokedAtMs, position }) => ({ atMs: -invokedAtMs, position: LAST - position })),
  )
  return {
    floor: ({ invokedAtMs }) => highestEnded(invokedAtMs),
    ceiling: ({ endedAtMs }) => LAST - lowestBegun(-endedAtMs),
  }
}
