/** Rows and bytes of a call, on which SCALING.md and its simulation are based. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { userWithCredit } from '../../support/client'
import { pass, useClock } from '../../support/clock'
import { costOf, installCounters } from '../../support/counts'
import { ownWallet } from '../../support/own-wallet'
import { LIMITS, newCall } from '../../support/wallets'

const HOUR_MS = 3_600_000

useClock()
beforeAll(installCounters)

async function ownObject(credit: number) {
  const { uuid: userUuid } = await userWithCredit(credit)
  const wallet = ownWallet({ userUuid, type: 'call_credits' })
  const stub = env.WALLET.getByName(`${userUuid}/call_credits`)
  const copy = () => runDurableObjectAlarm(stub)
  await copy()
  const start = (uuid: string) =>
    wallet.initiateCall({ call: newCall(uuid), limits: LIMITS, idempotency: undefined })
  const answer = (uuid: string) => wallet.answerCall(uuid, LIMITS)
  return { stub, copy, start, answer, end: (uuid: string) => wallet.endCall(uuid) }
}

describe('the projection of a call', () => {
  it('writes the wallet, each charge with an index, and each call, a new one with two', async () => {
    const { copy, start, answer, end } = await ownObject(100)
    const uuid = crypto.randomUUID()
    const written = []
    for (const command of [start, answer, end]) {
      await command(uuid)
      pass(7000)
      written.push((await costOf(copy)).d1Rows?.written)
    }
    expect(written).toEqual([4, 2, 4])
  })

  it('uses less than 1,000 bytes in D1, and less than 900 in the object', async () => {
    const calls = 200
    const { stub, copy, start, answer, end } = await ownObject(10_000)
    const bytes = async () => ({
      object: await runInDurableObject(stub, (_, { storage }) => storage.sql.databaseSize),
      d1: (await env.DB.prepare('SELECT 1').run()).meta.size_after,
    })
    const before = await bytes()
    for (let made = 0; made < calls; made++) {
      const uuid = crypto.randomUUID()
      await start(uuid)
      await answer(uuid)
      pass(61_000)
      await end(uuid)
    }
    /** Once the projection is complete, the alarm waits for the retention of called numbers. */
    const isBehind = () =>
      runInDurableObject(stub, async (_, { storage }) => {
        const alarmAtMs = await storage.getAlarm()
        return alarmAtMs !== null && alarmAtMs < Date.now() + HOUR_MS
      })
    for (let rung = 0; rung < calls && (await isBehind()); rung++) await copy()
    const after = await bytes()
    for (const place of ['object', 'd1'] as const) {
      const bytesACall = (after[place] - before[place]) / calls
      expect(bytesACall, place).toBeGreaterThan(500)
      expect(bytesACall, place).toBeLessThan(place === 'd1' ? 1000 : 900)
    }
  })
})
