/**
 * Interleaves operations. A single operation never waits. Among several, each stops wherever the platform could
 * run another one, and the random generator picks the next.
 */
import type { Random } from '../support/random'

export class Scheduler {
  #waiting: (() => void)[] = []
  #running = 0
  #isShared = false

  /** A point at which another operation may run: before every call to another part. */
  async turn(): Promise<void> {
    if (!this.#isShared) return
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve)
      this.#running -= 1
      this.#onPause()
    })
  }

  #onPause: () => void = () => {}

  /** Runs tasks together, randomly interleaved. */
  async together(tasks: readonly (() => Promise<void>)[], random: Random): Promise<void> {
    this.#isShared = true
    this.#running = tasks.length
    await new Promise<void>((resolve) => {
      this.#onPause = () => {
        if (this.#running > 0) return
        const [next] = this.#waiting.splice(random.below(this.#waiting.length), 1)
        if (!next) return resolve()
        this.#running += 1
        next()
      }
      for (const task of tasks)
        void task().finally(() => {
          this.#running -= 1
          this.#onPause()
        })
    })
    this.#isShared = false
    this.#onPause = () => {}
  }
}
