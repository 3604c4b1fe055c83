import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { kobo } from '../../../src/common/money'
import type { WalletName } from '../../../src/wallets/core/wallet'
import { at, START, useClock } from '../../support/clock'
import { callerOf, ownWallet } from '../../support/own-wallet'
import { LIMITS, newCall } from '../../support/wallets'

useClock()

const stubOf = ({ userUuid, type }: WalletName) => env.WALLET.getByName(`${userUuid}/${type}`)

const restarts = {
  'put to sleep': (name: WalletName) => evictDurableObject(stubOf(name)),
  killed: async (name: WalletName) => {
    await runInDurableObject(stubOf(name), (_, state) => state.abort('killed')).catch(() => null)
  },
  'killed before what it settles is stored': async (name: WalletName) => {
    const broken = runInDurableObject(stubOf(name), (wallet, state) => {
      wallet.view(callerOf(name))
      state.abort('killed')
    })
    await broken.catch(() => null)
  },
}

type Step = (name: WalletName) => unknown

const credit: Step = (name) => {
  const amount = kobo(2000)
  const receipt = { reference: 'r', paymentUuid: 'p', expectedKobo: amount, receivedKobo: amount }
  return ownWallet(name).creditPayment(receipt)
}
const initiate: Step = (name) =>
  ownWallet(name).initiateCall({
    call: newCall('call-1'),
    limits: LIMITS,
    idempotency: { key: 'k', fingerprint: 'f' },
  })
const answer: Step = (name) => ownWallet(name).answerCall('call-1', LIMITS)
const end: Step = (name) => ownWallet(name).endCall('call-1')
const ring: Step = (name) => runDurableObjectAlarm(stubOf(name))
const look: Step = (name) => ownWallet(name).view()

const lives: [ending: string, chargeKobo: number, steps: Step[]][] = [
  ['hung up', 200, [credit, initiate, answer, () => at(7000), end]],
  ['ended by the alarm without credit', 2000, [credit, initiate, answer, () => at(500_000), ring]],
  ['ended by a read without credit', 2000, [credit, initiate, answer, () => at(500_000), look]],
  ['never answered', 0, [credit, initiate, () => at(60_000), ring]],
]

describe('a call', () => {
  for (const [ending, chargeKobo, steps] of lives)
    it.each(Object.entries(restarts))(
      `that is ${ending} is settled once if its wallet is %s at any step`,
      async (_, restart) => {
        for (let restartAfter = 0; restartAfter < steps.length; restartAfter++) {
          vi.setSystemTime(START)
          const name = { userUuid: crypto.randomUUID(), type: 'call_credits' } as const
          for (const [index, step] of steps.entries()) {
            await step(name)
            if (index !== restartAfter) continue
            await restart(name)
            await step(name)
          }
          at(3_600_000)
          await end(name)
          const entries = await ownWallet(name).entries({ limit: 10 })
          const charges = entries.filter(({ kind }) => kind === 'call_charge')
          expect(charges.map(({ amountKobo }) => amountKobo)).toEqual(
            chargeKobo === 0 ? [] : [chargeKobo],
          )
          expect(await ownWallet(name).view()).toMatchObject({
            availableKobo: 2000 - chargeKobo,
            heldKobo: 0,
          })
        }
      },
    )
})
