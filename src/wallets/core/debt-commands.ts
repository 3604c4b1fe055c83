/**
 * Debts: the part of a reversal or refund that the wallet could not pay. The debt is posted in the same change,
 * with a request to the user's other wallet. `payDebt` in `change.ts` pays it. Pure.
 */
import { v5 } from 'uuid'
import { type Kobo, maxKobo, minKobo, subtractKobo, ZERO } from '../../common/money'
import { refuse } from '../../common/result'
import { availableKobo, type Change, type Decided, decided, noChange, post } from './change'
import type { Posting } from './ledger'
import type { WalletState } from './wallet'

const COLLECTION_NAMESPACE = '6f1c7c1e-0d0b-4d0a-8f5e-2b7a9d4c3e61'

/** Debits the part of an amount that the wallet can spend, and posts the rest as a debt. */
export function debitOrOwe(change: Change, posting: Posting, nowMs: number): Change {
  const spendableKobo = maxKobo(ZERO, availableKobo(change.state, nowMs))
  const amountKobo = minKobo(posting.amountKobo, spendableKobo)
  const owedKobo = subtractKobo(posting.amountKobo, amountKobo)
  const taken = post(change, { ...posting, amountKobo }, nowMs)
  if (owedKobo === 0) return taken
  const reference = `${posting.reference}/debt`
  const { sourceUuid: paymentUuid } = posting
  const debt = { kind: 'debt', amountKobo: owedKobo, reference, sourceUuid: paymentUuid } as const
  const uuid = v5(reference, COLLECTION_NAMESPACE)
  const collection = { uuid, paymentUuid, amountKobo: owedKobo, status: 'open' } as const
  return {
    ...owe(taken, debt, nowMs),
    collections: [...taken.collections, collection],
  }
}

/** Posts a debt. Entries that pay it later name this posting's payment as their source. */
export function owe(change: Change, posting: Posting, nowMs: number): Change {
  const { state, ...rows } = post(change, posting, nowMs)
  return { ...rows, state: { ...state, debtSourceUuid: posting.sourceUuid } }
}

/** Operator's adjustment of a wallet, which moves money once. */
export interface Adjustment {
  readonly uuid: string
  readonly amountKobo: Kobo
}

export const goodwillReference = (uuid: string): string => `goodwill/${uuid}`
export const waiverReference = (uuid: string): string => `debt_waiver/${uuid}`

/**
 * Gives goodwill. Refuses `reference_reused` if its UUID was used with another amount, and `not_found` if the user was
 * erased.
 */
export function giveGoodwill(
  state: WalletState,
  { uuid, amountKobo }: Adjustment,
  known: Posting | undefined,
  nowMs: number,
): Decided<null> {
  if (known) return repeated(state, known, amountKobo)
  if (state.erasedAtMs !== null) return refuse({ code: 'not_found' })
  const reference = goodwillReference(uuid)
  const posting = { kind: 'goodwill', amountKobo, reference, sourceUuid: uuid } as const
  return decided(post(noChange(state), posting, nowMs), null)
}

/**
 * Waives a debt or a part of it. Refuses `amount_exceeds_debt`, `reference_reused` if its UUID was used
 * with another amount, and `request_in_progress` while a collection is open: money that arrives for a waived debt
 * would turn the waiver into paid money.
 * @param isCollected whether a collection of this wallet is open
 */
export function waiveDebt(
  state: WalletState,
  { uuid, amountKobo }: Adjustment,
  known: Posting | undefined,
  isCollected: boolean,
  nowMs: number,
): Decided<null> {
  if (known) return repeated(state, known, amountKobo)
  const { debtKobo } = state
  if (isCollected) return refuse({ code: 'request_in_progress' })
  if (amountKobo > debtKobo) return refuse({ code: 'amount_exceeds_debt', debtKobo })
  const reference = waiverReference(uuid)
  const posting = { kind: 'debt_waiver', amountKobo, reference, sourceUuid: uuid } as const
  return decided(post(noChange(state), posting, nowMs), null)
}

function repeated(state: WalletState, known: Posting, amountKobo: Kobo): Decided<null> {
  if (known.amountKobo !== amountKobo) return refuse({ code: 'reference_reused' })
  return decided(noChange(state), null)
}
