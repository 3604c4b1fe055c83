/** A wallet's copy in D1, when it takes more than one go. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { project } from '../../src/wallets/upkeep'
import { walletUuid } from '../../src/wallets/wallet'
import { WalletStorage } from '../../src/wallets/wallet-storage'
import { newUser, userWithCredit } from '../support/client'
import { useClock } from '../support/clock'
import { giveLongPast } from '../support/long-wallet'
import { ownWallet } from '../support/own-wallet'
import { LIMITS, newCall } from '../support/wallets'

useClock()

it.each([
  ['the first copy', false],
  ['a later one', true],
])('is made anew when that is asked for in the middle of %s', async (_, isCopied) => {
  const { uuid: userUuid } = await userWithCredit(100)
  const name = { userUuid, type: 'call_credits' } as const
  const uuid = walletUuid(name)
  const entries = env.DB.prepare('SELECT COUNT(*) FROM transactions WHERE wallet_uuid = ?')
  const stub = env.WALLET.getByName(`${userUuid}/call_credits`)
  if (isCopied) await runDurableObjectAlarm(stub)
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
        wallet.copyAgain()
        return results
      },
    }
    await project(wallet, lossy as unknown as D1Database, name, uuid, change)
    return entries.bind(uuid).first('COUNT(*)')
  })
  expect(copied).toBe(1)
})

it('of a long backlog travels in several goes, each at once after the other', async () => {
  const user = await newUser()
  await giveLongPast(user, 1000, 1000)
  const uuid = walletUuid({ userUuid: user.uuid, type: 'call_credits' })
  const stub = env.WALLET.getByName(`${user.uuid}/call_credits`)
  const copied = () =>
    env.DB.prepare('SELECT COUNT(*) FROM call_sessions WHERE wallet_uuid = ?')
      .bind(uuid)
      .first('COUNT(*)')
  for (const calls of [400, 800, 1000]) {
    await runDurableObjectAlarm(stub)
    expect(await copied()).toBe(calls)
    const alarmAtMs = await runInDurableObject(stub, (_, { storage }) => storage.getAlarm())
    expect(alarmAtMs).toBe(calls < 1000 ? Date.now() : null)
  }
})
