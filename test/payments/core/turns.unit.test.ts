import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { takeTurns } from '../../../src/payments/core/turns'

/** Payments in the order in which they became overdue; the letter is the user. */
const due = (...names: string[]) =>
  names.map((reference) => ({ reference, userUuid: reference.slice(0, 1) }))

const turns = (names: string[], limit: number) =>
  takeTurns(due(...names), limit).map(({ reference }) => reference)

describe('the turns of overdue payments', () => {
  it('give each user one before anyone has a second, the most overdue first', () => {
    expect(turns(['a1', 'a2', 'a3', 'c1', 'a4', 'c2', 'b1'], 5)).toEqual([
      'a1',
      'c1',
      'b1',
      'a2',
      'c2',
    ])
  })

  it('include all payments of a user who is alone', () => {
    expect(turns(['a1', 'a2', 'a3'], 50)).toEqual(['a1', 'a2', 'a3'])
  })

  it('include every user if there are more turns than users', () => {
    const names = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat()), {
      selector: String,
    })
    fc.assert(
      fc.property(names, fc.integer({ min: 4, max: 60 }), (all, limit) => {
        const taken = takeTurns(due(...all.map(([user, number]) => `${user}${number}`)), limit)
        expect(new Set(taken.map(({ userUuid }) => userUuid))).toEqual(
          new Set(all.map(([user]) => user)),
        )
        expect(taken).toHaveLength(Math.min(limit, all.length))
      }),
    )
  })
})
