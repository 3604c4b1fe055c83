import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kobo } from '../../src/common/money'
import {
  costKobo,
  forecast,
  holdKobo,
  type MeteredCall,
  nextEnding,
  type Rate,
  wholeSeconds,
} from '../../src/wallets/meter'
import { metered, rates, STANDARD_RATE } from '../support/wallets'

const rateOf = (koboPerMinute: number, rest: Partial<Rate> = {}): Rate => ({
  ...STANDARD_RATE,
  koboPerMinute: kobo(koboPerMinute),
  ...rest,
})

describe('the price of a call', () => {
  it.each([
    [0, 0],
    [1, 1],
    [6, 1],
    [7, 2],
    [59, 10],
    [60, 10],
    [61, 11],
    [3599, 600],
    [3600, 600],
    [14_400, 2400],
  ])('%i s cost %i NGN', (seconds, naira) => {
    expect(costKobo(STANDARD_RATE, seconds)).toBe(naira * 100)
  })

  it("equals the old service's formula on every whole second of a day", () => {
    for (let seconds = 0; seconds <= 86_400; seconds++) {
      const old = Math.ceil((seconds / 60) * 10) * 100
      if (costKobo(STANDARD_RATE, seconds) !== old) throw new Error(`${seconds} s`)
    }
  })

  it.each([
    [1500, 412],
    [2500, 574],
    [1250, 287],
  ])(
    'S21: at %i kobo a minute it is exact where floats overcharge %i durations',
    (perMinute, durations) => {
      let overcharged = 0
      for (let seconds = 0; seconds <= 86_400; seconds++) {
        const exact = Number((BigInt(seconds) * BigInt(perMinute) + 5999n) / 6000n) * 100
        const byFloat = Math.ceil((seconds / 60) * (perMinute / 100)) * 100
        if (costKobo(rateOf(perMinute), seconds) !== exact) throw new Error(`${seconds} s`)
        if (byFloat > exact) overcharged += 1
      }
      expect(overcharged).toBe(durations)
    },
  )

  it.each([
    ['a minimum', { minimumSeconds: 30 }, 0, 500],
    ['a minimum', { minimumSeconds: 30 }, 31, 600],
    ['an increment', { incrementSeconds: 60 }, 61, 2000],
    ['an increment', { incrementSeconds: 60 }, 0, 0],
    ['a set-up fee', { setupKobo: kobo(250) }, 0, 250],
    ['a unit of one kobo', { unitKobo: kobo(1) }, 1, 17],
  ])('S22: %s %o makes %i s cost %i kobo', (_, rest, seconds, expected) => {
    expect(costKobo(rateOf(1000, rest), seconds)).toBe(expected)
  })

  it('never falls as the call goes on, and a minute of it is held before', () => {
    fc.assert(
      fc.property(rates, fc.nat(100_000), (rate, seconds) => {
        expect(costKobo(rate, seconds + 1)).toBeGreaterThanOrEqual(costKobo(rate, seconds))
        expect(holdKobo(rate)).toBe(costKobo(rate, 60))
      }),
    )
  })

  it('S8: a duration is never negative', () => {
    expect(wholeSeconds(600_000, 0)).toBe(0)
    expect(wholeSeconds(0, 999)).toBe(0)
    expect(wholeSeconds(0, 1000)).toBe(1)
  })
})

describe('the horizon', () => {
  const endingOf = (postedKobo: number, ...calls: MeteredCall[]) =>
    nextEnding(kobo(postedKobo), calls)

  it.each([
    [1000, 60_999],
    [1099, 60_999],
    [1100, 66_999],
    [5000, 300_999],
  ])('of %i kobo is %i ms after the answer', (postedKobo, endedAtMs) => {
    expect(endingOf(postedKobo, metered({ uuid: 'a' }))).toEqual({
      callUuid: 'a',
      reason: 'credit_exhausted',
      endedAtMs,
      dueAtMs: endedAtMs + 1,
    })
  })

  it('is the maximum duration where the credit lasts longer', () => {
    expect(endingOf(240_000, metered({ uuid: 'a' }))).toMatchObject({
      reason: 'max_duration',
      endedAtMs: 14_400_000,
    })
  })

  it('a ring time-out gives its hold back before a call has to buy at the same instant', () => {
    const ringing = metered({ uuid: 'ringing', startedAtMs: null, deadlineAtMs: 61_000 })
    const endings = forecast(kobo(2000), [ringing, metered({ uuid: 'talking' })])
    expect(endings).toMatchObject([
      { callUuid: 'ringing', reason: 'no_answer', dueAtMs: 61_000 },
      { callUuid: 'talking', reason: 'credit_exhausted', endedAtMs: 120_999 },
    ])
  })

  it('at one instant, a call at its maximum duration pays its last unit before others buy', () => {
    const calls = [metered({ uuid: 'older' }), metered({ uuid: 'last', deadlineAtMs: 61_000 })]
    expect(forecast(kobo(2100), calls)).toMatchObject([
      { callUuid: 'last', reason: 'max_duration', endedAtMs: 61_000 },
      { callUuid: 'older', reason: 'credit_exhausted', endedAtMs: 60_999 },
    ])
  })

  it('of two calls, the older one buys first and the other ends', () => {
    const endings = forecast(kobo(2100), [metered({ uuid: 'older' }), metered({ uuid: 'newer' })])
    expect(endings).toMatchObject([
      { callUuid: 'newer', endedAtMs: 60_999 },
      { callUuid: 'older', endedAtMs: 66_999 },
    ])
  })
})
