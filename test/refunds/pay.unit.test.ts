import { describe, expect, it } from 'vitest'
import { kobo } from '../../src/common/money'
import { confirmRefund, payRefund, sweepRefunds } from '../../src/refunds/pay'
import { decideRefund, requestRefund } from '../../src/refunds/service'
import type { WalletClient } from '../../src/wallets/object/client'
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

/** A refund whose first order arrived although its response was lost, and whose second one Monnify rejected. */
async function rejectedLater(queriesUntilDecided = 0): Promise<RefundWorld> {
  const world = refundWorld()
  world.gateway.queriesUntilDecided = queriesUntilDecided
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
  return world
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
      expect([status, nextTryAtMs]).toEqual([
        'processing',
        world.recorded.state.nowMs + 12 * HOUR_MS,
      ])
      expect(world.recorded.named('exception')).toContainEqual([
        'exception',
        'refund_undecided',
        reference,
        AMOUNT,
      ])
      const { orders } = world.gateway
      expect(orders).toBeLessThanOrEqual(16)
      await passDays(world, 5)
      expect(only(world).nextTryAtMs).toBe(createdAtMs + 21 * 24 * HOUR_MS)
      await payRefund(world.deps, only(world))
      expect(world.gateway.orders).toBe(orders)
    },
  )

  it('is not tried more often because its user repeats the request', async () => {
    const world = refundWorld()
    world.gateway.faults.push(...Array<OrderFault>(5).fill('R5'))
    await request(world)
    const nextTryAtMs = world.recorded.state.nowMs + 120_000
    for (let times = 0; times < 40; times++) await payRefund(world.deps, only(world))
    expect(only(world)).toMatchObject({ status: 'processing', tries: 1, nextTryAtMs })
    expect(world.gateway.orders).toBe(1)
    await passDays(world, 4)
    expect(world.user.sums()).toMatchObject({ refund: 0, wallet: PAID_KOBO - AMOUNT })
  })

  it('that was rejected although Monnify had its first order is debited a day later', async () => {
    const world = await rejectedLater()
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
    expect(refundsOf(world)).toEqual([])
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
      expect(await decideRefund(world.deps, only(world).uuid, decision)).toMatchObject({
        value: { status: 'completed' },
      })
    expect(
      await decideRefund(world.deps, only(world).uuid, { ...decision, outcome: 'failed' }),
    ).toMatchObject({ refusal: { code: 'refund_not_allowed' } })
    expect(world.user.sums()).toMatchObject({ refund: 0, wallet: PAID_KOBO - AMOUNT })
  })
})

describe('requests of one refund at the same time', () => {
  const sameKey = { key: 'k', fingerprint: 'f' }
  const asked = {
    amountKobo: AMOUNT,
    method: 'monnify',
    reason: 'Paid twice',
    operator: null,
  } as const

  it('order it once, although the order is slow', async () => {
    const world = refundWorld()
    const order = world.gateway.orderRefund.bind(world.gateway)
    const slow = Promise.withResolvers<void>()
    world.gateway.orderRefund = async (given) => {
      await slow.promise
      return order(given)
    }
    const all = Array.from({ length: 4 }, () =>
      requestRefund(world.deps, world.payment, asked, sameKey),
    )
    setImmediate(slow.resolve)
    await Promise.all(all)
    expect(world.gateway.orders).toBe(1)
    expect(refundsOf(world)).toHaveLength(1)
    expectSafe(world)
  })

  it('do not return the hold of another one', async () => {
    const world = refundWorld()
    world.gateway.queriesUntilDecided = 2
    const { wallets: real } = world.deps
    const refusing = Promise.withResolvers<void>()
    /** The first request sees a debt, which is paid before the second one looks. */
    let looks = 0
    const wallets: WalletClient = {
      send: async (name, command) => {
        const answer = await real.send(name, command)
        looks += 1
        if (looks > 1) return answer
        await refusing.promise
        return { ok: true, value: kobo(100) } as typeof answer
      },
    }
    const first = requestRefund({ ...world.deps, wallets }, world.payment, asked, sameKey)
    await new Promise(setImmediate)
    const second = await requestRefund(world.deps, world.payment, asked, sameKey)
    refusing.resolve()
    expect(await first).toMatchObject({ refusal: { code: 'debt_open' } })
    expect(second).toMatchObject({ value: { answer: { status: 'pending' } } })
    expect(world.gateway.orders).toBe(0)
    expect(await requestRefund(world.deps, world.payment, asked, sameKey)).toMatchObject({
      ok: true,
    })
    await passDays(world, 1)
    expectSafe(world)
    expect(world.user.sums()).toMatchObject({ refund: 0, wallet: PAID_KOBO - AMOUNT })
  })

  it('that another try has overtaken change nothing', async () => {
    const world = refundWorld()
    const order = world.gateway.orderRefund.bind(world.gateway)
    const stalled = Promise.withResolvers<void>()
    world.gateway.orderRefund = async () => {
      await stalled.promise
      return { kind: 'rejected', code: 'R12' }
    }
    const first = requestRefund(world.deps, world.payment, asked, sameKey)
    await new Promise(setImmediate)
    world.gateway.orderRefund = order
    world.recorded.state.nowMs += 3 * 60_000
    await sweepRefunds(world.deps)
    stalled.resolve()
    expect(await first).toMatchObject({ value: { answer: { status: 'completed' } } })
    expectSafe(world)
  })
})

describe('a refund that Monnify does not decide', () => {
  const decide = (world: RefundWorld, outcome: 'completed' | 'failed') =>
    decideRefund(world.deps, only(world).uuid, { outcome, evidence: 'Ada: session 000015' })

  async function undecided(): Promise<RefundWorld> {
    const world = refundWorld()
    world.gateway.faults.push(...Array<OrderFault>(60).fill('R5'))
    await request(world)
    await passDays(world, 4)
    return world
  }

  it('is settled within half a day once Monnify decides it', async () => {
    const world = await undecided()
    knownAs(world, 'failed')
    await passDays(world, 0.75)
    expect(only(world).status).toBe('failed')
    expect(world.user.sums()).toMatchObject({ refund: 0, wallet: PAID_KOBO })
  })

  /** Monnify has a record of the refund after all. */
  function knownAs(world: RefundWorld, status: 'open' | 'failed'): void {
    const { reference: refundReference, transactionReference } = only(world)
    const record = { refundReference, transactionReference, amountKobo: AMOUNT, status }
    world.gateway.refunds.set(refundReference, { record, payouts: 0 })
  }

  it('stays as an operator has decided it, whatever Monnify reports later', async () => {
    const world = await undecided()
    knownAs(world, 'failed')
    expect(await decide(world, 'completed')).toMatchObject({ ok: true })
    await confirmRefund(world.deps, only(world).reference)
    await passDays(world, 60)
    expect(only(world).status).toBe('completed')
    expect(world.user.sums()).toMatchObject({ refund: 0, wallet: PAID_KOBO - AMOUNT })
  })

  it.each(['completed', 'failed'] as const)(
    'is decided by an operator after three days: %s',
    async (outcome) => {
      const world = await undecided()
      expect(await decide(world, outcome)).toMatchObject({ value: { status: outcome } })
      expect(await decide(world, outcome)).toMatchObject({ value: { status: outcome } })
      const wallet = outcome === 'failed' ? PAID_KOBO : PAID_KOBO - AMOUNT
      expect(world.user.sums()).toMatchObject({ refund: 0, wallet })
      await passDays(world, 60)
      expect(world.user.sums()).toMatchObject({ refund: 0, wallet })
    },
  )

  it('is not decided by an operator while Monnify may still pay it', async () => {
    const world = refundWorld()
    world.gateway.faults.push('R5')
    await request(world)
    const refusal = { code: 'refund_not_allowed' }
    expect(await decide(world, 'failed')).toMatchObject({ refusal })
    const late = await undecided()
    knownAs(late, 'open')
    expect(await decide(late, 'failed')).toMatchObject({ refusal })
    late.gateway.isQueryDown = true
    expect(await decide(late, 'failed')).toMatchObject({ refusal: { code: 'gateway_unavailable' } })
  })

  it('has one outcome if two operators decide at the same time', async () => {
    const world = await undecided()
    const decisions = await Promise.all([decide(world, 'completed'), decide(world, 'failed')])
    expect(decisions).toMatchObject([
      { ok: true },
      { ok: false, refusal: { code: 'refund_not_allowed' } },
    ])
    expect(only(world).status).toBe('completed')
    expect(world.user.sums()).toMatchObject({ refund: 0, wallet: PAID_KOBO - AMOUNT })
  })

  it('is an exception too if it is manual, or has never held its money', async () => {
    const manual = refundWorld()
    await request(manual, 'manual')
    await passDays(manual, 4)
    const pending = refundWorld()
    const wallets: WalletClient = { send: async () => Promise.reject(new Error('unreachable')) }
    const broken = { ...pending.deps, wallets }
    const asked = { amountKobo: AMOUNT, method: 'monnify', reason: 'x', operator: null } as const
    await expect(requestRefund(broken, pending.payment, asked, undefined)).rejects.toThrow()
    for (let hours = 0; hours < 96; hours += 6) {
      pending.recorded.state.nowMs += 6 * HOUR_MS
      await sweepRefunds(broken)
    }
    for (const world of [manual, pending])
      expect(world.recorded.named('exception')).toContainEqual([
        'exception',
        'refund_undecided',
        only(world).reference,
        AMOUNT,
      ])
    await sweepRefunds(pending.deps)
    pending.recorded.state.nowMs += 5 * 24 * HOUR_MS
    await sweepRefunds(pending.deps)
    expect([only(pending).status, pending.gateway.orders]).toEqual(['processing', 0])
  })
})

describe('the check of a decided refund', () => {
  it('is repeated while Monnify does not respond, and its last failure is an exception', async () => {
    const world = refundWorld()
    await request(world)
    await passDays(world, 44)
    world.gateway.bounce()
    world.gateway.isQueryDown = true
    await passDays(world, 3)
    world.gateway.isQueryDown = false
    await passDays(world, 1)
    expect(only(world).status).toBe('failed')
    const never = refundWorld()
    await request(never)
    never.gateway.isQueryDown = true
    await passDays(never, 60)
    expect(never.recorded.named('exception')).toEqual([
      ['exception', 'check_failed', only(never).reference, AMOUNT],
    ])
    expect(only(never).nextTryAtMs).toBeNull()
  })

  it('is repeated after a rejected later order, until the first one is decided', async () => {
    const world = await rejectedLater(1000)
    await passDays(world, 2)
    expect(only(world).status).toBe('failed')
    world.gateway.queriesUntilDecided = 0
    await passDays(world, 6)
    expect(only(world).status).toBe('completed')
    expectSafe(world)
  })
})
