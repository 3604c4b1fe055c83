import { describe, expect, it } from 'vitest'
import { kobo } from '../../src/common/money'
import { obstacleTo, type Standing } from '../../src/privacy/obstacle'

const wallet = (posted: number, debt = 0) => ({ postedKobo: kobo(posted), debtKobo: kobo(debt) })

const FREE: Standing = {
  isFrozen: false,
  openPayments: 0,
  openRefunds: 0,
  wallets: [wallet(0), wallet(0)],
}

describe('an obstacle to an erasure', () => {
  it.each([
    ['nothing', {}, false, undefined],
    ['a frozen user', { isFrozen: true }, true, 'the user is frozen or disabled'],
    ['open payments', { openPayments: 2 }, true, '2 payments are open'],
    ['undecided refunds', { openRefunds: 1 }, true, '1 refunds are undecided'],
    ['a debt', { wallets: [wallet(0, 700), wallet(0)] }, true, 'debt_open'],
    ['a balance', { wallets: [wallet(0), wallet(1)] }, false, 'balance_left'],
    ['a balance that is waived', { wallets: [wallet(5), wallet(1)] }, true, undefined],
    ['a debt beside a balance', { wallets: [wallet(5), wallet(0, 1)] }, false, 'debt_open'],
  ] as const)('with %s is as expected', (_, standing, waivesBalance, expected) => {
    expect(obstacleTo({ ...FREE, ...standing }, { waivesBalance })).toBe(expected)
  })
})
