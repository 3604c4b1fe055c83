/** Repeats a recovery until the connection works, and waits longer each time. */

const FIRST_WAIT_MS = 4000
/** An epoch has 100 candidates, and each recovery uses some of them. */
const LONGEST_WAIT_MS = 32_000
/** The caller goes first, so that the two offers rarely collide. */
const CALLEE_EXTRA_MS = 2000

/** @param recoveries recoveries since the connection last worked */
export const recoveryWaitMs = (recoveries: number, isCaller: boolean): number =>
  Math.min(FIRST_WAIT_MS * 2 ** recoveries, LONGEST_WAIT_MS) + (isCaller ? 0 : CALLEE_EXTRA_MS)

export interface RecoveryOptions {
  readonly isCaller: boolean
  readonly works: () => boolean
  readonly recover: () => void
}

export class Recovery {
  readonly #options: RecoveryOptions
  #timer: ReturnType<typeof setTimeout> | undefined
  #recoveries = 0

  constructor(options: RecoveryOptions) {
    this.#options = options
  }

  /** Checks the connection later. A check that is already planned stays. */
  plan(): void {
    const { isCaller } = this.#options
    this.#timer ??= setTimeout(() => this.#check(), recoveryWaitMs(this.#recoveries, isCaller))
  }

  /** The connection has failed for good, so the first recovery does not wait. */
  hasten(): void {
    if (this.#recoveries > 0 || !this.#options.isCaller) return this.plan()
    clearTimeout(this.#timer)
    this.#check()
  }

  #check(): void {
    this.#timer = undefined
    if (this.#options.works()) return this.stop()
    this.#options.recover()
    this.#recoveries++
    this.plan()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#recoveries = 0
  }
}
