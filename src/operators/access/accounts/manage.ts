/** Admins invite, change and disable other operators. */
import { ok, refuse, type Result } from '../../../common/result'
import { emailKeyOf } from '../../../common/text/email'
import { type LogDeps, perform } from '../../log/record'
import type { Operator } from '../operator'
import type { Role } from '../permissions'
import type { OperatorRow, OperatorSessionStore } from '../session-store'
import { type InvitationDeps, newInvitation, type NewInvitation } from './invitation'
import type { AccountChange, AccountStore, OperatorSummary } from './store'

export interface ManageDeps extends InvitationDeps, LogDeps {
  readonly accountStore: AccountStore
  readonly operatorSessions: OperatorSessionStore
}

export const listOperators = ({ accountStore, now }: ManageDeps): Promise<OperatorSummary[]> =>
  accountStore.list(now())

export interface NewOperator {
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly reason: string
}

export interface Invited {
  readonly operator: OperatorRow
  readonly invitation?: NewInvitation
}

/** The acting admin was demoted or disabled after the request began. */
const refuseActor = ({ role }: Operator) =>
  refuse({ code: 'not_permitted', permission: 'operators.act', role })

/** Invites an operator. Refuses `email_taken`. */
export async function inviteOperator(
  deps: ManageDeps,
  actor: Operator,
  { email, name, role, reason }: NewOperator,
): Promise<Result<Required<Invited>>> {
  const operator: OperatorRow = {
    uuid: crypto.randomUUID(),
    name,
    email,
    emailKey: emailKeyOf(email),
    role,
    passwordHash: null,
    totpSealed: null,
    totpStep: 0,
    invitedBy: actor.uuid,
    createdAtMs: deps.now(),
    disabledAtMs: null,
  }
  const invitation = await newInvitation(deps, operator)
  return perform(
    deps,
    actor,
    { action: 'operator_invited', subject: operator.uuid, reason },
    async () => {
      const stored = await deps.accountStore.insert(operator, invitation.row, actor.uuid)
      if (stored === 'inserted') return ok({ operator, invitation })
      return stored === 'taken' ? refuse({ code: 'email_taken' }) : refuseActor(actor)
    },
    () => ({ role }),
  )
}

export type AccountAction =
  | { readonly action: 'change_role'; readonly role: Role }
  | { readonly action: 'disable' | 'enable' | 'end_sessions' | 'invite_again' }

export const ACCOUNT_ACTIONS = [
  'change_role',
  'disable',
  'enable',
  'end_sessions',
  'invite_again',
] as const satisfies readonly AccountAction['action'][]

const NAMES = {
  change_role: 'operator_role_changed',
  disable: 'operator_disabled',
  enable: 'operator_enabled',
  end_sessions: 'operator_sessions_ended',
  invite_again: 'operator_invited_again',
} as const

const factsOf = ({ role, disabledAtMs }: OperatorRow) => ({
  role,
  is_disabled: disabledAtMs !== null,
})

/**
 * Acts on an operator. Refuses `not_found`, `own_account` for a change of one's own role or one's own disabling, and
 * `last_admin` if no other admin would remain.
 */
export async function actOnOperator(
  deps: ManageDeps,
  actor: Operator,
  uuid: string,
  { reason, ...asked }: AccountAction & { readonly reason: string },
): Promise<Result<Invited>> {
  const operator = await deps.accountStore.byUuid(uuid)
  if (!operator) return refuse({ code: 'not_found' })
  const before = factsOf(operator)
  return perform(
    deps,
    actor,
    { action: NAMES[asked.action], subject: uuid, reason, before },
    () => run(deps, actor, operator, asked),
    (done) => factsOf(done.operator),
  )
}

async function run(
  deps: ManageDeps,
  actor: Operator,
  operator: OperatorRow,
  asked: AccountAction,
): Promise<Result<Invited>> {
  const { disabledAtMs, uuid } = operator
  const nowMs = deps.now()
  if (asked.action === 'change_role') return change(deps, actor, operator, { role: asked.role })
  if (asked.action === 'enable') return change(deps, actor, operator, { disabledAtMs: null })
  if (asked.action === 'disable')
    return change(deps, actor, operator, { disabledAtMs: disabledAtMs ?? nowMs })
  if (asked.action === 'end_sessions') {
    await deps.operatorSessions.endAll(uuid, nowMs)
    return ok({ operator })
  }
  const invitation = await newInvitation(deps, operator)
  return (await deps.accountStore.inviteAgain(invitation.row, actor.uuid))
    ? ok({ operator, invitation })
    : refuseActor(actor)
}

async function change(
  deps: ManageDeps,
  actor: Operator,
  operator: OperatorRow,
  changed: AccountChange,
): Promise<Result<Invited>> {
  if (operator.uuid === actor.uuid) return refuse({ code: 'own_account' })
  if (await deps.accountStore.change(operator.uuid, changed, actor.uuid, deps.now()))
    return ok({ operator: { ...operator, ...changed } })
  /** The acting admin was demoted or disabled after the request began. Without both, no admin might remain. */
  return operator.role === 'admin' && operator.disabledAtMs === null
    ? refuse({ code: 'last_admin' })
    : refuseActor(actor)
}
