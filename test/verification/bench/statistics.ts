/** Figures of measurements. Pure. */

export interface Sample {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Smallest value that `share` of the values do not exceed (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** Middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]]
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2
}

export const sampleOf = (latenciesMs: readonly number[], durationMs: number): Sample => ({
  perSecond: (latenciesMs.length / durationMs) * 1000,
  p50Ms: percentile(latenciesMs, 0.5),
  p99Ms: percentile(latenciesMs, 0.99),
})

/** Median of each figure over the rounds. */
export const mediansOf = (samples: readonly Sample[]): Sample => ({
  perSecond: median(samples.map(({ perSecond }) => perSecond)),
  p50Ms: median(samples.map(({ p50Ms }) => p50Ms)),
  p99Ms: median(samples.map(({ p99Ms }) => p99Ms)),
})

/** Distance from the slowest to the fastest round, as a share of the median. */
export function spreadOf(samples: readonly Sample[]): number {
  const rates = samples.map(({ perSecond }) => perSecond)
  return (Math.max(...rates) - Math.min(...rates)) / median(rates)
}

export interface Ratio {
  /** Throughput to the floor's. */
  readonly throughput: number
  /** p99 to the floor's. */
  readonly p99: number
}

/** Medians of the ratios within each round, so that the slowness of a whole round cancels out. */
export function ratioOf(samples: readonly Sample[], floors: readonly Sample[]): Ratio {
  const ratios = samples.flatMap((sample, round) => {
    const floor = floors[round]
    return floor
      ? [{ throughput: sample.perSecond / floor.perSecond, p99: sample.p99Ms / floor.p99Ms }]
      : []
  })
  return {
    throughput: median(ratios.map(({ throughput }) => throughput)),
    p99: median(ratios.map(({ p99 }) => p99)),
  }
}
