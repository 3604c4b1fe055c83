import { describe, expect, it } from 'vitest'
import type { Quote } from '../../../client/client'
import { isCreditLow, noticeOf, runOutText } from '../../../web/console/call-texts'
import { deviceName } from '../../../web/console/device-name'
import type { Call, CallEvent, Payment, Rate } from '../../../web/console/model'
import { isOldNews, newsOf } from '../../../web/console/payment-news'
import { creditFor, extrasOf } from '../../../web/console/price-text'
import { printDuration } from '../../../web/shared/print'

describe('a span', () => {
  it.each([
    [0, '0 s'],
    [5, '5 s'],
    [60, '1 min'],
    [75, '1 min 15 s'],
    [3600, '1 h'],
    [3661, '1 h 1 min 1 s'],
  ])('of %d s is "%s"', (seconds, text) => {
    expect(printDuration(seconds)).toBe(text)
  })
})

describe('the price of a call', () => {
  const rate = { setup_kobo: 0, minimum_seconds: 1, increment_seconds: 1 } as Rate

  it('has no extras if only the minutes cost money', () => {
    expect(extrasOf(rate)).toEqual([])
  })

  it('states set-up fee, minimum and increment', () => {
    const dear = { ...rate, setup_kobo: 200, minimum_seconds: 30, increment_seconds: 6 }
    expect(extrasOf(dear)).toEqual(['₦2.00 set-up fee', 'at least 30 s', 'in steps of 6 s'])
  })

  it.each([
    [300, { isEnough: true, text: 'Your credit lasts 5 min.' }],
    [0, { isEnough: false, text: 'Top up first: starting this call holds ₦10.00.' }],
  ])('with credit for %d s states whether the call can start', (affordable_seconds, expected) => {
    expect(creditFor({ affordable_seconds, hold: 10 } as Quote)).toEqual(expected)
  })
})

describe('low credit', () => {
  const low = { type: 'low_credit' } as const
  const moved = { type: 'horizon_moved' } as const
  it.each([
    [[], 31, false],
    [[], 30, true],
    [[low], 59, true],
    [[low, moved], 200, false],
    [[low, moved, low], 60, true],
    [[low, moved], 12, true],
  ] as const)('after %j with %d s left is %s', (events, seconds, expected) => {
    expect(isCreditLow(events, seconds)).toBe(expected)
  })
})

describe('the end of a call', () => {
  const call = { duration_seconds: 60, cost: 10, end_reason: 'credit_exhausted' } as Call

  it('states that the credit ran out', () => {
    expect(runOutText(call)).toBe('Your credit ran out after 1 min. ₦10.00 charged.')
  })

  it('is announced once: by its card if the credit ran out', () => {
    const ended = { type: 'ended', seconds_left: null, call } as CallEvent
    expect(noticeOf(ended)).toBe('')
    const hungUp = { ...ended, call: { ...call, end_reason: 'hangup' } } as CallEvent
    expect(noticeOf(hungUp)).toBe('The call has ended: ₦10.00 charged.')
  })
})

describe('the result of a payment', () => {
  const pending = {
    status: 'pending',
    amount: 100,
    amount_paid: 0,
    wallet: 'call_credits',
    failure_reason: null,
    completed_at: null,
  } as Payment
  const failed = (failure_reason: string | null) =>
    ({ ...pending, status: 'failed', failure_reason }) as Payment
  const timeout = { code: 'gateway_unavailable' }

  it.each([
    [failed('declined'), 'bad', 'Payment declined', 'retry'],
    [failed('abandoned_by_customer'), 'bad', 'Payment not completed', 'retry'],
    [failed('a_later_reason'), 'bad', 'Payment failed', 'retry'],
    [{ ...pending, amount_paid: 40 }, 'warn', '₦40.00 credited', 'verify'],
    [pending, 'warn', '₦100.00 not confirmed yet', 'verify'],
    [{ ...pending, status: 'completed', amount_paid: 100 }, 'good', '₦100.00 credited', undefined],
  ] as const)('of %o has the tone %s', (payment, tone, title, action) => {
    expect(newsOf(payment, 'ok')).toMatchObject({ tone, title, action })
  })

  it('states that Monnify did not respond', () => {
    expect(newsOf(pending, timeout).text).toMatch(/^Monnify did not respond\./)
    expect(newsOf(pending, 'ok').text).toMatch(/^Monnify has not confirmed it yet\./)
  })

  it('is obsolete once a call has started after the credit', () => {
    const completed_at = '2026-03-14T10:15:30.000Z'
    const completed = { ...pending, status: 'completed', completed_at } as const
    const before = { created_at: '2026-03-14T10:15:29.000Z' }
    const after = { created_at: '2026-03-14T10:15:31.000Z' }
    expect(isOldNews(completed, [before])).toBe(false)
    expect(isOldNews(completed, [after, before])).toBe(true)
    expect(isOldNews(failed('declined'), [after])).toBe(false)
  })
})

describe('the name of a device', () => {
  const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0'
  it.each([
    [`Mozilla/5.0 (X11; Linux x86_64) ${chrome} Safari/537.36`, 'Chrome on Linux'],
    [`Mozilla/5.0 (Linux; Android 14) ${chrome} Mobile Safari/537.36`, 'Chrome on Android'],
    [`Mozilla/5.0 (Windows NT 10.0) ${chrome} Safari/537.36 Edg/140.0`, 'Edge on Windows'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 14.6) Gecko/20100101 Firefox/140.0', 'Firefox on Mac'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1',
      'Safari on iPhone',
    ],
    ['curl/8.5.0', 'curl'],
    ['node', 'Node.js'],
    ['Something else', 'Something else'],
    [null, 'Unknown device'],
  ])('of %s is "%s"', (header, name) => {
    expect(deviceName(header)).toBe(name)
  })
})
