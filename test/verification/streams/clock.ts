/**
 * Virtual time. Timers, time limits and alarms run one after another in the order of their times, and everything that
 * one causes at once runs before the next.
 */
import type { Platform } from '../simulation/platform'
import { hold } from '../simulation/auditor/violation'

interface Timer {
  readonly atMs: number
  /** Orders timers of the same time. */
  readonly number: number
  readonly run: () => void
  isCancelled: boolean
}

export interface Due {
  readonly atMs: number
  readonly run: () => void
}

/** More steps at one instant mean that something runs at full speed. */
const MOST_STEPS_AT_ONCE = 2000

const flush = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const isBefore = (a: Timer, b: Timer): boolean =>
  a.atMs < b.atMs || (a.atMs === b.atMs && a.number < b.number)

/** Timers as a binary heap: a world has thousands of time limits that never pass. */
class TimerHeap {
  readonly #timers: Timer[] = []

  get first(): Timer | undefined {
    while (this.#timers[0]?.isCancelled) this.#removeFirst()
    return this.#timers[0]
  }

  take(): Timer | undefined {
    const { first } = this
    if (first) this.#removeFirst()
    return first
  }

  add(timer: Timer): void {
    const timers = this.#timers
    let at = timers.push(timer) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!this.#swapIfBefore(at, above)) return
      at = above
    }
  }

  #removeFirst(): void {
    const timers = this.#timers
    const last = timers.pop()
    if (!last || timers.length === 0) return
    timers[0] = last
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2]
      const [a, b] = [timers[left], timers[right]]
      if (!a) return
      const least = b && isBefore(b, a) ? right : left
      if (!this.#swapIfBefore(least, at)) return
      at = least
    }
  }

  #swapIfBefore(lower: number, upper: number): boolean {
    const [below, above] = [this.#timers[lower], this.#timers[upper]]
    if (!below || !above || !isBefore(below, above)) return false
    this.#timers[lower] = above
    this.#timers[upper] = below
    return true
  }
}

export class VirtualClock {
  readonly #platform: Platform
  readonly #timers = new TimerHeap()
  #count = 0
  /** The next alarm of an object, if there is one. */
  nextAlarm: () => Due | undefined = () => undefined
  /** Runs after each step, and throws what broke. */
  afterStep: () => void = () => {}

  constructor(platform: Platform) {
    this.#platform = platform
  }

  get nowMs(): number {
    return this.#platform.nowMs
  }

  after(delayMs: number, run: () => void): Timer {
    const atMs = this.nowMs + Math.max(0, delayMs)
    const timer = { atMs, number: this.#count++, run, isCancelled: false }
    if (atMs !== Infinity) this.#timers.add(timer)
    return timer
  }

  /** Lets time pass. What is due at the last instant runs too. */
  async pass(ms: number): Promise<void> {
    const endMs = this.nowMs + ms
    await this.#settle()
    while (await this.#step(endMs));
    this.#platform.nowMs = Math.max(this.nowMs, endMs)
  }

  /** Lets time pass until the promise is settled. */
  async until<T>(promise: Promise<T>): Promise<T> {
    const state = { isSettled: false }
    const settle = () => {
      state.isSettled = true
    }
    promise.then(settle, settle)
    await this.#settle()
    while (!state.isSettled) hold(await this.#step(Infinity), () => 'a response never arrives')
    return promise
  }

  #stepsAtOnce = { atMs: 0, count: 0 }

  async #step(endMs: number): Promise<boolean> {
    const timer = this.#timers.first
    const alarm = this.nextAlarm()
    const next = timer && (!alarm || timer.atMs <= alarm.atMs) ? timer : alarm
    if (!next || next.atMs > endMs) return false
    if (next === timer) this.#timers.take()
    this.#platform.nowMs = Math.max(this.nowMs, next.atMs)
    this.#countStep()
    next.run()
    await this.#settle()
    return true
  }

  #countStep(): void {
    const { atMs, count } = this.#stepsAtOnce
    this.#stepsAtOnce = { atMs: this.nowMs, count: atMs === this.nowMs ? count + 1 : 0 }
    hold(count < MOST_STEPS_AT_ONCE, () => 'something runs at full speed: time does not pass')
  }

  async #settle(): Promise<void> {
    await flush()
    this.afterStep()
  }

  /** Replaces the timers of the runtime, and the values that are left to chance. @returns how to restore them */
  install(): () => void {
    const replaced = [
      [globalThis, 'setTimeout', (run: () => void, ms = 0) => this.after(ms, run)],
      [
        globalThis,
        'clearTimeout',
        (timer?: Timer) => {
          if (timer) timer.isCancelled = true
        },
      ],
      [AbortSignal, 'timeout', (ms: number) => this.#timeLimit(ms)],
      [Math, 'random', () => this.#platform.random.below(2 ** 32) / 2 ** 32],
    ] as const
    const before = replaced.map(([target, name]) => Object.getOwnPropertyDescriptor(target, name))
    for (const [target, name, value] of replaced)
      Object.defineProperty(target, name, { value, configurable: true, writable: true })
    return () => {
      for (const [index, [target, name]] of replaced.entries())
        Object.defineProperty(target, name, before[index] as PropertyDescriptor)
    }
  }

  #timeLimit(ms: number): AbortSignal {
    const controller = new AbortController()
    const passed = () =>
      controller.abort(new DOMException('The time limit passed.', 'TimeoutError'))
    this.after(ms, passed)
    return controller.signal
  }
}
