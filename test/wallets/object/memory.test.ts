/** A wallet's state in memory equals its storage after any sequence of commands and failures. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import { objectName, walletUuid, type WalletName } from '../../../src/wallets/core/wallet'
import type { WalletObject as Wallet } from '../../../src/wallets/object/durable-object'
import { WalletStorage } from '../../../src/wallets/object/storage'
import { pass, useClock } from '../../support/clock'
import { callerOf } from '../../support/own-wallet'
import { LIMITS, newCall } from '../../support/wallets'

useClock()

const stubOf = (name: WalletName) => env.WALLET.getByName(objectName(name))
type Stub = ReturnType<typeof stubOf>

/** Commands of one wallet. The same number is the same call, payment or transfer. */
function commandsOf(name: WalletName) {
  const caller = callerOf(name)
  const callUuid = (n: number) => `${name.userUuid}/${n}`
  const receipt = (n: number) => ({
    reference: `r${n}`,
    paymentUuid: `p${n % 2}`,
    expectedKobo: kobo(2000),
    receivedKobo: kobo(700 * (n + 1)),
  })
  const order = (n: number, key?: string) => ({
    call: newCall(callUuid(n)),
    limits: LIMITS,
    idempotency: key === undefined ? undefined : { key, fingerprint: 'same' },
  })
  return {
    start: (wallet: Wallet, n: number) => wallet.initiateCall(caller, order(n)),
    startUnderKey: (wallet: Wallet, n: number) =>
      wallet.initiateCall(caller, order(n + 10, `k${n}`)),
    answer: (wallet: Wallet, n: number) => wallet.answerCall(caller, callUuid(n), LIMITS),
    end: (wallet: Wallet, n: number) => wallet.endCall(caller, callUuid(n), 'hangup'),
    receive: (wallet: Wallet, n: number) => wallet.creditPayment(receipt(n)),
    reversePayment: (wallet: Wallet, n: number) => wallet.reversePayment(receipt(n)),
    accept: (wallet: Wallet, n: number) =>
      wallet.acceptTransfer({ uuid: `t${n}`, amountKobo: kobo(330) }),
    resetProjection: (wallet: Wallet) => wallet.resetProjection(),
    view: (wallet: Wallet) => wallet.view(caller),
  }
}

/** Tables whose writes fail for a moment; earlier writes of the same command are rolled back. */
const FAULTS: Record<string, string> = {
  'no entry': 'BEFORE INSERT ON entries',
  'no call': 'BEFORE INSERT ON calls',
  'no end': 'BEFORE UPDATE ON calls',
}

type Name = keyof ReturnType<typeof commandsOf>

const step = fc.record({
  command: fc.constantFrom(
    ...(Object.keys(commandsOf({ userUuid: '', type: 'primary' })) as Name[]),
  ),
  n: fc.nat(5),
  passMs: fc.constantFrom(0, 1, 1000, 7000, 60_000, 61_000),
  also: fc.constantFrom('nothing', 'nothing', ...Object.keys(FAULTS), 'evict', 'abort', 'ring'),
})

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

async function interrupt(stub: Stub, also: string): Promise<void> {
  if (also === 'evict') await evictDurableObject(stub).catch(() => undefined)
  if (also === 'abort')
    await runInDurableObject(stub, (_, state) => state.abort('crash')).catch(() => undefined)
  if (also === 'ring') await runDurableObjectAlarm(stub)
}

/** The due call settles, and the same transaction fails afterwards. */
const ROLLED_BACK: Step[] = [
  { command: 'receive', n: 5, passMs: 0, also: 'nothing' },
  { command: 'start', n: 0, passMs: 0, also: 'nothing' },
  { command: 'start', n: 1, passMs: 61_000, also: 'no call' },
]

it("a wallet's state in memory equals its storage", async () => {
  const isThrown = { count: 0 }
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const name = { userUuid: crypto.randomUUID(), type: 'call_credits' } as const
      const uuid = walletUuid(name)
      const commands = commandsOf(name)
      for (const { command, n, passMs, also } of steps) {
        pass(passMs)
        await interrupt(stubOf(name), also)
        await runInDurableObject(stubOf(name), async (wallet, { storage }) => {
          const fault = FAULTS[also]
          if (fault)
            storage.sql.exec(`CREATE TRIGGER fault ${fault} BEGIN SELECT RAISE(ABORT, 'full'); END`)
          try {
            await commands[command](wallet, n)
          } catch {
            isThrown.count += 1
          }
          if (fault) storage.sql.exec('DROP TRIGGER fault')
          const held = wallet.inspect({ under: [] })
          const stored = new WalletStorage(storage.sql).load(uuid, Date.now())
          expect(held).toMatchObject({
            postedKobo: stored.state.head.balanceKobo,
            revision: stored.revision,
            projectedRevision: stored.projectedRevision,
          })
          expect(held.calls).toMatchObject(stored.state.openCalls)
        })
      }
      expect((await stubOf(name).audit()).faults).toEqual([])
    }),
    { numRuns: 60, examples: [[ROLLED_BACK]] },
  )
  expect(isThrown.count).toBeGreaterThan(0)
})
