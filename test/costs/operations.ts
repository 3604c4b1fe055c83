/** Runs a user's operations and the alarm on a wallet one by one, and measures the cost of each. */
import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import { dial, type RequestOptions, type TestUser, walletOf } from '../support/client'
import { pass } from '../support/clock'
import { type Costs, costOf } from '../support/counts'
import { receiptsIssued } from '../support/receipts'

export type CostTable = Record<string, Costs>

const ring = (user: TestUser) =>
  runDurableObjectAlarm(env.WALLET.getByName(`${user.uuid}/call_credits`))

/** @param user must have enough call credits for two calls */
export async function costsOfWallet(user: TestUser): Promise<CostTable> {
  const { uuid } = await walletOf(user)
  await receiptsIssued(user.uuid)
  const table: CostTable = {}
  const ask = async (name: string, path: string, options: RequestOptions = {}) => {
    const [method = '', template = ''] = name.split(' ')
    table[name] = await costOf(async () => {
      const { status } = await user.send(method, path || template, options)
      expect(status, name).toBe(200)
    })
  }
  await ring(user)
  /** A warm isolate has a copy of the tariff versions. */
  await user.send('GET', '/tariff?phone=08031234567')
  let call = ''
  table['POST /calls'] = await costOf(async () => {
    call = `/calls/${(await dial(user)).body.uuid}`
  })
  await ask('PATCH /calls/{uuid}/answer', `${call}/answer`)
  pass(7000)
  await ask('PATCH /calls/{uuid}/end', `${call}/end`)
  table['projection to D1'] = await costOf(() => ring(user))
  table['POST /calls with an Idempotency-Key'] = await costOf(() =>
    dial(user, { headers: { 'Idempotency-Key': crypto.randomUUID() } }),
  )
  await ask('GET /calls/{uuid}', call)
  await ask('GET /calls', '')
  await ask('GET /calls?status=completed', '/calls?status=completed')
  await ask('GET /calls?status=cancelled', '/calls?status=cancelled')
  await ask('GET /calls?status=initiated', '/calls?status=initiated')
  await ask('GET /tariff', '/tariff?phone=08031234567')
  await ask('GET /wallets', '')
  await ask('GET /wallets/{uuid}', `/wallets/${uuid}`)
  const ledger = `/wallets/${uuid}/transactions`
  await ask('GET /wallets/{uuid}/transactions', ledger)
  await ask('GET /wallets/{uuid}/transactions?kind=call_charge', `${ledger}?kind=call_charge`)
  await ask('GET /wallets/{uuid}/transactions?kind=reversal', `${ledger}?kind=reversal`)
  return table
}
