import { describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import {
  interpretRefunded,
  needsSearch,
  receivedBeforeRefunds,
} from '../../../src/payments/core/refunded'

const attemptOf = (left: number, credited: number) => ({
  leftKobo: kobo(left),
  creditedKobo: kobo(credited),
  expectedKobo: kobo(100),
})
const known = (gateway = 0, paid = 0, ordered = paid, isRequested = ordered > 0) => ({
  gatewayKobo: kobo(gateway),
  paidKobo: kobo(paid),
  orderedKobo: kobo(ordered),
  isRequested,
})

describe('a refunded attempt', () => {
  it.each([
    ['a known dashboard refund', attemptOf(60, 100), known(40), 'refunded'],
    ['a known ordered refund', attemptOf(60, 100), known(0, 40), 'refunded'],
    ['an ordered refund in progress', attemptOf(60, 100), known(0, 0, 40), 'refunded'],
    ['both', attemptOf(0, 100), known(60, 40), 'refunded'],
    ['a dashboard refund before the first credit', attemptOf(60, 0), known(40), 'refunded'],
    ['no refund, and nothing left', attemptOf(0, 100), known(), 'reversed'],
    ['a failed ordered refund', attemptOf(0, 100), known(0, 0, 0, true), 100],
    ['too small a refund', attemptOf(0, 100), known(40), 60],
    ['no refund, and a rest', attemptOf(30, 100), known(), 70],
    ['no refund before the first credit', attemptOf(60, 0), known(), 60],
  ])('with %s', (_, attempt, refunds, expected) => {
    expect(interpretRefunded(attempt, refunds, true)).toMatchObject(
      typeof expected === 'string'
        ? { kind: expected }
        : { kind: 'exception', exception: 'unexplained_refund', amountKobo: expected },
    )
  })

  it('is not reversed if only a part of the list was searched', () => {
    expect(interpretRefunded(attemptOf(0, 100), known(), false)).toMatchObject({ amountKobo: 100 })
  })

  it.each([
    [attemptOf(60, 100), known(40), false],
    [attemptOf(60, 100), known(39), true],
    [attemptOf(100, 0), known(), true],
    [attemptOf(60, 0), known(40), false],
  ])('%j with %j needs a search: %s', (attempt, refunds, isNeeded) => {
    expect(needsSearch(attempt, refunds)).toBe(isNeeded)
  })

  it.each([
    ['before the first credit', attemptOf(120, 0), known(30), 150],
    ['after a part was credited', attemptOf(60, 50), known(40), 100],
    ['up to the amount of the payment if it was credited', attemptOf(100, 100), known(0, 40), 100],
  ])('%s is credited', (_, attempt, refunds, receivedKobo) => {
    expect(receivedBeforeRefunds(attempt, refunds)).toBe(receivedKobo)
  })
})
