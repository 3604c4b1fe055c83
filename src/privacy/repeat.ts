/**
 * Plans erasures again after a restore of D1, page by page. A wallet that was closed for an erasure keeps its mark,
 * which no restore of D1 removes. Wallets also blank the recipients of old calls again, and the streams of erased users
 * are erased again, because an object can be restored too.
 */
import { logEvent } from '../common/log'
import type { StreamOf } from '../events/object/client'
import type { User, UserStore } from '../users/store'
import { WALLET_TYPES } from '../wallets/core/wallet'
import type { WalletDeps } from '../wallets/service'
import { isErased } from './eraser'
import type { ErasureStore } from './erasure-store'
import { inspectWallets } from './service'

export interface RepeatDeps extends WalletDeps {
  readonly erasureStore: ErasureStore
  readonly userStore: UserStore
  readonly streamOf: StreamOf
  readonly now: () => number
}

export interface RepeatedPage {
  readonly users: number
  /** UUIDs of the accounts that the cron job erases again. */
  readonly repeated: readonly string[]
  /** Last user of the page; null after the last page. */
  readonly next: string | null
}

/** Plans the erasures of a page of users again. */
export async function repeatErasures(
  deps: RepeatDeps,
  after: string,
  limit: number,
): Promise<RepeatedPage> {
  const uuids = await deps.userStore.uuidsAfter(after, limit)
  const repeated: string[] = []
  for (const uuid of uuids) {
    const user = await deps.userStore.byUuid(uuid)
    if (user && isErased(user)) await deps.streamOf(uuid).erase()
    else if (user && (await isUndone(deps, user))) repeated.push(uuid)
  }
  for (const uuid of uuids) await blankAgain(deps, uuid)
  for (const uuid of repeated) {
    logEvent('erasure_repeated', { user: uuid })
    await deps.erasureStore.repeat(uuid, deps.now())
  }
  const next = uuids.length < limit ? null : (uuids.at(-1) ?? null)
  return { users: uuids.length, repeated, next }
}

async function blankAgain(deps: RepeatDeps, userUuid: string): Promise<void> {
  for (const type of WALLET_TYPES)
    await deps.wallets.send({ userUuid, type }, (wallet) => wallet.blankAgain())
}

async function isUndone(deps: RepeatDeps, { uuid }: User): Promise<boolean> {
  const wallets = await inspectWallets(deps, uuid)
  return wallets.some(({ erasedAtMs }) => erasedAtMs !== null)
}
