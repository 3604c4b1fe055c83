import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import {
  costKobo,
  forecast,
  openingHoldKobo,
  type MeteredCall,
  nextEnding,
  priceOf,
  type Rate,
  wholeSeconds,
} from '../../../src/wallets/core/metering'
import { metered, rates, STANDARD_RATE, withoutSteps } from '../../support/wallets'

const rateOf = (koboPerMinute: number, rest: Partial<Rate> = {}): Rate => ({
  ...STANDARD_RATE,
  minimumSeconds: 0,
  koboPerMinute: kobo(koboPerMinute),
  ...rest,
})

describe('the price of a call', () => {
  it.each([
    [0, 1],
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

  it("equals the predecessor's formula from one second to a day", () => {
    for (let seconds = 1; seconds <= 86_400; seconds++) {
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

  /** Rate of 10 NGN a minute with a minimum and an increment, for example 90/60. */
  const tradeRate = (minimumSeconds: number, incrementSeconds: number) =>
    rateOf(1000, { minimumSeconds, incrementSeconds })

  it.each([
    [90, 60, 0, 15, 15],
    [90, 60, 60, 15, 15],
    [90, 60, 61, 15, 20],
    [90, 60, 90, 15, 20],
    [90, 60, 91, 25, 20],
    [90, 60, 120, 25, 20],
    [90, 60, 121, 25, 30],
    [90, 60, 150, 25, 30],
    [90, 60, 151, 35, 30],
    [90, 60, 210, 35, 40],
    [90, 60, 211, 45, 40],
    [1, 60, 1, 1, 10],
    [1, 60, 2, 11, 10],
    [30, 6, 30, 5, 5],
    [30, 6, 31, 6, 6],
    [60, 1, 61, 11, 11],
    [0, 60, 0, 0, 0],
    [0, 60, 1, 10, 10],
  ])(
    'with %i/%i, %i s cost %i NGN, and %i NGN in a call whose rate has no rule for increments',
    (minimumSeconds, incrementSeconds, seconds, naira, oldNaira) => {
      const rate = tradeRate(minimumSeconds, incrementSeconds)
      expect(costKobo(rate, seconds)).toBe(naira * 100)
      expect(costKobo(withoutSteps(rate), seconds)).toBe(oldNaira * 100)
      expect(costKobo({ ...rate, steps: 'from_zero' }, seconds)).toBe(oldNaira * 100)
    },
  )

  it('is the same by both rules if the minimum is a multiple of the increment', () => {
    fc.assert(
      fc.property(rates, fc.nat(120), fc.nat(100_000), (rate, multiple, seconds) => {
        const minimumSeconds = multiple * rate.incrementSeconds
        const counted = { ...rate, minimumSeconds, steps: 'after_minimum' } as const
        expect(priceOf(counted, seconds)).toEqual(priceOf(withoutSteps(counted), seconds))
      }),
    )
  })

  it('requires a hold of one minute, or of the minimum if that is longer', () => {
    expect(openingHoldKobo(tradeRate(90, 60))).toBe(1500)
    expect(openingHoldKobo(tradeRate(45, 60))).toBe(1800)
    expect(openingHoldKobo(tradeRate(30, 6))).toBe(1000)
  })

  it('never falls during the call, and the price of a minute is held before it', () => {
    fc.assert(
      fc.property(rates, fc.nat(100_000), (rate, seconds) => {
        expect(costKobo(rate, seconds + 1)).toBeGreaterThanOrEqual(costKobo(rate, seconds))
        expect(openingHoldKobo(rate)).toBe(costKobo(rate, 60))
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

  it.each([
    [1500, 90_999, 60_999],
    [2499, 90_999, 120_999],
    [2500, 150_999, 120_999],
    [3500, 210_999, 180_999],
  ])(
    'of %i kobo with 90/60 is %i ms after the answer, and %i ms for a call that counts from zero',
    (postedKobo, endedAtMs, oldEndedAtMs) => {
      const rate = rateOf(1000, { minimumSeconds: 90, incrementSeconds: 60 })
      const call = metered({ uuid: 'a', rate, holdKobo: kobo(1500) })
      expect(endingOf(postedKobo, call)).toMatchObject({ endedAtMs })
      const old = { ...call, rate: withoutSteps(rate) }
      expect(endingOf(postedKobo, old)).toMatchObject({ endedAtMs: oldEndedAtMs })
    },
  )

  it('is the last instant before the first second that the balance cannot pay', () => {
    fc.assert(
      fc.property(rates, fc.nat(9000), (rate, extraKobo) => {
        const postedKobo = openingHoldKobo(rate) + extraKobo
        const call = metered({
          uuid: 'a',
          rate,
          holdKobo: openingHoldKobo(rate),
          deadlineAtMs: 600_000,
        })
        const seconds = Array.from({ length: 600 }, (_, index) => index)
        const unpaid = seconds.find((second) => costKobo(rate, second) > postedKobo)
        const endedAtMs = unpaid === undefined ? 600_000 : unpaid * 1000 - 1
        const isLastSecondPaid = costKobo(rate, 600) <= postedKobo
        const ends = unpaid === undefined && !isLastSecondPaid ? 599_999 : endedAtMs
        expect(endingOf(postedKobo, call)?.endedAtMs).toBe(ends)
      }),
    )
  })

  it('is the maximum duration if the credit lasts longer', () => {
    expect(endingOf(240_000, metered({ uuid: 'a' }))).toMatchObject({
      reason: 'max_duration',
      endedAtMs: 14_400_000,
    })
  })

  it('comes after ring time-outs have released their holds at the same instant', () => {
    const ringing = metered({ uuid: 'ringing', startedAtMs: null, deadlineAtMs: 61_000 })
    const endings = forecast(kobo(2000), [ringing, metered({ uuid: 'talking' })])
    expect(endings).toMatchObject([
      { callUuid: 'ringing', reason: 'no_answer', dueAtMs: 61_000 },
      { callUuid: 'talking', reason: 'credit_exhausted', endedAtMs: 120_999 },
    ])
  })

  it('comes after a call at its maximum duration has paid its last unit at the same instant', () => {
    const calls = [metered({ uuid: 'older' }), metered({ uuid: 'last', deadlineAtMs: 61_000 })]
    expect(forecast(kobo(2100), calls)).toMatchObject([
      { callUuid: 'last', reason: 'max_duration', endedAtMs: 61_000 },
      { callUuid: 'older', reason: 'credit_exhausted', endedAtMs: 60_999 },
    ])
  })

  it('ends the newer of two calls, because the older one buys first', () => {
    const endings = forecast(kobo(2100), [metered({ uuid: 'older' }), metered({ uuid: 'newer' })])
    expect(endings).toMatchObject([
      { callUuid: 'newer', endedAtMs: 60_999 },
      { callUuid: 'older', endedAtMs: 66_999 },
    ])
  })
})
