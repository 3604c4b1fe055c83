import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import { availableKobo, heldKobo } from '../../../src/wallets/core/change'
import { viewCall } from '../../../src/wallets/core/call-commands'
import { correctWallet } from '../../../src/wallets/core/correction'
import { findBrokenEntry } from '../../../src/wallets/core/ledger'
import { refundableKobo } from '../../../src/wallets/core/refund-commands'
import { MemoryUser, type MemoryWallet } from '../../support/memory-wallets'
import { WALLET_UUID } from '../../support/wallets'

const UUID = '3f0b8c1e-6f64-4e0a-9b1c-2f4f8f3f7a55'
const PAYMENT = { paymentUuid: 'p', reference: 'AIL-1_a1' }
const START_MS = 1_767_225_600_000

function walletWith(paidKobo: number, givenKobo = 0): MemoryWallet {
  const { call_credits: credits } = new MemoryUser()
  credits.nowMs = START_MS
  const amountKobo = kobo(paidKobo)
  if (paidKobo > 0)
    credits.creditPayment({ ...PAYMENT, expectedKobo: amountKobo, receivedKobo: amountKobo })
  if (givenKobo > 0) credits.giveGoodwill({ uuid: 'given', amountKobo: kobo(givenKobo) })
  return credits
}

const correct = (
  wallet: MemoryWallet,
  direction: 'credit' | 'debit',
  amount: number,
  uuid = UUID,
) => wallet.correct({ uuid, amountKobo: kobo(amount), direction })

const refundable = ({ state, nowMs }: MemoryWallet) => refundableKobo(state, nowMs)

describe('a correction', () => {
  it.each([
    ['credit', 'correction_in', 'corrections', 'wallet', 5700],
    ['debit', 'correction_out', 'wallet', 'corrections', 4300],
  ] as const)('by %s is one sealed entry', (direction, kind, from, to, balanceKobo) => {
    const wallet = walletWith(5000)
    expect(correct(wallet, direction, 700)).toMatchObject({ ok: true, value: null })
    expect(wallet.entries.slice(1)).toMatchObject([
      {
        seq: 2,
        kind,
        from,
        to,
        amountKobo: 700,
        balanceKobo,
        reference: `correction/${UUID}`,
        sourceUuid: UUID,
        postedAtMs: START_MS,
      },
    ])
    expect(findBrokenEntry(WALLET_UUID, wallet.entries)).toBeUndefined()
    const moved = direction === 'credit' ? 700 : -700
    expect(wallet.sums()).toMatchObject({ wallet: 5000 + moved, corrections: -moved })
  })

  it.each(['credit', 'debit'] as const)('by %s moves money once', (direction) => {
    const wallet = walletWith(5000)
    correct(wallet, direction, 700)
    const { state } = wallet
    expect(correct(wallet, direction, 700)).toMatchObject({ ok: true, value: null })
    const opposite = direction === 'credit' ? 'debit' : 'credit'
    for (const [other, amount] of [
      [direction, 701],
      [opposite, 700],
    ] as const)
      expect(correct(wallet, other, amount)).toMatchObject({
        ok: false,
        refusal: { code: 'reference_reused' },
      })
    expect(wallet.state).toBe(state)
  })

  it('returns its first result also when the wallet would refuse it now', () => {
    const wallet = walletWith(5000)
    correct(wallet, 'debit', 5000)
    wallet.close({ erasureUuid: 'e', isWaived: true })
    expect(correct(wallet, 'debit', 5000)).toMatchObject({ ok: true })
    expect(correct(wallet, 'credit', 1, 'another')).toMatchObject({
      ok: false,
      refusal: { code: 'not_found' },
    })
  })

  it('works in a frozen wallet', () => {
    const wallet = walletWith(5000)
    wallet.freeze()
    expect(correct(wallet, 'debit', 700).ok).toBe(true)
    expect(correct(wallet, 'credit', 100, 'another').ok).toBe(true)
    expect(wallet.availableKobo).toBe(4400)
  })

  it.each(['credit', 'debit'] as const)('by %s is refused in an erased wallet', (direction) => {
    const erased = { ...walletWith(5000).state, erasedAtMs: START_MS }
    const correction = { uuid: UUID, amountKobo: kobo(700), direction }
    expect(correctWallet(erased, correction, undefined, START_MS)).toMatchObject({
      ok: false,
      refusal: { code: 'not_found' },
    })
  })
})

describe('a debit by correction', () => {
  it.each([
    ['the whole balance', 5000, true],
    ['a kobo more', 5001, false],
  ])('of %s', (_, amount, isTaken) => {
    const wallet = walletWith(5000)
    const debited = correct(wallet, 'debit', amount)
    if (isTaken) return expect(wallet.state.head.balanceKobo).toBe(0)
    expect(debited).toMatchObject({
      ok: false,
      refusal: { code: 'insufficient_funds', requiredKobo: 5001, availableKobo: 5000 },
    })
    expect(wallet.state.head.seq).toBe(1)
  })

  it('leaves what is held for a ringing and for a running call', () => {
    const wallet = walletWith(5000)
    wallet.initiate('a')
    wallet.initiate('b')
    wallet.answer('b')
    wallet.nowMs += 90_000
    wallet.settle(wallet.nowMs)
    expect(wallet.state.openCalls).toMatchObject([{ uuid: 'b' }])
    expect(wallet.availableKobo).toBe(3500)
    expect(correct(wallet, 'debit', 3501)).toMatchObject({
      refusal: { code: 'insufficient_funds', requiredKobo: 3501, availableKobo: 3500 },
    })
    expect(correct(wallet, 'debit', 3500).ok).toBe(true)
    expect(wallet.availableKobo).toBe(0)
  })

  it('brings the end of a running call forward, and a credit puts it off', () => {
    const wallet = walletWith(5000)
    wallet.initiate('a')
    wallet.answer('a')
    const endMs = () => {
      const { state, nowMs } = wallet
      const [call] = state.openCalls
      return call && viewCall(state, call, nowMs).mustEndByMs
    }
    expect(endMs()).toBe(START_MS + 300_999)
    correct(wallet, 'debit', 2000)
    expect(endMs()).toBe(START_MS + 180_999)
    correct(wallet, 'credit', 1000, 'another')
    expect(endMs()).toBe(START_MS + 240_999)
    wallet.settle(START_MS + 1_000_000)
    expect(wallet.entries.at(-1)).toMatchObject({ kind: 'call_charge', amountKobo: 4000 })
  })

  it('sees the money that a call left, which the clock has ended', () => {
    const wallet = walletWith(1000)
    wallet.initiate('a')
    expect(correct(wallet, 'debit', 1).ok).toBe(false)
    wallet.nowMs += 60_000
    expect(correct(wallet, 'debit', 1000).ok).toBe(true)
  })

  it.each([
    [500, 500, 300],
    [1000, 0, 300],
    [1100, 0, 200],
  ])('of %d takes paid money before goodwill', (amount, refundableLeft, goodwillKobo) => {
    const wallet = walletWith(1000, 300)
    correct(wallet, 'debit', amount)
    expect(wallet.state.goodwillKobo).toBe(goodwillKobo)
    expect(refundable(wallet)).toBe(refundableLeft)
  })
})

describe('a credit by correction', () => {
  it('is goodwill, which calls spend first and no refund pays out', () => {
    const wallet = walletWith(3000)
    correct(wallet, 'credit', 700)
    expect(wallet.state.goodwillKobo).toBe(700)
    expect(refundable(wallet)).toBe(3000)
    wallet.initiate('a')
    wallet.answer('a')
    wallet.nowMs += 60_000
    wallet.end('a')
    expect(wallet.state).toMatchObject({ goodwillKobo: 0, head: { balanceKobo: 2700 } })
    expect(refundable(wallet)).toBe(2700)
  })

  it('does not turn spent goodwill into a refund', () => {
    const wallet = walletWith(3000, 1000)
    for (const uuid of ['a', 'b', 'c', 'd']) {
      wallet.initiate(uuid)
      wallet.answer(uuid)
      wallet.nowMs += 60_000
      wallet.end(uuid)
    }
    correct(wallet, 'credit', 1000)
    expect(refundable(wallet)).toBe(0)
    const refund = { ...PAYMENT, refundUuid: 'r', isByUser: false, amountKobo: kobo(1) }
    expect(wallet.holdRefund(refund)).toMatchObject({ refusal: { code: 'insufficient_funds' } })
  })

  it('pays an open debt first', () => {
    const wallet = walletWith(3000)
    wallet.initiate('a')
    wallet.answer('a')
    wallet.nowMs += 60_000
    wallet.end('a')
    wallet.reversePayment(PAYMENT)
    expect(wallet.state.debtKobo).toBe(1000)
    expect(correct(wallet, 'debit', 1)).toMatchObject({
      refusal: { code: 'insufficient_funds', requiredKobo: 1, availableKobo: 0 },
    })
    correct(wallet, 'credit', 1400)
    expect(wallet.entries.slice(-2)).toMatchObject([
      { kind: 'correction_in', amountKobo: 1400 },
      { kind: 'debt_payment', amountKobo: 1000 },
    ])
    expect(wallet.state).toMatchObject({
      debtKobo: 0,
      goodwillKobo: 400,
      head: { balanceKobo: 400 },
    })
  })
})

it('any corrections leave holds, goodwill and books in order', () => {
  const step = fc.record({
    kind: fc.constantFrom('pay', 'credit', 'debit', 'repeat', 'call', 'end', 'wait', 'refund'),
    amount: fc.integer({ min: 1, max: 6000 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const wallet = walletWith(0)
      let paidKobo = 0
      let refundedKobo = 0
      let last: Parameters<MemoryWallet['correct']>[0] | undefined
      for (const [index, { kind, amount }] of steps.entries()) {
        const amountKobo = kobo(amount)
        const before = wallet.state
        const spendableKobo = availableKobo(before, wallet.nowMs)
        const name = { paymentUuid: `p${index}`, reference: `AIL-${index}_a1` }
        if (kind === 'pay') {
          wallet.creditPayment({ ...name, expectedKobo: amountKobo, receivedKobo: amountKobo })
          paidKobo += amount
        }
        if (kind === 'credit' || kind === 'debit') {
          last = { uuid: `u${index}`, amountKobo, direction: kind }
          const isDone = wallet.correct(last).ok
          expect(isDone).toBe(kind === 'credit' || amount <= spendableKobo)
        }
        if (kind === 'repeat' && last) {
          const isPosted = wallet.entries.some(({ sourceUuid }) => sourceUuid === last?.uuid)
          wallet.correct(last)
          if (isPosted) expect(wallet.state).toBe(before)
        }
        if (kind === 'call' && wallet.initiate(`c${index}`).ok) wallet.answer(`c${index}`)
        const [call] = wallet.state.openCalls
        if (kind === 'end' && call) wallet.end(call.uuid)
        if (kind === 'wait') wallet.settle(wallet.nowMs + amount * 10)
        if (kind === 'refund') {
          const earlier = steps.findIndex((other) => other.kind === 'pay')
          const payment = { paymentUuid: `p${earlier}`, reference: `AIL-${earlier}_a1` }
          const refund = { ...payment, refundUuid: `r${index}`, amountKobo, isByUser: true }
          if (wallet.holdRefund(refund).ok) refundedKobo += amount
        }
        const { state, nowMs } = wallet
        expect(state.head.balanceKobo).toBeGreaterThanOrEqual(heldKobo(state, nowMs))
        expect(state.goodwillKobo).toBeLessThanOrEqual(state.head.balanceKobo)
        expect(refundedKobo + refundable(wallet)).toBeLessThanOrEqual(paidKobo)
      }
      expect(findBrokenEntry(WALLET_UUID, wallet.entries)).toBeUndefined()
      const sums = Object.values(wallet.sums()).reduce((sum, amount) => sum + amount, 0)
      expect(sums).toBe(0)
    }),
    { numRuns: 400 },
  )
})
