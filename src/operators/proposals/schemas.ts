/** Bodies of requests about proposals, and the JSON of a proposal. */
import { z } from '@hono/zod-openapi'
import { toNairaNumber } from '../../common/money'
import { amountField } from '../../http/fields'
import { REFUND_METHODS } from '../../refunds/core/refund'
import { reasonField } from '../../refunds/schemas'
import type { RefundDestination } from '../../refunds/service'
import { WALLET_TYPES } from '../../wallets/core/wallet'
import { nameIn, type Names } from '../access/names'
import type { Operator } from '../access/operator'
import type { ProposalBody } from '../desk-types'
import { reasonLine, subjectField } from '../schemas'
import { type Content, CORRECTION_DIRECTIONS, shownState } from './proposal'
import type { Proposal } from './store'
import { PROPOSAL_STATES } from './table'
import { toTime, toTimeOrNull } from '../../common/text/time'

const digits = (count: number) =>
  z.string().regex(new RegExp(`^\\d{${count}}$`), `must have ${count} digits`)

const wallet = z.enum(WALLET_TYPES, 'must be call_credits or primary').default('call_credits')
const ofWallet = { user: subjectField, wallet, amount: amountField, reason: reasonLine }

export const newProposalBody = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('refund'),
      payment: subjectField,
      amount: amountField,
      method: z.enum(REFUND_METHODS, 'must be monnify or manual').default('monnify'),
      reason: reasonField,
      destination: z
        .strictObject({
          account_number: digits(10),
          bank_code: z.string().regex(/^\d{3,6}$/, 'must be a bank code'),
        })
        .optional(),
    }),
    z.strictObject({ kind: z.literal('goodwill'), ...ofWallet }),
    z.strictObject({ kind: z.literal('debt_waiver'), ...ofWallet }),
    z.strictObject({
      kind: z.literal('correction'),
      direction: z.enum(CORRECTION_DIRECTIONS, 'must be credit or debit'),
      ...ofWallet,
    }),
  ],
  'must be refund, goodwill, debt_waiver or correction',
)

export type NewProposalBody = z.infer<typeof newProposalBody>

export const proposalQuery = z.object({
  state: z.enum(PROPOSAL_STATES, `must be one of ${PROPOSAL_STATES.join(', ')}`).optional(),
  customer: z.uuid('must be a UUID').optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(1000).optional(),
})

export const hashField = z.string().regex(/^[0-9a-f]{64}$/, 'must be the hash of the proposal')
export const approvalBody = z.strictObject({ hash: hashField, reason: reasonLine.optional() })
export const rejectionBody = z.strictObject({ hash: hashField, reason: reasonLine })
export const decisionBody = z.strictObject({
  outcome: z.enum(['completed', 'failed'], 'must be completed or failed'),
  evidence: reasonLine,
})

const presentContent = ({ amount_kobo: amountKobo, ...content }: Content) => ({
  ...content,
  amount: toNairaNumber(amountKobo),
})

/** The last digits of the bank account, which the second operator compares with the customer's request. */
function presentDestination(destination: string | null): string | null {
  if (destination === null) return null
  const { accountNumber, bankCode } = JSON.parse(destination) as RefundDestination
  return `${bankCode} ••••••${accountNumber.slice(-4)}`
}

export const presentProposal = (
  proposal: Proposal,
  operator: Pick<Operator, 'uuid'>,
  names: Names,
  nowMs: number,
): ProposalBody => ({
  uuid: proposal.uuid,
  kind: proposal.kind,
  state: shownState(proposal, nowMs),
  customer: proposal.userUuid,
  amount: toNairaNumber(proposal.amountKobo),
  body: presentContent(JSON.parse(proposal.body) as Content),
  destination: presentDestination(proposal.destination),
  hash: proposal.hash,
  reason: proposal.reason,
  maker: proposal.maker,
  maker_name: nameIn(names, proposal.maker),
  checker: proposal.checker,
  checker_name: proposal.checker && nameIn(names, proposal.checker),
  decision_reason: proposal.decisionReason,
  needs_approval: proposal.needsApproval,
  is_own: proposal.maker === operator.uuid,
  created_at: toTime(proposal.createdAtMs),
  expires_at: toTime(proposal.expiresAtMs),
  decided_at: toTimeOrNull(proposal.decidedAtMs),
  executed_at: toTimeOrNull(proposal.executedAtMs),
  outcome: proposal.outcome,
})
