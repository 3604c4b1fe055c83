/** Sequences in which the simulation found a bug, kept as found. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { kobo } from '../../../src/common/money'
import { idempotencyOf } from '../../../src/common/idempotency'
import { createPayment, type NewPayment, verifyPayment } from '../../../src/payments/service'
import { valueOf } from '../../support/result'
import { NO_FAULTS } from './faults'
import { register } from './operations/calls'
import { installPlatform, type Platform } from './platform'
import { createRandom } from '../support/random'
import { World } from './world'

let platform: Platform
let world: World

beforeEach(() => {
  platform = installPlatform(Date.UTC(2126, 0, 1))
  world = new World(1, platform)
})

afterEach(() => {
  world.close()
  platform.restore()
})

test('a reversed payment with a shortfall is not completed by a failed attempt', async () => {
  const { deps, faults, orders } = world
  await register(world, createRandom(1))
  const userUuid = world.users[0]?.uuid ?? ''
  const order = async (method: NewPayment['method'], walletType: NewPayment['walletType']) => {
    const request = { amountKobo: kobo(5000), method, walletType, description: null }
    orders.make({ userUuid, wallet: walletType, method, amountKobo: 5000, key: undefined })
    return createPayment(deps, userUuid, request, idempotencyOf(method, request))
  }
  faults.begin({ gateway: 'down' })
  await order('monnify', 'primary')
  faults.begin(NO_FAULTS)
  const { answer: payment } = valueOf(await order('monnify', 'primary'))
  const [transaction] = world.gateway.transactions.values()
  expect(transaction?.paymentReference).toBe(`${payment.reference}_a2`)
  Object.assign(transaction ?? {}, { status: 'PAID', paidKobo: 5000 })
  const verify = async () => valueOf(await verifyPayment(deps, userUuid, payment.reference))
  expect(await verify()).toMatchObject({ status: 'completed', amountPaidKobo: 5000 })

  valueOf(await order('wallet', 'call_credits'))
  Object.assign(transaction ?? {}, { status: 'REVERSED' })
  const { confirmPayment } = await import('../../../src/payments/confirm')
  const settled = valueOf(await confirmPayment(deps, payment.reference))
  expect(settled).toMatchObject({ status: 'failed', failureReason: 'reversed' })
})
