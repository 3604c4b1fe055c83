/**
 * Order by real time: a response that arrived before another request was sent comes before it. Pure.
 */
import { isPlaced, type Operation } from './history.ts'

/** Bounds of an operation's revision, from operations that ended before it or began after it. */
export interface RealTime {
  /** Highest revision in a response before the operation was sent. */
  readonly floor: (operation: Operation) => number
  /** Lowest revision in a response to a request that was sent after the operation ended. */
  readonly ceiling: (operation: Operation) => number
}

interface Mark {
  readonly atMs: number
  readonly position: number
}

/** Highest revision of the marks before a time; 0 without one. */
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
  /** The same, with reversed time and order. */
  const lowestBegun = highestBefore(
    placed.map(({ invokedAtMs, position }) => ({ atMs: -invokedAtMs, position: LAST - position })),
  )
  return {
    floor: ({ invokedAtMs }) => highestEnded(invokedAtMs),
    ceiling: ({ endedAtMs }) => LAST - lowestBegun(-endedAtMs),
  }
}
