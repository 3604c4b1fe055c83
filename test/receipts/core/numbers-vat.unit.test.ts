import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import { canonicalJson, type Json } from '../../../src/receipts/core/canonical'
import { lagosYear } from '../../../src/common/text/lagos'
import { formatNumber } from '../../../src/receipts/core/number'
import {
  containedVatKobo,
  formatVatRate,
  parseVatRate,
  vatLine,
} from '../../../src/receipts/core/vat'

describe('the year of a receipt', () => {
  it.each([
    ['2126-12-31T22:59:59.999Z', 2126],
    ['2126-12-31T23:00:00.000Z', 2127],
    ['2127-01-01T00:00:00.000Z', 2127],
    ['2126-01-01T00:00:00.000Z', 2126],
    ['2125-12-31T23:30:00.000Z', 2126],
  ])('of %s is %i, because Lagos is an hour ahead of UTC', (time, year) => {
    expect(lagosYear(Date.parse(time))).toBe(year)
  })

  it('is the first part of its number', () => {
    expect(formatNumber({ year: 2126, number: 42 })).toBe('2126-000042')
    expect(formatNumber({ year: 2126, number: 1_234_567 })).toBe('2126-1234567')
  })
})

describe('the VAT that a price contains', () => {
  it.each([
    ['7.5', 750],
    ['7.50', 750],
    ['7', 700],
    ['0.05', 5],
    ['99.99', 9999],
    ['0', undefined],
    ['7.555', undefined],
    ['-7', undefined],
    ['7,5', undefined],
    ['100', undefined],
    ['', undefined],
  ])('has the rate %j: %j', (text, rate) => {
    expect(parseVatRate(text)).toBe(rate)
  })

  it.each([
    { gross: 10_000, rate: 750, vat: 698 },
    { gross: 107_50, rate: 750, vat: 750 },
    { gross: 1, rate: 750, vat: 0 },
    { gross: 8, rate: 750, vat: 1 },
    { gross: 0, rate: 750, vat: 0 },
    /** 3 × 2000 / 12000 is half a kobo, which is rounded up. */
    { gross: 3, rate: 2000, vat: 1 },
    /** The product exceeds the exact range of a number. */
    { gross: 9_007_199_254_740_991, rate: 9999, vat: 4_503_374_436_129_565 },
  ])('of $gross kobo at $rate hundredths of a percent is $vat', ({ gross, rate, vat }) => {
    expect(containedVatKobo(kobo(gross), rate)).toBe(vat)
  })

  it('is exact for 7.5% of a whole net price', () => {
    expect(vatLine(kobo(10_750), 750)).toEqual({ rate: '7.50', net: '100.00', amount: '7.50' })
    expect(formatVatRate(5)).toBe('0.05')
  })

  it('adds up with the net price, grows with the price, and is off by at most half a kobo', () => {
    const amount = fc.integer({ min: 0, max: 1e12 }).map(kobo)
    const rate = fc.integer({ min: 1, max: 9999 })
    const property = fc.property(amount, amount, rate, (a, b, hundredths) => {
      const vat = containedVatKobo(a, hundredths)
      const line = vatLine(a, hundredths)
      expect(Math.round(Number(line.net) * 100) + Math.round(Number(line.amount) * 100)).toBe(a)
      if (a <= b) expect(vat).toBeLessThanOrEqual(containedVatKobo(b, hundredths))
      const exact = 2n * BigInt(a) * BigInt(hundredths)
      const off = exact - 2n * BigInt(vat) * BigInt(10_000 + hundredths)
      expect(off >= -BigInt(10_000 + hundredths) && off < BigInt(10_000 + hundredths)).toBe(true)
    })
    fc.assert(property, { numRuns: 2000 })
  })
})

describe('canonical JSON', () => {
  it('has sorted keys and no whitespace', () => {
    const value = { b: [1, 'ö', null, { z: true, a: '"' }], a: '€', B: 0 }
    expect(canonicalJson(value)).toBe('{"B":0,"a":"€","b":[1,"ö",null,{"a":"\\"","z":true}]}')
  })

  it('is the same for every order of keys, and keeps the value', () => {
    const { value: anyJson } = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string({ unit: 'grapheme' }),
        fc.maxSafeInteger(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }))
    const property = fc.property(anyJson, (value) => {
      const text = canonicalJson(value)
      expect(canonicalJson(JSON.parse(text) as Json)).toBe(text)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
    })
    fc.assert(property)
  })

  it('rejects fractions', () => {
    expect(() => canonicalJson({ a: 0.5 })).toThrow('not a whole number')
  })
})
