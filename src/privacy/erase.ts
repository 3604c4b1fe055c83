/**
 * Erases accounts at the end of their waiting time. Each step can be repeated, so an interrupted erasure continues with
 * the next attempt. An obstacle is recorded as an exception. Before the first step, it leaves the account as it is.
 */
import { currentRequestId, logError, logEvent } from '../common/log'
import { nextAttempt } from '../common/next-attempt'
import type { StreamOf } from '../events/object/client'
import type { ExceptionStore } from '../exceptions/store'
import type { User, UserStore } from '../users/store'
import { WALLET_TYPES } from '../wallets/core/wallet'
import type { WalletDeps } from '../wallets/service'
import type { Eraser } from './eraser'
import type { Erasure, ErasureStore } from './erasure-store'
import { checkBalances, ERASURE_RETRIES, obstacleTo } from './obstacle'
import { inspectWallets } from './service'

export interface EraseDeps extends WalletDeps {
  readonly erasureStore: ErasureStore
  readonly eraser: Eraser
  readonly exceptionStore: ExceptionStore
  readonly userStore: UserStore
  readonly streamOf: StreamOf
  /** Disables the account, freezes its wallets and ends its sessions. */
  readonly disableErased: (user: User) => Promise<void>
  /** Undoes `disableErased`, except for the sessions. */
  readonly enableAgain: (user: User) => Promise<void>
  readonly now: () => number
}

const AT_ONCE = 20

/** Cron job: runs the attempts that are due. The failure of one does not stop the others. */
export async function eraseAccounts(deps: EraseDeps): Promise<void> {
  try {
    for (const erasure of await deps.erasureStore.listDue(deps.now(), AT_ONCE))
      await attempt(deps, erasure).catch((error: unknown) =>
        logError('erasure_failed', error, { user: erasure.userUuid }),
      )
  } catch (error) {
    logError('erasures_not_read', error)
  }
}

async function attempt(deps: EraseDeps, erasure: Erasure): Promise<void> {
  const { userUuid, attempts } = erasure
  const nextMs = nextAttempt(attempts, deps.now(), ERASURE_RETRIES)
  if (nextMs === null || !(await deps.erasureStore.beginAttempt(erasure, nextMs))) return
  const obstacle = await erase(deps, erasure)
  if (obstacle === undefined) return
  logEvent('erasure_blocked', { user: userUuid, reason: obstacle })
  await deps.exceptionStore.record({
    kind: 'erasure_blocked',
    subject: userUuid,
    amountKobo: null,
    atMs: deps.now(),
    note: obstacle,
  })
}

/** @returns the obstacle, if there is one */
async function erase(deps: EraseDeps, erasure: Erasure): Promise<string | undefined> {
  const { userUuid } = erasure
  const user = await deps.userStore.byUuid(userUuid)
  if (!user) return 'the user does not exist'
  if (erasure.beganAtMs === null) {
    const obstacle = await obstacleOf(deps, erasure, user)
    if (obstacle !== undefined) return obstacle
    if (!(await deps.erasureStore.begin(erasure, deps.now()))) return undefined
  }
  await deps.disableErased(user)
  const obstacle = await closeWallets(deps, user, erasure)
  if (obstacle !== undefined) return obstacle
  const stream = await deps.streamOf(userUuid).erase()
  if (!stream.ok) return stream.refusal.code
  if (!(await deps.eraser.erase(user, deps.now()))) return 'an event is not processed yet'
  logEvent('account_erased', { user: userUuid })
  return undefined
}

async function obstacleOf(
  deps: EraseDeps,
  erasure: Erasure,
  user: User,
): Promise<string | undefined> {
  const open = await deps.erasureStore.countOpen(user.uuid)
  const wallets = await inspectWallets(deps, user.uuid)
  const isFrozen = user.frozenAtMs !== null || user.disabledAtMs !== null
  const standing = { isFrozen, openPayments: open.payments, openRefunds: open.refunds, wallets }
  return obstacleTo(standing, erasure)
}

/**
 * Closes both wallets, which are frozen. Money may have arrived before the freeze: then it gives the account back to its
 * user, unless a wallet is closed already.
 */
async function closeWallets(
  deps: EraseDeps,
  user: User,
  erasure: Erasure,
): Promise<string | undefined> {
  const { userUuid, uuid: erasureUuid, waivesBalance: isWaived } = erasure
  const wallets = await inspectWallets(deps, userUuid)
  if (wallets.every(({ erasedAtMs }) => erasedAtMs !== null)) return undefined
  const balances = checkBalances(wallets, erasure)
  if (!balances.ok) {
    if (wallets.every(({ erasedAtMs }) => erasedAtMs === null)) {
      await deps.enableAgain(user)
      await deps.erasureStore.pause(erasure)
    }
    return balances.refusal.code
  }
  const requestId = currentRequestId()
  for (const type of WALLET_TYPES) {
    const closed = await deps.wallets.send({ userUuid, type }, (wallet) =>
      wallet.close({ erasureUuid, isWaived }, requestId),
    )
    if (!closed.ok) return closed.refusal.code
  }
  return undefined
}
