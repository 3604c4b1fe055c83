/** Requests to delete an account. The account is erased after a waiting time, during which its user can cancel. */
import { logEvent } from '../common/log'
import { ok, refuse, type Result } from '../common/result'
import type { Caller } from '../common/tokens/access-token'
import type { DeliveryDeps } from '../mail/deliver'
import { WALLET_TYPES } from '../wallets/core/wallet'
import type { WalletDeps } from '../wallets/service'
import type { Erasure, ErasureStore } from './erasure-store'
import { checkBalances, type Standing } from './obstacle'

export interface DeletionDeps extends WalletDeps, DeliveryDeps {
  readonly erasureStore: ErasureStore
  readonly erasureWaitMs: number
  /** Refuses `confirmation_required` unless the token proves the user's identity. */
  readonly requireConfirmation: (
    caller: Caller,
    confirmation: string | undefined,
  ) => Promise<Result<null>>
  readonly now: () => number
}

export interface DeletionRequest {
  readonly confirmation: string | undefined
  readonly waivesBalance: boolean
}

const noticeOf = (
  kind: 'deletion_requested' | 'deletion_cancelled',
  { userUuid, uuid, eraseAtMs }: Erasure,
  createdAtMs: number,
) =>
  ({
    id: `${kind}/${uuid}`,
    kind,
    userUuid,
    recipient: null,
    facts: { eraseAtMs: String(eraseAtMs) },
    createdAtMs,
  }) as const

/** Balances, debts and erasure marks of both wallets. */
export const inspectWallets = (deps: WalletDeps, userUuid: string): Promise<Inspected[]> =>
  Promise.all(
    WALLET_TYPES.map((type) =>
      deps.wallets.send({ userUuid, type }, (wallet) => wallet.inspect({ under: [] })),
    ),
  )

export type Inspected = Standing['wallets'][number] & { readonly erasedAtMs: number | null }

/**
 * Plans the erasure of the caller's account. A repeat returns the planned erasure. Refuses `confirmation_required`,
 * `debt_open`, and `balance_left` unless the balance is waived.
 */
export async function requestDeletion(
  deps: DeletionDeps,
  caller: Caller,
  { confirmation, waivesBalance }: DeletionRequest,
): Promise<Result<Erasure>> {
  const { userUuid } = caller
  const confirmed = await deps.requireConfirmation(caller, confirmation)
  if (!confirmed.ok) return confirmed
  const balances = checkBalances(await inspectWallets(deps, userUuid), { waivesBalance })
  if (!balances.ok) return balances
  const nowMs = deps.now()
  const eraseAtMs = nowMs + deps.erasureWaitMs
  const drafted: Erasure = {
    userUuid,
    uuid: crypto.randomUUID(),
    waivesBalance,
    requestedAtMs: nowMs,
    eraseAtMs,
    attempts: 0,
    nextAttemptAtMs: eraseAtMs,
    beganAtMs: null,
    erasedAtMs: null,
  }
  const notice = noticeOf('deletion_requested', drafted, nowMs)
  const erasure = await deps.erasureStore.request(drafted, notice)
  if (erasure.uuid === drafted.uuid) logEvent('deletion_requested', { user: userUuid })
  deps.deliverMail()
  return ok(erasure)
}

/** Returns the planned deletion. Refuses `not_found` if there is none. */
export async function findDeletion(
  { erasureStore }: Pick<DeletionDeps, 'erasureStore'>,
  { userUuid }: Caller,
): Promise<Result<Erasure>> {
  const erasure = await erasureStore.of(userUuid)
  return erasure ? ok(erasure) : refuse({ code: 'not_found' })
}

/** Cancels the deletion. Does nothing if none is planned, or if the erasure has begun. */
export async function cancelDeletion(
  deps: Pick<DeletionDeps, 'erasureStore' | 'deliverMail' | 'now'>,
  { userUuid }: Caller,
): Promise<void> {
  const erasure = await deps.erasureStore.of(userUuid)
  const notice = erasure && noticeOf('deletion_cancelled', erasure, deps.now())
  if (!notice || !(await deps.erasureStore.cancel(userUuid, notice))) return
  logEvent('deletion_cancelled', { user: userUuid })
  deps.deliverMail()
}
