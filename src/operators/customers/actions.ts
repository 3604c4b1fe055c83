/**
 * Actions of operators on one customer. Each is recorded with its reason and with the state before and after it.
 * Operators cannot act on the account with their own address.
 */
import type { LinkStore } from '../../auth/recovery/store'
import { settleRevocation } from '../../auth/revocation'
import { currentRequestId, logEvent } from '../../common/log'
import { ok, refuse, type Result } from '../../common/result'
import type { DeliveryDeps } from '../../mail/deliver'
import type { User } from '../../users/store'
import type { CallView } from '../../wallets/core/wallet'
import type { Operator } from '../access/operator'
import { isOwnAccount } from '../access/own-account'
import { type Facts, type LogDeps, perform } from '../log/record'
import { type CustomerDeps, type CustomerState, findCustomer, readState } from './customer'
import type { CustomerAction } from '../desk-types'
import { openCallsOf } from './effect'
import { disableUser, enableUser, type FreezeDeps, freezeUser, unfreezeUser } from './freeze'

export interface ActionDeps extends CustomerDeps, FreezeDeps, LogDeps, DeliveryDeps {
  readonly linkStore: LinkStore
}

type Acting = Pick<Operator, 'uuid' | 'emailKey'>

interface Target {
  readonly user: User
  readonly operator: string
  readonly reason: string
}

type Act = (deps: ActionDeps, target: Target) => Promise<Result<unknown> | void>

const ACTS: Readonly<Record<CustomerAction, { readonly event: string; readonly act: Act }>> = {
  freeze: { event: 'customer_frozen', act: freezeUser },
  unfreeze: { event: 'customer_unfrozen', act: unfreezeUser },
  disable: { event: 'customer_disabled', act: disableUser },
  enable: { event: 'customer_enabled', act: enableUser },
  end_sessions: { event: 'customer_sessions_ended', act: endSessions },
  remove_passkeys: { event: 'customer_passkeys_removed', act: removePasskeys },
}

/** Refuses `own_account` for the account with the operator's address. */
export const refuseOwnAccount = (operator: Acting, user: User | undefined): Result<null> =>
  user && isOwnAccount(operator, user) ? refuse({ code: 'own_account' }) : ok(null)

const factsOf = (state: CustomerState): Facts => ({
  frozen: state.user.frozenAtMs !== null,
  disabled: state.user.disabledAtMs !== null,
  sessions: state.sessions,
  passkeys: state.passkeys,
  recovery_codes: state.recoveryCodes,
  open_calls: openCallsOf(state),
  wallets: state.wallets.map((wallet) => ({
    type: wallet.type,
    posted_kobo: wallet.postedKobo,
    held_kobo: wallet.heldKobo,
    frozen: wallet.frozenAtMs !== null,
  })),
})

/** Refuses `not_found`, `own_account` and, for `unfreeze`, `user_disabled`. */
export async function actOnCustomer(
  deps: ActionDeps,
  operator: Acting,
  uuid: string,
  { action, reason }: { readonly action: CustomerAction; readonly reason: string },
): Promise<Result<CustomerState>> {
  const before = await readState(deps, uuid)
  if (!before.ok) return before
  const { user } = before.value
  const { event, act } = ACTS[action]
  return perform(
    deps,
    operator,
    { action: event, subject: uuid, reason, before: factsOf(before.value) },
    async () => {
      const own = refuseOwnAccount(operator, user)
      if (!own.ok) return own
      const acted = await act(deps, { user, operator: operator.uuid, reason })
      return acted && !acted.ok ? acted : readState(deps, uuid)
    },
    factsOf,
  )
}

/** Ends all sessions, and revokes all access tokens. */
async function endSessions(deps: ActionDeps, { user: { uuid }, operator }: Target): Promise<void> {
  logEvent('sessions_ended', { user: uuid, operator })
  const request = { userUuid: uuid, keptUuid: '', atMs: deps.now() }
  const ended = await deps.sessionStore.endOthers(request)
  if (ended) await deps.revokeTokens(uuid, { minVersion: ended.tokenVersion })
}

/** For a lost or stolen device: like a recovery, it also ends all sessions and delays refunds. Notifies the customer. */
async function removePasskeys(
  deps: ActionDeps,
  { user: { uuid: userUuid }, operator }: Target,
): Promise<void> {
  logEvent('passkeys_removed', { user: userUuid, operator })
  const notice = {
    id: crypto.randomUUID(),
    kind: 'passkeys_removed',
    userUuid,
    recipient: null,
    facts: {},
    createdAtMs: deps.now(),
  } as const
  await deps.linkStore.removePasskeys(userUuid, notice, deps.now())
  await settleRevocation(deps, userUuid)
  deps.deliverMail()
}

export interface EndedCall {
  readonly before: CallView
  readonly after: CallView
}

/**
 * Ends an open call now and charges it up to now; a repeat changes nothing. Its room is notified by the wallet. Refuses
 * `not_found`, `own_account`, and `call_state_conflict` for a call that this release cannot meter.
 */
export async function endCallOf(
  deps: ActionDeps,
  operator: Acting,
  { uuid, call: callUuid }: { readonly uuid: string; readonly call: string },
  reason: string,
): Promise<Result<EndedCall>> {
  const user = await findCustomer(deps, uuid)
  if (!user.ok) return user
  const name = { userUuid: uuid, type: 'call_credits' } as const
  const { calls } = await deps.wallets.send(name, (wallet) =>
    wallet.inspect({ under: [], callUuid, entryPage: { limit: 0 } }),
  )
  const before = calls.find((call) => call.uuid === callUuid)
  if (!before) return refuse({ code: 'not_found' })
  const action = {
    action: 'call_ended',
    subject: uuid,
    reason,
    before: { call: callUuid, ...callFacts(before) },
  }
  return perform(
    deps,
    operator,
    action,
    async () => {
      const own = refuseOwnAccount(operator, user.value)
      if (!own.ok) return own
      const end = { reason: 'hangup', atMs: deps.now() } as const
      const requestId = currentRequestId()
      const ended = await deps.wallets.send(name, (wallet) =>
        wallet.endInRoom(callUuid, end, requestId),
      )
      return ended.ok ? ok({ before, after: ended.value }) : ended
    },
    ({ after }) => ({ call: callUuid, ...callFacts(after) }),
  )
}

const callFacts = (call: CallView): Facts => ({
  status: call.status,
  end_reason: call.endReason,
  cost_kobo: call.costKobo,
  ended_at_ms: call.endedAtMs,
})
