import { describe, expect, it } from 'vitest'
import {
  activeFaults,
  appliedTo,
  countFaults,
  type FaultEntry,
  faultsFor,
  faultUserOf,
  hasFault,
  nameFaults,
  ownFaults,
  refundSettingFor,
} from '../../src/dev/simulator/faults'
import { nameFault, namesOf } from '../../src/dev/simulator/fault-names'
import {
  NO_FAULTS,
  NO_REFUND_FAULT,
  REFUND_FAULTS,
  STATUS_FAULTS,
  WEBHOOK_FAULTS,
} from '../../src/dev/simulator/scenario'

const NOW = 1_000_000
const TWICE = { webhook: 'duplicate', status: 'none' } as const
const SLOW = { webhook: 'none', status: 'slow' } as const
const PENDING = { fault: 'pending', queries: 5 } as const

const payments = (user: string | null, setting: typeof TWICE | typeof SLOW, untilMs = NOW + 1) =>
  ({ user, kind: 'payments', setting, untilMs }) satisfies FaultEntry
const refunds = (user: string | null, untilMs = NOW + 1) =>
  ({ user, kind: 'refunds', setting: PENDING, untilMs }) satisfies FaultEntry

describe('the faults of a payment', () => {
  it.each<[string, FaultEntry[], object]>([
    ['none without an entry', [], NO_FAULTS],
    ['those of its customer', [payments('ada@example.com', TWICE)], TWICE],
    ['those for everyone', [payments(null, SLOW)], SLOW],
    ['none of another customer', [payments('bola@example.com', TWICE)], NO_FAULTS],
    [
      "the customer's own before those for everyone",
      [payments(null, SLOW), payments('ada@example.com', TWICE)],
      TWICE,
    ],
    ['none at the end of an entry', [payments('ada@example.com', TWICE, NOW)], NO_FAULTS],
    [
      'those for everyone after the own ones have ended',
      [payments('ada@example.com', TWICE, NOW), payments(null, SLOW)],
      SLOW,
    ],
    ['none of refunds', [refunds('ada@example.com')], NO_FAULTS],
  ])('are %s', (_, entries, expected) => {
    expect(faultsFor(entries, 'Ada@Example.com ', NOW)).toEqual(expected)
  })
})

describe('the fault of a refund', () => {
  it.each<[string, FaultEntry[], object]>([
    ['none without an entry', [payments(null, TWICE)], NO_REFUND_FAULT],
    ["the customer's", [refunds('ada@example.com')], PENDING],
    ['the one for everyone', [refunds(null)], PENDING],
    ['none of another customer', [refunds('bola@example.com')], NO_REFUND_FAULT],
    ['none at the end of an entry', [refunds(null, NOW)], NO_REFUND_FAULT],
  ])('is %s', (_, entries, expected) => {
    expect(refundSettingFor(entries, 'ada@example.com', NOW)).toEqual(expected)
  })
})

describe('the entries that apply to a user', () => {
  const entries = [
    payments('ada@example.com', TWICE),
    payments(null, SLOW),
    refunds(null),
    payments('bola@example.com', SLOW),
  ]

  it('are the own entry of each kind, or the one for everyone', () => {
    expect(appliedTo(entries, 'ada@example.com', NOW)).toEqual([entries[0], entries[2]])
    expect(appliedTo(entries, 'efe@example.com', NOW)).toEqual([entries[1], entries[2]])
  })

  it('are shown with their user and their end', () => {
    expect(activeFaults(appliedTo(entries, 'ada@example.com', NOW))).toMatchObject([
      { title: 'Webhook: sent twice', user: 'ada@example.com', untilMs: NOW + 1 },
      { title: 'Refund: pending for some queries', user: null },
    ])
  })

  it('do not change the own setting', () => {
    expect(ownFaults(entries, 'ada@example.com', NOW)).toEqual(TWICE)
    expect(ownFaults(entries, 'efe@example.com', NOW)).toEqual(NO_FAULTS)
    expect(ownFaults(entries, null, NOW)).toEqual(SLOW)
  })
})

describe('a fault in words', () => {
  it.each([
    ['webhook', WEBHOOK_FAULTS],
    ['status', STATUS_FAULTS],
    ['refund', REFUND_FAULTS],
  ] as const)('exists for each fault of a %s, and for no other', (kind, faults) => {
    const named = faults.filter((fault) => fault !== 'none')
    expect(Object.keys(namesOf(kind)).toSorted()).toEqual(named.toSorted())
    expect(nameFault(kind, 'none')).toBeUndefined()
    expect(new Set(named.map((fault) => nameFault(kind, fault)?.name)).size).toBe(named.length)
  })

  it('keeps the case of a code', () => {
    expect(nameFault('refund', 'R5')?.title).toBe('Refund: R5: insufficient balance')
    expect(nameFaults({ webhook: 'late', status: 'slow' }).map(({ title }) => title)).toEqual([
      'Webhook: eight seconds late',
      'Status query: responds after 11 s',
    ])
  })

  it.each([
    [1, '1 fault is on'],
    [2, '2 faults are on'],
  ])('is counted: %i', (count, text) => expect(countFaults(count)).toBe(text))
})

describe('a user of faults', () => {
  it.each([
    [' Ada@Example.com', 'ada@example.com'],
    ['', null],
    [null, null],
    [undefined, null],
  ])('%j is %j', (email, user) => expect(faultUserOf(email)).toBe(user))
})

describe('a setting without a fault', () => {
  it.each([
    [payments(null, TWICE), true],
    [payments(null, SLOW), true],
    [{ ...payments(null, SLOW), setting: NO_FAULTS }, false],
    [refunds(null), true],
    [{ ...refunds(null), setting: NO_REFUND_FAULT }, false],
  ])('is recognised: %#', (entry, expected) => expect(hasFault(entry)).toBe(expected))
})
