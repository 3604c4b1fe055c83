import { describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import { initiateCall, quoteCall } from '../../../src/wallets/core/call-commands'
import { type Decided, payDebt } from '../../../src/wallets/core/change'
import { giveGoodwill, waiveDebt } from '../../../src/wallets/core/debt-commands'
import { refundableKobo } from '../../../src/wallets/core/refund-commands'
import { acceptTransfer, collectDebt } from '../../../src/wallets/core/transfer-commands'
import { MemoryUser, type MemoryWallet } from '../../support/memory-wallets'
import { emptyWallet, LIMITS, newCall } from '../../support/wallets'

const ATTEMPT = { paymentUuid: 'p', reference: 'AIL-1_a1' }
const NAIRA = 100

const topUp = (wallet: MemoryWallet, naira: number, name = ATTEMPT) => {
  const amountKobo = kobo(naira * NAIRA)
  return wallet.creditPayment({ ...name, expectedKobo: amountKobo, receivedKobo: amountKobo })
}

const LATER = { paymentUuid: 'q', reference: 'AIL-2_a1' }

/** Makes a call that costs `naira`, at 10 NGN a minute. */
function talk(wallet: MemoryWallet, naira: number): void {
  const uuid = `call-${wallet.nowMs}`
  expect(wallet.initiate(uuid).ok).toBe(true)
  expect(wallet.answer(uuid).ok).toBe(true)
  wallet.nowMs += naira * 6000
  expect(wallet.end(uuid).ok).toBe(true)
}

function changeOf<T>(decision: Decided<T>) {
  if (!decision.ok) throw new Error(`refused: ${decision.refusal.code}`)
  return decision.value.change
}

const ledgerOf = ({ entries }: MemoryWallet) =>
  entries.map(({ kind, amountKobo, balanceKobo }) => [
    kind,
    amountKobo / NAIRA,
    balanceKobo / NAIRA,
  ])

const expectBalanced = (user: MemoryUser): void =>
  expect(Object.values(user.sums()).reduce((sum, amount) => sum + amount, 0)).toBe(0)

describe('a reversal of 100 after spending 80', () => {
  it('debits 20 at once; a top-up of 50 pays the debt, and the rest of the next one stays', () => {
    const user = new MemoryUser()
    const { call_credits: credits } = user
    topUp(credits, 100)
    talk(credits, 80)
    expect(credits.reversePayment(ATTEMPT)).toMatchObject({
      value: { netCreditedKobo: 0, owedKobo: 80 * NAIRA, isReversed: true },
    })
    expect(credits.state.debtKobo).toBe(80 * NAIRA)
    topUp(credits, 50, LATER)
    expect(credits.state).toMatchObject({ debtKobo: 30 * NAIRA, head: { balanceKobo: 0 } })
    topUp(credits, 60, { paymentUuid: 'r', reference: 'AIL-3_a1' })
    expect(credits.state).toMatchObject({ debtKobo: 0, head: { balanceKobo: 30 * NAIRA } })
    expect(ledgerOf(credits)).toEqual([
      ['top_up', 100, 100],
      ['call_charge', 80, 20],
      ['reversal', 20, 0],
      ['debt', 80, 0],
      ['top_up', 50, 50],
      ['debt_payment', 50, 0],
      ['top_up', 60, 60],
      ['debt_payment', 30, 30],
    ])
    expectBalanced(user)
  })

  it('is also paid by the other wallet, with a separate transfer', () => {
    const user = new MemoryUser()
    const { primary, call_credits: credits } = user
    topUp(primary, 100)
    primary.sendTransfer({ uuid: 't', to: 'call_credits', amountKobo: kobo(100 * NAIRA) })
    talk(credits, 80)
    primary.reversePayment(ATTEMPT)
    expect(primary.state).toMatchObject({ debtKobo: 0, head: { balanceKobo: 0 } })
    expect(credits.state).toMatchObject({ debtKobo: 80 * NAIRA, head: { balanceKobo: 0 } })
    expect(ledgerOf(primary).slice(2)).toEqual([
      ['debt', 100, 0],
      ['transfer_in', 100, 100],
      ['debt_payment', 100, 0],
    ])
    expect(ledgerOf(credits).slice(2)).toEqual([
      ['transfer_out', 20, 0],
      ['debt_taken_over', 80, 0],
    ])
    topUp(credits, 110, LATER)
    expect(credits.state).toMatchObject({ debtKobo: 0, head: { balanceKobo: 30 * NAIRA } })
    expectBalanced(user)
  })

  it('is collected from the primary wallet, as far as that can pay', () => {
    const user = new MemoryUser()
    const { primary, call_credits: credits } = user
    topUp(credits, 100)
    talk(credits, 80)
    topUp(primary, 50, LATER)
    credits.reversePayment(ATTEMPT)
    expect(primary.state).toMatchObject({ debtKobo: 0, head: { balanceKobo: 0 } })
    expect(credits.state).toMatchObject({ debtKobo: 30 * NAIRA, head: { balanceKobo: 0 } })
    expectBalanced(user)
  })
})

it('a later top-up of primary stays beside a debt of call_credits until it is transferred', () => {
  const user = new MemoryUser()
  const { primary, call_credits: credits } = user
  topUp(credits, 100)
  talk(credits, 90)
  credits.reversePayment(ATTEMPT)
  topUp(primary, 500, LATER)
  expect(credits.state.debtKobo).toBe(90 * NAIRA)
  expect(primary.state).toMatchObject({ debtKobo: 0, head: { balanceKobo: 500 * NAIRA } })
  primary.sendTransfer({ uuid: 't', to: 'call_credits', amountKobo: kobo(100 * NAIRA) })
  expect(credits.state).toMatchObject({ debtKobo: 0, head: { balanceKobo: 10 * NAIRA } })
  expectBalanced(user)
})

it('money that five ringing calls held pays the debt as each call ends', () => {
  const user = new MemoryUser()
  const { call_credits: credits } = user
  topUp(credits, 50)
  const calls = ['a', 'b', 'c', 'd', 'e']
  for (const uuid of calls) expect(credits.initiate(uuid).ok).toBe(true)
  credits.reversePayment(ATTEMPT)
  expect(credits.state).toMatchObject({ debtKobo: 50 * NAIRA, head: { balanceKobo: 50 * NAIRA } })
  credits.end('a')
  expect(credits.state).toMatchObject({ debtKobo: 40 * NAIRA, head: { balanceKobo: 40 * NAIRA } })
  credits.settle(60_000)
  expect(credits.state).toMatchObject({ debtKobo: 0, head: { balanceKobo: 0 }, openCalls: [] })
  expectBalanced(user)
})

it('no call starts while a debt is open, and the refusal says why', () => {
  const user = new MemoryUser()
  const { call_credits: credits } = user
  topUp(credits, 100)
  talk(credits, 100)
  expect(credits.initiate('poor')).toMatchObject({ refusal: { code: 'insufficient_funds' } })
  credits.reversePayment(ATTEMPT)
  expect(credits.initiate('c')).toMatchObject({
    refusal: { code: 'debt_open', debtKobo: 100 * NAIRA },
  })
  expect(credits.waiveDebt({ uuid: 'w', amountKobo: kobo(100 * NAIRA + 1) })).toMatchObject({
    refusal: { code: 'amount_exceeds_debt' },
  })
  expect(credits.waiveDebt({ uuid: 'w', amountKobo: kobo(100 * NAIRA) }).ok).toBe(true)
  expect(credits.state.debtKobo).toBe(0)
  topUp(credits, 10, LATER)
  expect(credits.initiate('d').ok).toBe(true)
  expectBalanced(user)
})

it('a debt is not waived while its collection is open, so that no waiver becomes paid money', () => {
  const primary = { ...emptyWallet, debtKobo: kobo(8000), debtSourceUuid: 'p' }
  const credits = changeOf(
    collectDebt(emptyWallet, { uuid: 'c', to: 'primary', amountKobo: kobo(8000) }, true, [], 1),
  ).state
  expect(credits.debtKobo).toBe(8000)
  const waiver = { uuid: 'w', amountKobo: kobo(8000) }
  expect(waiveDebt(primary, waiver, undefined, true, 1)).toMatchObject({
    refusal: { code: 'request_in_progress' },
  })
  const arrived = acceptTransfer(primary, { uuid: 'c', amountKobo: kobo(8000) }, [], 1)
  const { state } = payDebt(changeOf(arrived), 1)
  expect(state).toMatchObject({ debtKobo: 0, head: { balanceKobo: 0 } })
  expect(refundableKobo(state, 1)).toBe(0)
  expect(waiveDebt(credits, waiver, undefined, false, 1).ok).toBe(true)
})

it('a call that costs nothing does not start while a debt is open, and is quoted no time', () => {
  const indebted = { ...emptyWallet, debtKobo: kobo(100), debtSourceUuid: 'p' }
  const call = newCall('c')
  const rate = { ...call.rate, koboPerMinute: kobo(0), setupKobo: kobo(0) }
  expect(initiateCall(emptyWallet, { ...call, rate }, LIMITS, [], 1).ok).toBe(true)
  expect(initiateCall(indebted, { ...call, rate }, LIMITS, [], 1)).toMatchObject({
    refusal: { code: 'debt_open', debtKobo: 100 },
  })
  expect(quoteCall(emptyWallet, rate, LIMITS, 1).affordableSeconds).toBeGreaterThan(0)
  expect(quoteCall(indebted, rate, LIMITS, 1).affordableSeconds).toBe(0)
})

it('money that an ended call releases pays the debt before another call can use it', () => {
  const { call_credits: credits } = new MemoryUser()
  topUp(credits, 20)
  credits.initiate('ringing')
  credits.initiate('running')
  credits.answer('running')
  credits.reversePayment(ATTEMPT)
  credits.settle(60_000)
  expect(credits.state).toMatchObject({ debtKobo: 10 * NAIRA, head: { balanceKobo: 10 * NAIRA } })
  const [running] = credits.state.openCalls
  expect(running?.uuid).toBe('running')
  credits.settle(61_000)
  expect(credits.state).toMatchObject({ openCalls: [], head: { balanceKobo: 0 } })
  expect(credits.state.debtKobo).toBe(10 * NAIRA)
})

describe('a frozen wallet', () => {
  it('ends its calls at that instant and charges the answered ones', () => {
    const { call_credits: credits } = new MemoryUser()
    topUp(credits, 30)
    credits.initiate('a')
    credits.answer('a')
    credits.initiate('b')
    credits.nowMs = 6000
    expect(credits.freeze().ok).toBe(true)
    expect(credits.freeze().ok).toBe(true)
    expect(credits.state).toMatchObject({
      openCalls: [],
      frozenAtMs: 6000,
      head: { balanceKobo: 29 * NAIRA },
    })
    expect(ledgerOf(credits).at(-1)).toEqual(['call_charge', 1, 29])
    expect(credits.unfreeze().ok).toBe(true)
    expect(credits.state.frozenAtMs).toBeNull()
  })

  it('keeps incoming money, and refuses transfers and the refunds of its user', () => {
    const { primary } = new MemoryUser()
    primary.freeze()
    topUp(primary, 300)
    expect(primary.availableKobo).toBe(300 * NAIRA)
    expect(
      primary.sendTransfer({ uuid: 't', to: 'call_credits', amountKobo: kobo(1) }),
    ).toMatchObject({ refusal: { code: 'wallet_frozen' } })
    const refund = { ...ATTEMPT, refundUuid: 'r', amountKobo: kobo(100 * NAIRA) }
    expect(primary.holdRefund({ ...refund, isByUser: true })).toMatchObject({
      refusal: { code: 'wallet_frozen' },
    })
    expect(primary.holdRefund({ ...refund, isByUser: false }).ok).toBe(true)
    expect(primary.reversePayment(ATTEMPT).ok).toBe(true)
    expect(primary.state.head.balanceKobo).toBe(0)
  })
})

describe('goodwill', () => {
  it('is refused in an erased wallet, which would owe it to no one', () => {
    const { state, nowMs } = new MemoryUser().call_credits
    const erased = { ...state, erasedAtMs: nowMs }
    const goodwill = { uuid: 'g', amountKobo: kobo(100) }
    expect(giveGoodwill(erased, goodwill, undefined, nowMs)).toMatchObject({
      ok: false,
      refusal: { code: 'not_found' },
    })
  })
})
