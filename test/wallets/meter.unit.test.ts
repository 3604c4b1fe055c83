import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { STANDARD_RATE } from '../../src/calls/tariff'
import { kobo, type Kobo, ZERO } from '../../src/common/money'
import {
  claimKobo,
  claimsKobo,
  costAtKobo,
  costKobo,
  type Ending,
  forecast,
  holdKobo,
  type MeteredCall,
  nextEnding,
  type Rate,
  wholeSeconds,
} from '../../src/wallets/meter'
import { metered, rates } from '../support/wallets'

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

/** The same rules, stepped through instant by instant without any calculation. */
function stepThrough(
  posted: Kobo,
  calls: readonly MeteredCall[],
  instants: Iterable<number>,
): Ending[] {
  let open = [...calls]
  let balance: number = posted
  const endings: Ending[] = []
  const end = (call: MeteredCall, reason: Ending['reason'], dueAtMs: number, endedAtMs: number) => {
    open = open.filter((other) => other !== call)
    balance -= costAtKobo(call, endedAtMs)
    endings.push({ callUuid: call.uuid, reason, dueAtMs, endedAtMs })
  }
  for (const nowMs of instants) {
    const isDue = (call: MeteredCall) => call.deadlineAtMs === nowMs
    for (const call of open)
      if (isDue(call) && call.startedAtMs === null) end(call, 'no_answer', nowMs, nowMs)
    const last = open.filter(isDue)
    const bought = new Map(open.map((call) => [call, claimKobo(call, nowMs - 1)]))
    for (const call of [...last, ...open.filter((other) => !isDue(other))]) {
      const others = [...bought].filter(([other]) => other !== call && open.includes(other))
      const left = balance - others.reduce((sum, [, claim]) => sum + claim, 0)
      const claim = claimKobo(call, nowMs)
      if (claim > left) end(call, 'credit_exhausted', nowMs, nowMs - 1)
      else if (isDue(call)) end(call, 'max_duration', nowMs, nowMs)
      else bought.set(call, claim)
    }
  }
  return endings
}

/** Every second of every call from its own start, and every deadline: nothing can happen in between. */
function secondsOf(calls: readonly MeteredCall[], toMs: number): number[] {
  const instants = new Set(calls.map(({ deadlineAtMs }) => deadlineAtMs))
  for (const { startedAtMs } of calls)
    for (let atMs = startedAtMs ?? Infinity; atMs <= toMs; atMs += 1000) instants.add(atMs)
  return [...instants].filter((atMs) => atMs > 0).sort((a, b) => a - b)
}

describe('the forecast', () => {
  const calls = fc
    .array(
      fc.record({
        rate: rates,
        startedAtMs: fc.option(fc.constantFrom(0, 0, -1, -500, -1000, -2999), { nil: null }),
        lastsMs: fc.oneof(
          fc.integer({ min: 1, max: 9000 }),
          fc.integer({ min: 1, max: 9 }).map((seconds) => seconds * 1000),
        ),
      }),
      { minLength: 1, maxLength: 5 },
    )
    .map((specs) =>
      specs.map(({ rate, startedAtMs, lastsMs }, index) => ({
        uuid: `call-${index}`,
        rate: { ...rate, minimumSeconds: 0, koboPerMinute: kobo(rate.koboPerMinute * 20) },
        holdKobo: kobo(rate.setupKobo + rate.unitKobo),
        startedAtMs,
        deadlineAtMs: lastsMs,
      })),
    )

  const milliseconds = Array.from({ length: 10_001 }, (_, index) => index)

  it('finds what stepping through the milliseconds finds', () => {
    fc.assert(
      fc.property(calls, fc.nat(20_000), (open, extraKobo) => {
        const affordable = open.filter((call) => costAtKobo(call, 0) <= call.holdKobo)
        const posted = kobo(claimsKobo(affordable, 0) + extraKobo)
        expect(forecast(posted, affordable)).toEqual(stepThrough(posted, affordable, milliseconds))
      }),
      { numRuns: 300 },
    )
  })

  it('finds what stepping through ten minutes finds, second by second', () => {
    const startsMs = fc.oneof(
      fc.constantFrom(0, -1000, -30_000),
      fc.integer({ min: -59_999, max: 0 }),
    )
    const lasting = fc
      .record({
        rate: rates,
        startedAtMs: fc.option(startsMs, { nil: null, freq: 9 }),
        deadlineAtMs: fc.oneof(
          fc.constantFrom(60_000, 61_000, 599_000),
          fc.integer({ min: 1, max: 600_000 }),
        ),
      })
      .map((call) => ({ ...call, holdKobo: holdKobo(call.rate) }))
    const several = fc
      .array(lasting, { minLength: 2, maxLength: 4 })
      .map((open) => open.map((call, index) => ({ ...call, uuid: `call-${index}` })))
    fc.assert(
      fc.property(several, fc.nat(30_000), (open, extraKobo) => {
        const posted = kobo(claimsKobo(open, 0) + extraKobo)
        const stepped = stepThrough(posted, open, secondsOf(open, 600_000))
        expect(forecast(posted, open)).toEqual(stepped)
      }),
      { numRuns: 1000 },
    )
  })

  it('charges at most what is posted, and each call what its seconds cost', () => {
    fc.assert(
      fc.property(calls, fc.nat(20_000), (open, extraKobo) => {
        const posted = kobo(claimsKobo(open, 0) + extraKobo)
        const charges = forecast(posted, open).map(({ callUuid, endedAtMs }) => {
          const call = open.find(({ uuid }) => uuid === callUuid)
          return call ? costAtKobo(call, endedAtMs) : ZERO
        })
        expect(charges).toHaveLength(open.length)
        expect(charges.reduce((sum, charge) => sum + charge, 0)).toBeLessThanOrEqual(posted)
      }),
    )
  })
})
