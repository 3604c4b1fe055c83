/** Adds calls and top-ups directly to a user's wallet object. */
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import { kobo } from '../../src/common/money'
import { objectName, type WalletName } from '../../src/wallets/core/wallet'
import type { TestUser } from './client'
import { ownWallet } from './own-wallet'
import { LIMITS, newCall } from './wallets'

const nameOf = ({ uuid }: TestUser): WalletName => ({ userUuid: uuid, type: 'call_credits' })

/**
 * Makes a call in fake time, without the checks of the route: the recipient name is not validated.
 * @returns the call's UUID
 */
export async function talk(
  user: TestUser,
  seconds: number,
  recipientName: string | null = null,
): Promise<string> {
  const uuid = crypto.randomUUID()
  const wallet = ownWallet(nameOf(user))
  const call = { ...newCall(uuid), recipientName }
  await wallet.initiateCall({ call, limits: LIMITS, idempotency: undefined })
  await wallet.answerCall(uuid, LIMITS)
  vi.setSystemTime(Date.now() + seconds * 1000)
  await wallet.endCall(uuid)
  return uuid
}

/** Adds top-ups of 1 NGN. */
export const topUps = (user: TestUser, count: number): Promise<void> =>
  runInDurableObject(env.WALLET.getByName(objectName(nameOf(user))), async (wallet) => {
    for (let index = 0; index < count; index++) {
      const reference = crypto.randomUUID()
      const amount = { expectedKobo: kobo(100), receivedKobo: kobo(100) }
      await wallet.creditPayment({ reference, paymentUuid: reference, ...amount })
    }
  })
