/** Service levels of a period, from counts. Pure. */

/** Time within which a payment is credited, from the first moment at which the service could know of it. */
export const CREDIT_TARGET_MS = 30_000

export interface LevelCounts {
  readonly credited: number
  readonly creditedInTime: number
  /** Calls that ended. */
  readonly calls: number
  /** Calls that failed before or while they connected. */
  readonly failedCalls: number
}

export interface Levels extends LevelCounts {
  /** From 0 to 1; null without a payment. */
  readonly creditedInTimeShare: number | null
  /** From 0 to 1; null without a call. */
  readonly callSetUpShare: number | null
}

/** Rounded down to four decimal places, so that less than all never looks like all. */
const share = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.floor((part * 10_000) / whole) / 10_000

export const levelsOf = (counts: LevelCounts): Levels => ({
  ...counts,
  creditedInTimeShare: share(counts.creditedInTime, counts.credited),
  callSetUpShare: share(counts.calls - counts.failedCalls, counts.calls),
})
