/** Events of streams about the outcomes of refunds. */
import { describe, expect, it } from 'vitest'
import { ok } from '../../src/common/result'
import type { GatewayRefund, RefundGateway } from '../../src/payments/monnify/refunds'
import { confirmRefund, sweepRefunds } from '../../src/refunds/pay'
import { decideRefund } from '../../src/refunds/service'
import { atOnce, dial } from '../support/client'
import { pass, useClock } from '../support/clock'
import { requestRefund } from '../support/confirmation'
import { eventWorld, storedEvents, streamingUser } from '../support/event-world'

useClock()

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

class ScriptedRefunds implements RefundGateway {
  readonly refunds: GatewayRefund[] = []
  status: GatewayRefund['status'] = 'open'
  isRejecting = false
  isForgetful = false

  async orderRefund(order: Omit<GatewayRefund, 'status'>) {
    if (this.isRejecting) return { kind: 'rejected' as const, code: 'R2' }
    this.refunds.push({ ...order, status: 'open' })
    return { kind: 'accepted' as const }
  }

  async queryRefund(reference: string) {
    const found = this.refunds.find(({ refundReference }) => refundReference === reference)
    return ok(found && !this.isForgetful ? { ...found, status: this.status } : undefined)
  }

  async listRefunds() {
    return ok([])
  }
}

async function requested(prepare: (gateway: ScriptedRefunds) => void = () => undefined) {
  const gateway = new ScriptedRefunds()
  prepare(gateway)
  const world = eventWorld({}, { refundGateway: gateway })
  const user = await streamingUser(world)
  const body = { amount: 300, method: 'monnify' }
  const payment = (await user.send('POST', '/payments', { body })).body
  world.gateway.says(payment.payment_reference, 'PAID', 300)
  await user.send('POST', `/payments/verify/${payment.payment_reference}`)
  expect((await requestRefund(user, payment.uuid, 150.5)).status).toBe(201)
  const [refund] = await world.deps.refundStore.ofPayment(payment.uuid, 1)
  const events = async () => {
    await world.deliver()
    return world.streams.events(user.uuid).filter(({ type }) => type.startsWith('refund.'))
  }
  const facts = async () =>
    (await events()).map(({ type, data }) => [type, data['failure_reason']] as const)
  const confirm = () => confirmRefund(world.deps, refund?.reference ?? '')
  return { world, gateway, user, payment, refund, events, facts, confirm }
}

describe('a refund with a stream', () => {
  it.each([
    ['completed', null],
    ['failed', 'gateway_failed'],
  ] as const)(
    'that is %s has one event, confirmed twenty times at once',
    async (status, reason) => {
      const { world, gateway, user, payment, refund, events, facts, confirm } = await requested()
      expect(await facts()).toEqual([])
      gateway.status = status
      pass(5 * MINUTE_MS)
      await atOnce(20, async (index) => {
        await (index % 5 === 0 ? sweepRefunds(world.deps) : confirm())
      })
      await confirm()
      expect(await events()).toEqual([
        {
          id: expect.stringMatching(/^evt_[0-9a-f]{32}$/),
          type: `refund.${status}`,
          version: 1,
          atMs: Date.now(),
          data: {
            user_uuid: user.uuid,
            refund_uuid: refund?.uuid,
            payment_uuid: payment.uuid,
            reference: refund?.reference,
            amount: 150.5,
            currency: 'NGN',
            status,
            failure_reason: reason,
          },
        },
      ])
      expect(world.streams.appends.flatMap(({ ids }) => ids)).toHaveLength(2)
    },
  )

  it('that Monnify completes and then takes back, twice, has an event for each', async () => {
    const { gateway, facts, confirm } = await requested()
    for (const status of ['completed', 'failed', 'completed'] as const) {
      gateway.status = status
      await confirm()
      await confirm()
      await facts()
    }
    expect(await facts()).toEqual([
      ['refund.completed', null],
      ['refund.failed', 'gateway_failed'],
      ['refund.completed', null],
    ])
  })

  it('that Monnify rejects has an event', async () => {
    const { facts } = await requested((gateway) => {
      gateway.isRejecting = true
    })
    expect(await facts()).toEqual([['refund.failed', 'R2']])
  })

  it.each([
    ['completed', null],
    ['failed', 'not_paid'],
  ] as const)('that an operator decides as %s has one event', async (outcome, reason) => {
    const { world, gateway, refund, facts } = await requested()
    gateway.isForgetful = true
    pass(4 * DAY_MS)
    const decide = () =>
      decideRefund(world.deps, refund?.uuid ?? '', { outcome, evidence: 'Session 15' })
    await atOnce(5, decide)
    expect((await decide()).ok).toBe(true)
    expect(await facts()).toEqual([[`refund.${outcome}`, reason]])
  })

  it('that was refused before it held money has none', async () => {
    const { user, payment, facts } = await requested()
    for (let calls = 0; calls < 4; calls++) await dial(user)
    const refused = await requestRefund(user, payment.uuid, 140)
    expect(refused.body).toMatchObject({ code: 'insufficient_funds' })
    expect(await facts()).toEqual([])
  })

  it('has the event stored with its status, and delivered by the cron job', async () => {
    const { world, gateway, user, facts, confirm } = await requested()
    await world.deliver()
    const { refundStore } = world.deps
    gateway.status = 'completed'
    const update = () => Promise.reject(new Error('killed before the batch'))
    const deps = { ...world.deps, refundStore: { ...refundStore, update } }
    const [refund] = gateway.refunds
    await expect(confirmRefund(deps, refund?.refundReference ?? '')).rejects.toThrow('killed')
    expect(await storedEvents(user.uuid)).toEqual([])
    await confirm()
    expect(await storedEvents(user.uuid)).toMatchObject([{ type: 'refund.completed' }])
    expect(await facts()).toEqual([['refund.completed', null]])
  })
})
