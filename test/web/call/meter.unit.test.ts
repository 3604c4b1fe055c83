import { describe, expect, it } from 'vitest'
import { meterOf, receiptOf } from '../../../web/call/meter'
import { duration, receiptCharge, receiptDuration } from '../../../web/call/texts'
import { answered, liveView, START, unanswered, viewOf } from './states'

const live = liveView({ startedAtMs: START, mustEndByMs: START + 300_999 })

describe('the meter of a call', () => {
  it.each([
    [0, { talkedSeconds: 0, costKobo: 100, secondsLeft: 300, isLow: false }],
    [60, { talkedSeconds: 60, costKobo: 1000, secondsLeft: 240, isLow: false }],
    [61, { talkedSeconds: 61, costKobo: 1100, secondsLeft: 239, isLow: false }],
    [241, { talkedSeconds: 241, costKobo: 4100, secondsLeft: 59, isLow: true }],
    [400, { talkedSeconds: 300, costKobo: 5000, secondsLeft: 0, isLow: true }],
  ])('shows time, cost and the rest after %d s', (seconds, expected) => {
    expect(meterOf(live, 0, START + seconds * 1000)).toMatchObject(expected)
  })

  it('uses the clock of the server', () => {
    const meter = meterOf(live, -30_000, START + 90_000)
    expect(meter).toMatchObject({ talkedSeconds: 60, secondsLeft: 240, untilMs: START + 330_999 })
  })

  it('stops at the end of the call', () => {
    const end = { reason: 'hangup', atMs: START + 10_000 }
    expect(meterOf({ ...live, end }, 0, START + 90_000)?.talkedSeconds).toBe(10)
  })

  it('has no cost for the callee, and no figures before the answer', () => {
    const callee = { ...live, seat: 'callee', rate: null } as const
    expect(meterOf(callee, 0, START)).toMatchObject({ costKobo: null, koboPerMinute: null })
    expect(meterOf(viewOf(), 0, START)).toBeNull()
  })
})

describe('a receipt', () => {
  it('has the duration from the answer to the end, and the charge', () => {
    const receipt = receiptOf({
      reason: 'hangup',
      charge: 21,
      startedAtMs: START,
      endedAtMs: START + 125_999,
    })
    expect(receipt).toEqual({ isAnswered: true, seconds: 125, chargeKobo: 2100 })
    expect(receiptDuration(receipt)).toBe('2 minutes 5 seconds')
    expect(receiptCharge(receipt)).toBe('₦21.00')
  })

  it.each([
    [0.07, 7],
    [1234.56, 123_456],
    [0, 0],
    [null, null],
  ])('has the charge of %s NGN in kobo', (charge, chargeKobo) => {
    expect(receiptOf(answered('hangup', charge)).chargeKobo).toBe(chargeKobo)
  })

  it('of an unanswered call has no duration and no charge', () => {
    for (const charge of [0, null]) {
      const receipt = receiptOf(unanswered('no_answer', charge))
      expect(receiptDuration(receipt)).toBe('Not answered')
      expect(receiptCharge(receipt)).toBe('No charge')
    }
  })

  it('of an answered call does not show an unknown charge as free', () => {
    const receipt = receiptOf(answered('hangup', null))
    expect(receiptDuration(receipt)).toBe('1 minute 5 seconds')
    expect(receiptCharge(receipt)).toMatch(/^Not known yet/)
  })

  it('of an answered call whose end is not committed is not shown as unanswered', () => {
    const receipt = receiptOf({ ...answered('hangup', null), endedAtMs: null })
    expect(receiptDuration(receipt)).toBe('Not known yet')
    expect(receiptCharge(receipt)).toMatch(/^Not known yet/)
  })
})

describe('a duration in words', () => {
  it.each([
    [0, '0 seconds'],
    [1, '1 second'],
    [60, '1 minute'],
    [61, '1 minute 1 second'],
    [3725, '1 hour 2 minutes 5 seconds'],
    [7200, '2 hours'],
  ])('of %d s is %s', (seconds, words) => expect(duration(seconds)).toBe(words))
})
