import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import { closeWallet } from '../../../src/wallets/core/close-wallet'
import { accountSums, findBrokenEntry } from '../../../src/wallets/core/ledger'
import { MemoryUser, type MemoryWallet } from '../../support/memory-wallets'
import { emptyWallet, STANDARD_RATE, WALLET_UUID } from '../../support/wallets'

const ERASURE = '3f0b8c1e-6f64-4e0a-9b1c-2f4f8f3f7a55'
const waived = { erasureUuid: ERASURE, isWaived: true }
const kept = { erasureUuid: ERASURE, isWaived: false }

function credit(wallet: MemoryWallet, amount: number, reference = 'AIL-1_a1'): void {
  const amountKobo = kobo(amount)
  const payment = { paymentUuid: reference, reference }
  wallet.creditPayment({ ...payment, expectedKobo: amountKobo, receivedKobo: amountKobo })
}

describe('closing a wallet', () => {
  it('waives the balance, freezes the wallet and marks it', () => {
    const { call_credits: credits } = new MemoryUser()
    credit(credits, 5000)
    expect(credits.close(waived)).toMatchObject({ ok: true, value: 5000 })
    expect(credits.entries.at(-1)).toMatchObject({
      kind: 'balance_waiver',
      from: 'wallet',
      to: 'waived',
      amountKobo: 5000,
      balanceKobo: 0,
      reference: `balance_waiver/${ERASURE}/2`,
      sourceUuid: ERASURE,
    })
    const { nowMs } = credits
    expect(credits.state).toMatchObject({ frozenAtMs: nowMs, erasedAtMs: nowMs, goodwillKobo: 0 })
  })

  it('refuses a balance that is not waived, and changes nothing', () => {
    const { call_credits: credits } = new MemoryUser()
    credit(credits, 5000)
    const before = credits.state
    expect(credits.close(kept)).toMatchObject({
      ok: false,
      refusal: { code: 'balance_left', leftKobo: 5000 },
    })
    expect(credits.state).toBe(before)
  })

  it('refuses a debt', () => {
    const { call_credits: credits } = new MemoryUser()
    const state = { ...credits.state, debtKobo: kobo(700), debtSourceUuid: 'p' }
    expect(closeWallet(state, waived, 0)).toMatchObject({
      ok: false,
      refusal: { code: 'debt_open', debtKobo: 700 },
    })
  })

  it('refuses while a call of a later release is open', () => {
    const { call_credits: credits } = new MemoryUser()
    credit(credits, 5000)
    credits.initiate('call-1')
    const openCalls = credits.state.openCalls.map((call) => ({
      ...call,
      rate: { ...STANDARD_RATE, steps: 'of a later release' as never },
    }))
    expect(closeWallet({ ...credits.state, openCalls }, waived, 0)).toMatchObject({
      ok: false,
      refusal: { code: 'call_state_conflict', status: 'initiated' },
    })
  })

  it('without a balance posts nothing', () => {
    const closed = closeWallet(emptyWallet, kept, 7)
    expect(closed).toMatchObject({ ok: true, value: { answer: 0, change: { entries: [] } } })
    expect(closed.ok && closed.value.change.state).toMatchObject({ erasedAtMs: 7, frozenAtMs: 7 })
  })

  it('charges running calls before it waives the rest', () => {
    const { call_credits: credits } = new MemoryUser()
    credit(credits, 5000)
    credits.initiate('call-1')
    credits.answer('call-1')
    credits.nowMs += 60_000
    expect(credits.close(waived)).toMatchObject({ ok: true, value: 4000 })
    expect(credits.entries.slice(1)).toMatchObject([
      { kind: 'call_charge', amountKobo: 1000 },
      { kind: 'balance_waiver', amountKobo: 4000 },
    ])
  })

  it('keeps the wallet frozen, and a repeat waives only money that has arrived since', () => {
    const { call_credits: credits } = new MemoryUser()
    credit(credits, 5000)
    credits.close(waived)
    expect(credits.unfreeze()).toMatchObject({ ok: true })
    expect(credits.state.frozenAtMs).not.toBeNull()
    const before = credits.state
    expect(credits.close(waived)).toMatchObject({ ok: true, value: 0 })
    expect(credits.state).toBe(before)
    credit(credits, 300, 'AIL-2_a1')
    expect(credits.close(waived)).toMatchObject({ ok: true, value: 300 })
    expect(credits.state.head.balanceKobo).toBe(0)
  })

  it('keeps the books correct, whatever happened before', () => {
    const step = fc.constantFrom('credit', 'goodwill', 'call', 'talk', 'end', 'close', 'unfreeze')
    fc.assert(
      fc.property(
        fc.array(fc.tuple(step, fc.integer({ min: 1, max: 9000 })), { maxLength: 25 }),
        (steps) => {
          const { call_credits: credits } = new MemoryUser()
          for (const [index, [kind, amount]] of steps.entries()) {
            const last = credits.state.openCalls.at(-1)?.uuid ?? 'none'
            if (kind === 'credit') credit(credits, amount, `AIL-${index}_a1`)
            if (kind === 'goodwill')
              credits.giveGoodwill({ uuid: `g${index}`, amountKobo: kobo(amount) })
            if (kind === 'call') credits.initiate(`call-${index}`)
            if (kind === 'talk') credits.answer(last)
            if (kind === 'end') credits.end(last)
            if (kind === 'unfreeze') credits.unfreeze()
            if (kind === 'close' && credits.close(waived).ok) {
              expect(credits.state).toMatchObject({ openCalls: [], goodwillKobo: 0 })
              expect(credits.state.head.balanceKobo).toBe(0)
            }
            credits.nowMs += amount * 10
          }
          expect(findBrokenEntry(WALLET_UUID, credits.entries)).toBeUndefined()
          const sums = Object.values(accountSums(credits.entries))
          expect(sums.reduce((sum, amount) => sum + amount, 0)).toBe(0)
        },
      ),
    )
  })
})
