import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { SIGNATURE_HEADER, signBody } from '../../src/payments/monnify/signature'
import { sweepPayments } from '../../src/payments/sweep'
import { receiveEvent } from '../../src/payments/webhook'
import { buildEvent, EVENT_TYPES } from '../../scripts/aileana/monnify/events'
import { atOnce, newUser, statuses, type TestUser, walletOf } from '../support/client'
import { paidEvent, SECRET, sendEvent, type World, worldWith } from '../support/gateway'

async function openTopUp(
  naira = 1000,
): Promise<World & { user: TestUser; reference: string; uuid: string }> {
  const world = worldWith()
  const user = await newUser(world.send)
  const { body } = await user.send('POST', '/payments', {
    body: { amount: naira, method: 'monnify' },
  })
  return { ...world, user, reference: body.payment_reference, uuid: body.uuid }
}

const eventsOf = async (reference: string) =>
  (
    await env.DB.prepare('SELECT * FROM webhook_events WHERE payment_reference = ?')
      .bind(reference)
      .all()
  ).results

describe("S27: Monnify's event", () => {
  it('credits the amount that the status query confirms, and is stored with its outcome', async () => {
    const { gateway, send, user, reference, uuid } = await openTopUp()
    gateway.says(reference, 'PAID', 1000)
    const taken = await sendEvent(send, paidEvent(reference, 1000))
    expect(taken).toMatchObject({ status: 200, body: { outcome: 'settled' } })
    expect((await walletOf(user)).balance).toBe(1000)
    expect((await user.send('GET', `/payments/${uuid}`)).body).toMatchObject({
      status: 'completed',
      amount_paid: 1000,
    })
    expect(await eventsOf(reference)).toMatchObject([{ outcome: 'settled', times_received: 1 }])
  })

  it('credits once if it arrives forty times at once, and again later', async () => {
    const { gateway, send, user, reference } = await openTopUp()
    gateway.says(reference, 'PAID', 1000)
    const answers = await atOnce(40, () => sendEvent(send, paidEvent(reference, 1000)))
    await sendEvent(send, paidEvent(reference, 1000))
    expect(statuses(answers)).toEqual({ 200: 40 })
    expect((await walletOf(user)).balance).toBe(1000)
    expect(await eventsOf(reference)).toMatchObject([{ times_received: 41 }])
  })

  it.each<[string, (world: World, reference: string) => void]>([
    ['amount', ({ gateway }, reference) => gateway.says(reference, 'PENDING', 0)],
    [
      'currency',
      ({ gateway }, reference) => gateway.says(reference, 'PAID', 1000, { currency: 'USD' }),
    ],
    ['status', ({ gateway }, reference) => gateway.says(reference, 'FAILED', 0)],
    [
      'reference',
      ({ gateway }, reference) =>
        gateway.says(reference, 'PAID', 1000, { paymentReference: 'AIL-x' }),
    ],
  ])(
    'S1: credits nothing if it is signed but Monnify does not confirm its %s',
    async (_, script) => {
      const world = await openTopUp()
      script(world, world.reference)
      const taken = await sendEvent(world.send, paidEvent(world.reference, 1000))
      expect(taken.body).toEqual({ outcome: 'unchanged' })
      expect((await walletOf(world.user)).balance).toBe(0)
    },
  )

  it('credits the paid amount, even if it claims more', async () => {
    const { gateway, send, user, reference } = await openTopUp()
    gateway.says(reference, 'PARTIALLY_PAID', 400)
    await sendEvent(send, paidEvent(reference, 1_000_000))
    expect((await walletOf(user)).balance).toBe(400)
    gateway.says(reference, 'PAID', 1000)
    await sendEvent(send, paidEvent(reference, 1000))
    expect((await walletOf(user)).balance).toBe(1000)
    gateway.says(reference, 'OVERPAID', 1250)
    await sendEvent(send, paidEvent(reference, 1250))
    expect((await walletOf(user)).balance).toBe(1250)
  })

  it('S28: credits money that arrives after the payment expired', async () => {
    const { gateway, send, user, reference, uuid } = await openTopUp()
    gateway.says(reference, 'EXPIRED', 0)
    await user.send('POST', `/payments/verify/${reference}`)
    expect((await user.send('GET', `/payments/${uuid}`)).body).toMatchObject({ status: 'expired' })
    gateway.says(reference, 'PAID', 1000)
    await sendEvent(send, paidEvent(reference, 1000))
    expect((await user.send('GET', `/payments/${uuid}`)).body).toMatchObject({
      status: 'completed',
      failure_reason: null,
    })
    expect((await walletOf(user)).balance).toBe(1000)
  })

  it.each(['', '0'.repeat(127), '0'.repeat(128), '0'.repeat(129), 'signature'])(
    'is rejected with the signature %j, and nothing is stored',
    async (signature) => {
      const { gateway, send, user, reference } = await openTopUp()
      gateway.says(reference, 'PAID', 1000)
      const refused = await sendEvent(send, paidEvent(reference, 1000), signature)
      expect(refused.status).toBe(401)
      expect(refused.body.code).toBe('invalid_signature')
      expect(await eventsOf(reference)).toEqual([])
      expect(gateway.queries).toBe(0)
      expect((await walletOf(user)).balance).toBe(0)
    },
  )

  it('gets a 500 if it cannot be processed, and succeeds the next time', async () => {
    const { gateway, send, user, reference } = await openTopUp()
    gateway.says(reference, 'PAID', 1000)
    gateway.isDown = true
    const failed = await sendEvent(send, paidEvent(reference, 1000))
    expect(failed.status).toBe(500)
    expect(await eventsOf(reference)).toMatchObject([{ outcome: null }])
    gateway.isDown = false
    expect((await sendEvent(send, paidEvent(reference, 1000))).status).toBe(200)
    expect((await walletOf(user)).balance).toBe(1000)
  })

  it.each([
    ['of another type', { eventType: 'SETTLEMENT', eventData: { amount: '5198.00' } }, 'ignored'],
    ['of an unknown type', { eventType: 'SOMETHING_NEW', eventData: null }, 'ignored'],
    ['without a type', { transactionHash: 'legacy' }, 'ignored'],
    ['that is not JSON', '{"eventType":', 'ignored'],
    ['for a payment that is not ours', paidEvent('ord_7Q2M_a1', 5), 'not_ours'],
    ['for a payment of ours that does not exist', paidEvent('AIL-0_a1', 5), 'unknown_reference'],
  ])('%s is accepted and stored', async (_, event, outcome) => {
    const { send } = worldWith()
    expect(await sendEvent(send, event)).toMatchObject({ status: 200, body: { outcome } })
  })

  it.each(EVENT_TYPES)('of type %s gets a 200 and is stored', async (eventType) => {
    const { send } = worldWith()
    const event = buildEvent(eventType, { reference: 'ord_7Q2M_a1', amount: 1000 })
    expect((await sendEvent(send, event ?? {})).status).toBe(200)
    const hash = bytesToHex(sha256(utf8ToBytes(JSON.stringify(event))))
    const kept = env.DB.prepare('SELECT * FROM webhook_events WHERE body_hash = ?').bind(hash)
    expect(await kept.first()).toMatchObject({ event_type: eventType })
  })

  it('is accepted with the previous key during a rotation, and with no other key', async () => {
    const previous = 'PREVIOUS2Q6T1R9Y3U5P7'
    const event = { eventType: 'SETTLEMENT', eventData: {} }
    const statusWith = async (world: World, secret: string) => {
      const body = new TextEncoder().encode(JSON.stringify(event))
      return (await sendEvent(world.send, event, await signBody(secret, body))).status
    }
    const rotated = worldWith({ webhookSecrets: [SECRET, previous] })
    expect(await statusWith(rotated, SECRET)).toBe(200)
    expect(await statusWith(rotated, previous)).toBe(200)
    expect(await statusWith(rotated, `${previous}x`)).toBe(401)
    expect(await statusWith(worldWith(), previous)).toBe(401)
  })

  it('is accepted from any IP address, or from listed ones only', async () => {
    const event = { eventType: 'SETTLEMENT', eventData: {} }
    const body = JSON.stringify(event)
    const signature = await signBody(SECRET, new TextEncoder().encode(body))
    const from = (world: World, address: string) =>
      world.send('POST', '/webhooks/monnify', {
        body,
        headers: { [SIGNATURE_HEADER]: signature, 'CF-Connecting-IP': address },
      })
    const listed = worldWith({ webhookIps: ['35.242.133.146', '2001:db8::/32'] })
    const only = worldWith({ webhookIps: ['35.242.133.146'] })
    expect((await from(worldWith(), '203.0.113.9')).status).toBe(200)
    expect((await from(listed, '35.242.133.146')).status).toBe(200)
    expect((await from(listed, '2001:db8::1')).status).toBe(200)
    expect((await from(only, '35.242.133.146')).status).toBe(200)
    for (const world of [listed, only])
      expect(await from(world, '203.0.113.9')).toMatchObject({
        status: 403,
        body: { code: 'address_refused' },
      })
  })

  it('is stored if it arrives before its payment, and applied by the sweep', async () => {
    const world = await openTopUp()
    const { gateway, send, user, reference, deps } = world
    gateway.says(reference, 'PAID', 1000)
    const own = reference.replace(/_a1$/, '')
    const rename = (from: string, to: string) =>
      env.DB.prepare('UPDATE payments SET reference = ? WHERE reference = ?').bind(to, from).run()
    await rename(own, 'not-there-yet')
    expect((await sendEvent(send, paidEvent(reference, 1000))).body).toEqual({
      outcome: 'unknown_reference',
    })
    await rename('not-there-yet', own)
    await sweepPayments({ ...deps, now: () => Date.now() + 60_000 })
    expect((await walletOf(user)).balance).toBe(1000)
    expect(await eventsOf(reference)).toMatchObject([{ outcome: 'settled_later' }])
  })

  it('is tried even if other events can never be processed', async () => {
    const world = await openTopUp()
    const { gateway, send, user, reference, deps } = world
    for (let index = 0; index < 60; index++)
      await sendEvent(send, paidEvent(`AIL-never${index}_a1`, 5))
    gateway.says(reference, 'FAILED', 0)
    gateway.isDown = true
    await sendEvent(send, paidEvent(reference, 1000))
    gateway.isDown = false
    for (let minutes = 5; minutes <= 15; minutes += 5)
      await sweepPayments({ ...deps, now: () => Date.now() + minutes * 60_000 })
    expect(await eventsOf(reference)).toMatchObject([
      { outcome: 'settled_later', next_try_at_ms: null },
    ])
    expect((await walletOf(user)).balance).toBe(0)
  })

  it('credits once if it arrives a thousand times in a row', async () => {
    const { gateway, user, reference, deps } = await openTopUp()
    gateway.says(reference, 'PAID', 1000)
    const body = new TextEncoder().encode(JSON.stringify(paidEvent(reference, 1000)))
    const signature = await signBody(SECRET, body)
    for (let times = 0; times < 1000; times++) await receiveEvent(deps, body, signature)
    expect((await walletOf(user)).balance).toBe(1000)
    expect(await eventsOf(reference)).toMatchObject([{ times_received: 1000 }])
  }, 120_000)

  it('can have at most 256 kB', async () => {
    const { send } = worldWith()
    const padded = (bytes: number) =>
      JSON.stringify({ eventType: 'X', padding: 'x'.repeat(bytes - 30) }).padEnd(bytes)
    expect((await sendEvent(send, padded(256 * 1024))).status).toBe(200)
    expect((await sendEvent(send, padded(256 * 1024 + 1))).status).toBe(413)
  })
})
