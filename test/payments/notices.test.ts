import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { confirmPayment } from '../../src/payments/confirm'
import { atOnce, newUser } from '../support/client'
import { paidEvent, sendEvent } from '../support/gateway'
import { useClock } from '../support/clock'
import { mailWorld } from '../support/mail'

useClock()

async function openPayment(amount = 1000) {
  const world = mailWorld()
  const user = await newUser(world.send)
  await world.deliver()
  const body = { amount, method: 'monnify' }
  const payment = (await user.send('POST', '/payments', { body })).body
  const reference: string = payment.payment_reference
  const subjects = async () => {
    await world.deliver()
    return world.provider
      .to(user.email)
      .map(({ subject }) => subject)
      .filter((subject) => subject !== 'Confirm your e-mail address')
  }
  const rows = async () =>
    (
      await env.DB.prepare("SELECT id FROM messages WHERE user_uuid = ? AND kind LIKE 'payment%'")
        .bind(user.uuid)
        .all()
    ).results
  return { world, user, reference, subjects, rows }
}

describe('a message about a payment', () => {
  it('is sent once, whatever arrives and however often', async () => {
    const { world, user, reference, subjects } = await openPayment()
    world.gateway.says(reference, 'PAID', 1000)
    const event = paidEvent(reference, 1000)
    await Promise.all([
      ...Array.from({ length: 5 }, () => sendEvent(world.send, event)),
      ...Array.from({ length: 5 }, () => user.send('POST', `/payments/verify/${reference}`)),
      ...Array.from({ length: 5 }, () => confirmPayment(world.deps, reference)),
    ])
    expect(await subjects()).toEqual(['We received ₦1,000.00'])
  })

  it.each([
    ['FAILED', 0, 'Your payment of ₦1,000.00 was not completed'],
    ['ABANDONED', 0, 'Your payment of ₦1,000.00 was not completed'],
    ['EXPIRED', 0, 'Your payment of ₦1,000.00 was not completed'],
    ['PARTIALLY_PAID', 400, 'We received ₦400.00 of ₦1,000.00'],
    ['OVERPAID', 1200, 'We received ₦1,200.00'],
  ])('that is %s with %i NGN says: %s', async (status, naira, subject) => {
    const { world, user, reference, subjects } = await openPayment()
    world.gateway.says(reference, status, naira)
    await user.send('POST', `/payments/verify/${reference}`)
    await user.send('POST', `/payments/verify/${reference}`)
    expect(await subjects()).toEqual([subject])
  })

  it('is sent for each outcome, in order, when one follows another', async () => {
    const { world, reference, subjects } = await openPayment()
    for (const [status, naira] of [
      ['PARTIALLY_PAID', 400],
      ['PAID', 1000],
      ['REVERSED', 0],
    ] as const) {
      world.gateway.says(reference, status, naira)
      await confirmPayment(world.deps, reference)
      await world.deliver()
    }
    expect(await subjects()).toEqual([
      'We received ₦400.00 of ₦1,000.00',
      'We received ₦1,000.00',
      'Your payment of ₦1,000.00 was taken back',
    ])
  })

  it('is stored with the status: a crash between them loses neither', async () => {
    const { world, reference, rows } = await openPayment()
    world.gateway.says(reference, 'PAID', 1000)
    const { paymentStore } = world.deps
    const crashing = {
      ...world.deps,
      paymentStore: {
        ...paymentStore,
        updateStatus: async () => {
          throw new Error('killed before the batch')
        },
      },
    }
    await expect(confirmPayment(crashing, reference)).rejects.toThrow('killed')
    expect(await rows()).toEqual([])
    await confirmPayment(world.deps, reference)
    expect(await rows()).toHaveLength(1)
  })

  it('does not delay or fail the payment if the provider is down', async () => {
    const { world, user, reference, subjects } = await openPayment()
    world.provider.fault = 'down'
    world.gateway.says(reference, 'PAID', 1000)
    await world.deliver()
    const verified = await user.send('POST', `/payments/verify/${reference}`)
    expect(verified.body.status).toBe('completed')
    expect(await subjects()).toEqual([])
  })

  it('about forty payments at once is sent for each', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    await atOnce(40, async (index) => {
      const body = { amount: 100 + index, method: 'monnify' }
      const { payment_reference: reference } = (await user.send('POST', '/payments', { body })).body
      world.gateway.says(reference, 'PAID', 100 + index)
      await user.send('POST', `/payments/verify/${reference}`)
    })
    await world.deliver()
    const received = world.provider.to(user.email).filter(({ subject }) => /received/.test(subject))
    expect(new Set(received.map(({ subject }) => subject)).size).toBe(40)
  })
})
