/** Transfers between a user's wallets: debited in one, in transit, credited in the other. Pure. */
import type { Kobo } from '../../common/money'
import { refuse } from '../../common/result'
import { availableKobo, type Decided, decided, noChange, post } from './change'
import type { Posting } from './ledger'
import type { Transfer, WalletState, WalletType } from './wallet'

export interface NewTransfer {
  /** UUID of the payment. Each payment moves money once. */
  readonly uuid: string
  readonly to: WalletType
  readonly amountKobo: Kobo
}

/** A repeat changes nothing; another amount under the same UUID is refused. */
function alreadyPosted(known: Posting, amountKobo: Kobo, state: WalletState): Decided<null> {
  if (known.amountKobo !== amountKobo) return refuse({ code: 'reference_reused' })
  return decided(noChange(state), null)
}

/**
 * Debits a transfer and records it as in transit, in one change; a repeat changes nothing. Refuses
 * `reference_reused` if its UUID was used with another amount, and `insufficient_funds`.
 * @param known the entry that already debited it, if any
 */
export function sendTransfer(
  state: WalletState,
  transfer: NewTransfer,
  known: Posting | undefined,
  nowMs: number,
): Decided<null> {
  const { uuid, to, amountKobo } = transfer
  if (known) return alreadyPosted(known, amountKobo, state)
  const spendableKobo = availableKobo(state, nowMs)
  if (spendableKobo < amountKobo)
    return refuse({
      code: 'insufficient_funds',
      requiredKobo: amountKobo,
      availableKobo: spendableKobo,
    })
  const posting = {
    kind: 'transfer_out',
    amountKobo,
    reference: transferOutReference(uuid),
    sourceUuid: uuid,
  } as const
  const inTransit: Transfer = { uuid, to, amountKobo, status: 'in_transit' }
  return decided({ ...post(noChange(state), posting, nowMs), transfers: [inTransit] }, null)
}

/**
 * Credits a transfer in the receiving wallet, once. Refuses `reference_reused` if its UUID was used with
 * another amount.
 * @param known the entry that already credited it, if any
 */
export function acceptTransfer(
  state: WalletState,
  transfer: Pick<NewTransfer, 'uuid' | 'amountKobo'>,
  known: Posting | undefined,
  nowMs: number,
): Decided<null> {
  const { uuid, amountKobo } = transfer
  if (known) return alreadyPosted(known, amountKobo, state)
  const posting = {
    kind: 'transfer_in',
    amountKobo,
    reference: transferInReference(uuid),
    sourceUuid: uuid,
  } as const
  return decided(post(noChange(state), posting, nowMs), null)
}

export const transferOutReference = (uuid: string): string => `transfer_out/${uuid}`
export const transferInReference = (uuid: string): string => `transfer_in/${uuid}`
