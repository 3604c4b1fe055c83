/**
 * Executes approved proposals. The wallet and the refund know the proposal's UUID as their idempotency key, so a repeat
 * after a crash, or two executions at once, move the amount once.
 */
import { logError } from '../../common/log'
import { nextAttempt, type RetrySchedule } from '../../common/next-attempt'
import type { ExceptionStore } from '../../exceptions/store'
import { ok, refuse, type Result } from '../../common/result'
import type { PaymentStore } from '../../payments/store'
import { type RefundDeps, type RefundDestination, requestRefund } from '../../refunds/service'
import { adjust, type AdjustmentDeps } from '../adjustments'
import type { Actor } from '../access/operator'
import { type LogDeps, perform } from '../log/record'
import type { Content } from './proposal'
import type { Proposal, ProposalStore } from './store'

export interface ExecuteDeps extends RefundDeps, AdjustmentDeps, LogDeps {
  readonly proposalStore: ProposalStore
  readonly paymentStore: PaymentStore
  readonly exceptionStore: ExceptionStore
  readonly now: () => number
}

const SCHEDULE: RetrySchedule = { firstMs: 60_000, longestMs: 3_600_000, attempts: 12 }
/** The route executes at once. The cron job follows if that was interrupted. */
export const EXECUTION_GRACE_MS = 60_000
const DUE_LIMIT = 20

/** Moves the amount. @returns UUID of the refund or adjustment */
async function move(deps: ExecuteDeps, proposal: Proposal): Promise<Result<string>> {
  const { uuid, userUuid, maker, amountKobo, reason, hash: fingerprint } = proposal
  const content = JSON.parse(proposal.body) as Content
  const idempotency = { key: `proposal/${uuid}`, fingerprint }
  if (content.kind === 'refund') {
    const payment = await deps.paymentStore.byUuid(content.payment_uuid)
    if (!payment) return refuse({ code: 'not_found' })
    const request = { amountKobo, method: content.method, reason, operator: maker }
    const destination = JSON.parse(proposal.destination ?? 'null') as RefundDestination | null
    const refunded = await requestRefund(
      deps,
      payment,
      request,
      idempotency,
      destination ?? undefined,
    )
    return refunded.ok ? ok(refunded.value.answer.uuid) : refunded
  }
  const kind =
    content.kind === 'correction'
      ? ({ credit: 'correction_in', debit: 'correction_out' } as const)[content.direction]
      : content.kind
  const request = {
    kind,
    userUuid,
    walletType: content.wallet,
    amountKobo,
    reason,
    operator: maker,
  }
  const adjusted = await adjust(deps, request, idempotency)
  return adjusted.ok ? ok(adjusted.value.answer.uuid) : adjusted
}

/**
 * Executes an approved proposal, and stores its outcome. If the gateway is unavailable, the proposal stays approved, and
 * the cron job tries again.
 * @returns the proposal afterwards
 */
export async function execute(deps: ExecuteDeps, proposal: Proposal): Promise<Proposal> {
  const moved = await move(deps, proposal)
  if (moved.ok || moved.refusal.code !== 'gateway_unavailable')
    await deps.proposalStore.end(proposal.uuid, {
      state: moved.ok ? 'executed' : 'refused',
      outcome: moved.ok ? moved.value : moved.refusal.code,
      executedAtMs: deps.now(),
    })
  return (await deps.proposalStore.byUuid(proposal.uuid)) ?? proposal
}

/** Cron job: executes approved proposals whose execution was interrupted or failed. */
export async function sweepProposals(deps: ExecuteDeps): Promise<void> {
  for (const proposal of await deps.proposalStore.listDue(deps.now(), DUE_LIMIT)) {
    /** Postponed first, so that one that fails each time does not block the others. */
    await postpone(deps, proposal)
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

/** After the last try an operator must look at it: the amount may have been moved or not. */
async function postpone(
  { proposalStore, exceptionStore, now }: ExecuteDeps,
  { uuid, failures, amountKobo }: Proposal,
): Promise<void> {
  const nextTryAtMs = nextAttempt(failures, now(), SCHEDULE)
  if (nextTryAtMs === null)
    await exceptionStore.record({
      kind: 'proposal_unfinished',
      subject: uuid,
      amountKobo,
      atMs: now(),
    })
  await proposalStore.postpone(uuid, failures + 1, nextTryAtMs)
}
