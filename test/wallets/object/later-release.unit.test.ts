import { describe, expect, it } from 'vitest'
import { presentCharge } from '../../../src/calls/price-schemas'
import { kobo } from '../../../src/common/money'
import { nextEventType, notifiedState } from '../../../src/wallets/core/call-event'
import { availableKobo, heldKobo } from '../../../src/wallets/core/change'
import {
  answerCall,
  endCall,
  initiateCall,
  nextDueMs,
  quoteCall,
  settleDue,
  viewCall,
} from '../../../src/wallets/core/call-commands'
import {
  accountSums,
  emptyLedger,
  type Entry,
  findBrokenEntry,
} from '../../../src/wallets/core/ledger'
import { isPriced, type Rate } from '../../../src/wallets/core/metering'
import { type Call, sourceTypeOf, type WalletState } from '../../../src/wallets/core/wallet'
import { presentTransaction } from '../../../src/wallets/schemas'
import { laterChain, type LaterPosting } from '../../support/later-release'
import { valueOf } from '../../support/result'
import { emptyWallet, LIMITS, newCall, STANDARD_RATE, WALLET_UUID } from '../../support/wallets'

const TOP_UP = { kind: 'top_up', from: 'gateway', to: 'wallet', amountKobo: 5000 }

describe('an entry of an unknown kind', () => {
  it.each<[string, LaterPosting, amount: number]>([
    ['a credit', { kind: 'bonus', from: 'revenue', to: 'wallet', amountKobo: 700 }, 7],
    ['a debit', { kind: 'payout', from: 'wallet', to: 'payouts', amountKobo: 700 }, -7],
    [
      'a posting without the wallet',
      { kind: 'fee', from: 'revenue', to: 'fees', amountKobo: 700 },
      0,
    ],
    [
      'a posting named like a property of Object',
      { kind: 'constructor', from: 'toString', to: 'wallet', amountKobo: 1 },
      0.01,
    ],
  ])(
    'that is %s continues the chain, is shown, and keeps the sums at zero',
    (_, posting, amount) => {
      const entries = laterChain(emptyLedger(WALLET_UUID), [TOP_UP, posting, TOP_UP])
      expect(findBrokenEntry(WALLET_UUID, entries)).toBeUndefined()
      const sums = accountSums(entries)
      expect(sums.wallet).toBe(entries.at(-1)?.balanceKobo)
      expect(Object.values(sums).reduce((sum, kobo) => sum + kobo, 0)).toBe(0)
      expect(Object.keys(sums)).toContain(posting.from)
      expect(Object.keys(sums)).toContain(posting.to)
      const view = { ...(entries[1] as Entry), recipientPhone: null, recipientName: null }
      expect(presentTransaction(view)).toMatchObject({ kind: posting.kind, amount })
      expect(sourceTypeOf(view)).toBe('payment')
      expect(sourceTypeOf({ ...view, recipientPhone: '+2348031234567' })).toBe('call')
    },
  )

  it.each<Partial<Record<keyof Entry, string | number>>>([
    { kind: 'gift' },
    { from: 'elsewhere' },
    { to: 'elsewhere' },
    { amountKobo: 701 },
    { balanceKobo: 5701 },
    { reference: 'another' },
    { hash: '0'.repeat(64) },
  ])('that was changed by %j is detected', (forged) => {
    const bonus = { kind: 'bonus', from: 'revenue', to: 'wallet', amountKobo: 700 }
    const entries = laterChain(emptyLedger(WALLET_UUID), [TOP_UP, bonus])
    const changed = { ...(entries[1] as Entry), ...forged } as Entry
    expect(findBrokenEntry(WALLET_UUID, entries.with(1, changed))).toBe(changed)
  })

  it('cannot overdraw a wallet', () => {
    const loan = { kind: 'loan', from: 'wallet', to: 'loans', amountKobo: 5001 }
    const entries = laterChain(emptyLedger(WALLET_UUID), [TOP_UP, loan])
    expect(findBrokenEntry(WALLET_UUID, entries)).toBe(entries[1])
  })
})

const YEAR_MS = 366 * 86_400_000

/** A wallet with 30 NGN, a call of this release, and a call with the fields of `other`. */
function walletWith(other: object): { state: WalletState; other: Call } {
  const rich = { ...emptyWallet, head: { ...emptyWallet.head, balanceKobo: kobo(3000) } }
  const first = valueOf(initiateCall(rich, newCall('other'), LIMITS, [], 0)).change
  const both = valueOf(initiateCall(first.state, newCall('own'), LIMITS, [], 0)).change.state
  const openCalls = both.openCalls.map((call) =>
    call.uuid === 'other' ? { ...call, ...other } : call,
  )
  return { state: { ...both, openCalls }, other: openCalls[0] as Call }
}

describe.each<[string, object]>([
  ['an unknown status', { status: 'on_hold' }],
  ['an unknown status after its answer', { status: 'transferred', startedAtMs: 0 }],
  ['an incomplete rate', { rate: { ...STANDARD_RATE, unitKobo: undefined } }],
  [
    'a rate with an unknown rule for increments',
    { rate: { ...STANDARD_RATE, steps: 'per_block' }, status: 'answered', startedAtMs: 0 },
  ],
  [
    'a rate of an unknown form',
    { rate: { steps: [[60, 1000]] }, status: 'answered', startedAtMs: 0 },
  ],
])('an open call with %s', (_, given) => {
  const { state, other } = walletWith(given)

  it('keeps its hold and costs no more, however much time passes', () => {
    for (const nowMs of [0, 60_000, YEAR_MS]) {
      expect(heldKobo(state, 0)).toBe(2000)
      expect(viewCall(state, other, nowMs)).toMatchObject({
        ...given,
        costKobo: 1000,
        mustEndByMs: null,
        mustEndReason: null,
      })
    }
  })

  it('is neither answered nor ended', () => {
    const conflict = { ok: false, refusal: { code: 'call_state_conflict', status: other.status } }
    expect(answerCall(state, other, LIMITS, 5000)).toEqual(conflict)
    for (const reason of ['hangup', 'busy', 'failed'] as const)
      expect(endCall(state, other, reason, 5000)).toEqual(conflict)
  })

  it('is not ended by the clock, which ends the other call', () => {
    expect(nextDueMs(state)).toBe(60_000)
    const settled = settleDue(state, YEAR_MS)
    expect(settled.calls.map(({ uuid, status }) => [uuid, status])).toEqual([['own', 'cancelled']])
    expect(settled.state.openCalls).toEqual([other])
    expect(nextDueMs(settled.state)).toBeUndefined()
    expect(availableKobo(settled.state, YEAR_MS)).toBe(2000)
  })

  it('limits the other call to the rest of the balance', () => {
    const own = state.openCalls[1] as Call
    const answered = valueOf(answerCall(state, own, LIMITS, 0)).change.state
    const ended = settleDue(answered, YEAR_MS)
    expect(ended.entries).toMatchObject([
      { kind: 'call_charge', amountKobo: 2000, balanceKobo: 1000 },
    ])
    expect(availableKobo(ended.state, YEAR_MS)).toBe(0)
    expect(quoteCall(answered, STANDARD_RATE, LIMITS, 0).affordableSeconds).toBe(60)
  })
})

describe('a rate', () => {
  it.each<[object, boolean]>([
    [{ ...STANDARD_RATE }, true],
    [{ ...STANDARD_RATE, carrier: 'mtn' }, true],
    [{ ...STANDARD_RATE, koboPerMinute: '1000' }, false],
    [{ ...STANDARD_RATE, setupKobo: -1 }, false],
    [{ ...STANDARD_RATE, incrementSeconds: 0 }, false],
    [{}, false],
  ])('%j can be priced: %s', (rate, expected) => {
    expect(isPriced(rate as Rate)).toBe(expected)
  })
})

describe('the calculation of a charge', () => {
  const call = { rate: STANDARD_RATE, startedAtMs: 0, endedAtMs: 60_000, chargeKobo: kobo(1000) }

  it.each<[string, object, boolean]>([
    ['shown for a charge of this release', {}, true],
    ["omitted for a charge with a later release's discount", { chargeKobo: kobo(900) }, false],
    ['omitted for a rate of an unknown form', { rate: {} }, false],
  ])('is %s', (_, given, isShown) => {
    expect(presentCharge({ ...call, ...given }) !== null).toBe(isShown)
  })
})

describe('a subscriber to a call', () => {
  it.each<[status: string, endedAtMs: number | null, type: string]>([
    ['on_hold', null, 'state'],
    ['ringing', null, 'state'],
    ['answered', null, 'answered'],
    ['voided', 5000, 'ended'],
    ['completed', 5000, 'ended'],
  ])('whose status becomes %s (ended: %s) receives %s', (status, endedAtMs, type) => {
    const { state, other } = walletWith({})
    const before = notifiedState(viewCall(state, other, 0), 0)
    const chargeKobo = endedAtMs === null ? null : kobo(0)
    const now = { ...other, status: status as Call['status'], endedAtMs, chargeKobo }
    expect(nextEventType(before, notifiedState(viewCall(state, now, 0), 0))).toBe(type)
  })
})
