import { describe, expect, it } from 'vitest'
import { PROJECTION_DELAY_MS, FIRST_RETRY_MS } from '../../../src/wallets/core/alarm'
import { CHANGES_PER_BATCH } from '../../../src/wallets/object/deliveries'
import { type ProjectionSettings, simulateProjection as simulate } from './projection'

const MINUTE_MS = 60_000

const QUIET: ProjectionSettings = {
  seed: 7,
  wallets: 2000,
  callsPerSecond: 5,
  ringMs: 8000,
  talkMs: 60_000,
  answeredShare: 0.7,
  delayMs: PROJECTION_DELAY_MS,
  retryMs: FIRST_RETRY_MS,
  batchMs: 5,
  rowMs: 0.1,
  outage: undefined,
  measureFromMs: 5 * MINUTE_MS,
  measureToMs: 10 * MINUTE_MS,
}
const ALONE = { ...QUIET, delayMs: 0 }
const AWAY = {
  ...QUIET,
  outage: { fromMs: 3 * MINUTE_MS, untilMs: 6 * MINUTE_MS },
}

const BUSY_WALLETS = { ...AWAY, wallets: 3 }

const results = new Map<string, ReturnType<typeof simulate>>()

/** Caches runs, because several tests use the same one. */
function simulateProjection(settings: ProjectionSettings): ReturnType<typeof simulate> {
  const key = JSON.stringify(settings)
  const result = results.get(key) ?? simulate(settings)
  results.set(key, result)
  return result
}

const longest = (values: readonly number[]): number => values.at(-1) ?? Number.NaN

describe('the projection to D1 under load', () => {
  it.each([
    ['quiet', QUIET],
    ['each change alone', ALONE],
    ['too much for D1', { ...QUIET, batchMs: 150 }],
    ['D1 away', AWAY],
    ['few wallets with many calls', BUSY_WALLETS],
  ])('projects everything once in the end (%s)', (_, settings) => {
    const { made, copied } = simulateProjection(settings)
    expect(made.calls).toBeGreaterThan(2500)
    expect(copied).toEqual(made)
  })

  it('projects waiting changes in bounded batches', () => {
    expect(simulateProjection(BUSY_WALLETS).measured.mostChangesABatch).toBe(CHANGES_PER_BATCH)
  })

  it('is the same for the same seed, and different for another', () => {
    const short = { ...QUIET, measureToMs: 6 * MINUTE_MS }
    expect(simulate(short)).toEqual(simulateProjection(short))
    expect(simulateProjection({ ...short, seed: 8 })).not.toEqual(simulateProjection(short))
  })

  it('uses D1 as calculated if each change is projected alone', () => {
    const { measured } = simulateProjection(ALONE)
    const { answeredShare, batchMs, rowMs } = ALONE
    const callsPerSecond = measured.calls / measured.seconds
    const batchesACall = 2 + answeredShare
    const rowsACall = 2 * batchesACall + 1 + answeredShare
    const expected = (callsPerSecond * (batchesACall * batchMs + rowsACall * rowMs)) / 1000
    expect(measured.utilisation / expected).toBeCloseTo(1, 1)
    expect(measured.batches / measured.calls).toBeCloseTo(batchesACall, 1)
    expect(measured.rows / measured.calls).toBeCloseTo(rowsACall, 0)
  })

  it("lags by the delay and D1's time while D1 has capacity", () => {
    const together = simulateProjection(QUIET).measured
    expect(longest(together.lagsMs)).toBeGreaterThanOrEqual(PROJECTION_DELAY_MS)
    expect(longest(together.lagsMs)).toBeLessThan(PROJECTION_DELAY_MS + 100)
    expect(longest(simulateProjection(ALONE).measured.lagsMs)).toBeLessThan(100)
  })

  it('lags more and more if D1 is full', () => {
    const full = simulateProjection({ ...QUIET, batchMs: 150 }).measured
    expect(full.utilisation).toBeGreaterThan(1)
    expect(longest(full.lagsMs)).toBeGreaterThan(2 * PROJECTION_DELAY_MS)
  })

  it('writes less for changes that are projected together', () => {
    const [alone, together] = [
      simulateProjection(ALONE).measured,
      simulateProjection(QUIET).measured,
    ]
    expect(together.calls).toBe(alone.calls)
    expect(together.batches).toBeLessThan(0.8 * alone.batches)
    expect(together.rows).toBeLessThan(0.9 * alone.rows)
  })

  it('catches up after an outage, while some wallets wait for their retry', () => {
    const { recovery, measured } = simulateProjection(AWAY)
    expect(recovery?.waitingAfter).toBeGreaterThan(5 * (recovery?.waitingBefore ?? Infinity))
    expect(recovery?.caughtUpAfterMs).toBeLessThan(4 * FIRST_RETRY_MS)
    expect(longest(measured.lagsMs)).toBeLessThan(MINUTE_MS + 4 * FIRST_RETRY_MS)
  })
})
