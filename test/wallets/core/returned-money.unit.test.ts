import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addKobo, kobo } from '../../../src/common/money'
import { MemoryUser, type MemoryWallet } from '../../support/memory-wallets'

const ATTEMPT = { paymentUuid: 'p', reference: 'AIL-1_a1' }
const EXPECTED = kobo(30_000)

const total = (user: MemoryUser): number =>
  Object.values(user.sums()).reduce((sum, amount) => sum + amount, 0)

/** Report of the gateway at some moment: the amounts received and refunded until then. */
const report = (wallet: MemoryWallet, receivedKobo: number, refundedKobo: number) =>
  wallet.creditPayment({
    ...ATTEMPT,
    expectedKobo: EXPECTED,
    receivedKobo: kobo(receivedKobo),
    refundedKobo: kobo(refundedKobo),
  })

/** A dashboard refund, whole or in three parts, and the order in which its reports arrive. */
const histories = fc
  .record({
    parts: fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 3 }),
    isWhole: fc.boolean(),
    /** Each report shows the state after so many refunds; some do not show what was received. */
    reports: fc.array(fc.record({ after: fc.nat(3), isPaidShown: fc.boolean() }), {
      maxLength: 12,
    }),
    /** Spending between the reports: by calls, or by a transfer to the other wallet. */
    spending: fc.array(fc.constantFrom('nothing', 'call', 'transfer', 'ring'), { maxLength: 12 }),
  })
  .map(({ parts, isWhole, ...rest }) => ({ ...rest, parts: isWhole ? [EXPECTED] : parts }))

function spend(user: MemoryUser, how: string, index: number): number {
  const { call_credits: credits, primary } = user
  const before = credits.state.head.balanceKobo
  if (how === 'transfer' && primary.availableKobo > 1)
    primary.sendTransfer({
      uuid: `t${index}`,
      to: 'call_credits',
      amountKobo: kobo(Math.ceil(primary.availableKobo / 2)),
    })
  if (how === 'ring') credits.initiate(`r${index}`)
  if (how === 'call' && credits.initiate(`c${index}`).ok) {
    credits.answer(`c${index}`)
    credits.nowMs += 1000
    credits.end(`c${index}`)
    return before - credits.state.head.balanceKobo
  }
  return 0
}

describe('a refund in the dashboard', () => {
  it.each(['primary', 'call_credits'] as const)(
    'of a payment to %s leaves received less refunded, in 2,000 orders of reports',
    (type) => {
      fc.assert(
        fc.property(histories, ({ parts, reports, spending }) => {
          const user = new MemoryUser()
          const refundedAfter = (count: number) =>
            parts.slice(0, count).reduce((sum, part) => sum + part, 0)
          for (const [index, { after, isPaidShown }] of reports.entries()) {
            report(user[type], isPaidShown ? EXPECTED : 0, refundedAfter(after))
            spend(user, spending[index] ?? 'nothing', index)
          }
          report(user[type], EXPECTED, refundedAfter(3))
          report(user[type], EXPECTED, refundedAfter(3))
          const sums = user.sums()
          expect(sums.gateway + EXPECTED - refundedAfter(3)).toBe(0)
          expect(total(user)).toBe(0)
          for (const wallet of user.wallets) {
            expect(Math.min(wallet.state.debtKobo, Math.max(0, wallet.availableKobo))).toBe(0)
            expect(wallet.availableKobo).toBeGreaterThanOrEqual(0)
          }
          const debts = user.wallets.map(({ state }) => state.debtKobo)
          expect(addKobo(sums.debt, ...debts)).toBe(0)
        }),
        { numRuns: 1000 },
      )
    },
  )

  it('and a chargeback of the same payment debit its amount once; the excess is reported', () => {
    for (const isReversedFirst of [true, false]) {
      const user = new MemoryUser()
      const { call_credits: credits } = user
      report(credits, EXPECTED, isReversedFirst ? 0 : 10_000)
      const refundedKobo = kobo(isReversedFirst ? 0 : 10_000)
      const reversed = credits.reversePayment({ ...ATTEMPT, refundedKobo })
      expect(reversed).toMatchObject({ value: { netCreditedKobo: isReversedFirst ? 0 : 10_000 } })
      expect(report(credits, 0, 10_000)).toMatchObject({ value: { excessKobo: 10_000 } })
      expect(credits.state.head.balanceKobo).toBe(0)
      expect(user.sums()).toMatchObject({ gateway: 0, debt: 0 })
    }
  })

  it('of more than was received debits that, reports the excess, and debits it once received', () => {
    const { call_credits: credits } = new MemoryUser()
    expect(report(credits, EXPECTED, EXPECTED + 1)).toMatchObject({ value: { excessKobo: 1 } })
    expect(credits.state.head.balanceKobo).toBe(0)
    expect(report(credits, EXPECTED + 5, EXPECTED + 1)).toMatchObject({ value: { excessKobo: 0 } })
    expect(credits.state.head.balanceKobo).toBe(4)
  })
})

describe('attempts 1 and 10 of a payment', () => {
  const FIRST = { paymentUuid: 'p', reference: 'AIL-1_a1' }
  const TENTH = { paymentUuid: 'p', reference: 'AIL-1_a10' }
  const pay = (wallet: MemoryWallet, name: typeof FIRST) =>
    wallet.creditPayment({ ...name, expectedKobo: EXPECTED, receivedKobo: EXPECTED })

  it.each([
    [FIRST, TENTH],
    [TENTH, FIRST],
  ])('are reversed separately: %o first', (one, other) => {
    const { call_credits: credits } = new MemoryUser()
    pay(credits, FIRST)
    pay(credits, TENTH)
    expect(credits.reversePayment(one)).toMatchObject({ value: { netCreditedKobo: EXPECTED } })
    expect(credits.state.head.balanceKobo).toBe(EXPECTED)
    expect(credits.reversePayment(other)).toMatchObject({
      value: { netCreditedKobo: 0, owedKobo: 0 },
    })
    expect(credits.state.head.balanceKobo).toBe(0)
  })

  it('do not share a debt, nor the remainder of a credit', () => {
    const { call_credits: credits } = new MemoryUser()
    pay(credits, TENTH)
    credits.initiate('c')
    const owedKobo = credits.state.openCalls[0]?.holdKobo
    expect(credits.reversePayment(TENTH)).toMatchObject({ value: { owedKobo } })
    expect(credits.reversePayment(FIRST)).toMatchObject({ value: { owedKobo: 0 } })
    credits.end('c')
    expect(credits.state).toMatchObject({ debtKobo: 0, head: { balanceKobo: 0 } })
  })
})

const REFUND = { ...ATTEMPT, refundUuid: 'r' }
const held = (amountKobo: number) => ({ ...REFUND, amountKobo: kobo(amountKobo), isByUser: true })

describe('an ordered refund', () => {
  it('follows every sequence of outcomes, and pays once', () => {
    const outcomes = fc.array(fc.constantFrom('completed', 'failed', 'reversed'), { maxLength: 8 })
    fc.assert(
      fc.property(outcomes, fc.boolean(), (sequence, isSpent) => {
        const user = new MemoryUser()
        const { call_credits: credits } = user
        report(credits, EXPECTED, 0)
        expect(credits.holdRefund(held(20_000)).ok).toBe(true)
        expect(credits.holdRefund(held(20_000)).ok).toBe(true)
        expect(credits.state.head.balanceKobo).toBe(10_000)
        let [last, isReversed] = ['held', false]
        for (const [index, outcome] of sequence.entries()) {
          if (outcome === 'reversed') isReversed = credits.reversePayment(ATTEMPT).ok
          else credits.settleRefund(REFUND, (last = outcome))
          if (isSpent) spend(user, 'call', index)
        }
        const sums = user.sums()
        const paidKobo = last === 'completed' ? 20_000 : 0
        const refundKobo = last === 'held' ? 20_000 : 0
        const gatewayKobo = isReversed ? EXPECTED - refundKobo : paidKobo
        expect(sums.refund).toBe(refundKobo)
        expect(EXPECTED + sums.gateway).toBe(gatewayKobo)
        expect(total(user)).toBe(0)
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    [20_001, 'refund_exceeds_payment', 20_000],
    [15_001, 'insufficient_funds', 15_000],
  ])('of %i kobo is refused as %s', (amount, code, left) => {
    const { call_credits: credits } = new MemoryUser()
    report(credits, 20_000, 0)
    const facts = { leftKobo: left, availableKobo: left }
    if (code === 'insufficient_funds')
      credits.sendTransfer({ uuid: 't', to: 'primary', amountKobo: kobo(5000) })
    const refused = credits.holdRefund(held(amount))
    expect(refused).toMatchObject({ ok: false, refusal: { code } })
    expect(Object.values(facts)).toContain(left)
    expect(credits.holdRefund(held(left)).ok).toBe(true)
  })

  it('is refused under its UUID with another amount, and while a debt is open', () => {
    const { call_credits: credits } = new MemoryUser()
    report(credits, 20_000, 0)
    credits.holdRefund(held(10_000))
    expect(credits.holdRefund(held(9999))).toMatchObject({ refusal: { code: 'reference_reused' } })
    const indebted = new MemoryUser().call_credits
    report(indebted, 20_000, 0)
    indebted.initiate('c')
    indebted.reversePayment({ ...ATTEMPT })
    expect(indebted.holdRefund(held(10_000))).toMatchObject({ refusal: { code: 'debt_open' } })
  })

  it('is not held again after it failed, but a completed one is known', () => {
    const { call_credits: credits } = new MemoryUser()
    report(credits, EXPECTED, 0)
    credits.holdRefund(held(20_000))
    credits.settleRefund(REFUND, 'failed')
    expect(credits.holdRefund(held(20_000))).toMatchObject({
      refusal: { code: 'refund_not_allowed' },
    })
    expect(credits.state.head.balanceKobo).toBe(EXPECTED)
    credits.settleRefund(REFUND, 'completed')
    expect(credits.holdRefund(held(20_000))).toMatchObject({
      value: { heldKobo: 0, paidKobo: 20_000 },
    })
    expect(credits.state.head.balanceKobo).toBe(10_000)
  })
})

it('a failed refund leaves the money and goodwill of the other wallet in the wallet of the payment', () => {
  const user = new MemoryUser()
  const { primary, call_credits: credits } = user
  report(primary, EXPECTED, 0)
  primary.sendTransfer({ uuid: 't', to: 'call_credits', amountKobo: EXPECTED })
  credits.giveGoodwill({ uuid: 'g', amountKobo: kobo(5000) })
  const lacking = { uuid: 'r', paymentUuid: 'p', to: 'primary', amountKobo: kobo(20_000) } as const
  expect(credits.sendForRefund(lacking).ok).toBe(true)
  expect(primary.holdRefund(held(20_000)).ok).toBe(true)
  primary.settleRefund(REFUND, 'failed')
  expect(primary.state).toMatchObject({ goodwillKobo: 5000, head: { balanceKobo: 25_000 } })
  expect(credits.state).toMatchObject({ goodwillKobo: 0, head: { balanceKobo: 10_000 } })
  primary.sendTransfer({ uuid: 'back', to: 'call_credits', amountKobo: kobo(25_000) })
  expect(credits.state).toMatchObject({ goodwillKobo: 5000, head: { balanceKobo: 35_000 } })
  expect(total(user)).toBe(0)
})

describe('goodwill', () => {
  /** An independent model: two lots of money, of which only the paid one may leave. */
  type Lots = { paid: number; given: number }
  const move = fc.oneof(
    fc.record({ kind: fc.constant('pay'), kobo: fc.integer({ min: 1, max: 9000 }) }),
    fc.record({ kind: fc.constant('give'), kobo: fc.integer({ min: 1, max: 9000 }) }),
    fc.record({ kind: fc.constant('talk'), kobo: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ kind: fc.constant('refund'), kobo: fc.integer({ min: 1, max: 9000 }) }),
    fc.record({ kind: fc.constant('reverse'), kobo: fc.constant(0) }),
    fc.record({ kind: fc.constant('transfer'), kobo: fc.integer({ min: 1, max: 9000 }) }),
  )

  /** Less is left of the payment than its amount, and only goodwill makes up for it. */
  const GIVEN_AFTER_TALK = [
    { kind: 'pay', kobo: 6000 },
    { kind: 'talk', kobo: 9 },
    { kind: 'give', kobo: 9000 },
    { kind: 'refund', kobo: 6000 },
  ]

  it('is spent first, moves first, and is never paid out', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 25 }), (moves) => {
        const user = new MemoryUser()
        const { primary, call_credits: credits } = user
        const lots: Record<'primary' | 'call_credits', Lots> = {
          primary: { paid: 0, given: 0 },
          call_credits: { paid: 0, given: 0 },
        }
        const own = lots.call_credits
        for (const [index, { kind, kobo: amount }] of moves.entries()) {
          const name = { paymentUuid: `p${index}`, reference: 'AIL-1_a1' }
          const before = credits.state.head.balanceKobo
          if (kind === 'pay') {
            const amounts = { expectedKobo: kobo(amount), receivedKobo: kobo(amount) }
            credits.creditPayment({ ...name, ...amounts })
            own.paid += amount
          }
          if (kind === 'give') {
            credits.giveGoodwill({ uuid: `g${index}`, amountKobo: kobo(amount) })
            own.given += amount
          }
          if (kind === 'talk' && credits.initiate(`c${index}`).ok) {
            credits.answer(`c${index}`)
            credits.nowMs += amount * 1000
            credits.end(`c${index}`)
            const cost = before - credits.state.head.balanceKobo
            own.paid -= Math.max(0, cost - own.given)
            own.given = Math.max(0, own.given - cost)
          }
          if (kind === 'transfer') {
            const transfer = { uuid: `t${index}`, to: 'primary' as const, amountKobo: kobo(amount) }
            if (credits.sendTransfer(transfer).ok) {
              const given = Math.min(own.given, amount)
              own.given -= given
              own.paid -= amount - given
              lots.primary.given += given
              lots.primary.paid += amount - given
            }
          }
          const earlier = moves.findIndex((other) => other.kind === 'pay')
          const paidBefore = { paymentUuid: `p${earlier}`, reference: 'AIL-1_a1' }
          if (kind === 'refund' && earlier >= 0 && earlier < index) {
            const refund = { ...paidBefore, refundUuid: `r${index}`, isByUser: true }
            const asked = credits.holdRefund({ ...refund, amountKobo: kobo(amount) })
            if (asked.ok) own.paid -= amount
            expect(own.paid).toBeGreaterThanOrEqual(0)
            credits.settleRefund(refund, 'completed')
          }
          if (kind === 'reverse' && earlier >= 0 && earlier < index) {
            const givenBefore = credits.state.goodwillKobo
            credits.reversePayment(paidBefore)
            const taken = before - credits.state.head.balanceKobo
            own.paid -= Math.min(own.paid, taken)
            own.given = credits.state.head.balanceKobo - own.paid
            expect(own.given).toBeLessThanOrEqual(givenBefore)
            lots.primary.given = primary.state.goodwillKobo
            lots.primary.paid = primary.state.head.balanceKobo - lots.primary.given
          }
          if (credits.state.debtKobo > 0) return
          expect(credits.state.goodwillKobo).toBe(own.given)
          expect(credits.state.head.balanceKobo).toBe(own.paid + own.given)
          expect(primary.state.goodwillKobo).toBe(lots.primary.given)
          expect(primary.state.head.balanceKobo).toBe(lots.primary.paid + lots.primary.given)
        }
        expect(total(user)).toBe(0)
      }),
      { numRuns: 500, examples: [[GIVEN_AFTER_TALK]] },
    )
  })
})
