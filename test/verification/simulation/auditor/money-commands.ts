/** Predicts the commands of payments and transfers, on a draft of the auditor's own wallet. */
import { type Credit, type Draft, type Expected, type WalletModel } from './wallet-model'

function paymentFacts({ credits, reversals }: WalletModel, paymentUuid: string) {
  let netCreditedKobo = 0
  let shortfallKobo = 0
  for (const credit of credits.values())
    if (credit.paymentUuid === paymentUuid) netCreditedKobo += credit.kobo
  for (const reversal of reversals.values()) {
    if (reversal.paymentUuid !== paymentUuid) continue
    netCreditedKobo -= reversal.reversedKobo
    shortfallKobo += reversal.shortfallKobo
  }
  return { netCreditedKobo, shortfallKobo }
}

interface ReceiptArgs {
  readonly paymentUuid: string
  readonly reference: string
  readonly expectedKobo: number
  readonly receivedKobo: number
}

const referencePrefix = ({ paymentUuid, reference }: { paymentUuid: string; reference: string }) =>
  `receipt/${paymentUuid}/${reference}/`

export function creditPayment(draft: Draft, receipt: ReceiptArgs): Expected {
  const { wallet, nowMs } = draft
  const { paymentUuid, reference, expectedKobo, receivedKobo } = receipt
  const { netCreditedKobo, shortfallKobo } = paymentFacts(wallet, paymentUuid)
  const creditedKobo = wallet.credits.get(reference)?.kobo ?? 0
  const isReversed = wallet.reversals.has(reference)
  const gainKobo = isReversed ? 0 : Math.max(0, receivedKobo - creditedKobo)
  if (gainKobo > 0) {
    const topUpKobo = Math.min(gainKobo, Math.max(0, expectedKobo - netCreditedKobo))
    const prefix = `${referencePrefix(receipt)}${receivedKobo}`
    const parts = [
      ['top_up', topUpKobo],
      ['surplus', gainKobo - topUpKobo],
    ] as const
    for (const [kind, amountKobo] of parts)
      if (amountKobo > 0) draft.post(kind, amountKobo, `${prefix}/${kind}`, paymentUuid, nowMs)
    const credit: Credit = { paymentUuid, kobo: receivedKobo }
    draft.notes.push(() => wallet.credits.set(reference, credit))
  }
  return { value: { netCreditedKobo: netCreditedKobo + gainKobo, shortfallKobo, isReversed } }
}

export function reversePayment(
  draft: Draft,
  name: { paymentUuid: string; reference: string },
): Expected {
  const { wallet, nowMs } = draft
  const { paymentUuid, reference } = name
  const { netCreditedKobo, shortfallKobo } = paymentFacts(wallet, paymentUuid)
  if (wallet.reversals.has(reference))
    return { value: { netCreditedKobo, shortfallKobo, isReversed: true } }
  const dueKobo = wallet.credits.get(reference)?.kobo ?? 0
  const reversedKobo = Math.min(dueKobo, draft.availableKobo)
  if (reversedKobo > 0)
    draft.post(
      'reversal',
      -reversedKobo,
      `reversal/${paymentUuid}/${reference}`,
      paymentUuid,
      nowMs,
    )
  const reversal = { paymentUuid, reversedKobo, shortfallKobo: dueKobo - reversedKobo }
  draft.note(() => wallet.reversals.set(reference, reversal))
  return {
    value: {
      netCreditedKobo: netCreditedKobo - reversedKobo,
      shortfallKobo: shortfallKobo + dueKobo - reversedKobo,
      isReversed: true,
    },
  }
}

interface TransferArgs {
  readonly uuid: string
  readonly to: string
  readonly amountKobo: number
}

export function send(draft: Draft, { uuid, to, amountKobo }: TransferArgs): Expected {
  const { wallet } = draft
  const known = wallet.sent.get(uuid)
  if (known && known.amountKobo !== amountKobo) return { code: 'reference_reused' }
  if (known) return { value: {} }
  if (draft.availableKobo < amountKobo) return { code: 'insufficient_funds' }
  draft.post('transfer_out', -amountKobo, `transfer_out/${uuid}`, uuid, draft.nowMs)
  draft.notes.push(() => wallet.sent.set(uuid, { amountKobo, to }))
  return { value: {} }
}

export function accept(draft: Draft, { uuid, amountKobo }: Omit<TransferArgs, 'to'>): Expected {
  const { wallet } = draft
  const known = wallet.accepted.get(uuid)
  if (known !== undefined)
    return known === amountKobo ? { value: null } : { code: 'reference_reused' }
  draft.post('transfer_in', amountKobo, `transfer_in/${uuid}`, uuid, draft.nowMs)
  draft.notes.push(() => wallet.accepted.set(uuid, amountKobo))
  return { value: null }
}

export function view(draft: Draft): Expected {
  const { availableKobo, heldKobo, wallet } = draft
  return { value: { availableKobo, heldKobo, type: wallet.type } }
}

interface ListArgs {
  readonly limit: number
  readonly beforeSeq?: number
}

export function listEntries(draft: Draft, { limit, beforeSeq = Infinity }: ListArgs): Expected {
  const entries = [...draft.wallet.entries, ...draft.entries]
  const last = Math.min(entries.length, beforeSeq - 1)
  return { value: entries.slice(Math.max(0, last - limit), last).toReversed() }
}
