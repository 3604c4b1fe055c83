/** How often an endpoint may be attempted while its receiver fails. */
import { hold } from '../../simulation/auditor/violation'

export interface Moment {
  readonly nowMs: number
  readonly disturbances: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Attempts of one event in an hour. The schedule has 11 in the first hour, and then one an hour. */
export const MOST_AN_HOUR = 12
/** Failures that last longer disable the endpoint. */
const FAILING_MS = 5 * DAY_MS
/** `Retry-After` counts up to here. */
const LONGEST_RETRY_AFTER_MS = DAY_MS

/** A date in `Retry-After` has no fractions of a second. */
const DATE_STEP_MS = 1000
const TOLERANCE_MS = 60_000

export class AttemptLimits {
  readonly #name: string
  /** Attempts of the last hour since the last success. */
  #begun: (Moment & { readonly ownerActs: number })[] = []
  #ownerActs = 0
  #failingSinceMs: number | undefined
  /** It may be disabled, until the owner enables it. */
  mayBeDisabled = false
  /** Failures after five days, which should have disabled it. */
  #tooLong: Moment | undefined
  #notBefore: Moment | undefined
  mostAnHour = 0

  constructor(name: string) {
    this.#name = name
  }

  /** The owner moved or replayed it, which may begin its schedule again. */
  ownerActed(): void {
    this.#ownerActs += 1
    this.#notBefore = undefined
    this.#tooLong = undefined
  }

  /** The owner enabled it, or changed its address: earlier failures do not count. */
  restarted(): void {
    this.ownerActed()
    this.#failingSinceMs = undefined
  }

  begin({ nowMs, disturbances }: Moment): void {
    const name = this.#name
    const begun = this.#begun.filter((earlier) => earlier.nowMs > nowMs - HOUR_MS)
    begun.push({ nowMs, disturbances, ownerActs: this.#ownerActs })
    this.#begun = begun
    const [first] = begun
    const allowance =
      2 * (disturbances - (first?.disturbances ?? 0)) +
      MOST_AN_HOUR * (this.#ownerActs - (first?.ownerActs ?? 0))
    hold(begun.length <= MOST_AN_HOUR + allowance, () => `${name}: ${begun.length} in an hour`)
    if (allowance === 0) this.mostAnHour = Math.max(this.mostAnHour, begun.length)
    const isTooLong = this.#tooLong?.disturbances === disturbances
    hold(!isTooLong, () => `${name}: it is still attempted after five days of failures`)
    const isEarly =
      this.#notBefore !== undefined &&
      this.#notBefore.disturbances === disturbances &&
      nowMs < this.#notBefore.nowMs
    hold(!isEarly, () => `${name}: an attempt before the time of Retry-After`)
  }

  succeeded(): void {
    this.#begun = []
    this.#failingSinceMs = undefined
    this.#tooLong = undefined
    this.#notBefore = undefined
  }

  /** @param mustCount false if the owner changed the endpoint meanwhile, so that the service may ignore it */
  failed(attempt: Moment, nowMs: number, mustCount: boolean): void {
    this.#failingSinceMs ??= attempt.nowMs
    /** The service counts from the end of the first failure, and not those whose address has changed. */
    if (nowMs - this.#failingSinceMs >= FAILING_MS - TOLERANCE_MS) this.mayBeDisabled = true
    const isTooLong = attempt.nowMs - this.#failingSinceMs > FAILING_MS
    if (isTooLong && mustCount) this.#tooLong ??= attempt
  }

  /** @param seconds as in the header of the response */
  retryAfter(seconds: number, attempt: Moment, nowMs: number): void {
    const delayMs = Math.min(seconds * 1000, LONGEST_RETRY_AFTER_MS)
    const { disturbances } = attempt
    this.#notBefore = { nowMs: nowMs + delayMs - DATE_STEP_MS, disturbances }
  }
}
