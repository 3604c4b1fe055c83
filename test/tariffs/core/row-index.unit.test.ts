import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reachOf, repetitionsIn, type Row } from '../../../src/tariffs/core/row'
import { findRow, indexRows } from '../../../src/tariffs/core/row-index'
import { manyRows, prefixes, rowOf, types } from '../../support/tariff-rows'

/** Counts how many prefixes a lookup compares. */
function counted(rows: readonly Row[]) {
  const index = indexRows(rows)
  let comparisons = 0
  const counting = {
    get(prefix: string) {
      comparisons += 1
      return index.get(prefix)
    },
  }
  return { counting, taken: () => comparisons }
}

const linear = (rows: readonly Row[], phone: string, type: 'audio' | 'video') =>
  rows
    .filter((row) => phone.startsWith(row.prefix) && (row.type ?? type) === type)
    .toSorted((a, b) => b.prefix.length - a.prefix.length || Number(!a.type) - Number(!b.type))[0]

describe('a lookup among 20,000 rows', () => {
  const rows = [rowOf('+'), ...manyRows(20_000)]

  it.each([
    ['whose row has nine characters', '+2341000012345', 6],
    ['that only the row of all destinations matches', '+999999999999999', 16],
    ['with the shortest number', '+1', 2],
  ])('takes at most one comparison per length for a destination %s', (_, phone, comparisons) => {
    const { counting, taken } = counted(rows)
    expect(findRow(counting, phone, 'audio')).toBe(linear(rows, phone, 'audio'))
    expect(taken()).toBe(comparisons)
    expect(taken()).toBeLessThanOrEqual(16)
  })

  it('never takes more than 16 comparisons, even for a text that is too long', () => {
    const { counting, taken } = counted(rows)
    findRow(counting, `+${'9'.repeat(1000)}`, 'video')
    expect(taken()).toBe(16)
  })
})

const generated = fc.uniqueArray(
  fc
    .record({ prefix: prefixes, type: types })
    .map(({ prefix, type }) => rowOf(prefix, { ...(type && { type }) })),
  { selector: reachOf, maxLength: 30 },
)

it('a lookup finds the row that a search through all rows finds', () => {
  fc.assert(
    fc.property(
      generated,
      fc.stringMatching(/^\+[12]{1,6}$/),
      fc.constantFrom('audio' as const, 'video' as const),
      (rows, phone, type) => {
        expect(findRow(indexRows(rows), phone, type)).toBe(linear(rows, phone, type))
      },
    ),
  )
})

it('repetitions are found in one pass, with their first row', () => {
  const rows = [...manyRows(20_000), rowOf('+23410001')]
  let keys = 0
  const found = repetitionsIn(rows, (row) => {
    keys += 1
    return reachOf(row)
  })
  expect(found.map(({ index, firstIndex }) => [index, firstIndex])).toEqual([[20_000, 1]])
  expect(keys).toBe(rows.length)
})
