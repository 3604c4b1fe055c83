import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import { countriesOf, pricesByCountry } from '../../../src/tariffs/core/countries'
import { affordableSeconds, MAX_SECONDS } from '../../../src/tariffs/core/duration'
import type { Row } from '../../../src/tariffs/core/row'
import { rateOf, tariffOf } from '../../../src/tariffs/tariff'
import {
  costKobo,
  forecast,
  openingHoldKobo,
  wholeSeconds,
} from '../../../src/wallets/core/metering'
import { rowOf } from '../../support/tariff-rows'

describe('a prefix', () => {
  it.each([
    ['+234', ['NG']],
    ['+234803', ['NG']],
    ['+1242', ['BS']],
    ['+12425', ['BS']],
    ['+1', ['CA', 'US']],
    ['+1416', ['CA', 'US']],
    ['+1809', ['DO']],
    ['+7', ['KZ', 'RU']],
    ['+77', ['KZ']],
    ['+7495', ['RU']],
    ['+39', ['IT']],
    ['+3906698', ['VA']],
    ['+', []],
    ['+2', []],
    ['+870', []],
  ])('%s belongs to %s', (prefix, countries) => {
    expect(countriesOf(prefix).toSorted()).toEqual(countries)
  })
})

const pricesIn = (rows: readonly Row[], country: string) =>
  pricesByCountry(tariffOf('a', 1, rows)).find((one) => one.country === country)

describe('the prices of a country', () => {
  const everywhere = rowOf('+', { kobo_per_minute: 5000 })

  it.each([
    ['follow the row for all destinations', [everywhere], 'NG', 5000, 5000],
    [
      'are the lowest of its rows',
      [rowOf('+234'), rowOf('+234803', { kobo_per_minute: 900 })],
      'NG',
      900,
      900,
    ],
    [
      'are lower in a row for one type only',
      [rowOf('+234'), rowOf('+234', { type: 'video', kobo_per_minute: 1800 })],
      'NG',
      1000,
      1800,
    ],
    ['are missing without a row', [rowOf('+44')], 'NG', undefined, undefined],
    [
      'are missing if it is forbidden',
      [everywhere, rowOf('+234', { forbidden: true })],
      'NG',
      undefined,
      undefined,
    ],
    [
      'are its own, not those of its code',
      [rowOf('+1'), rowOf('+1242', { kobo_per_minute: 4000 })],
      'BS',
      4000,
      4000,
    ],
    [
      'are its own, also with several leading digits',
      [rowOf('+1'), rowOf('+1809', { kobo_per_minute: 3000 })],
      'DO',
      3000,
      3000,
    ],
    ['are those of its code without a row of its own', [rowOf('+1')], 'DO', 1000, 1000],
  ])('%s', (_, rows, country, audio, video) => {
    const { fromKobo } = pricesIn(rows, country) ?? {}
    expect([fromKobo?.audio, fromKobo?.video]).toEqual([audio, video])
  })

  it('have its rows in order, and the row that applies to the rest of it', () => {
    const rows = [rowOf('+234803'), everywhere, rowOf('+44'), rowOf('+234')]
    expect(pricesIn(rows, 'NG')?.rows.map(({ prefix }) => prefix)).toEqual(['+234', '+234803'])
    const others = [rowOf('+234803'), everywhere]
    expect(pricesIn(others, 'NG')?.rows.map(({ prefix }) => prefix)).toEqual(['+', '+234803'])
  })

  it('cover all countries, once each', () => {
    const all = pricesByCountry(tariffOf('a', 1, [everywhere])).map(({ country }) => country)
    expect(all.length).toBeGreaterThan(240)
    expect(all).toEqual([...new Set(all)].toSorted())
  })
})

describe('the duration that an amount buys', () => {
  const rates = fc
    .record({
      kobo_per_minute: fc.integer({ min: 1, max: 20_000 }),
      unit_kobo: fc.integer({ min: 1, max: 500 }),
      minimum_seconds: fc.integer({ min: 0, max: 90 }),
      increment_seconds: fc.integer({ min: 1, max: 90 }),
      setup_kobo: fc.integer({ min: 0, max: 500 }),
    })
    .map((figures) => rateOf({ id: 'a', version: 1 }, rowOf('+', figures)))

  it('is exact: the amount pays for it, and not for a second more', () => {
    fc.assert(
      fc.property(rates, fc.integer({ min: 0, max: 1_000_000 }), (rate, amount) => {
        if (!rate) throw new Error('no rate')
        const seconds = affordableSeconds(rate, kobo(amount))
        const isStarted = amount >= openingHoldKobo(rate)
        if (!isStarted) expect(seconds).toBe(0)
        if (isStarted) expect(costKobo(rate, seconds)).toBeLessThanOrEqual(amount)
        if (isStarted && seconds < MAX_SECONDS)
          expect(costKobo(rate, seconds + 1)).toBeGreaterThan(amount)
      }),
    )
  })

  it('is that of a call whose wallet has the amount', () => {
    fc.assert(
      fc.property(rates, fc.integer({ min: 0, max: 200_000 }), (rate, amount) => {
        if (!rate || amount < openingHoldKobo(rate)) return
        const call = {
          uuid: 'c',
          rate,
          holdKobo: openingHoldKobo(rate),
          startedAtMs: 0,
          deadlineAtMs: MAX_SECONDS * 1000,
        }
        const [ending] = forecast(kobo(amount), [call])
        expect(affordableSeconds(rate, kobo(amount))).toBe(wholeSeconds(0, ending?.endedAtMs ?? 0))
      }),
    )
  })

  it('at a price of zero is a year', () => {
    const free = rateOf({ id: 'a', version: 1 }, rowOf('+', { kobo_per_minute: 0 }))
    expect(free && affordableSeconds(free, kobo(1))).toBe(MAX_SECONDS)
  })
})
