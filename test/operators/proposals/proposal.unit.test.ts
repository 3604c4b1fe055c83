import { describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import {
  bodyOf,
  type Content,
  type Decidable,
  destinationHashOf,
  hashOf,
  mayDecide,
  mayWithdraw,
  shownState,
} from '../../../src/operators/proposals/proposal'

const NOW = 1_764_000_000_000
const HASH = 'a'.repeat(64)
const MAKER = 'maker'
const CHECKER = 'checker'

const proposalOf = (given: Partial<Decidable> = {}): Decidable => ({
  kind: 'goodwill',
  state: 'pending',
  maker: MAKER,
  hash: HASH,
  expiresAtMs: NOW + 1,
  ...given,
})

const codeOf = (result: ReturnType<typeof mayDecide>) => (result.ok ? 'ok' : result.refusal.code)

describe('a decision about a proposal', () => {
  it.each([
    ['another operator who saw it', {}, CHECKER, HASH, NOW, 'ok'],
    ['the maker', {}, MAKER, HASH, NOW, 'second_operator_required'],
    [
      'an operator who saw another hash',
      {},
      CHECKER,
      'b'.repeat(64),
      NOW,
      'proposal_state_conflict',
    ],
    ['in the last millisecond', {}, CHECKER, HASH, NOW, 'ok'],
    ['at its end', {}, CHECKER, HASH, NOW + 1, 'proposal_state_conflict'],
    ['after an approval', { state: 'approved' }, CHECKER, HASH, NOW, 'proposal_state_conflict'],
    ['after its execution', { state: 'executed' }, CHECKER, HASH, NOW, 'proposal_state_conflict'],
    ['after a rejection', { state: 'rejected' }, CHECKER, HASH, NOW, 'proposal_state_conflict'],
    ['after its withdrawal', { state: 'withdrawn' }, CHECKER, HASH, NOW, 'proposal_state_conflict'],
  ] as const)('%s', (_, given, operator, hash, nowMs, expected) => {
    expect(codeOf(mayDecide(proposalOf(given), operator, hash, nowMs))).toBe(expected)
  })

  it.each([
    ['its maker withdraws it', {}, MAKER, 'ok'],
    ['its maker withdraws it after its end', { expiresAtMs: NOW }, MAKER, 'ok'],
    ['another operator withdraws it', {}, CHECKER, 'not_found'],
    [
      'its maker withdraws it after an approval',
      { state: 'approved' },
      MAKER,
      'proposal_state_conflict',
    ],
  ] as const)('%s', (_, given, operator, expected) => {
    expect(codeOf(mayWithdraw(proposalOf(given), operator, NOW))).toBe(expected)
  })

  it.each([
    ['pending', NOW + 1, 'pending'],
    ['pending', NOW, 'expired'],
    ['approved', NOW, 'approved'],
    ['executed', 0, 'executed'],
  ] as const)(
    'a proposal that is %s with its end at %d is shown as %s',
    (state, expiresAtMs, expected) => {
      expect(shownState({ state, expiresAtMs }, NOW)).toBe(expected)
    },
  )
})

describe('the hash of a proposal', () => {
  const content: Content = {
    kind: 'refund',
    payment_uuid: 'p',
    payment_reference: 'AIL-p',
    method: 'manual',
    destination_hash: destinationHashOf('{"accountNumber":"0123456789","bankCode":"058"}'),
    amount_kobo: kobo(100_00),
    reason: 'Paid twice',
  }
  const hash = (changed: object = {}, names: readonly [string, string, string] = ['u', 'c', 'm']) =>
    hashOf(...names, bodyOf({ ...content, ...changed }))

  it.each([
    ['the amount', { amount_kobo: kobo(100_01) }],
    ['the payment', { payment_uuid: 'q' }],
    ['the method', { method: 'monnify' }],
    ['the bank account', { destination_hash: destinationHashOf('{}') }],
    ['the reason', { reason: 'Paid once' }],
  ])('covers %s', (_, changed) => {
    expect(hash(changed)).not.toBe(hash())
  })

  it('covers the proposal, the customer and the maker', () => {
    const names = [
      ['v', 'c', 'm'],
      ['u', 'd', 'm'],
      ['u', 'c', 'n'],
    ] as const
    for (const each of names) expect(hash({}, each)).not.toBe(hash())
  })
})
