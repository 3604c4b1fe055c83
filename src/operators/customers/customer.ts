/** One customer as operators see it: masked, with figures from D1 and from both wallets. */
import { refuse, ok, type Result } from '../../common/result'
import { formatNaira, type Kobo, addKobo, toNairaNumber } from '../../common/money'
import type { SessionStore } from '../../auth/store'
import type { PasskeyStore } from '../../auth/passkeys/store'
import type { ErasureStore } from '../../privacy/erasure-store'
import type { User, UserStore } from '../../users/store'
import { WALLET_TYPES } from '../../wallets/core/wallet'
import type { WalletInspection } from '../../wallets/object/inspection'
import type { WalletClient } from '../../wallets/object/client'
import type { CustomerBody, EffectBody, OpenCallBody, WalletBody } from '../desk-types'
import type { LookupStore } from './lookup-store'
import { maskEmail, maskFullName, maskPhone } from './mask'

export interface CustomerDeps {
  readonly userStore: UserStore
  readonly sessionStore: SessionStore
  readonly passkeyStore: PasskeyStore
  readonly erasureStore: ErasureStore
  readonly lookupStore: LookupStore
  readonly wallets: WalletClient
  readonly now: () => number
}

/** What an operator can do with a customer. */
export const CUSTOMER_ACTIONS = [
  'freeze',
  'unfreeze',
  'disable',
  'enable',
  'end_sessions',
  'remove_passkeys',
] as const
export type CustomerAction = (typeof CUSTOMER_ACTIONS)[number]

/** Live sessions that are counted. */
const MAX_SESSIONS = 1000

/** What the actions on a customer change. */
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

const timeOrNull = (ms: number | null): string | null =>
  ms === null ? null : new Date(ms).toISOString()

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
    email_verified_at: timeOrNull(user.emailVerifiedAtMs),
    created_at: new Date(user.createdAtMs).toISOString(),
    frozen_at: timeOrNull(user.frozenAtMs),
    disabled_at: timeOrNull(user.disabledAtMs),
    deletion_requested_at: timeOrNull(erasure?.requestedAtMs ?? null),
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
  started_at: timeOrNull(call.startedAtMs),
  must_end_by: timeOrNull(call.mustEndByMs),
  held: toNairaNumber(call.costKobo),
})

const sumOf = (
  { wallets }: CustomerState,
  name: 'postedKobo' | 'availableKobo' | 'heldKobo',
): Kobo => addKobo(...wallets.map((wallet) => wallet[name]))

export const openCallsOf = ({ wallets }: CustomerState): number =>
  wallets.reduce((sum, { calls }) => sum + calls.length, 0)

/** Figures that an action would change, for the operator who is asked for a reason. Pure. */
export function effectOf(action: CustomerAction, state: CustomerState): EffectBody {
  const calls = ['Open calls that end now', String(openCallsOf(state))] as const
  const held = ['Held for these calls', `${formatNaira(sumOf(state, 'heldKobo'))} NGN`] as const
  const balance = `${formatNaira(sumOf(state, 'availableKobo'))} NGN`
  const sessions = ['Sessions that end now', String(state.sessions)] as const
  const stopped = [calls, held, ['Balance that cannot be spent', balance]] as const
  switch (action) {
    case 'freeze':
      return { figures: stopped }
    case 'disable':
      return { figures: [sessions, ...stopped] }
    case 'unfreeze':
      return { figures: [['Balance that can be spent again', balance]] }
    case 'enable':
      return { figures: [['Balance that stays frozen', balance]] }
    case 'end_sessions':
      return {
        figures: [sessions, ['Open calls that lose their connection', String(openCallsOf(state))]],
      }
    case 'remove_passkeys':
      return {
        figures: [
          ['Passkeys that are removed', String(state.passkeys)],
          ['Recovery codes that are removed', String(state.recoveryCodes)],
          sessions,
          ['Hours without refunds by the customer', '24'],
        ],
      }
  }
}
