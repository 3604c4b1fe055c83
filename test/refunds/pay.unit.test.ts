import { describe, expect, it } from 'vitest'
import { kobo } from '../../src/common/money'
import { confirmRefund, payRefund, sweepRefunds } from '../../src/refunds/pay'
import { decideManualRefund, requestRefund } from '../../src/refunds/service'
import {
  Killed,
  type OrderFault,
  PAID_KOBO,
  refundWorld,
  type RefundWorld,
} from '../support/refund-world'

const HOUR_MS = 3_600_000
const AMOUNT = kobo(12_000)

const request = (world: RefundWorld, method: 'monnify' | 'manual' = 'monnify') =>
  requestRefund(
    world.deps,
    world.payment,
    { amountKobo: AMOUNT, method, reason: 'Paid twice', operator: null },
    undefined,
  )

const refundsOf = (world: RefundWorld) => [...world.refundStore.rows.values()]
const only = (world: RefundWorld) => {
  const [refund] = refundsOf(world)
  if (!refund) throw new Error('there is no refund')
  return refund
}

/** Runs a function that may be killed. */
async function survive(run: () => Promise<unknown>): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (!(error instanceof Killed)) throw error
  }
}

/** Lets days pass: the cron job runs, and events arrive twice. */
async function passDays(world: RefundWorld, days: number): Promise<void> {
  for (let hours = 0; hours < days * 24; hours += 6) {
    world.recorded.state.nowMs += 6 * HOUR_MS
    await survive(() => sweepRefunds(world.deps))
    if (hours % 48 === 0)
      for (const { reference } of refundsOf(world))
        for (const _ of ['event', 'duplicate'])
          await survive(() => confirmRefund(world.deps, reference))
  }
}

function expectSafe(world: RefundWorld): void {
  const sums = world.user.sums()
  expect(Object.values(sums).reduce((sum, amount) => sum + amount, 0)).toBe(0)
  for (const payouts of world.gateway.payouts) expect(payouts).toBeLessThanOrEqual(1)
  const paidKobo = world.gateway.payouts.reduce((sum, count) => sum + count * AMOUNT, 0)
  expect(sums.wallet + sums.refund).toBe(PAID_KOBO - paidKobo)
}

type Scenario = [
  name: string,
  faults: readonly OrderFault[],
  outcome: 'completed' | 'failed',
  late: 'bounced' | undefined,
]

const SCENARIOS: Scenario[] = [
  ['accepted', [], 'completed', undefined],
  ['time-out, then unknown (R7)', ['lost'], 'completed', undefined],
  ['time-out, then known (R9)', ['lost_landed'], 'completed', undefined],
  ['5xx twice', ['error_500', 'error_500'], 'completed', undefined],
  ['R5, M01 and 99, then accepted', ['R5', 'M01', '99'], 'completed', undefined],
  ['failed by the gateway', [], 'failed', undefined],
  ['completed, and failed days later', [], 'completed', 'bounced'],
]

describe.each(SCENARIOS)('a refund with the response %s', (_, faults, outcome, late) => {
  async function play(world: RefundWorld): Promise<void> {
    world.gateway.faults.push(...faults)
    world.gateway.outcome = outcome
    await survive(() => request(world))
    await passDays(world, 4)
    if (late) {
      world.gateway.bounce()
      await passDays(world, 8)
    }
  }

  it('is paid out at most once, whichever step is interrupted', async () => {
    const whole = refundWorld()
    await play(whole)
    const isPaid = outcome === 'completed' && !late
    expect(only(whole).status).toBe(isPaid ? 'completed' : 'failed')
    expectSafe(whole)
    expect(whole.user.sums().refund).toBe(0)
    for (let atCall = 1; atCall <= 25; atCall++)
      for (const isAfter of [false, true]) {
        const world = refundWorld({ spentKobo: 25_000 })
        Object.assign(world.crash, { atCall, isAfter })
        await play(world)
        expectSafe(world)
        expect(world.user.sums().refund).toBe(0)
        for (const { status } of refundsOf(world))
          expect(status).toBe(isPaid ? 'completed' : 'failed')
        expect(new Set(world.gateway.refunds.keys()).size).toBeLessThanOrEqual(1)
      }
  })
})

describe('a refund', () => {
  it('holds the money before it is ordered', async () => {
    const world = refundWorld()
    const order = world.gateway.orderRefund.bind(world.gateway)
    world.gateway.orderRefund = async (given) => {
      expect(world.user.sums()).toMatchObject({ refund: AMOUNT, wallet: PAID_KOBO - AMOUNT })
      return order(given)
    }
    await request(world)
    expect(world.gateway.orders).toBe(1)
  })

  it('is ordered again under the same reference after a time-out', async () => {
    const world = refundWorld()
    world.gateway.faults.push('lost', 'lost')
    await request(world)
    await passDays(world, 1)
    expect(world.gateway.orders).toBe(3)
    expect([...world.gateway.refunds.keys()]).toEqual([only(world).reference])
  })

  it.each(['R1', 'R2', 'R3', 'R4', 'R6', 'R8', 'R12'] as const)(
    'that Monnify rejects with %s fails at once, and the money is in the wallet again',
    async (code) => {
      const world = refundWorld()
      world.gateway.faults.push(code)
      const requested = await request(world)
      expect(requested).toMatchObject({
        value: { answer: { status: 'failed', failureReason: code } },
      })
      expect(world.user.sums()).toMatchObject({ refund: 0, wallet: PAID_KOBO })
      await passDays(world, 4)
      expect(world.gateway.orders).toBe(1)
    },
  )

  it.each(['R5', 'R10', 'R11', 'M01', '99'] as const)(
    'that Monnify cannot pay for three days (%s) becomes an exception, and its money stays held',
    async (code) => {
      const world = refundWorld()
      world.gateway.faults.push(...Array<OrderFault>(40).fill(code))
      await request(world)
      await passDays(world, 5)
      expect(world.user.sums()).toMatchObject({ refund: AMOUNT, wallet: PAID_KOBO - AMOUNT })
      const { reference, status, createdAtMs, nextTryAtMs } = only(world)
      expect([status, nextTryAtMs]).toEqual(['processing', createdAtMs + 7 * 24 * HOUR_MS])
      expect(world.recorded.named('exception')).toEqual([
        ['exception', 'refund_undecided', reference, AMOUNT],
      ])
      const { orders } = world.gateway
      expect(orders).toBeLessThanOrEqual(16)
      await passDays(world, 5)
      await payRefund(world.deps, only(world))
      expect(world.gateway.orders).toBe(orders)
    },
  )

  it('is still retried, however often its user repeats the request', async () => {
    const world = refundWorld()
    world.gateway.faults.push(...Array<OrderFault>(43).fill('R5'))
    await request(world)
    const again = () => payRefund(world.deps, only(world))
    for (let times = 0; times < 40; times++) await again()
    expect(only(world)).toMatchObject({ status: 'processing', tries: 41 })
    expect(only(world).nextTryAtMs).toBe(world.recorded.state.nowMs + 60_000)
    expect(world.recorded.named('exception')).toEqual([])
    await passDays(world, 4)
    expect(world.user.sums()).toMatchObject({ refund: 0, wallet: PAID_KOBO - AMOUNT })
  })

  it('that was rejected although Monnify had its first order is debited a day later', async () => {
    const world = refundWorld()
    world.gateway.faults.push('lost_landed', 'R12')
    world.gateway.isQueryDown = true
    await request(world)
    world.gateway.isQueryDown = false
    const query = world.gateway.queryRefund.bind(world.gateway)
    world.gateway.queryRefund = async () => ({ ok: true, value: undefined })
    world.recorded.state.nowMs += HOUR_MS
    await sweepRefunds(world.deps)
    expect(only(world)).toMatchObject({ status: 'failed', failureReason: 'R12' })
    world.gateway.queryRefund = query
    world.recorded.state.nowMs += 25 * HOUR_MS
    await sweepRefunds(world.deps)
    expect(only(world).status).toBe('completed')
    expectSafe(world)
    expect(world.user.sums().refund).toBe(0)
  })

  it('receives the amount that its wallet lacks from the other one, and goodwill stays goodwill', async () => {
    const world = refundWorld({ spentKobo: 25_000 })
    world.user.primary.giveGoodwill({ uuid: 'g', amountKobo: kobo(500) })
    await request(world)
    expect(world.user.call_credits.state).toMatchObject({ goodwillKobo: 500 })
    expect(world.user.call_credits.state.head.balanceKobo).toBe(500)
    expect(world.user.primary.state.head.balanceKobo).toBe(25_000 - 7000)
  })

  it('is refused while the other wallet has a debt, and the key can be used again', async () => {
    const world = refundWorld({ walletType: 'primary' })
    const { call_credits: credits } = world.user
    const spent = { paymentUuid: 'q', reference: 'AIL-2_a1' }
    credits.creditPayment({ ...spent, expectedKobo: kobo(1000), receivedKobo: kobo(1000) })
    credits.initiate('c')
    credits.answer('c')
    credits.settle(60_000)
    credits.end('c')
    world.user.primary.holdRefund({
      ...world.name,
      refundUuid: 'all',
      amountKobo: PAID_KOBO,
      isByUser: true,
    })
    credits.reversePayment(spent)
    world.user.primary.settleRefund({ ...world.name, refundUuid: 'all' }, 'failed')
    expect(await request(world)).toMatchObject({ refusal: { code: 'debt_open' } })
    expect(only(world)).toMatchObject({ status: 'failed', failureReason: 'debt_open' })
    credits.waiveDebt({ uuid: 'w', amountKobo: kobo(1000) })
    expect(await request(world)).toMatchObject({ ok: true })
  })

  it('by hand waits for the operator, who records it once, with evidence', async () => {
    const world = refundWorld()
    await request(world, 'manual')
    await passDays(world, 4)
    expect(only(world).status).toBe('processing')
    expect(world.gateway.orders).toBe(0)
    const decision = { outcome: 'completed', evidence: 'Session 000015' } as const
    for (const _ of ['first', 'repeat'])
      expect(await decideManualRefund(world.deps, only(world).uuid, decision)).toMatchObject({
        value: { status: 'completed' },
      })
    expect(
      await decideManualRefund(world.deps, only(world).uuid, { ...decision, outcome: 'failed' }),
    ).toMatchObject({ refusal: { code: 'refund_not_allowed' } })
    expect(world.user.sums()).toMatchObject({ refund: 0, wallet: PAID_KOBO - AMOUNT })
  })
})
