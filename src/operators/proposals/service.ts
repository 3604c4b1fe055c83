/** Proposals of operators to move an amount: made, approved, rejected, withdrawn. */
import { ok, refuse, type Result } from '../../common/result'
import type { Idempotency } from '../../common/idempotency'
import { type Kobo, subtractKobo, ZERO } from '../../common/money'
import type { Operator } from '../access/operator'
import { isOwnAccount } from '../access/own-account'
import { type Action, type Facts, perform } from '../log/record'
import type { User, UserStore } from '../../users/store'
import { effectOf, type EffectDeps } from './effect'
import { execute, type ExecuteDeps } from './execute'
import {
  bodyOf,
  type Content,
  hashOf,
  mayDecide,
  mayWithdraw,
  OWN_PERIOD_MS,
  PROPOSAL_LIFETIME_MS,
  shownState,
} from './proposal'
import type { Proposal } from './store'

export type { Proposal }

export interface ProposalDeps extends ExecuteDeps, EffectDeps {
  readonly userStore: UserStore
  /** An operator's amounts of 24 hours above which each needs a second operator. */
  readonly approvalAboveKobo: Kobo
}

export interface NewProposal {
  readonly user: User
  /** JSON of the bank account of a refund. */
  readonly destination: string | null
  readonly content: Content
}

const factsOf = ({ uuid, state, outcome, needsApproval }: Proposal): Facts => ({
  proposal: uuid,
  state,
  outcome,
  needs_approval: needsApproval,
})

/**
 * Proposes to move an amount, and moves it at once if it needs no approval. A repeat with the same key returns the
 * proposal. Refuses `own_account`, `idempotency_key_reused`, and what the wallet or the refund would refuse now. What they
 * refuse later is the outcome of the proposal.
 */
export async function propose(
  deps: ProposalDeps,
  operator: Operator,
  { user, content, destination }: NewProposal,
  { key: idempotencyKey }: Pick<Idempotency, 'key'>,
): Promise<Result<Proposal>> {
  const nowMs = deps.now()
  const uuid = crypto.randomUUID()
  const body = bodyOf(content)
  const { kind, amount_kobo: amountKobo, reason } = content
  const drafted: Proposal = {
    uuid,
    kind,
    userUuid: user.uuid,
    amountKobo,
    body,
    destination,
    hash: hashOf(uuid, user.uuid, operator.uuid, body),
    maker: operator.uuid,
    reason,
    needsApproval: true,
    state: 'pending',
    checker: null,
    decisionReason: null,
    decidedAtMs: nowMs,
    executedAtMs: null,
    outcome: null,
    failures: 0,
    nextTryAtMs: nowMs,
    idempotencyKey,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + PROPOSAL_LIFETIME_MS,
  }
  const action: Action = {
    action: `${kind}_proposed`,
    subject: user.uuid,
    reason,
    before: { amount_kobo: amountKobo },
  }
  const run = async () => {
    if (isOwnAccount(operator, user)) return refuse({ code: 'own_account' })
    const earlier = await deps.proposalStore.byKey(operator.uuid, idempotencyKey)
    const effect = earlier ? ok([]) : await effectOf(deps, user, content)
    if (!effect.ok) return effect
    const stored = earlier ?? (await deps.proposalStore.insertOnce(drafted, deps.approvalAboveKobo))
    if (stored.body !== body || stored.userUuid !== user.uuid)
      return refuse({ code: 'idempotency_key_reused' })
    return ok(stored.state === 'approved' ? await execute(deps, stored) : stored)
  }
  return perform(deps, operator, action, run, factsOf)
}

/** Amount that the operator can still move in these 24 hours without an approval. */
export async function ownLeftKobo(deps: ProposalDeps, { uuid }: Operator): Promise<Kobo> {
  const ownKobo = await deps.proposalStore.ownKobo(uuid, deps.now() - OWN_PERIOD_MS)
  return ownKobo < deps.approvalAboveKobo ? subtractKobo(deps.approvalAboveKobo, ownKobo) : ZERO
}

export interface Decision {
  /** Hash of what the operator saw. */
  readonly hash: string
  readonly reason?: string | undefined
}

const decideAs =
  (state: 'approved' | 'rejected') =>
  async (
    deps: ProposalDeps,
    operator: Operator,
    uuid: string,
    { hash, reason }: Decision,
  ): Promise<Result<Proposal>> => {
    const found = await findWithUser(deps, uuid)
    if (!found.ok) return found
    const { proposal, user } = found.value
    const action = { action: `proposal_${state}`, ...subjectOf(proposal), reason }
    const run = async () => {
      if (user && isOwnAccount(operator, user)) return refuse({ code: 'own_account' })
      const decidedAtMs = deps.now()
      const allowed = mayDecide(proposal, operator.uuid, hash, decidedAtMs)
      if (!allowed.ok) return allowed
      const isOurs = await deps.proposalStore.decide(uuid, {
        state,
        checker: operator.uuid,
        decisionReason: reason ?? null,
        decidedAtMs,
        nextTryAtMs: state === 'approved' ? decidedAtMs : null,
      })
      const decided = await deps.proposalStore.byUuid(uuid)
      if (!isOurs || !decided) return conflictOf(decided, decidedAtMs)
      return ok(state === 'approved' ? await execute(deps, decided) : decided)
    }
    return perform(deps, operator, action, run, factsOf)
  }

/**
 * Approves another operator's proposal, and moves its amount. Refuses `not_found`, `own_account`,
 * `second_operator_required` and `proposal_state_conflict`.
 */
export const approve = decideAs('approved')

/** Rejects another operator's proposal. Refuses what `approve` refuses. */
export const reject = decideAs('rejected')

/** Withdraws one's own proposal. Refuses `not_found` and `proposal_state_conflict`. */
export async function withdraw(
  deps: ProposalDeps,
  operator: Operator,
  uuid: string,
): Promise<Result<Proposal>> {
  const proposal = await deps.proposalStore.byUuid(uuid)
  if (!proposal) return refuse({ code: 'not_found' })
  const allowed = mayWithdraw(proposal, operator.uuid, deps.now())
  if (!allowed.ok) return allowed
  const action = { action: 'proposal_withdrawn', ...subjectOf(proposal) }
  const run = async () => {
    const decidedAtMs = deps.now()
    const isOurs = await deps.proposalStore.decide(uuid, {
      state: 'withdrawn',
      checker: null,
      decisionReason: null,
      decidedAtMs,
      nextTryAtMs: null,
    })
    const withdrawn = await deps.proposalStore.byUuid(uuid)
    return isOurs && withdrawn ? ok(withdrawn) : conflictOf(withdrawn, decidedAtMs)
  }
  return perform(deps, operator, action, run, factsOf)
}

const subjectOf = ({ uuid, userUuid, amountKobo, hash }: Proposal) => ({
  subject: userUuid,
  before: { proposal: uuid, amount_kobo: amountKobo, hash },
})

/** The database leaves a proposal pending only if one of the operators may not propose or approve any more. */
function conflictingState(proposal: Proposal, nowMs: number): string {
  const state = shownState(proposal, nowMs)
  return state === 'pending' ? 'from, or decided by, an operator who lost the permission' : state
}

const conflictOf = (proposal: Proposal | undefined, nowMs: number) =>
  refuse({
    code: 'proposal_state_conflict',
    state: proposal ? conflictingState(proposal, nowMs) : 'deleted',
  })

async function findWithUser(
  deps: ProposalDeps,
  uuid: string,
): Promise<Result<{ proposal: Proposal; user: User | undefined }>> {
  const proposal = await deps.proposalStore.byUuid(uuid)
  if (!proposal) return refuse({ code: 'not_found' })
  return ok({ proposal, user: await deps.userStore.byUuid(proposal.userUuid) })
}
