import { describe, expect, it } from 'vitest'
import { kobo } from '../../../../src/common/money'
import {
  creditedKobo,
  differenceOf,
  type LineFacts,
  matchLine,
  repeatsOf,
  type SettledLine,
  settlementDueMs,
} from '../../../../src/operators/finance/core/match'
import type { Entry } from '../../../../src/wallets/core/ledger'

const UUID = '3f0b8c1e-6f64-4e0a-9b1c-2f4f8f3f7a55'
const ATTEMPT = 'AIL-3f0b8c1e6f644e0a9b1c2f4f8f3f7a55_a1'
const payment = { uuid: UUID, reference: ATTEMPT.replace('_a1', '') }

const entry = (kind: string, amount: number, reference: string) =>
  ({ kind, amountKobo: kobo(amount), reference }) as Entry

const credit = (amount: number, attempt = ATTEMPT) =>
  entry('top_up', amount, `receipt/${UUID}/${attempt}/${amount}/top_up`)
const surplus = entry('surplus', 500, `receipt/${UUID}/${ATTEMPT}/10500/surplus`)
const refund = (amount: number, step: number) =>
  entry('gateway_refund', amount, `refund/${UUID}/${ATTEMPT}/gateway/${step}`)
const hold = entry('refund', 4000, `refund/${UUID}/${ATTEMPT}/r1/1`)
const returned = entry('refund_returned', 4000, `refund/${UUID}/${ATTEMPT}/r1/2`)
const reversal = entry('reversal', 10_000, `reversal/${UUID}/${ATTEMPT}`)

const line = (paid: number, net: number | null = paid - 150): SettledLine => ({
  transactionReference: 'MNFY|1',
  paymentReference: ATTEMPT,
  amountPaidKobo: kobo(paid),
  netKobo: net === null ? null : kobo(net),
  feeKobo: net === null ? null : kobo(paid - net),
})

const facts = (entries: readonly Entry[], more: Partial<LineFacts> = {}): LineFacts => ({
  payment,
  entries,
  isRepeated: false,
  isEarly: false,
  ...more,
})

describe('a line of a settlement', () => {
  it.each<[string, SettledLine, LineFacts, string]>([
    ['with the credited amount', line(10_000), facts([credit(10_000)]), 'matched'],
    ['without a settled amount', line(10_000, null), facts([credit(10_000)]), 'matched'],
    ['of a credit in two parts', line(10_000), facts([credit(4000), credit(6000)]), 'matched'],
    ['of an overpaid payment', line(10_500), facts([credit(10_000), surplus]), 'matched'],
    [
      'of a refunded payment, in full',
      line(10_000),
      facts([credit(10_000), refund(3000, 1)]),
      'matched',
    ],
    ['of what a refund left', line(7000), facts([credit(10_000), refund(3000, 1)]), 'matched'],
    [
      'of what the first of two refunds left',
      line(7000),
      facts([credit(10_000), refund(3000, 1), refund(2000, 2)]),
      'matched',
    ],
    ['of a reversed payment', line(10_000), facts([credit(10_000), reversal]), 'matched'],
    [
      'of a payment whose refund failed',
      line(10_000),
      facts([credit(10_000), hold, returned]),
      'matched',
    ],
    ['with less than was credited', line(9999), facts([credit(10_000)]), 'short'],
    ['with more than was credited', line(10_001), facts([credit(10_000)]), 'short'],
    [
      'with an amount between two refunds',
      line(6000),
      facts([credit(10_000), refund(3000, 1), refund(2000, 2)]),
      'short',
    ],
    ['of a payment without a credit', line(10_000), facts([]), 'short'],
    ['with nothing paid, of a payment without a credit', line(0, 0), facts([]), 'short'],
    ['of another attempt’s credit', line(10_000), facts([credit(10_000, `${ATTEMPT}0`)]), 'short'],
    ['with a negative fee', line(10_000, 10_001), facts([credit(10_000)]), 'short'],
    [
      'with a fee that does not add up',
      { ...line(10_000), feeKobo: kobo(149) },
      facts([credit(10_000)]),
      'short',
    ],
    ['whose entries are awaited', line(10_000), facts([], { isEarly: true }), 'open'],
    ['with an impossible fee, early', line(1, 2), facts([], { isEarly: true }), 'short'],
    ['of no payment', line(10_000), facts([], { payment: undefined }), 'foreign'],
    ['of no payment, early', line(1), facts([], { payment: undefined, isEarly: true }), 'foreign'],
    [
      'that repeats another',
      line(10_000),
      facts([credit(10_000)], { isRepeated: true }),
      'doubled',
    ],
    [
      'of no payment that repeats another',
      line(1),
      facts([], { payment: undefined, isRepeated: true }),
      'doubled',
    ],
  ])('%s', (_, settled, known, outcome) => {
    expect(matchLine(settled, known)).toBe(outcome)
  })
})

it('a credit of an attempt counts no other attempt', () => {
  const name = { paymentUuid: UUID, reference: ATTEMPT }
  const entries = [credit(10_000), credit(700, `${ATTEMPT}0`), surplus, refund(100, 1)]
  expect(creditedKobo(name, entries)).toBe(10_500)
})

it('the second of two lines with a transaction is a repeat, in any letter case', () => {
  const names = ['MNFY|a', 'MNFY|b', 'mnfy|A', 'MNFY|a']
  const lines = names.map((transactionReference) => ({ transactionReference }))
  expect([...repeatsOf(lines)]).toEqual([2, 3])
})

describe('the lines of a settlement together', () => {
  const settlement = { amountKobo: kobo(9850), expectedLines: 1 }
  const lines = { count: 1, netKobo: kobo(9850), withoutNet: 0 }
  it.each([
    ['equal the event', settlement, lines, undefined],
    [
      'are not compared without an event',
      { amountKobo: null, expectedLines: null },
      lines,
      undefined,
    ],
    ['differ in number', { ...settlement, expectedLines: 2 }, lines, /2 transactions/],
    ['differ in amount', { ...settlement, amountKobo: kobo(9851) }, lines, /9851 kobo/],
    [
      'have no sum if a settled amount is unknown',
      { ...settlement, amountKobo: kobo(1) },
      { ...lines, withoutNet: 1 },
      undefined,
    ],
  ] as const)('%s', (_, event, listed, difference) => {
    const found = differenceOf(event, listed)
    if (difference === undefined) expect(found).toBeUndefined()
    else expect(found).toMatch(difference)
  })
})

describe('a payment without a settlement is an exception', () => {
  it.each([
    ['two days after a Monday', '2026-11-23T09:00', '2026-11-25T09:00'],
    ['two days after a Monday night', '2026-11-23T23:30', '2026-11-25T23:30'],
    ['after a Friday night, on Tuesday', '2026-11-27T23:30', '2026-12-01T00:00'],
    ['after a Friday morning, on Tuesday', '2026-11-27T08:00', '2026-12-01T00:00'],
    ['after a Saturday, on Tuesday', '2026-11-28T12:00', '2026-12-01T00:00'],
    ['two days after a Sunday', '2026-11-29T12:00', '2026-12-01T12:00'],
  ])('%s', (_, completed, due) => {
    const lagos = (time: string) => Date.parse(`${time}:00.000+01:00`)
    expect(new Date(settlementDueMs(lagos(completed))).toISOString()).toBe(
      new Date(lagos(due)).toISOString(),
    )
  })

  it('never earlier than an earlier payment', () => {
    const startMs = Date.parse('2026-11-22T00:00:00Z')
    const dues = Array.from({ length: 24 * 21 }, (_, hour) =>
      settlementDueMs(startMs + hour * 3_600_000),
    )
    expect(dues).toEqual(dues.toSorted((one, other) => one - other))
  })
})
