import { describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import type { Entry } from '../../../src/wallets/core/ledger'
import { lowCreditNotice } from '../../../src/wallets/core/low-credit'

const NAME = { userUuid: 'u1', type: 'call_credits' } as const

const entry = (kind: Entry['kind'], amountKobo: number, balanceKobo: number, seq = 7) => ({
  seq,
  kind,
  amountKobo: kobo(amountKobo),
  balanceKobo: kobo(balanceKobo),
  postedAtMs: 9,
})

describe('the message about low credit', () => {
  it.each([
    ['call_charge', 1000, 4999, true],
    ['call_charge', 1, 4999, true],
    ['call_charge', 1000, 5000, false],
    ['call_charge', 1000, 3000, false],
    ['top_up', 1000, 4999, false],
    ['refund', 1000, 4999, false],
  ] as const)('after a %s of %i kobo that leaves %i exists: %s', (kind, amount, left, exists) => {
    expect(lowCreditNotice(NAME, [entry(kind, amount, left)]) !== undefined).toBe(exists)
  })

  it('has the ID of its entry, so that a repeated projection does not repeat it', () => {
    const entries = [entry('call_charge', 1000, 4500), entry('top_up', 9000, 13_500, 8)]
    expect(lowCreditNotice(NAME, entries)).toMatchObject({
      id: 'low_credit/u1/7',
      facts: { left: '4500' },
    })
    expect(lowCreditNotice(NAME, entries)).toEqual(lowCreditNotice(NAME, entries))
  })

  it('does not exist for the other wallet', () => {
    const entries = [entry('call_charge', 1000, 4500)]
    expect(lowCreditNotice({ ...NAME, type: 'primary' }, entries)).toBeUndefined()
  })
})
