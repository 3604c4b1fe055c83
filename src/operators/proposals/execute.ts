/**
 * Executes approved proposals. The wallet and the refund know the proposal's UUID as their idempotency key, so a repeat
 * after a crash, or two executions at once, move the amount once.
 */
import { logError } from '../../common/log'
import { nextAttempt, type RetrySchedule } from '../../common/next-attempt'
import { ok, refuse, type Result } from '../../common/result'
import { type RefundDeps, type RefundDestination, requestRefund } from '../../refunds/service'
import { adjust, type AdjustmentDeps } from '../adjustments'
import type { Actor } from '../access/operator'
import { type LogDeps, perform } from '../log/record'
import { type Content, keyOf } from './proposal'
import type { Proposal, ProposalStore } from './store'

export interface ExecuteDeps extends RefundDeps, AdjustmentDeps, LogDeps {
  readonly proposalStore: ProposalStore
}

/** A try owns the proposal until the next one is due. */
const SCHEDULE: RetrySchedule = { firstMs: 120_000, longestMs: 3_600_000, attempts: 12 }
const DUE_LIMIT = 20

/** Moves the amount. @returns UUID of the refund or adjustment */
async function move(deps: ExecuteDeps, proposal: Proposal): Promise<Result<string>> {
  const { uuid, userUuid, maker, amountKobo, reason, hash: fingerprint } = proposal
  const content = JSON.parse(proposal.body) as Content
  if (content.kind === 'refund') {
    const payment = await deps.paymentStore.byUuid(content.payment_uuid)
    if (!payment) return refuse({ code: 'not_found' })
    const request = { amountKobo, method: content.method, reason, operator: maker }
    const destination = JSON.parse(proposal.destination ?? 'null') as RefundDestination | null
    const refunded = await requestRefund(
      deps,
      payment,
      request,
      { key: keyOf(uuid), fingerprint },
      destination ?? undefined,
    )
    return refunded.ok ? ok(refunded.value.answer.uuid) : refunded
  }
  const kind =
    content.kind === 'correction'
      ? ({ credit: 'correction_in', debit: 'correction_out' } as const)[content.direction]
      : content.kind
  const request = {
    uuid,
    fingerprint,
    kind,
    userUuid,
    walletType: content.wallet,
    amountKobo,
    reason,
    operator: maker,
  }
  const adjusted = await adjust(deps, request)
  return adjusted.ok ? ok(adjusted.value.uuid) : adjusted
}

/**
 * Executes an approved proposal, and stores its outcome. Only one of several executions at once begins. If the gateway is
 * unavailable, the proposal stays approved, and the cron job tries again.
 * @returns the proposal afterwards
 */
export async function execute(deps: ExecuteDeps, proposal: Proposal): Promise<Proposal> {
  const { proposalStore, now } = deps
  const { uuid, failures: tries } = proposal
  const nextTryAtMs = nextAttempt(tries, now(), SCHEDULE)
  if (await proposalStore.beginTry(proposal, now(), nextTryAtMs)) {
    if (nextTryAtMs === null) await leaveToOperator(deps, proposal)
    const moved = await move(deps, proposal)
    if (moved.ok || moved.refusal.code !== 'gateway_unavailable')
      await proposalStore.end(uuid, tries + 1, {
        state: moved.ok ? 'executed' : 'refused',
        outcome: moved.ok ? moved.value : moved.refusal.code,
        executedAtMs: now(),
      })
  }
  return (await proposalStore.byUuid(uuid)) ?? proposal
}

/** The last try: the amount may have been moved or not if it is interrupted too. */
const leaveToOperator = (
  { exceptionStore, now }: ExecuteDeps,
  { uuid: subject, amountKobo }: Proposal,
): Promise<void> =>
  exceptionStore.record({ kind: 'proposal_unfinished', subject, amountKobo, atMs: now() })

/**
 * Cron job: removes the bank accounts of expired proposals, and executes approved ones whose execution was interrupted or
 * failed.
 */
export async function sweepProposals(deps: ExecuteDeps): Promise<void> {
  await deps.proposalStore.removeExpiredDestinations(deps.now())
  for (const proposal of await deps.proposalStore.listDue(deps.now(), DUE_LIMIT)) {
    await executeAgain(deps, null, proposal).catch((error: unknown) =>
      logError('proposal_not_executed', error, { user: proposal.userUuid }),
    )
  }
}

/** @param actor null for the cron job */
export async function executeAgain(
  deps: ExecuteDeps,
  actor: Actor | null,
  proposal: Proposal,
): Promise<Result<Proposal>> {
  const { uuid, userUuid } = proposal
  const action = { action: 'proposal_executed', subject: userUuid, before: { proposal: uuid } }
  return perform(
    deps,
    actor,
    action,
    async () => ok(await execute(deps, proposal)),
    ({ state, outcome }) => ({ state, outcome }),
  )
}
