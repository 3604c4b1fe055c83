/** Proposals of operators: their content, who may decide them, and their state at an instant. Pure. */
import type { Kobo } from '../../common/money'
import { ok, refuse, type Result } from '../../common/result'
import { canonicalJson } from '../../receipts/core/canonical'
import type { RefundMethod } from '../../refunds/core/refund'
import type { WalletType } from '../../wallets/core/wallet'
import type { ProposalKind, ProposalState } from './table'
import { sha256Hex } from '../../common/sha256'

export const PROPOSAL_LIFETIME_MS = 24 * 3_600_000
/** Period in which an operator's amounts without an approval are added up. */
export const OWN_PERIOD_MS = 24 * 3_600_000

interface Amount {
  readonly amount_kobo: Kobo
  readonly reason: string
}

/** Content of a proposal, as stored. The hash that a second operator approves covers it. */
export type Content = Amount &
  (
    | {
        readonly kind: 'refund'
        readonly payment_uuid: string
        readonly payment_reference: string
        readonly method: RefundMethod
        /** SHA-256 of the bank account, which is stored separately and removed after the decision. */
        readonly destination_hash: string | null
      }
    | { readonly kind: 'goodwill' | 'debt_waiver'; readonly wallet: WalletType }
    | {
        readonly kind: 'correction'
        readonly wallet: WalletType
        readonly direction: CorrectionDirection
      }
  )

export const CORRECTION_DIRECTIONS = ['credit', 'debit'] as const
export type CorrectionDirection = (typeof CORRECTION_DIRECTIONS)[number]

export const bodyOf = (content: Content): string => canonicalJson({ ...content })

export const destinationHashOf = (destination: string | null): string | null =>
  destination === null ? null : sha256Hex(destination)

/** Hash by which an approval names exactly this proposal. */
export const hashOf = (uuid: string, userUuid: string, maker: string, body: string): string =>
  sha256Hex(canonicalJson({ uuid, user: userUuid, maker, body }))

export interface Decidable {
  readonly kind: ProposalKind
  readonly state: ProposalState
  readonly maker: string
  readonly hash: string
  readonly expiresAtMs: number
}

/** State as shown: a proposal that waited too long has expired. */
export const shownState = (
  { state, expiresAtMs }: Pick<Decidable, 'state' | 'expiresAtMs'>,
  nowMs: number,
): ProposalState | 'expired' => (state === 'pending' && nowMs >= expiresAtMs ? 'expired' : state)

const conflict = (state: string) => refuse({ code: 'proposal_state_conflict', state })

/**
 * Checks an approval or a rejection. Refuses `second_operator_required` to the maker, and `proposal_state_conflict` for a
 * decided, expired or different proposal.
 * @param hash hash of what the second operator saw
 */
export function mayDecide(
  proposal: Decidable,
  checker: string,
  hash: string,
  nowMs: number,
): Result<null> {
  if (proposal.maker === checker) return refuse({ code: 'second_operator_required' })
  const state = shownState(proposal, nowMs)
  if (state !== 'pending') return conflict(state)
  return proposal.hash === hash ? ok(null) : conflict('different from the one that was shown')
}

/** Checks the withdrawal of one's own proposal. Refuses `not_found` to others. */
export function mayWithdraw(proposal: Decidable, operator: string, nowMs: number): Result<null> {
  if (proposal.maker !== operator) return refuse({ code: 'not_found' })
  const state = shownState(proposal, nowMs)
  return state === 'pending' || state === 'expired' ? ok(null) : conflict(state)
}

const KEY_PREFIX = 'proposal/'

/** Idempotency key of the refund or adjustment that executes a proposal. */
export const keyOf = (uuid: string): string => KEY_PREFIX + uuid

/** UUID of the proposal with an idempotency key; `undefined` for a key of another origin, such as a customer's. */
export const proposalOfKey = (key: string | null): string | undefined =>
  key?.startsWith(KEY_PREFIX) ? key.slice(KEY_PREFIX.length) : undefined
