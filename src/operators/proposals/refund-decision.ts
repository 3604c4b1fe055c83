/** Decisions of operators about refunds that were paid, or not paid, outside the gateway. */
import { ok, refuse, type Result } from '../../common/result'
import { decideRefund, type RefundDecision, type RefundDeps } from '../../refunds/service'
import type { Refund } from '../../refunds/store'
import type { UserStore } from '../../users/store'
import type { Operator } from '../access/operator'
import { isOwnAccount } from '../access/own-account'
import { type LogDeps, perform } from '../log/record'
import { proposalOfKey } from './proposal'
import type { ProposalStore } from './store'

export interface RefundDecisionDeps extends RefundDeps, LogDeps {
  readonly userStore: UserStore
  readonly proposalStore: ProposalStore
}

/**
 * Decides a refund. A failed one returns its money to the wallet, so an operator alone could have it paid twice. Refuses
 * `own_account`, `second_operator_required` to the maker of a proposal that needed an approval, and what `decideRefund`
 * refuses.
 */
export async function decideAsOperator(
  deps: RefundDecisionDeps,
  operator: Operator,
  uuid: string,
  { outcome, evidence }: Pick<RefundDecision, 'outcome' | 'evidence'>,
): Promise<Result<Refund>> {
  const action = { action: `refund_${outcome}`, subject: uuid, reason: evidence }
  return perform(deps, operator, action, async () => {
    const refund = await deps.refundStore.byUuid(uuid)
    const allowed = refund ? await mayDecideRefund(deps, operator, refund) : ok(null)
    if (!allowed.ok) return allowed
    return decideRefund(deps, uuid, { outcome, evidence: `${operator.uuid}: ${evidence}` })
  })
}

async function mayDecideRefund(
  { userStore, proposalStore }: RefundDecisionDeps,
  operator: Operator,
  { userUuid, idempotencyKey }: Refund,
): Promise<Result<null>> {
  const user = await userStore.byUuid(userUuid)
  if (user && isOwnAccount(operator, user)) return refuse({ code: 'own_account' })
  const proposalUuid = proposalOfKey(idempotencyKey)
  const proposal = proposalUuid === undefined ? undefined : await proposalStore.byUuid(proposalUuid)
  return proposal?.needsApproval && proposal.maker === operator.uuid
    ? refuse({ code: 'second_operator_required' })
    : ok(null)
}
