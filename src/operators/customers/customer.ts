/** One customer as operators see it: masked, with figures from D1 and from both wallets. */
import { refuse, ok, type Result } from '../../common/result'
import { toNairaNumber } from '../../common/money'
import type { SessionStore } from '../../auth/store'
import type { PasskeyStore } from '../../auth/passkeys/store'
import type { ErasureStore } from '../../privacy/erasure-store'
import type { User, UserStore } from '../../users/store'
import { WALLET_TYPES } from '../../wallets/core/wallet'
import type { WalletInspection } from '../../wallets/object/inspection'
import type { WalletClient } from '../../wallets/object/client'
import type { CustomerBody, OpenCallBody, WalletBody } from '../desk-types'
import type { LookupStore } from './lookup-store'
import { maskEmail, maskFullName, maskPhone } from './mask'
import { toTime, toTimeOrNull } from '../../common/text/time'

export interface CustomerDeps {
  readonly userStore: UserStore
  readonly sessionStore: SessionStore
  readonly passkeyStore: PasskeyStore
  readonly erasureStore: ErasureStore
  readonly lookupStore: LookupStore
  readonly wallets: WalletClient
  readonly now: () => number
}

/** Live sessions that are counted. */
const MAX_SESSIONS = 1000

/** State that the actions on a customer change. */
export interface CustomerState {
  readonly user: User
  readonly sessions: number
  readonly passkeys: number
  readonly recoveryCodes: number
  readonly wallets: readonly WalletInspection[]
}

/** Refuses `not_found`. */
export async function findCustomer(
  { userStore }: Pick<CustomerDeps, 'userStore'>,
  uuid: string,
): Promise<Result<User>> {
  const user = await userStore.byUuid(uuid)
  return user ? ok(user) : refuse({ code: 'not_found' })
}

/** Refuses `not_found`. */
export async function readState(deps: CustomerDeps, uuid: string): Promise<Result<CustomerState>> {
  const user = await findCustomer(deps, uuid)
  if (!user.ok) return user
  const [sessions, passkeys, recoveryCodes, wallets] = await Promise.all([
    deps.sessionStore.listLive(uuid, deps.now(), MAX_SESSIONS),
    deps.passkeyStore.listOf(uuid),
    deps.passkeyStore.countCodes(uuid),
    Promise.all(
      WALLET_TYPES.map((type) =>
        deps.wallets.send({ userUuid: uuid, type }, (wallet) => wallet.inspect({ under: [] })),
      ),
    ),
  ])
  return ok({
    user: user.value,
    sessions: sessions.length,
    passkeys: passkeys.length,
    recoveryCodes,
    wallets,
  })
}

/** Refuses `not_found`. */
export async function readCustomer(
  deps: CustomerDeps,
  uuid: string,
): Promise<Result<CustomerBody>> {
  const state = await readState(deps, uuid)
  if (!state.ok) return state
  const { user, sessions, passkeys, wallets } = state.value
  const erasure = await deps.erasureStore.of(uuid)
  const open = await deps.lookupStore.countOpen(uuid, deps.now())
  return ok({
    uuid,
    name: maskFullName(user),
    email: maskEmail(user.email),
    email_verified_at: toTimeOrNull(user.emailVerifiedAtMs),
    created_at: toTime(user.createdAtMs),
    frozen_at: toTimeOrNull(user.frozenAtMs),
    disabled_at: toTimeOrNull(user.disabledAtMs),
    deletion_requested_at: toTimeOrNull(erasure?.requestedAtMs ?? null),
    sessions,
    passkeys,
    wallets: wallets.map(walletBody),
    open_calls: wallets.flatMap(({ calls }) => calls.map(openCallBody)),
    open_exceptions: open.exceptions,
    pending_proposals: open.proposals,
  })
}

const walletBody = (wallet: WalletInspection): WalletBody => ({
  uuid: wallet.uuid,
  type: wallet.type,
  posted: toNairaNumber(wallet.postedKobo),
  balance: toNairaNumber(wallet.availableKobo),
  held: toNairaNumber(wallet.heldKobo),
  goodwill: toNairaNumber(wallet.goodwillKobo),
  debt: toNairaNumber(wallet.debtKobo),
})

const openCallBody = (call: WalletInspection['calls'][number]): OpenCallBody => ({
  uuid: call.uuid,
  status: call.status,
  recipient: maskPhone(call.recipientPhone),
  started_at: toTimeOrNull(call.startedAtMs),
  must_end_by: toTimeOrNull(call.mustEndByMs),
  held: toNairaNumber(call.costKobo),
})
