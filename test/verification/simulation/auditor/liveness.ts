/**
 * The liveness judge: counts the wake-ups of payments and wallets over a span of virtual time and
 * reports each loop that runs too often, without work, at full speed, or at another user's expense.
 * Pure.
 */

const HOUR_MS = 3_600_000
const SECOND_MS = 1000

/** Span of the limits. */
export const SPAN_MS = 72 * HOUR_MS

/** Wake-ups within the span. */
export interface LivenessLimits {
  /** Limit for one payment: alarms of its poller, and queries of the sweep. */
  readonly payment: number
  /** Limit for the alarms of one wallet. */
  readonly wallet: number
}

/** All dependencies respond. */
export const QUIET_LIMITS: LivenessLimits = { payment: 40, wallet: 40 }
/** Storage or D1 fails all the time, so polls cannot even be rescheduled. */
export const OUTAGE_LIMITS: LivenessLimits = { payment: 120, wallet: 120 }

/** Least delay of an alarm after a failure. The first planned polls are closer together. */
const FIRST_RETRY_MS = { 'wallet alarm': 30 * SECOND_MS, 'poller alarm': 5 * SECOND_MS }
/** Number of consecutive failures after which the delay must have grown. */
const FAILURES_AT_ONE_PACE = 10
/** A longer delay need not grow. */
const LONGEST_FIXED_GAP_MS = 30 * 60 * SECOND_MS
/** Number of consecutive sweeps that may skip a user with overdue payments. */
const SWEEPS_PASSED_OVER = 1

export interface WakeUp {
  readonly kind: 'poller alarm' | 'sweep query' | 'wallet alarm'
  /** A payment's reference, or a wallet's name. */
  readonly name: string
  readonly atMs: number
  /** A wallet has work with an open call, a transfer in transit, a debt, or unprojected rows. */
  readonly hasWork: boolean
  /** Work was due and none was done. */
  readonly hasFailed: boolean
  /** The alarm that the object has afterwards, if any. */
  readonly nextAlarmAtMs: number | null
  /** End of an open call, which is not a retry of a failure. */
  readonly nextEndAtMs?: number
  /** When the payment is due again, or `null`; `undefined` for a wallet, or while D1 is unavailable. */
  readonly dueAtMs?: number | null | undefined
}

export interface Overdue {
  readonly userUuid: string
  readonly reference: string
}

interface Subject {
  wakeUps: number
  /** Consecutive failures, and the delay between the first two. */
  failures: number
  firstGapMs: number
  lastAtMs: number
}

/** The larger of two counts, for payments and for wallets. */
export const mostOf = (one: LivenessLimits, other: LivenessLimits): LivenessLimits => ({
  payment: Math.max(one.payment, other.payment),
  wallet: Math.max(one.wallet, other.wallet),
})

const seconds = (ms: number): string => `${ms / SECOND_MS} s`

export class LivenessJudge {
  readonly findings: string[] = []
  readonly #limits: LivenessLimits
  readonly #payments = new Map<string, Subject>()
  readonly #wallets = new Map<string, Subject>()
  /** Consecutive sweeps that skipped a user. */
  readonly #passedOver = new Map<string, number>()

  constructor(limits: LivenessLimits) {
    this.#limits = limits
  }

  /** The largest number of wake-ups of one payment and of one wallet. */
  get most(): LivenessLimits {
    const most = (subjects: Map<string, Subject>) =>
      Math.max(0, ...[...subjects.values()].map(({ wakeUps }) => wakeUps))
    return { payment: most(this.#payments), wallet: most(this.#wallets) }
  }

  wakeUpsOf(name: string): number {
    return (this.#payments.get(name) ?? this.#wallets.get(name))?.wakeUps ?? 0
  }

  wakeUp(wakeUp: WakeUp): void {
    const { kind, name, atMs } = wakeUp
    const isWallet = kind === 'wallet alarm'
    const subjects = isWallet ? this.#wallets : this.#payments
    const subject = subjects.get(name) ?? { wakeUps: 0, failures: 0, firstGapMs: 0, lastAtMs: 0 }
    subjects.set(name, subject)
    subject.wakeUps += 1
    const limit = isWallet ? this.#limits.wallet : this.#limits.payment
    if (subject.wakeUps === limit + 1)
      this.#find(`${isWallet ? 'wallet' : 'payment'} ${name} has more than ${limit} wake-ups`)
    if (!wakeUp.hasWork) this.#find(`${name} has no work, and a ${kind} wakes it up`)
    this.#judgeDue(wakeUp)
    if (kind !== 'sweep query') this.#judgePace(subject, wakeUp, FIRST_RETRY_MS[kind])
    subject.lastAtMs = atMs
  }

  #judgeDue({ kind, name, atMs, dueAtMs }: WakeUp): void {
    if (typeof dueAtMs === 'number' && dueAtMs <= atMs)
      this.#find(`a ${kind} leaves ${name} due ${seconds(atMs - dueAtMs)} ago`)
  }

  /** Checks that failures are followed by growing delays. */
  #judgePace(subject: Subject, wakeUp: WakeUp, firstRetryMs: number): void {
    const { kind, name, atMs, hasFailed, nextAlarmAtMs, nextEndAtMs = 0 } = wakeUp
    if (!hasFailed) {
      subject.failures = 0
      return
    }
    subject.failures += 1
    if (nextAlarmAtMs === null || (nextEndAtMs > atMs && nextAlarmAtMs >= nextEndAtMs)) return
    const gapMs = nextAlarmAtMs - atMs
    if (gapMs < firstRetryMs)
      this.#find(`a ${kind} of ${name} failed and is set again after ${seconds(gapMs)}`)
    if (subject.failures === 1) subject.firstGapMs = gapMs
    const isSteady = gapMs <= subject.firstGapMs && gapMs < LONGEST_FIXED_GAP_MS
    if (subject.failures === FAILURES_AT_ONE_PACE && isSteady)
      this.#find(`a ${kind} of ${name} failed ${subject.failures} times, ${seconds(gapMs)} apart`)
  }

  /**
   * Checks that each user with overdue payments has one queried in one of two sweeps.
   * @param overdue payments that were overdue at the start of the sweep
   * @param queried references that the sweep queried
   */
  sweep(overdue: readonly Overdue[], queried: ReadonlySet<string>): void {
    const users = new Set(overdue.map(({ userUuid }) => userUuid))
    for (const userUuid of this.#passedOver.keys())
      if (!users.has(userUuid)) this.#passedOver.delete(userUuid)
    const served = new Set(
      overdue.filter(({ reference }) => queried.has(reference)).map(({ userUuid }) => userUuid),
    )
    for (const userUuid of users) {
      const passed = served.has(userUuid) ? 0 : (this.#passedOver.get(userUuid) ?? 0) + 1
      this.#passedOver.set(userUuid, passed)
      if (passed === SWEEPS_PASSED_OVER + 1)
        this.#find(`${passed} sweeps passed over the overdue payments of ${userUuid}`)
    }
  }

  #find(finding: string): void {
    this.findings.push(finding)
  }
}
