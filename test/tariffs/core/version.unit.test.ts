import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ApprovalFacts,
  decideApproval,
  decideProposal,
  decideWithdrawal,
  effectiveAt,
  MAX_AHEAD_MS,
  nextChangeMs,
  NOTICE_MS,
  type TariffVersion,
} from '../../../src/tariffs/core/version'

const NOW = Date.parse('2126-03-14T10:00:00.000Z')

const DRAFT: TariffVersion = {
  version: 7,
  state: 'draft',
  author: 'ada',
  approver: null,
  withdrawer: null,
  note: 'spring',
  effectiveAtMs: NOW + NOTICE_MS,
  proposedAtMs: NOW - 1000,
  approvedAtMs: null,
  withdrawnAtMs: null,
  rows: 1,
  rowsHash: 'r',
  hash: 'h',
}
const FACTS: ApprovalFacts = {
  approver: 'bola',
  hash: 'h',
  nowMs: NOW,
  belowCost: 0,
  costsAuthor: 'bola',
  isTaken: false,
  waiting: 0,
}
const reasonOf = (result: ReturnType<typeof decideApproval>) =>
  result.ok || result.refusal.code !== 'tariff_not_allowed' ? undefined : result.refusal.reason

describe('an approval', () => {
  it('exactly five minutes before the effective instant is allowed', () => {
    expect(decideApproval(DRAFT, FACTS).ok).toBe(true)
  })

  it.each<[string, Partial<TariffVersion>, Partial<ApprovalFacts>, RegExp]>([
    ['by the author', {}, { approver: 'ada' }, /author cannot approve/],
    ['of another content', {}, { hash: 'other' }, /hash is not/],
    ['a millisecond too late', {}, { nowMs: NOW + 1 }, /less than five minutes/],
    ['for an instant that is taken', {}, { isTaken: true }, /same instant/],
    ['of one version too many', {}, { waiting: 5 }, /At most 5/],
    ['of prices below cost', {}, { belowCost: 3 }, /prices of 3 destinations/],
    ['with costs of the author', {}, { costsAuthor: 'ada' }, /author of the version has set/],
    ['of an approved version', { state: 'approved' }, {}, /is approved/],
    ['of a withdrawn version', { state: 'withdrawn' }, {}, /is withdrawn/],
  ])('%s is refused', (_, version, facts, reason) => {
    expect(reasonOf(decideApproval({ ...DRAFT, ...version }, { ...FACTS, ...facts }))).toMatch(
      reason,
    )
  })
})

describe('a withdrawal', () => {
  it.each([
    ['draft', NOW - 1, true],
    ['approved', NOW + NOTICE_MS, true],
    ['approved', NOW + NOTICE_MS - 1, false],
    ['approved', NOW - 1, false],
    ['withdrawn', NOW + MAX_AHEAD_MS, false],
  ] as const)('of a version that is %s and takes effect at %i is allowed: %s', (state, ms, ok) => {
    expect(decideWithdrawal({ ...DRAFT, state, effectiveAtMs: ms }, NOW).ok).toBe(ok)
  })
})

it.each([
  [NOW + NOTICE_MS, 0, true],
  [NOW + NOTICE_MS - 1, 0, false],
  [NOW + MAX_AHEAD_MS, 19, true],
  [NOW + MAX_AHEAD_MS + 1, 0, false],
  [NOW + NOTICE_MS, 20, false],
])('a proposal for %i beside %i drafts is allowed: %s', (effectiveAtMs, drafts, ok) => {
  expect(decideProposal(effectiveAtMs, drafts, NOW).ok).toBe(ok)
})

it('at each instant, exactly one version is in effect, whatever the order', () => {
  const instants = fc.uniqueArray(fc.integer({ min: 0, max: 50 }), { maxLength: 8 })
  fc.assert(
    fc.property(instants, fc.integer({ min: -5, max: 60 }), (starts, atMs) => {
      const versions = starts.map((effectiveAtMs) => ({ effectiveAtMs }))
      const found = effectiveAt(versions, atMs)
      expect(effectiveAt(versions.toReversed(), atMs)).toBe(found)
      const begun = starts.filter((ms) => ms <= atMs)
      expect(found?.effectiveAtMs).toBe(begun.length > 0 ? Math.max(...begun) : undefined)
      const next = nextChangeMs(versions, atMs)
      expect(next === undefined || next > atMs).toBe(true)
      if (next !== undefined) expect(effectiveAt(versions, next - 1)).toBe(found)
    }),
  )
})
