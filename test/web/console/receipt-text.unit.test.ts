import { describe, expect, it } from 'vitest'
import { presentCharge, presentRate } from '../../../src/calls/price-schemas'
import { kobo } from '../../../src/common/money'
import { calculation, chargeSentence, costSentence } from '../../../web/console/receipt-text'
import type { Call } from '../../../web/console/model'
import { priceOf, type Rate } from '../../../src/wallets/core/metering'

const RATE: Rate = {
  id: 'standard/everywhere',
  version: 2,
  koboPerMinute: kobo(1000),
  unitKobo: kobo(100),
  minimumSeconds: 1,
  incrementSeconds: 1,
  setupKobo: kobo(0),
  steps: 'after_minimum',
}

/** Rate and charge as the service computes them. */
function billed(rate: Rate, seconds: number) {
  const { costKobo: chargeKobo } = priceOf(rate, seconds)
  const charge = presentCharge({ rate, startedAtMs: 0, endedAtMs: seconds * 1000, chargeKobo })
  if (!charge) throw new Error('the rate has no price')
  return [presentRate(rate), charge] as const
}

describe('the sentence of a charge', () => {
  it.each([
    ['rounded up', {}, 5, '5 s at ₦10.00 a minute, rounded up to ₦1.00'],
    ['exact', {}, 60, '1 min at ₦10.00 a minute'],
    [
      'without a second',
      {},
      0,
      '0 s, billed as the minimum of 1 s, at ₦10.00 a minute, rounded up to ₦1.00',
    ],
    [
      'below the minimum',
      { minimumSeconds: 60, incrementSeconds: 60 },
      5,
      '5 s, billed as the minimum of 1 min, at ₦10.00 a minute',
    ],
    [
      'in steps',
      { minimumSeconds: 60, incrementSeconds: 60 },
      61,
      '1 min 1 s, billed as 2 min in steps of 1 min, at ₦10.00 a minute',
    ],
    [
      'in steps after a minimum of 90 s',
      { minimumSeconds: 90, incrementSeconds: 60 },
      91,
      '1 min 31 s, billed as 2 min 30 s in steps of 1 min, at ₦10.00 a minute',
    ],
    [
      'in steps from zero',
      { minimumSeconds: 90, incrementSeconds: 60, steps: 'from_zero' },
      91,
      '1 min 31 s, billed as 2 min in steps of 1 min, at ₦10.00 a minute',
    ],
    [
      'with a set-up fee',
      { setupKobo: kobo(550) },
      6,
      '6 s at ₦10.00 a minute, plus a set-up fee of ₦5.50',
    ],
    [
      'rounded, with a fee',
      { setupKobo: kobo(200) },
      7,
      '7 s at ₦10.00 a minute, rounded up to ₦2.00, plus a set-up fee of ₦2.00',
    ],
    [
      'above a thousand',
      { koboPerMinute: kobo(123_450) },
      3661,
      '1 h 1 min 1 s at ₦1,234.50 a minute, rounded up to ₦75,326.00',
    ],
    ['free', { koboPerMinute: kobo(0) }, 61, '1 min 1 s without a price per minute'],
    [
      'free, with a fee',
      { koboPerMinute: kobo(0), setupKobo: kobo(100) },
      61,
      '1 min 1 s without a price per minute, plus a set-up fee of ₦1.00',
    ],
  ] as const)('is right for a call %s', (_, change, seconds, sentence) => {
    expect(chargeSentence(...billed({ ...RATE, ...change }, seconds))).toBe(sentence)
  })
})

describe('the sentence of a call', () => {
  const [rate, charge] = billed(RATE, 5)
  const call = { rate, charge, started_at: 'T', duration_seconds: 5, cost: 1 } as Call

  it('says that a call without an answer cost nothing', () => {
    const sentence = costSentence({ ...call, started_at: null, charge: null, cost: 0 })
    expect(sentence).toBe('Not answered, so nothing was charged')
  })

  it('has the amount alone if the service does not explain the charge', () => {
    expect(costSentence({ ...call, charge: null, cost: 3 })).toBe('5 s, ₦3.00 charged')
  })
})

describe('the calculation of a charge', () => {
  it('has the figures of each step', () => {
    const rate = { ...RATE, minimumSeconds: 10, incrementSeconds: 6, setupKobo: kobo(50) }
    const lines = calculation(...billed(rate, 11))
    expect(lines.map(({ name, figures }) => `${name}: ${figures}`)).toEqual([
      'Duration: 11 s',
      'Billed: 16 s (at least 10 s, then steps of 6 s)',
      'Price: 16 × ₦10.00 ÷ 60 = ₦2.6667',
      'Rounded up: 3 × ₦1.00 = ₦3.00',
      'Set-up fee: ₦0.50',
      'Charged: ₦3.50',
    ])
  })
})
