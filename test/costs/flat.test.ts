/** The cost of an operation does not depend on the length of its wallet's history. */
import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { newUser, type TestUser, walletOf } from '../support/client'
import { useClock } from '../support/clock'
import { costOf, type Costs, installCounters } from '../support/counts'
import { giveLongPast } from '../support/long-wallet'
import { costsOfWallet } from './operations'

useClock()
beforeAll(installCounters)

const SHORT = 100
const LONG = 100_000

const userWithPast = async (length: number, behind = 0): Promise<TestUser> => {
  const user = await newUser()
  await giveLongPast(user, length, behind)
  return user
}

describe('with a hundred or a hundred thousand calls and entries in its wallet', () => {
  it('every operation reads and writes the same number of rows', async () => {
    const costs = await costsOfWallet(await userWithPast(SHORT))
    expect(costs['POST /calls']?.rowsWritten).toBeGreaterThan(0)
    expect(await costsOfWallet(await userWithPast(LONG))).toEqual(costs)
  })

  it('a list of a period reads only a few more rows', async () => {
    const rowsRead: number[] = []
    for (const length of [SHORT, LONG]) {
      const user = await userWithPast(length)
      const { uuid } = await walletOf(user)
      const from = new Date(Date.now() - 60 * 60_000).toISOString()
      const to = new Date(Date.now() - 20 * 60_000).toISOString()
      for (const path of [`/wallets/${uuid}/transactions`, '/calls']) {
        const costs = await costOf(async () => {
          const { body } = await user.send('GET', `${path}?from=${from}&to=${to}&limit=100`)
          expect(body).toHaveLength(40)
        })
        rowsRead.push(costs.rowsRead)
      }
    }
    const [ledger = 0, calls = 0, longLedger, longCalls] = rowsRead
    const steps = 2 * Math.ceil(Math.log2(LONG / SHORT))
    expect(longLedger).toBeLessThanOrEqual(ledger + steps)
    expect(longCalls).toBeLessThanOrEqual(calls + steps)
  })

  it('a projection batch reads and writes the same number of rows, however far behind D1 is', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const batch = env.DB.batch.bind(env.DB)
    const costs: Costs[] = []
    for (const length of [2 * SHORT, LONG]) {
      const user = await userWithPast(length, length)
      vi.spyOn(env.DB, 'batch')
        .mockImplementationOnce(batch)
        .mockRejectedValueOnce(new Error('D1 is down'))
      const stub = env.WALLET.getByName(`${user.uuid}/call_credits`)
      costs.push(await costOf(() => runDurableObjectAlarm(stub)))
    }
    const [few, many] = costs
    /** The wallet, then a row of the ledger with one index, and a call with two. */
    expect(few?.d1Rows?.written).toBe(1 + 2 * 50 + 3 * 50)
    expect(many).toEqual(few)
  })
})
