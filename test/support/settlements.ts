/** Settlements of the simulated gateway, through the service's HTTP surface. */
import { runDurableObjectAlarm } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { expect } from 'vitest'
import { createDeps } from '../../src/deps'
import type { SettlementFault } from '../../src/dev/simulator/scenario'
import { reconcileSettlements } from '../../src/operators/finance/settlements/service'
import { newUser, ORIGIN, type TestUser, topUp } from './client'

export const simulator = (method: string, path: string, body: object = {}): Promise<Response> =>
  exports.default.fetch(
    new Request(`${ORIGIN}/simulator${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(body),
    }),
  )

/** Projects the entries of a user's wallets. */
export async function project(user: TestUser): Promise<void> {
  for (const wallet of ['call_credits', 'primary'])
    await runDurableObjectAlarm(env.WALLET.getByName(`${user.uuid}/${wallet}`))
}

export interface PaidUser {
  readonly user: TestUser
  /** Reference of the payment's attempt. */
  readonly reference: string
  readonly transaction: string
  readonly payment: string
}

/** A user who paid, and whose line of the next settlement has a fault. */
export async function paidUser(naira = 1000, fault: SettlementFault = 'none'): Promise<PaidUser> {
  const user = await newUser()
  const set = await simulator('PUT', '/settlement-fault', { fault, user: user.email })
  expect(set.status).toBe(200)
  await topUp(user, naira)
  await project(user)
  const [payment] = (await user.send('GET', '/payments')).body
  return {
    user,
    payment: payment.uuid,
    reference: payment.payment_reference,
    transaction: payment.monnify_payment_reference,
  }
}

/** Settles all paid transactions. @returns the reference of the settlement */
export async function settle(): Promise<string> {
  const settled = await simulator('POST', '/settlements')
  expect(settled.status).toBe(200)
  const event: { eventData: { settlementReference: string } } = await settled.json()
  return event.eventData.settlementReference
}

/** Dependencies of the cron job. Their simulated gateway serves requests. */
export function cronDeps() {
  const deps = createDeps(env)
  deps.simulator?.meet(ORIGIN)
  return deps
}

export const reconcile = (): Promise<void> => reconcileSettlements(cronDeps())
