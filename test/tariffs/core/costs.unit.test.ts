import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { destinationsBelowCost } from '../../../src/tariffs/core/costs'
import { differencesOf } from '../../../src/tariffs/core/differences'
import { reachOf } from '../../../src/tariffs/core/row'
import { findRow, indexRows } from '../../../src/tariffs/core/row-index'
import { rateOf } from '../../../src/tariffs/tariff'
import { costKobo } from '../../../src/wallets/core/metering'
import { prefixes, rowOf, types } from '../../support/tariff-rows'

const cost = (prefix: string, cost_kobo_per_minute: number) => ({ prefix, cost_kobo_per_minute })

describe('a price', () => {
  it.each([
    ['equal to its cost passes', [rowOf('+234')], [cost('+234', 1000)], []],
    [
      'of a kobo less does not',
      [rowOf('+234')],
      [cost('+234', 1001)],
      ['+234 audio', '+234 video'],
    ],
    ['without a cost passes', [rowOf('+234')], [cost('+44', 9000)], []],
    [
      'of a country is compared with the cost of each network in it',
      [rowOf('+234')],
      [cost('+234', 500), cost('+234803', 1200)],
      ['+234803 audio', '+234803 video'],
    ],
    [
      'of a network is compared with the cost of its country',
      [rowOf('+234'), rowOf('+234803', { kobo_per_minute: 400 })],
      [cost('+234', 500)],
      ['+234803 audio', '+234803 video'],
    ],
    [
      'for one type is compared with the cost for both',
      [rowOf('+234'), rowOf('+234', { type: 'video', kobo_per_minute: 10 })],
      [cost('+234', 500)],
      ['+234 video'],
    ],
    [
      'of a forbidden destination is exempt',
      [rowOf('+234'), rowOf('+2349', { forbidden: true })],
      [cost('+2349', 9000)],
      [],
    ],
    [
      'is not helped by a unit, a minimum or a set-up fee',
      [rowOf('+234', { unit_kobo: 10_000, minimum_seconds: 60, setup_kobo: 5000 })],
      [cost('+234', 1001)],
      ['+234 audio', '+234 video'],
    ],
  ])('%s', (_, rows, costs, below) => {
    const found = destinationsBelowCost(rows, costs)
    expect(found.map(({ prefix, type }) => `${prefix} ${type}`)).toEqual(below)
  })

  it('that passes is not below the cost for any number and duration', () => {
    const list = <T extends { prefix: string; type?: 'audio' | 'video' | undefined }>(
      make: (prefix: string, type: 'audio' | 'video' | undefined, kobo: number) => T,
    ) =>
      fc.uniqueArray(
        fc.tuple(prefixes, types, fc.integer({ min: 1, max: 30 })).map((args) => make(...args)),
        { selector: reachOf, maxLength: 8 },
      )
    fc.assert(
      fc.property(
        list((prefix, type, kobo) => rowOf(prefix, { type, kobo_per_minute: kobo, unit_kobo: 7 })),
        list((prefix, type, kobo) => ({ prefix, type, cost_kobo_per_minute: kobo })),
        fc.stringMatching(/^\+[12]{6}$/),
        fc.integer({ min: 0, max: 20_000 }),
        (rows, costs, phone, seconds) => {
          const below = destinationsBelowCost(rows, costs)
          for (const type of ['audio', 'video'] as const) {
            const row = findRow(indexRows(rows), phone, type)
            const carrier = findRow(indexRows(costs), phone, type)?.cost_kobo_per_minute
            const rate = row && rateOf({ id: 'a', version: 1 }, row)
            if (!row || !rate || carrier === undefined) continue
            const isListed = below.some(
              ({ prefix, type: of }) => of === type && phone.startsWith(prefix),
            )
            if ((row.kobo_per_minute ?? 0) < carrier) expect(isListed).toBe(true)
            if (below.length === 0)
              expect(costKobo(rate, seconds) * 60).toBeGreaterThanOrEqual(carrier * seconds)
          }
        },
      ),
    )
  })

  it('of 20,000 rows is checked against 20,000 costs', () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => rowOf(`+234${10_000 + i}`))
    const costs = rows.map(({ prefix }, i) => cost(prefix, i === 777 ? 1001 : 900))
    expect(destinationsBelowCost(rows, costs)).toHaveLength(2)
  })
})

describe('differences', () => {
  it('are the added, removed and changed rows by destination, with old and new price', () => {
    const before = [rowOf('+1'), rowOf('+234'), rowOf('+44'), rowOf('+49', { type: 'audio' })]
    const dearer = rowOf('+234', { kobo_per_minute: 1100 })
    const after = [rowOf('+81'), dearer, rowOf('+1'), rowOf('+49', { type: 'video' })]
    const { added, removed, changed } = differencesOf(before, after)
    expect(added.map(reachOf)).toEqual(['+49 video', '+81 '])
    expect(removed.map(reachOf)).toEqual(['+44 ', '+49 audio'])
    expect(changed).toEqual([{ before: rowOf('+234'), after: dearer }])
  })

  it.each([
    ['unit_kobo', { unit_kobo: 1 }],
    ['minimum_seconds', { minimum_seconds: 60 }],
    ['increment_seconds', { increment_seconds: 60 }],
    ['setup_kobo', { setup_kobo: 1 }],
    ['id', { id: 'other' }],
  ])('include a row with another %s', (_, change) => {
    expect(differencesOf([rowOf('+1')], [rowOf('+1', change)]).changed).toHaveLength(1)
  })

  it('of a tariff and itself are none', () => {
    const rows = [rowOf('+1'), rowOf('+234', { forbidden: true })]
    expect(differencesOf(rows, rows.toReversed())).toEqual({ added: [], removed: [], changed: [] })
  })
})
