import { describe, expect, it } from 'vitest'
import { plotOf, roundUp } from './plot'

describe('the plot', () => {
  it.each([
    [1, 1],
    [1.1, 2],
    [430, 500],
    [501, 1000],
    [5300, 10_000],
  ])('of values up to %d ends at %d', (value, top) => {
    expect(roundUp(value)).toBe(top)
  })

  const series = [
    {
      name: 'POST <calls>',
      isFloor: false,
      points: [
        [1, 250],
        [2, 500],
        [64, 1000],
      ] as const,
    },
    {
      name: 'a write',
      isFloor: true,
      points: [
        [1, 500],
        [64, 0],
      ] as const,
    },
  ]
  const svg = plotOf('Throughput', 'connections', 'per second', series)

  it('draws each series, with x by doublings and y from 0', () => {
    const paths = [...svg.matchAll(/<polyline points="([^"]*)"/g)].map(([, path]) => path)
    expect(paths).toEqual(['70,318 158,225 600,40', '70,225 600,410'])
  })

  it('draws the floors as dashes, and escapes all names', () => {
    expect(svg.match(/<polyline [^>]*dasharray/g)).toHaveLength(1)
    expect(svg).toContain('POST &lt;calls&gt;')
  })
})
