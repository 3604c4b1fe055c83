/** Transfers between a user's wallets: debited in one, in transit, credited in the other. Pure. */
import { addKobo, type Kobo, maxKobo, minKobo, subtractKobo, ZERO } from '../../common/money'
import { refuse } from '../../common/result'
import { availableKobo, type Change, type Decided, decided, noChange, post } from './change'
import { owe } from './debt-commands'
import type { Posting } from './ledger'
import { refundableKobo } from './refund-commands'
import type { Transfer, WalletState, WalletType } from './wallet'

export interface NewTransfer {
  /** UUID of the payment, refund or collection. Each moves money once. */
  readonly uuid: string
  readonly to: WalletType
  readonly amountKobo: Kobo
  /** UUID of the payment that caused it, unless that is `uuid`. */
  readonly paymentUuid?: string | null
}

/** Transfer as the receiving wallet receives it. */
export type Arrival = Pick<NewTransfer, 'uuid' | 'amountKobo' | 'paymentUuid'> & {
  readonly goodwillKobo?: Kobo
}

/** Entries that already moved a transfer: one each for paid money, goodwill and a debt taken over. */
export type KnownMoves = readonly Posting[]

/** A repeat changes nothing; another amount under the same UUID is refused. */
function alreadyPosted(known: KnownMoves, amountKobo: Kobo, state: WalletState): Decided<null> {
  const movedKobo = addKobo(...known.map((posting) => posting.amountKobo))
  if (movedKobo !== amountKobo) return refuse({ code: 'reference_reused' })
  return decided(noChange(state), null)
}

/**
 * Debits a user's transfer and records it as in transit, in one change; a repeat changes nothing, also during
 * a freeze. Goodwill moves first. Refuses `wallet_frozen`, `reference_reused` if its UUID was used with another amount, and
 * `insufficient_funds`.
 */
export function sendTransfer(
  state: WalletState,
  transfer: NewTransfer,
  known: KnownMoves,
  nowMs: number,
): Decided<null> {
  const { amountKobo } = transfer
  if (known.length > 0) return alreadyPosted(known, amountKobo, state)
  if (state.frozenAtMs !== null) return refuse({ code: 'wallet_frozen' })
  const spendableKobo = availableKobo(state, nowMs)
  if (spendableKobo < amountKobo)
    return refuse({
      code: 'insufficient_funds',
      requiredKobo: amountKobo,
      availableKobo: spendableKobo,
    })
  return decided(debit(noChange(state), transfer, nowMs), null)
}

/**
 * Sends the paid money that the other wallet lacks for a refund. All goodwill moves with it, because goodwill
 * moves first. A repeat changes nothing, whatever its amount. Refuses `insufficient_funds` and `debt_open`.
 */
export function sendForRefund(
  state: WalletState,
  transfer: NewTransfer,
  known: KnownMoves,
  nowMs: number,
): Decided<null> {
  if (known.length > 0) return decided(noChange(state), null)
  const { debtKobo, goodwillKobo } = state
  if (debtKobo > 0) return refuse({ code: 'debt_open', debtKobo })
  const { amountKobo: requiredKobo } = transfer
  const spendableKobo = refundableKobo(state, nowMs)
  if (spendableKobo < requiredKobo)
    return refuse({ code: 'insufficient_funds', requiredKobo, availableKobo: spendableKobo })
  const amountKobo = addKobo(requiredKobo, goodwillKobo)
  return decided(debit(noChange(state), { ...transfer, amountKobo }, nowMs), null)
}

/**
 * Pays the other wallet's debt with the money that this wallet can spend. The wallet that pays for calls takes
 * over the rest, so that no call starts while the debt is open. A repeat changes nothing. Refuses nothing.
 */
export function collectDebt(
  state: WalletState,
  transfer: NewTransfer,
  takesOver: boolean,
  known: KnownMoves,
  nowMs: number,
): Decided<null> {
  if (known.length > 0) return decided(noChange(state), null)
  const spendableKobo = maxKobo(ZERO, availableKobo(state, nowMs))
  const paidKobo = minKobo(transfer.amountKobo, spendableKobo)
  const debtKobo = takesOver ? subtractKobo(transfer.amountKobo, paidKobo) : ZERO
  const amountKobo = addKobo(paidKobo, debtKobo)
  if (amountKobo === 0) return decided(noChange(state), null)
  const debited = debit(noChange(state), { ...transfer, amountKobo }, nowMs, debtKobo)
  return decided(debited, null)
}

/** @param debtKobo part of the amount that this wallet owes instead of paying it */
function debit(
  change: Change,
  { uuid, to, amountKobo, paymentUuid = null }: NewTransfer,
  nowMs: number,
  debtKobo = ZERO,
): Change {
  const paidKobo = subtractKobo(amountKobo, debtKobo)
  const goodwillKobo = minKobo(change.state.goodwillKobo, paidKobo)
  const ownKobo = subtractKobo(paidKobo, goodwillKobo)
  const sourceUuid = paymentUuid ?? uuid
  const posting = (kind: Posting['kind'], kobo: Kobo, reference: string): Posting => ({
    kind,
    amountKobo: kobo,
    reference,
    sourceUuid,
  })
  const given = posting('goodwill_out', goodwillKobo, goodwillOutReference(uuid))
  const own = posting('transfer_out', ownKobo, transferOutReference(uuid))
  const paid = post(post(change, given, nowMs), own, nowMs)
  const owed =
    debtKobo === 0
      ? paid
      : owe(paid, posting('debt_taken_over', debtKobo, takenOverReference(uuid)), nowMs)
  const inTransit = {
    uuid,
    to,
    amountKobo,
    goodwillKobo,
    paymentUuid,
    status: 'in_transit',
  } as const
  return { ...owed, transfers: [inTransit satisfies Transfer] }
}

/**
 * Credits a transfer in the receiving wallet, once. Its goodwill stays goodwill. Refuses
 * `reference_reused` if its UUID was used with another amount.
 */
export function acceptTransfer(
  state: WalletState,
  { uuid, amountKobo, goodwillKobo = ZERO, paymentUuid }: Arrival,
  known: KnownMoves,
  nowMs: number,
): Decided<null> {
  if (known.length > 0) return alreadyPosted(known, amountKobo, state)
  const sourceUuid = paymentUuid ?? uuid
  const given = { kind: 'goodwill_in', reference: goodwillInReference(uuid), sourceUuid } as const
  const own = { kind: 'transfer_in', reference: transferInReference(uuid), sourceUuid } as const
  const accepted = post(noChange(state), { ...given, amountKobo: goodwillKobo }, nowMs)
  const ownKobo = subtractKobo(amountKobo, goodwillKobo)
  return decided(post(accepted, { ...own, amountKobo: ownKobo }, nowMs), null)
}

export const transferOutReference = (uuid: string): string => `transfer_out/${uuid}`
export const transferInReference = (uuid: string): string => `transfer_in/${uuid}`
export const goodwillOutReference = (uuid: string): string => `goodwill_out/${uuid}`
export const goodwillInReference = (uuid: string): string => `goodwill_in/${uuid}`
export const takenOverReference = (uuid: string): string => `debt_taken_over/${uuid}`

export const debitReferences = (uuid: string): string[] => [
  transferOutReference(uuid),
  goodwillOutReference(uuid),
  takenOverReference(uuid),
]
export const creditReferences = (uuid: string): string[] => [
  transferInReference(uuid),
  goodwillInReference(uuid),
]
