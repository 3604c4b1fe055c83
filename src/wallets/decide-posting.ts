/**
 * Money that comes from the gateway, and money that goes from one wallet of a user to another.
 * Pure.
 */
import { type Kobo, maxKobo, subtractKobo } from '../common/money'
import { refuse } from '../common/result'
import { availableKobo, type Decided, decided, noChange, post } from './change'
import type { Posting } from './ledger'
import type { Transfer, WalletState, WalletType } from './wallet'

export interface GatewayReceipt {
  /** The gateway's name for the attempt; what was received is counted per reference. */
  readonly reference: string
  readonly paymentUuid: string
  readonly expectedKobo: Kobo
  /** All that the gateway confirms as received under the reference so far. */
  readonly receivedKobo: Kobo
}

/**
 * Credits what the gateway has received beyond what was already credited for the reference, so
 * that telling it twice, or in any order, credits it once. What exceeds the expected amount is an
 * entry of its own.
 * @param creditedKobo what has been credited for the reference
 * @returns what is credited for the reference afterwards
 */
export function receive(
  state: WalletState,
  receipt: GatewayReceipt,
  creditedKobo: Kobo,
  nowMs: number,
): Decided<Kobo> {
  const { reference, paymentUuid: sourceUuid, expectedKobo, receivedKobo } = receipt
  const paidKobo = (total: Kobo): Kobo => (total < expectedKobo ? total : expectedKobo)
  const topUpKobo = subtractKobo(paidKobo(receivedKobo), paidKobo(creditedKobo))
  const gainKobo = subtractKobo(receivedKobo, creditedKobo)
  let change = noChange(state)
  for (const [kind, amountKobo] of [
    ['top_up', topUpKobo],
    ['surplus', subtractKobo(gainKobo, topUpKobo)],
  ] as const) {
    if (amountKobo <= 0) continue
    const step = `${receiptPrefix(reference)}${receivedKobo}/${kind}`
    const posting = { kind, amountKobo, sourceUuid, reference: step }
    change = post(change, posting, nowMs)
  }
  return decided(change, maxKobo(receivedKobo, creditedKobo))
}

export interface NewTransfer {
  /** The payment that orders it: the same one moves money once. */
  readonly uuid: string
  readonly to: WalletType
  readonly amountKobo: Kobo
}

/** Both ends of a transfer are posted once by its uuid; another amount under it is refused. */
function alreadyPosted(known: Posting, amountKobo: Kobo, state: WalletState): Decided<null> {
  if (known.amountKobo !== amountKobo) return refuse({ code: 'reference_reused' })
  return decided(noChange(state), null)
}

/**
 * Debits a transfer and records it as in transit, in one step. Refuses `insufficient_funds`, and
 * `reference_reused` if the transfer is known with another amount.
 * @param known the entry that already debited it
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

/** Credits the other end of a transfer, once. Refuses `reference_reused` for another amount. */
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

/** All entries that credit one gateway reference begin with this. */
export const receiptPrefix = (reference: string): string => `receipt/${reference}/`
export const transferOutReference = (uuid: string): string => `transfer_out/${uuid}`
export const transferInReference = (uuid: string): string => `transfer_in/${uuid}`
