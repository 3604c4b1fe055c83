import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addKobo, kobo } from '../../../src/common/money'
import { openingHoldKobo } from '../../../src/wallets/core/metering'
import { initiateCall } from '../../../src/wallets/core/call-commands'
import {
  type PaymentCredit,
  type PaymentTotals,
  creditPayment,
  attemptEntryPrefix,
  reversePayment,
} from '../../../src/wallets/core/payment-commands'
import type { Reversal, WalletState } from '../../../src/wallets/core/wallet'
import { emptyWallet, LIMITS, newCall, Rows } from '../../support/wallets'

const EXPECTED = kobo(1000)
const name = (attempt: number) => ({ paymentUuid: 'p', reference: `AIL-1_a${attempt}` })

/** A wallet that derives the totals of a payment from its rows, as the object's tables do. */
class TestWallet {
  state: WalletState = emptyWallet
  readonly rows = new Rows()
  reversals: readonly Reversal[] = []

  #facts(attempt: number): PaymentTotals {
    const sum = (prefix: string) => {
      const found = this.rows.entries.filter(({ reference }) => reference.startsWith(prefix))
      return addKobo(...found.map(({ amountKobo }) => amountKobo))
    }
    return {
      referenceCreditedKobo: sum(attemptEntryPrefix(name(attempt))),
      paymentCreditedKobo: sum('receipt/p/'),
      reversals: this.reversals,
      returns: this.rows.entries.filter(({ reference }) => /^(reversal|refund)\//.test(reference)),
    }
  }

  tell(attempt: number, receivedKobo: number): PaymentCredit {
    const receipt = { ...name(attempt), expectedKobo: EXPECTED, receivedKobo: kobo(receivedKobo) }
    return this.#apply(creditPayment(this.state, receipt, this.#facts(attempt), 0))
  }

  reverse(attempt: number): PaymentCredit {
    return this.#apply(reversePayment(this.state, name(attempt), this.#facts(attempt), 0))
  }

  #apply(decision: ReturnType<typeof creditPayment>): PaymentCredit {
    if (!decision.ok) throw new Error('what the gateway says is never refused')
    const { change, answer } = decision.value
    this.state = change.state
    this.rows.add(change)
    this.reversals = [...this.reversals, ...change.reversals]
    return answer
  }

  sum(kind: string): number {
    const found = this.rows.entries.filter((entry) => entry.kind === kind)
    return addKobo(...found.map(({ amountKobo }) => amountKobo))
  }
}

const tellings = fc.array(
  fc.record({
    attempt: fc.integer({ min: 1, max: 3 }),
    received: fc.integer({ min: 0, max: 3000 }),
  }),
  { minLength: 1, maxLength: 15 },
)

describe('a received amount', () => {
  it('is credited once, up to the highest amount of each attempt; the excess is a surplus', () => {
    fc.assert(
      fc.property(tellings, (told) => {
        const wallet = new TestWallet()
        const credits = told.map(({ attempt, received }) => wallet.tell(attempt, received))
        const most = [1, 2, 3].map((attempt) =>
          Math.max(
            0,
            ...told.filter((one) => one.attempt === attempt).map(({ received }) => received),
          ),
        )
        const total = most.reduce((sum, amount) => sum + amount, 0)
        expect(wallet.state.head.balanceKobo).toBe(total)
        expect(credits.at(-1)?.netCreditedKobo).toBe(total)
        expect(wallet.sum('top_up')).toBe(Math.min(total, EXPECTED))
        expect(wallet.sum('surplus')).toBe(Math.max(0, total - EXPECTED))
        expect(credits.every(({ isReversed }) => !isReversed)).toBe(true)
      }),
    )
  })
})

describe('a reversed reference', () => {
  it('is debited once, and credits nothing afterwards', () => {
    fc.assert(
      fc.property(tellings, tellings, (before, after) => {
        const wallet = new TestWallet()
        for (const { attempt, received } of before) wallet.tell(attempt, received)
        const others =
          wallet.tell(1, 0).netCreditedKobo -
          Math.max(
            0,
            ...before.filter(({ attempt }) => attempt === 1).map(({ received }) => received),
          )
        expect(wallet.reverse(1)).toMatchObject({
          netCreditedKobo: others,
          shortfallKobo: 0,
          isReversed: true,
        })
        expect(wallet.reverse(1)).toMatchObject({ netCreditedKobo: others, isReversed: true })
        for (const { received } of after)
          expect(wallet.tell(1, received).netCreditedKobo).toBe(others)
        expect(wallet.state.head.balanceKobo).toBe(others)
        expect(wallet.reversals).toHaveLength(1)
      }),
    )
  })

  it('credits nothing if it was reversed before it was known to be paid', () => {
    const wallet = new TestWallet()
    expect(wallet.reverse(1)).toMatchObject({
      netCreditedKobo: 0,
      shortfallKobo: 0,
      isReversed: true,
    })
    expect(wallet.tell(1, 1000)).toMatchObject({ netCreditedKobo: 0, isReversed: true })
    expect(wallet.rows.entries).toEqual([])
  })

  it('allows another attempt to be credited as a top-up', () => {
    const wallet = new TestWallet()
    wallet.tell(1, 1000)
    wallet.reverse(1)
    expect(wallet.tell(2, 1000)).toMatchObject({ netCreditedKobo: 1000 })
    expect(wallet.sum('top_up')).toBe(2000)
    expect(wallet.sum('surplus')).toBe(0)
  })

  it('is debited as far as the wallet can pay; the rest becomes a debt', () => {
    const wallet = new TestWallet()
    wallet.tell(1, 2500)
    const call = newCall('c')
    const opened = initiateCall(wallet.state, call, LIMITS, [], 0)
    if (!opened.ok) throw new Error('the call was refused')
    wallet.state = opened.value.change.state
    const held = openingHoldKobo(call.rate)
    expect(wallet.reverse(1)).toMatchObject({ netCreditedKobo: 0, owedKobo: held })
    expect(wallet.state.debtKobo).toBe(held)
    expect(wallet.sum('reversal')).toBe(2500 - held)
    expect(wallet.state.head.balanceKobo).toBe(held)
  })
})
