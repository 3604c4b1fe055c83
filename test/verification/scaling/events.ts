/** A queue of events in virtual time. Pure. */

interface Happening {
  readonly atMs: number
  /** Order of events at the same time. */
  readonly order: number
  readonly act: () => void
}

export interface Events {
  readonly nowMs: () => number
  /** Schedules `act` at a time, which must not be in the past. */
  readonly at: (atMs: number, act: () => void) => void
  /** Runs all events until none is left. */
  readonly run: () => void
}

const isBefore = (a: Happening, b: Happening): boolean =>
  a.atMs === b.atMs ? a.order < b.order : a.atMs < b.atMs

function push(heap: Happening[], happening: Happening): void {
  let place = heap.push(happening) - 1
  while (place > 0) {
    const above = (place - 1) >> 1
    const parent = heap[above]
    if (!parent || !isBefore(happening, parent)) break
    heap[place] = parent
    place = above
  }
  heap[place] = happening
}

function pop(heap: Happening[]): Happening | undefined {
  const [first] = heap
  const last = heap.pop()
  if (!last || heap.length === 0) return first
  let place = 0
  for (;;) {
    const [left, right] = [heap[2 * place + 1], heap[2 * place + 2]]
    if (!left) break
    const isRight = right !== undefined && isBefore(right, left)
    const child = isRight ? right : left
    if (!isBefore(child, last)) break
    heap[place] = child
    place = 2 * place + (isRight ? 2 : 1)
  }
  heap[place] = last
  return first
}

export function createEvents(): Events {
  const heap: Happening[] = []
  let [nowMs, order] = [0, 0]
  return {
    nowMs: () => nowMs,
    at: (atMs, act) => push(heap, { atMs: Math.max(atMs, nowMs), order: order++, act }),
    run: () => {
      for (let next = pop(heap); next; next = pop(heap)) {
        nowMs = next.atMs
        next.act()
      }
    },
  }
}
