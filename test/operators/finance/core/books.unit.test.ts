import { describe, expect, it } from 'vitest'
import { addKobo, kobo } from '../../../../src/common/money'
import {
  amountsOf,
  bookOf,
  changesOf,
  dueDays,
  type KindSum,
  walletGainOf,
} from '../../../../src/operators/finance/core/books'
import { levelsOf } from '../../../../src/operators/finance/core/levels'
import { POSTING_KINDS } from '../../../../src/wallets/core/ledger'

const sum = (kind: string, from: string, to: string, amount = 100): KindSum => ({
  kind,
  from,
  to,
  amountKobo: kobo(amount),
  count: 1,
})

const everyKind = Object.entries(POSTING_KINDS).map(([kind, { from, to }], index) =>
  sum(kind, from, to, 100 + index),
)

describe('a daily book', () => {
  it('has a column for every kind of entry that moves money of a wallet, except transfers', () => {
    expect(amountsOf(everyKind).otherKobo).toBe(0)
  })

  it('adds up: its columns and the money in transit are the change of the liability', () => {
    const opening = { liabilityKobo: kobo(5000), inTransitKobo: kobo(70) }
    const sums = [...everyKind, sum('prize', 'marketing', 'wallet', 9)]
    const book = bookOf('2026-03-14', sums, kobo(15), opening)
    const wallet = addKobo(book.topUpsKobo, book.goodwillKobo, book.correctionsKobo, book.otherKobo)
    const out = addKobo(
      book.chargesKobo,
      book.refundsKobo,
      book.reversalsKobo,
      book.debtPaymentsKobo,
      book.forfeitsKobo,
    )
    const betweenWallets = walletGainOf(
      sums.filter(({ from, to }) => from === 'transfer' || to === 'transfer'),
    )
    expect(book.liabilityKobo).toBe(5000 + wallet - out + betweenWallets)
    expect(book.otherKobo).toBe(9)
    expect(book.entries).toBe(sums.length)
  })

  it.each([
    ['a top-up', [sum('top_up', 'gateway', 'wallet')], { topUpsKobo: 100, liabilityKobo: 100 }],
    [
      'a charge',
      [sum('call_charge', 'wallet', 'revenue')],
      { chargesKobo: 100, liabilityKobo: -100 },
    ],
    [
      'a refund that returned',
      [sum('refund', 'wallet', 'refund'), sum('refund_returned', 'refund', 'wallet')],
      { refundsKobo: 0, liabilityKobo: 0 },
    ],
    [
      'a refund that was paid is counted once',
      [sum('refund', 'wallet', 'refund'), sum('refund_paid', 'refund', 'gateway')],
      { refundsKobo: 100, liabilityKobo: -100 },
    ],
    [
      'corrections in both directions',
      [
        sum('correction_in', 'corrections', 'wallet', 30),
        sum('correction_out', 'wallet', 'corrections', 12),
      ],
      { correctionsKobo: 18, liabilityKobo: 18 },
    ],
    [
      'a debt that was waived',
      [sum('debt_waiver', 'goodwill', 'debt')],
      { waiversKobo: 100, liabilityKobo: 0 },
    ],
    [
      'a transfer in transit',
      [sum('transfer_out', 'wallet', 'transfer')],
      { inTransitKobo: 100, liabilityKobo: -100, otherKobo: 0 },
    ],
    [
      'a transfer that arrived',
      [sum('transfer_out', 'wallet', 'transfer'), sum('transfer_in', 'transfer', 'wallet')],
      { inTransitKobo: 0, liabilityKobo: 0 },
    ],
  ])('%s', (_, sums, expected) => {
    expect(bookOf('2026-03-14', sums, kobo(0))).toMatchObject(expected)
  })

  it('names the columns that a later computation changed', () => {
    const before = bookOf('2026-03-14', [], kobo(0))
    const after = bookOf('2026-03-14', [sum('top_up', 'gateway', 'wallet')], kobo(3))
    expect(changesOf(before, before)).toEqual([])
    expect(changesOf(before, after)).toEqual(['topUpsKobo', 'feesKobo', 'liabilityKobo', 'entries'])
  })
})

describe('the days to compute', () => {
  const lagos = (time: string) => Date.parse(`${time}:00.000+01:00`)
  const NIGHT = '2026-03-14T00:30'
  const book = (day: string, computed = NIGHT, differenceKobo = 0) => ({
    day,
    computedAtMs: lagos(computed),
    differenceKobo,
  })
  const FIRST = lagos('2026-03-11T00:00')
  const all = ['2026-03-13', '2026-03-12', '2026-03-11']
  it.each([
    ['none without entries', [], undefined, NIGHT, []],
    ['all since the first entry', [], FIRST, NIGHT, all.toReversed()],
    [
      'not the last one before half past midnight',
      [],
      FIRST,
      '2026-03-14T00:29',
      ['2026-03-11', '2026-03-12'],
    ],
    [
      'none that was computed this night',
      all.map((day) => book(day)),
      FIRST,
      '2026-03-14T12:00',
      [],
    ],
    [
      'the last three again the next night, and then the new one',
      all.map((day) => book(day)),
      FIRST,
      '2026-03-15T00:30',
      ['2026-03-12', '2026-03-13', '2026-03-14'],
    ],
    [
      'not those before the last three',
      ['2026-03-13', '2026-03-12', '2026-03-11', '2026-03-10', '2026-03-09'].map((day) =>
        book(day, '2026-03-13T00:30'),
      ),
      FIRST,
      NIGHT,
      all.toReversed(),
    ],
    [
      'older ones too while the last one differs from the wallets',
      [book('2026-03-13', '2026-03-13T01:00', 5), book('2026-03-09', '2026-03-13T01:00')],
      FIRST,
      NIGHT,
      ['2026-03-09', '2026-03-13'],
    ],
    [
      'those that were missed',
      [book('2026-03-11', '2026-03-12T01:00')],
      FIRST,
      '2026-03-16T08:00',
      ['2026-03-12', '2026-03-13', '2026-03-14', '2026-03-15'],
    ],
  ])('%s', (_, books, firstEntryAtMs, now, days) => {
    expect(dueDays({ books, firstEntryAtMs }, lagos(now), 10)).toEqual(days)
  })

  it('are at most the limit, the earliest first', () => {
    const days = dueDays({ books: [], firstEntryAtMs: FIRST }, lagos('2026-05-01T12:00'), 3)
    expect(days).toEqual(['2026-03-11', '2026-03-12', '2026-03-13'])
  })
})

describe('a service level', () => {
  it.each([
    [{ credited: 0, creditedInTime: 0, calls: 0, failedCalls: 0 }, null, null],
    [{ credited: 4, creditedInTime: 4, calls: 2, failedCalls: 0 }, 1, 1],
    [{ credited: 100_000, creditedInTime: 99_999, calls: 3, failedCalls: 1 }, 0.9999, 0.6666],
    [{ credited: 1, creditedInTime: 0, calls: 1, failedCalls: 1 }, 0, 0],
  ])('of %j', (counts, creditedInTimeShare, callSetUpShare) => {
    expect(levelsOf(counts)).toMatchObject({ creditedInTimeShare, callSetUpShare })
  })
})
