/** Requests that wait for the next event of a stream, in the object's memory. */

/** Ends after `ms`, or when the signal aborts; it may then reject. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<unknown>

/** Requests that may wait at a time. Each keeps the object in memory. */
export const MAX_WAITERS = 20

/** One waiting request. */
export interface Waiter {
  /** Whether its time is over. */
  readonly isOver: () => boolean
  /** Ends at the next `wake`, or when the time is over. */
  readonly next: () => Promise<void>
  /** Makes room for another request. */
  readonly leave: () => void
}

export class Waiters {
  readonly #wait: Wait
  /** Each wakes one request. */
  readonly #waiting = new Map<symbol, () => void>()

  constructor(wait: Wait) {
    this.#wait = wait
  }

  /** Begins to wait. @returns `undefined` if too many requests wait */
  join(ms: number): Waiter | undefined {
    if (this.#waiting.size >= MAX_WAITERS) return undefined
    const key = Symbol('waiter')
    const timer = new AbortController()
    let isOver = false
    const wakeOne = () => this.#waiting.get(key)?.()
    const end = () => {
      isOver = true
      wakeOne()
    }
    this.#waiting.set(key, () => {})
    void this.#wait(ms, timer.signal).then(end, end)
    return {
      isOver: () => isOver,
      next: () =>
        isOver ? Promise.resolve() : new Promise((resolve) => this.#waiting.set(key, resolve)),
      leave: () => {
        this.#waiting.delete(key)
        timer.abort()
      },
    }
  }

  /** Wakes all waiting requests. */
  wake(): void {
    for (const wakeOne of this.#waiting.values()) wakeOne()
  }
}
