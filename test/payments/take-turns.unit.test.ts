import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { takeTurns } from '../../src/payments/take-turns'

const due = (userUuid: string, ...dueAtMs: number[]) =>
  dueAtMs.map((nextAskAtMs) => ({ reference: `${userUuid}${nextAskAtMs}`, userUuid, nextAskAtMs }))

const references = (payments: readonly { reference: string }[]) =>
  payments.map(({ reference }) => reference)

describe('the turns of overdue payments', () => {
  it('give each user one before anyone has a second, the longest overdue first', () => {
    const payments = [...due('a', 1, 2, 3, 4), ...due('b', 9), ...due('c', 5, 8)]
    expect(references(takeTurns(payments, 5))).toEqual(['a1', 'c5', 'b9', 'a2', 'c8'])
  })

  it('name none twice, and all of one user if there is no other', () => {
    const payments = [...due('a', 3, 1), ...due('a', 1, 2, 3)]
    expect(references(takeTurns(payments, 50))).toEqual(['a1', 'a2', 'a3'])
  })

  it('leave no user out while there are more turns than users', () => {
    const payments = fc.array(
      fc.record({
        userUuid: fc.constantFrom('a', 'b', 'c', 'd'),
        reference: fc.uuid(),
        nextAskAtMs: fc.option(fc.nat()),
      }),
    )
    fc.assert(
      fc.property(payments, fc.integer({ min: 4, max: 60 }), (all, limit) => {
        const taken = takeTurns(all, limit)
        const users = new Set(all.map(({ userUuid }) => userUuid))
        expect(new Set(taken.map(({ userUuid }) => userUuid))).toEqual(users)
        expect(taken).toHaveLength(Math.min(limit, new Set(references(all)).size))
      }),
    )
  })
})
