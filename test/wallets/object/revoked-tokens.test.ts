import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { TICKET_LIFETIME_MS, type TokenRevocation } from '../../../src/common/tokens/access-token'
import { objectName, type WalletName } from '../../../src/wallets/core/wallet'
import { walletStub } from '../../../src/wallets/object/client'
import { pass, START, useClock } from '../../support/clock'
import { costOf, installCounters } from '../../support/counts'
import { callerOf } from '../../support/own-wallet'

useClock()
beforeAll(installCounters)

const NUMBERS = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)'
const MANY = 5000

const freshWallet = (): WalletName => ({ userUuid: crypto.randomUUID(), type: 'call_credits' })
const stubOf = (name: WalletName) => env.WALLET.getByName(objectName(name))

/** Inserts `count` ended sessions. Session `i` may be deleted after `untilMs + i`. */
async function giveEnded(name: WalletName, count: number, untilMs: number): Promise<void> {
  await runInDurableObject(stubOf(name), (_, { storage }) => {
    storage.sql.exec(
      `${NUMBERS} INSERT INTO ended_sessions (uuid, until_ms) SELECT 'ended-' || i, ? + i FROM n`,
      count,
      untilMs,
    )
  })
  await evictDurableObject(stubOf(name))
  await stubOf(name).open()
}

const end = (name: WalletName, sessionUuid: string) =>
  walletStub(env.WALLET, name).revokeTokens({ sessionUuid, untilMs: START + 86_400_000 })

const isRefused = async (name: WalletName, sessionUuid: string) =>
  !(await walletStub(env.WALLET, name).view({ ...callerOf(name), sessionUuid })).ok

describe('an ended session', () => {
  it('costs the same rows after ten or five thousand others', async () => {
    const costs = []
    for (const count of [10, MANY]) {
      const name = freshWallet()
      await giveEnded(name, count, START + 1000)
      costs.push(await costOf(() => end(name, 'one more')))
    }
    expect(costs[1]).toEqual(costs[0])
    expect(costs[1]?.rowsRead).toBeLessThanOrEqual(4)
  })

  it.each([10, 999, 1000, 1001, MANY])(
    'is rejected together with %i others, also after a restart',
    async (count) => {
      const name = freshWallet()
      await giveEnded(name, count, START + 1000)
      await end(name, 'one more')
      for (const restart of [false, true]) {
        if (restart) await evictDurableObject(stubOf(name))
        for (const ended of ['ended-1', `ended-${count}`, 'one more'])
          expect(await isRefused(name, ended), ended).toBe(true)
        expect(await isRefused(name, 'a live one')).toBe(false)
      }
    },
  )

  it('deletes only a few sessions whose tokens have expired, however many there are', async () => {
    const name = freshWallet()
    await giveEnded(name, MANY, START - 2 * MANY)
    const { rowsRead } = await costOf(() => end(name, 'one more'))
    expect(rowsRead).toBeLessThanOrEqual(50)
    const left = await runInDurableObject(
      stubOf(name),
      (_, { storage }) =>
        storage.sql.exec<{ left: number }>('SELECT COUNT(*) AS left FROM ended_sessions').one()
          .left,
    )
    expect(left).toBe(MANY + 1 - 10)
  })
})

describe('a revocation', () => {
  const tell = (name: WalletName, refusal: TokenRevocation) =>
    walletStub(env.WALLET, name).revokeTokens(refusal)
  const isVersionRefused = async (name: WalletName, tokenVersion: number) =>
    !(await walletStub(env.WALLET, name).view({ ...callerOf(name), tokenVersion })).ok

  it('covers every version below the highest minimum, in any order of arrival', async () => {
    const name = freshWallet()
    for (const minVersion of [2, 1]) await tell(name, { minVersion })
    for (const restart of [false, true]) {
      if (restart) await evictDurableObject(stubOf(name))
      const refused = await Promise.all([0, 1, 2].map((version) => isVersionRefused(name, version)))
      expect(refused).toEqual([true, true, false])
    }
  })

  it('covers a session until its latest expiry', async () => {
    const name = freshWallet()
    await tell(name, { sessionUuid: 'twice', untilMs: START + 1000 })
    await tell(name, { sessionUuid: 'twice', untilMs: START + 60_000 })
    pass(30_000)
    await end(name, 'another')
    expect(await isRefused(name, 'twice')).toBe(true)
    pass(30_001)
    await end(name, 'one more')
    for (const restart of [false, true]) {
      if (restart) await evictDurableObject(stubOf(name))
      expect(await isRefused(name, 'twice')).toBe(false)
      for (const ended of ['another', 'one more']) expect(await isRefused(name, ended)).toBe(true)
    }
  })

  it('is read from storage only beyond a thousand ended sessions, also after a restart', async () => {
    const name = freshWallet()
    await giveEnded(name, 999, START + 1000)
    const lookedUp = async () => (await costOf(() => isRefused(name, 'ended-1'))).rowsRead > 0
    await end(name, 'the thousandth')
    expect(await lookedUp()).toBe(false)
    await end(name, 'the next one')
    expect(await lookedUp()).toBe(true)
    await evictDurableObject(stubOf(name))
    await stubOf(name).open()
    expect(await lookedUp()).toBe(true)
  })
})

describe('an event ticket', () => {
  /** A ticket for an unknown call is redeemed too. */
  const use = async (name: WalletName, id: string, expiresAtMs: number): Promise<boolean> => {
    const used = await stubOf(name).redeemTicket(callerOf(name), 'call-1', { id, expiresAtMs })
    return !used.ok && used.refusal.code === 'not_found'
  }

  it("works once, even if the Worker's clock is behind the wallet's", async () => {
    const name = freshWallet()
    const behindMs = START - 1
    expect(await use(name, 'first', behindMs)).toBe(true)
    await use(name, 'second', behindMs)
    expect(await use(name, 'first', behindMs)).toBe(false)
  })

  it('works only once before it expires', async () => {
    const name = freshWallet()
    const endsMs = START + TICKET_LIFETIME_MS
    for (const isGood of [true, false, false]) {
      expect(await use(name, 'first', endsMs)).toBe(isGood)
      pass(1000)
      await use(name, `another-${isGood}`, endsMs)
      pass(13_000)
    }
  })

  it('costs the same rows after a few or thousands of used ones', async () => {
    const costs = []
    for (const count of [10, MANY]) {
      const name = freshWallet()
      await stubOf(name).open()
      await runInDurableObject(stubOf(name), (_, { storage }) => {
        storage.sql.exec(
          `${NUMBERS} INSERT INTO used_tickets (id, expires_at_ms) SELECT 'used-' || i, ? FROM n`,
          count,
          START + TICKET_LIFETIME_MS,
        )
      })
      costs.push(await costOf(() => use(name, 'one more', START + TICKET_LIFETIME_MS)))
    }
    expect(costs[1]).toEqual(costs[0])
  })
})
