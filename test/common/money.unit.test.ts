import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  divideRoundingUp,
  formatNaira,
  kobo,
  parseNaira,
  toNairaNumber,
} from '../../src/common/money'

describe('naira', () => {
  it.each([
    [10, 1000],
    [999.5, 99_950],
    [0.01, 1],
    [0.29, 29],
    [1.15, 115],
    ['5250.50', 525_050],
    ['78000', 7_800_000],
    ['0.00', 0],
    [99_999_999.99, 9_999_999_999],
  ])('%s is %i kobo', (amount, expected) => {
    expect(parseNaira(amount)).toBe(expected)
  })

  it.each([
    0.001,
    0.005,
    10.001,
    -1,
    Number.NaN,
    Infinity,
    1e21,
    1e-7,
    2 ** 53,
    '',
    '1e3',
    '+1',
    '1.',
    '.5',
    '1,000',
    ' 1',
    '0x10',
    '1.000',
    '٣',
  ])('%s is not an amount', (amount) => {
    expect(parseNaira(amount)).toBeUndefined()
  })

  it('is unchanged after formatting and parsing, as a string and as a number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999_999_999 }), (amount) => {
        expect(parseNaira(formatNaira(kobo(amount)))).toBe(amount)
        expect(parseNaira(toNairaNumber(kobo(amount)))).toBe(amount)
      }),
    )
  })

  it('has the sign of a negative amount', () => {
    expect(formatNaira(kobo(-1005))).toBe('-10.05')
    expect(toNairaNumber(kobo(-5))).toBe(-0.05)
  })

  it('S20: is exact to the kobo, where float arithmetic is wrong for thousands of amounts', () => {
    let wrongByFloat = 0
    for (let amount = 0; amount <= 1_000_000; amount++) {
      const naira = toNairaNumber(kobo(amount))
      if (Math.floor(naira * 100) !== amount) wrongByFloat += 1
      if (parseNaira(naira) !== amount) throw new Error(`${naira} was read as ${parseNaira(naira)}`)
    }
    expect(wrongByFloat).toBeGreaterThan(60_000)
  })

  it('kobo are safe integers', () => {
    for (const value of [0.5, Number.NaN, 2 ** 53]) expect(() => kobo(value)).toThrow(RangeError)
  })
})

it('division rounds up, exactly', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 40), fc.integer({ min: 1, max: 2 ** 20 }), (dividend, divisor) => {
      const quotient = divideRoundingUp(dividend, divisor)
      expect(quotient * divisor).toBeGreaterThanOrEqual(dividend)
      expect((quotient - 1) * divisor).toBeLessThan(dividend)
    }),
  )
})
