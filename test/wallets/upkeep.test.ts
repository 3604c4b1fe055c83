/** A wallet's copy in D1, while something else happens to the wallet. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { project } from '../../src/wallets/upkeep'
import { walletUuid } from '../../src/wallets/wallet'
import { WalletStorage } from '../../src/wallets/wallet-storage'
import { userWithCredit } from '../support/client'
import { useClock } from '../support/clock'
import { ownWallet } from '../support/own-wallet'
import { LIMITS, newCall } from '../support/wallets'

useClock()

it('is made anew when that is asked for in the middle of a copy', async () => {
  const { uuid: userUuid } = await userWithCredit(100)
  const name = { userUuid, type: 'call_credits' } as const
  const uuid = walletUuid(name)
  const entries = env.DB.prepare('SELECT COUNT(*) FROM transactions WHERE wallet_uuid = ?')
  const stub = env.WALLET.getByName(`${userUuid}/call_credits`)
  await runDurableObjectAlarm(stub)
  const call = newCall(crypto.randomUUID())
  await ownWallet(name).initiateCall({ call, limits: LIMITS, idempotency: undefined })
  const copied = await runInDurableObject(stub, async (_, { storage }) => {
    const wallet = new WalletStorage(storage.sql)
    const { change } = wallet.load(uuid, Date.now())
    const lossy = {
      prepare: (sql: string) => env.DB.prepare(sql),
      async batch(statements: D1PreparedStatement[]) {
        const results = await env.DB.batch(statements)
        Object.assign(lossy, { batch: env.DB.batch.bind(env.DB) })
        await env.DB.prepare('DELETE FROM transactions WHERE wallet_uuid = ?').bind(uuid).run()
        wallet.moveWatermark({ projectedChange: 0, projectedEntrySeq: 0 })
        return results
      },
    }
    await project(wallet, lossy as unknown as D1Database, name, uuid, change)
    return entries.bind(uuid).first('COUNT(*)')
  })
  expect(copied).toBe(1)
})
