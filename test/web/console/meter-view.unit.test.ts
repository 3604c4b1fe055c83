import { describe, expect, it } from 'vitest'
import { liveBalance, readMeter } from '../../../web/console/meter-view'
import { type Call, mergeCalls } from '../../../web/console/model'

const START = Date.parse('2126-03-14T10:15:30.000Z')
const at = (seconds: number) => START + seconds * 1000
const time = (seconds: number) => new Date(at(seconds)).toISOString()

const ringing: Call = {
  uuid: '3f0b8c1e-6f64-5e0a-9b1c-2f4f8f3f7a55',
  recipient_phone: '+2348031234567',
  recipient_name: null,
  type: 'audio',
  status: 'initiated',
  cost: 10,
  created_at: time(-10),
  started_at: null,
  ended_at: null,
  must_end_by: time(50),
  duration_seconds: null,
  end_reason: null,
  signaling_url: '',
  rate_per_minute: 10,
  rate: {
    id: 'standard/everywhere',
    version: 1,
    kobo_per_minute: 1000,
    unit_kobo: 100,
    minimum_seconds: 1,
    increment_seconds: 1,
    setup_kobo: 0,
    steps: 'after_minimum',
  },
  charge: null,
}
const answered: Call = {
  ...ringing,
  status: 'answered',
  started_at: time(0),
  must_end_by: time(300.999),
}

describe('a meter', () => {
  it.each([
    [0, { seconds: 0, costKobo: 100, holdAt: 1000, secondsLeft: 300 }],
    [0.999, { seconds: 0, costKobo: 100, holdAt: 1000, secondsLeft: 300 }],
    [1, { seconds: 1, costKobo: 100, holdAt: 1000, secondsLeft: 299 }],
    [60, { seconds: 60, costKobo: 1000, holdAt: 1000, secondsLeft: 240 }],
    [61, { seconds: 61, costKobo: 1100, holdAt: 1100, secondsLeft: 239 }],
    [300.999, { seconds: 300, costKobo: 5000, holdAt: 5000, secondsLeft: 0 }],
    [400, { seconds: 300, costKobo: 5000, holdAt: 5000, secondsLeft: 0, passed: 1 }],
  ])('shows time, cost, hold and remaining time after %d s', (seconds, expected) => {
    expect(readMeter(answered, at(seconds))).toMatchObject(expected)
  })

  it('of a ringing call shows no cost, a hold of one minute, and the time until the timeout', () => {
    expect(readMeter(ringing, at(20))).toEqual({
      seconds: 0,
      costKobo: 0,
      holdAt: 1000,
      secondsLeft: 30,
      passed: 0.5,
    })
  })
})

describe('a balance', () => {
  const wallet = { balance: 30.5, held: 20 }

  it('decreases while its calls run', () => {
    const calls = [answered, { ...ringing, must_end_by: time(90) }]
    expect(liveBalance(wallet, calls, at(10))).toEqual({ balanceKobo: 3050, heldKobo: 2000 })
    expect(liveBalance(wallet, calls, at(61))).toEqual({ balanceKobo: 2950, heldKobo: 2100 })
  })

  it('includes the held amount if no call is open, and is never negative', () => {
    expect(liveBalance(wallet, [], at(0))).toEqual({ balanceKobo: 5050, heldKobo: 0 })
    const poor = { ...wallet, balance: 0, held: 10 }
    expect(liveBalance(poor, [answered], at(200)).balanceKobo).toBe(0)
  })
})

describe('a reloaded list of calls', () => {
  const ended: Call = { ...answered, status: 'completed', ended_at: time(30) }

  it('does not move a call back to a state before its latest event', () => {
    expect(mergeCalls([ringing], [answered])).toEqual([answered])
    expect(mergeCalls([answered], [ended])).toEqual([ended])
  })

  it('replaces the shown calls otherwise', () => {
    const moved = { ...answered, must_end_by: time(200) }
    expect(mergeCalls([moved], [answered])).toEqual([moved])
    expect(mergeCalls([ended], [ringing])).toEqual([ended])
    expect(mergeCalls([ringing], [])).toEqual([ringing])
  })
})
