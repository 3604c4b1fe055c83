/** Ends of calls, compared with a reference implementation that steps through time. */
import fc from 'fast-check'
import { describe, expect, inject, it } from 'vitest'
import { kobo, type Kobo, ZERO } from '../../../src/common/money'
import {
  holdAt,
  holdsAt,
  costAtKobo,
  type Ending,
  forecast,
  openingHoldKobo,
  type MeteredCall,
} from '../../../src/wallets/core/metering'
import { rates } from '../../support/wallets'

/** 2000 in the unit tests; the mutation tester runs fewer. */
const HISTORIES = inject('histories')

/** Reference implementation: applies the rules at each instant, without a search. */
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
    const bought = new Map(open.map((call) => [call, holdAt(call, nowMs - 1)]))
    for (const call of [...last, ...open.filter((other) => !isDue(other))]) {
      const others = [...bought].filter(([other]) => other !== call && open.includes(other))
      const left = balance - others.reduce((sum, [, claim]) => sum + claim, 0)
      const claim = holdAt(call, nowMs)
      if (claim > left) end(call, 'credit_exhausted', nowMs, nowMs - 1)
      else if (isDue(call)) end(call, 'max_duration', nowMs, nowMs)
      else bought.set(call, claim)
    }
  }
  return endings
}

/** Each second of each call since its start, and each deadline: nothing changes in between. */
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

  it('finds the same end as stepping through every millisecond', () => {
    fc.assert(
      fc.property(calls, fc.nat(20_000), (open, extraKobo) => {
        const affordable = open.filter((call) => costAtKobo(call, 0) <= call.holdKobo)
        const posted = kobo(holdsAt(affordable, 0) + extraKobo)
        expect(forecast(posted, affordable)).toEqual(stepThrough(posted, affordable, milliseconds))
      }),
      { numRuns: Math.ceil(HISTORIES * 0.06) },
    )
  }, 60_000)

  it('finds the same end as stepping through ten minutes, second by second', () => {
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
      .map((call) => ({ ...call, holdKobo: openingHoldKobo(call.rate) }))
    const several = fc
      .array(lasting, { minLength: 2, maxLength: 4 })
      .map((open) => open.map((call, index) => ({ ...call, uuid: `call-${index}` })))
    fc.assert(
      fc.property(several, fc.nat(30_000), (open, extraKobo) => {
        const posted = kobo(holdsAt(open, 0) + extraKobo)
        const stepped = stepThrough(posted, open, secondsOf(open, 600_000))
        expect(forecast(posted, open)).toEqual(stepped)
      }),
      { numRuns: Math.ceil(HISTORIES / 5) },
    )
  }, 60_000)

  it('charges at most the posted balance, and each call the cost of its seconds', () => {
    fc.assert(
      fc.property(calls, fc.nat(20_000), (open, extraKobo) => {
        const posted = kobo(holdsAt(open, 0) + extraKobo)
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
