/** Virtual time: what is to happen when, and in which order. Pure. */

interface Happening {
  readonly atMs: number
  /** What was asked for first happens first. */
  readonly order: number
  readonly act: () => void
}

export interface Events {
  readonly nowMs: () => number
  /** Has `act` happen at an instant, which is not before now. */
  readonly at: (atMs: number, act: () => void) => void
  /** Lets everything happen, until nothing is left. */
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
