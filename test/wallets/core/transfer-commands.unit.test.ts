import { describe, expect, it } from 'vitest'
import { type Kobo, kobo } from '../../../src/common/money'
import { initiateCall } from '../../../src/wallets/core/call-commands'
import { type Decided, noChange } from '../../../src/wallets/core/change'
import { openingHoldKobo } from '../../../src/wallets/core/metering'
import { acceptTransfer, sendTransfer } from '../../../src/wallets/core/transfer-commands'
import type { WalletState } from '../../../src/wallets/core/wallet'
import { emptyWallet, LIMITS, newCall } from '../../support/wallets'

const NOW = 5000
const UUID = '8f14e45f-ceea-467f-9575-1234567890ab'
const transferOf = (amountKobo: Kobo) => ({ uuid: UUID, to: 'primary' as const, amountKobo })

function changeOf<T>(decision: Decided<T>) {
  if (!decision.ok) throw new Error(`refused: ${decision.refusal.code}`)
  return decision.value.change
}

const walletWith = (amountKobo: Kobo): WalletState =>
  changeOf(acceptTransfer(emptyWallet, { uuid: 'opening', amountKobo }, [], 0)).state

describe('sendTransfer', () => {
  it('debits the amount and records the transfer as in transit', () => {
    const change = changeOf(sendTransfer(walletWith(kobo(700)), transferOf(kobo(500)), [], NOW))
    expect(change.state.head).toMatchObject({ seq: 2, balanceKobo: 200 })
    expect(change.transfers).toEqual([
      {
        uuid: UUID,
        to: 'primary',
        amountKobo: 500,
        goodwillKobo: 0,
        paymentUuid: null,
        status: 'in_transit',
      },
    ])
    expect(change.entries).toMatchObject([
      {
        kind: 'transfer_out',
        amountKobo: 500,
        reference: `transfer_out/${UUID}`,
        sourceUuid: UUID,
        postedAtMs: NOW,
      },
    ])
  })

  it.each([700, 699])('sends %i kobo of 700', (amount) => {
    const change = changeOf(sendTransfer(walletWith(kobo(700)), transferOf(kobo(amount)), [], NOW))
    expect(change.state.head.balanceKobo).toBe(700 - amount)
  })

  it('refuses one kobo more than the available amount', () => {
    expect(sendTransfer(walletWith(kobo(700)), transferOf(kobo(701)), [], NOW)).toMatchObject({
      ok: false,
      refusal: { code: 'insufficient_funds', requiredKobo: 701, availableKobo: 700 },
    })
  })

  it('does not use the hold of an open call', () => {
    const call = newCall('c')
    const holdKobo = openingHoldKobo(call.rate)
    const opened = initiateCall(walletWith(kobo(holdKobo + 100)), call, LIMITS, [], 0)
    const { state } = changeOf(opened)
    expect(sendTransfer(state, transferOf(kobo(101)), [], 0)).toMatchObject({
      ok: false,
      refusal: { code: 'insufficient_funds', availableKobo: 100 },
    })
    expect(sendTransfer(state, transferOf(kobo(100)), [], 0)).toMatchObject({ ok: true })
  })
})

describe('acceptTransfer', () => {
  it('credits the amount and records nothing as in transit', () => {
    const change = changeOf(acceptTransfer(emptyWallet, transferOf(kobo(500)), [], NOW))
    expect(change.state.head).toMatchObject({ seq: 1, balanceKobo: 500 })
    expect(change.transfers).toEqual([])
    expect(change.entries).toMatchObject([
      {
        kind: 'transfer_in',
        amountKobo: 500,
        reference: `transfer_in/${UUID}`,
        sourceUuid: UUID,
        postedAtMs: NOW,
      },
    ])
  })
})

describe.each([
  ['sendTransfer', sendTransfer],
  ['acceptTransfer', acceptTransfer],
])('%s with a reference that is already posted', (_, command) => {
  const state = walletWith(kobo(700))
  const { entries: known } = changeOf(command(state, transferOf(kobo(500)), [], NOW))

  it('changes nothing for the same amount', () => {
    const change = changeOf(command(state, transferOf(kobo(500)), known, NOW))
    expect(change).toEqual(noChange(state))
  })

  it('changes nothing and is not refused during a freeze', () => {
    const frozen = { ...state, frozenAtMs: NOW }
    const change = changeOf(command(frozen, transferOf(kobo(500)), known, NOW))
    expect(change).toEqual(noChange(frozen))
  })

  it.each([499, 501])('refuses %i kobo instead of 500', (amount) => {
    expect(command(state, transferOf(kobo(amount)), known, NOW)).toMatchObject({
      ok: false,
      refusal: { code: 'reference_reused' },
    })
  })
})
