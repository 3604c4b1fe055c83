import { describe, expect, it } from 'vitest'
import { median, mediansOf, percentile, ratioOf, sampleOf, spreadOf } from './statistics'

const sample = (perSecond: number, p99Ms = 10) => ({ perSecond, p50Ms: 5, p99Ms })

describe('figures', () => {
  it.each([
    [[3], 0.5, 3],
    [[4, 1, 3, 2], 0.5, 2],
    [Array.from({ length: 100 }, (_, index) => 100 - index), 0.99, 99],
    [Array.from({ length: 101 }, (_, index) => index + 1), 0.99, 100],
    [[1, 2, 3], 1, 3],
  ])('of %j, the share %d does not exceed %d', (values, share, expected) => {
    expect(percentile(values, share)).toBe(expected)
  })

  it('have the middle as median, or the mean of the two middle ones', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([1, 2, 10, 4])).toBe(3)
    expect(median([])).toBeNaN()
  })

  it('count turns a second', () => {
    expect(sampleOf([1, 2, 3, 4], 2000)).toEqual({ perSecond: 2, p50Ms: 2, p99Ms: 4 })
  })

  it('are medians figure by figure', () => {
    expect(mediansOf([sample(1, 30), sample(3, 10), sample(2, 20)])).toEqual(sample(2, 20))
  })

  it('have a spread as a share of their median', () => {
    expect(spreadOf([sample(80), sample(100), sample(120)])).toBeCloseTo(0.4)
  })

  it('are compared with the floor of their own round, so that a slow round does not matter', () => {
    const floors = [sample(100), sample(50), sample(100)]
    expect(ratioOf([sample(80, 20), sample(40, 20), sample(80, 30)], floors)).toEqual({
      throughput: 0.8,
      p99: 2,
    })
  })
})
