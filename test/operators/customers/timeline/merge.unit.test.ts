import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Bound,
  boundOf,
  comparePositions,
  isWithin,
  mergeSources,
  type Placed,
  type Position,
  SOURCES,
} from '../../../../src/operators/customers/timeline/merge'

/** Few instants and keys, so that most items share an instant with others. */
const histories = fc.uniqueArray(
  fc.tuple(fc.nat(4), fc.constantFrom(...SOURCES), fc.nat(6)) as fc.Arbitrary<Position>,
  { selector: (position) => position.join('/'), maxLength: 60 },
)

const first = (history: readonly Position[], bound: Bound, count: number): Placed<Position>[] =>
  history
    .filter((position) => isWithin(position, bound))
    .toSorted(comparePositions)
    .slice(0, count)
    .map((position) => ({ position, item: position }))

function pageAfter(history: readonly Position[], limit: number, after?: Position) {
  const sources = SOURCES.map((source) =>
    first(
      history.filter((position) => position[1] === source),
      boundOf(source, after),
      limit + 1,
    ),
  )
  return mergeSources(sources, limit)
}

function walk(history: readonly Position[], limit: number): Position[] {
  const seen: Position[] = []
  for (let page = 0; page <= history.length; page++) {
    const found = pageAfter(history, limit, seen.at(-1))
    seen.push(...found.slice(0, limit).map(({ item }) => item))
    if (found.length <= limit) return seen
  }
  throw new Error('the pages do not end')
}

describe('the pages of a timeline', () => {
  it('list each item once, newest first, for every history and size of a page', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 7 }), (history, limit) => {
        expect(walk(history, limit)).toEqual(history.toSorted(comparePositions))
      }),
    )
  })

  it('neither skip nor repeat an item if newer ones arrive between two pages', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 7 }), (history, limit) => {
        const [page, rest] = [pageAfter(history, limit).slice(0, limit), [] as Position[]]
        const newer: Position[] = SOURCES.map((source) => [9, source, 99])
        const later = [...history, ...newer]
        let after = page.at(-1)?.position
        for (let turn = 0; after && turn <= history.length; turn++) {
          const found: Placed<Position>[] = pageAfter(later, limit, after).slice(0, limit)
          rest.push(...found.map(({ item }) => item))
          after = found.at(-1)?.position
        }
        expect([...page.map(({ item }) => item), ...rest]).toEqual(
          history.toSorted(comparePositions),
        )
      }),
    )
  })

  it('list items of one instant in the order of the sources, and then by descending keys', () => {
    const at = (source: Position[1], key: number): Position => [5, source, key]
    expect(
      [at('payment', 1), at('call', 2), at('call', 10), at('action', 1)].toSorted(comparePositions),
    ).toEqual([at('action', 1), at('call', 10), at('call', 2), at('payment', 1)])
  })
})
