/** Predicts the commands of payments, refunds, debts and transfers, on a draft of the auditor's own wallet. */
import { chargeAt } from './meter'
import { namedUuid } from './stored-wallet'
import {
  type Credit,
  type Draft,
  type Expected,
  type ModelRefund,
  NOTHING_RETURNED,
  type Returned,
  type WalletModel,
} from './wallet-model'

interface Name {
  readonly paymentUuid: string
  readonly reference: string
}

const COLLECTIONS = Buffer.from('6f1c7c1e0d0b4d0a8f5e2b7a9d4c3e61', 'hex')

const sum = (amounts: Iterable<number>): number => [...amounts].reduce((a, b) => a + b, 0)

const returnedOf = ({ returned }: WalletModel, { paymentUuid, reference }: Name): Returned =>
  returned.get(reference) ?? { ...NOTHING_RETURNED, paymentUuid }

/** Amount that ordered refunds debited: held, or paid to the payer. */
const ownKobo = ({ refunds }: Returned): number =>
  sum([...refunds.values()].map(({ heldKobo, paidKobo }) => heldKobo + paidKobo))

const leftKobo = (wallet: WalletModel, name: Name, returned: Returned): number =>
  (wallet.credits.get(name.reference)?.kobo ?? 0) -
  returned.reversedKobo -
  returned.gatewayKobo -
  ownKobo(returned)

/** Debits the available part of an amount; the rest becomes a debt, with a request to the other wallet. */
function take(draft: Draft, kind: string, dueKobo: number, reference: string, source: string) {
  const takenKobo = Math.min(dueKobo, Math.max(0, draft.availableKobo))
  const owedKobo = dueKobo - takenKobo
  if (takenKobo > 0) draft.post(kind, -takenKobo, reference, source, draft.nowMs)
  if (owedKobo === 0) return 0
  draft.postBeside('debt', owedKobo, `${reference}/debt`, source)
  draft.debtKobo += owedKobo
  draft.debtSourceUuid = source
  const { collections, presentCollections } = draft.wallet
  const uuid = namedUuid(COLLECTIONS, `${reference}/debt`)
  draft.notes.push(() => collections.set(uuid, owedKobo) && presentCollections.add(uuid))
  return owedKobo
}

interface Report extends Name {
  readonly expectedKobo: number
  readonly receivedKobo: number
  readonly refundedKobo?: number
}

/** Debits the refunds that the gateway reports and the wallet has not debited. */
function takeRefunds(
  draft: Draft,
  { refundedKobo = 0, ...name }: Omit<Report, 'expectedKobo' | 'receivedKobo'>,
  left: number,
  returned: Returned,
): Returned {
  const takenKobo = Math.max(0, Math.min(refundedKobo - returned.gatewayKobo, left))
  if (takenKobo === 0) return returned
  const totalKobo = returned.gatewayKobo + takenKobo
  const reference = `refund/${name.paymentUuid}/${name.reference}/gateway/${totalKobo}`
  const owedKobo = take(draft, 'gateway_refund', takenKobo, reference, name.paymentUuid)
  return {
    ...returned,
    gatewayKobo: returned.gatewayKobo + takenKobo,
    owedKobo: returned.owedKobo + owedKobo,
  }
}

function netCreditedKobo({ credits, returned }: WalletModel, paymentUuid: string): number {
  const own = <T extends { paymentUuid: string }>(all: Iterable<T>): T[] =>
    [...all].filter((one) => one.paymentUuid === paymentUuid)
  return (
    sum(own(credits.values()).map(({ kobo }) => kobo)) -
    sum(own(returned.values()).map(({ reversedKobo }) => reversedKobo))
  )
}

function answerOf(draft: Draft, name: Name, gainKobo: number, returned: Returned, isNew: boolean) {
  const { wallet } = draft
  const others = [...wallet.returned].filter(([reference]) => reference !== name.reference)
  const all = [...others.map(([, one]) => one), returned]
  const own = all.filter(({ paymentUuid }) => paymentUuid === name.paymentUuid)
  const before = wallet.returned.get(name.reference)?.reversedKobo ?? 0
  return {
    value: {
      netCreditedKobo:
        netCreditedKobo(wallet, name.paymentUuid) + gainKobo + before - returned.reversedKobo,
      refundedKobo: sum(own.map((one) => one.gatewayKobo + ownKobo(one))),
      owedKobo: returned.owedKobo,
      shortfallKobo: 0,
      isReversed: isNew || wallet.reversals.has(name.reference),
    },
  }
}

export function creditPayment(draft: Draft, report: Report): Expected {
  const { wallet, nowMs } = draft
  const { paymentUuid, reference, expectedKobo, receivedKobo } = report
  const creditedKobo = wallet.credits.get(reference)?.kobo ?? 0
  const isReversed = wallet.reversals.has(reference)
  const gainKobo = isReversed ? 0 : Math.max(0, receivedKobo - creditedKobo)
  if (gainKobo > 0) {
    const missingKobo = Math.max(0, expectedKobo - netCreditedKobo(wallet, paymentUuid))
    const topUpKobo = Math.min(gainKobo, missingKobo)
    const prefix = `receipt/${paymentUuid}/${reference}/${receivedKobo}`
    const parts = [
      ['top_up', topUpKobo],
      ['surplus', gainKobo - topUpKobo],
    ] as const
    for (const [kind, amountKobo] of parts)
      if (amountKobo > 0) draft.post(kind, amountKobo, `${prefix}/${kind}`, paymentUuid, nowMs)
    const credit: Credit = { paymentUuid, kobo: receivedKobo }
    draft.notes.push(() => wallet.credits.set(reference, credit))
  }
  const before = returnedOf(wallet, report)
  const left = leftKobo(wallet, report, before) + gainKobo
  const returned = takeRefunds(draft, report, left, before)
  if (returned !== before) draft.notes.push(() => wallet.returned.set(reference, returned))
  return answerOf(draft, report, gainKobo, returned, false)
}

export function reversePayment(
  draft: Draft,
  name: Omit<Report, 'expectedKobo' | 'receivedKobo'>,
): Expected {
  const { wallet } = draft
  const { paymentUuid, reference } = name
  const before = returnedOf(wallet, name)
  const afterRefunds = takeRefunds(draft, name, leftKobo(wallet, name, before), before)
  const isRepeated = wallet.reversals.has(reference)
  const dueKobo = isRepeated ? 0 : leftKobo(wallet, name, afterRefunds)
  const owedKobo =
    dueKobo > 0
      ? take(draft, 'reversal', dueKobo, `reversal/${paymentUuid}/${reference}`, paymentUuid)
      : 0
  const returned = {
    ...afterRefunds,
    reversedKobo: afterRefunds.reversedKobo + dueKobo,
    owedKobo: afterRefunds.owedKobo + owedKobo,
  }
  if (!isRepeated)
    draft.note(() => wallet.reversals.set(reference, { paymentUuid, reversedKobo: dueKobo }))
  draft.notes.push(() => wallet.returned.set(reference, returned))
  return answerOf(draft, name, 0, returned, true)
}

interface RefundArgs extends Name {
  readonly refundUuid: string
}

const prefixOf = ({ paymentUuid, reference, refundUuid }: RefundArgs): string =>
  `refund/${paymentUuid}/${reference}/${refundUuid}/`

function setRefund(draft: Draft, name: RefundArgs, before: Returned, refund: ModelRefund) {
  const refunds = new Map([...before.refunds, [name.refundUuid, refund]])
  draft.notes.push(() => draft.wallet.returned.set(name.reference, { ...before, refunds }))
}

const shown = ({ heldKobo, paidKobo, steps }: ModelRefund): Expected => ({
  value: { heldKobo, paidKobo, steps },
})

export function holdRefund(
  draft: Draft,
  refund: RefundArgs & { readonly amountKobo: number; readonly isByUser: boolean },
): Expected {
  const { wallet, nowMs } = draft
  const { amountKobo, isByUser, refundUuid } = refund
  const before = returnedOf(wallet, refund)
  const known = before.refunds.get(refundUuid)
  if (known && known.amountKobo !== amountKobo) return { code: 'reference_reused' }
  if (known && known.heldKobo + known.paidKobo === 0) return { code: 'refund_not_allowed' }
  if (known) return shown(known)
  if (isByUser && draft.frozenAtMs !== null) return { code: 'wallet_frozen' }
  if (draft.debtKobo > 0) return { code: 'debt_open' }
  if (amountKobo > leftKobo(wallet, refund, before)) return { code: 'refund_exceeds_payment' }
  if (amountKobo > draft.availableKobo - draft.goodwillKobo) return { code: 'insufficient_funds' }
  draft.post('refund', -amountKobo, `${prefixOf(refund)}0/refund`, refund.paymentUuid, nowMs)
  const held = { amountKobo, heldKobo: amountKobo, paidKobo: 0, steps: 1 }
  setRefund(draft, refund, before, held)
  return shown(held)
}

export function settleRefund(draft: Draft, name: RefundArgs, outcome: string): Expected {
  const { wallet, nowMs } = draft
  const before = returnedOf(wallet, name)
  const known = before.refunds.get(name.refundUuid)
  if (!known) return { value: { heldKobo: 0, paidKobo: 0, steps: 0 } }
  const { heldKobo, paidKobo, steps, amountKobo } = known
  const source = name.paymentUuid
  const at = `${prefixOf(name)}${steps}/`
  if (outcome === 'completed') {
    if (paidKobo > 0) return shown(known)
    if (heldKobo > 0) {
      draft.postBeside('refund_paid', heldKobo, `${at}refund_paid`, source)
      const paid = { ...known, heldKobo: 0, paidKobo: heldKobo, steps: steps + 1 }
      setRefund(draft, name, before, paid)
      return shown(paid)
    }
    const takenKobo = Math.min(amountKobo, leftKobo(wallet, name, before))
    const entriesBefore = draft.entries.length
    const owedKobo = take(draft, 'gateway_refund', takenKobo, `${at}gateway_refund`, source)
    const taken = {
      ...known,
      paidKobo: takenKobo,
      steps: steps + draft.entries.length - entriesBefore,
    }
    setRefund(draft, name, { ...before, owedKobo: before.owedKobo + owedKobo }, taken)
    return shown(taken)
  }
  const backKobo = paidKobo > 0 ? paidKobo : heldKobo
  if (backKobo === 0) return shown(known)
  if (paidKobo > 0) draft.postBeside('refund_bounced', paidKobo, `${at}refund_bounced`, source)
  draft.post('refund_returned', backKobo, `${at}refund_returned`, source, nowMs)
  const failed = { ...known, heldKobo: 0, paidKobo: 0, steps: steps + (paidKobo > 0 ? 2 : 1) }
  if (!wallet.reversals.has(name.reference)) {
    setRefund(draft, name, before, failed)
    return shown(failed)
  }
  const reference = `reversal/${source}/${name.reference}/${name.refundUuid}/${steps}`
  const owedKobo = take(draft, 'reversal', backKobo, reference, source)
  const reversedKobo = before.reversedKobo + backKobo
  setRefund(draft, name, { ...before, reversedKobo, owedKobo: before.owedKobo + owedKobo }, failed)
  return shown(failed)
}

interface AdjustmentArgs {
  readonly uuid: string
  readonly amountKobo: number
}

export function giveGoodwill(draft: Draft, { uuid, amountKobo }: AdjustmentArgs): Expected {
  const { adjusted } = draft.wallet
  const known = adjusted.get(uuid)
  if (known !== undefined)
    return known === amountKobo ? { value: null } : { code: 'reference_reused' }
  if (draft.erasedAtMs !== null) return { code: 'not_found' }
  draft.post('goodwill', amountKobo, `goodwill/${uuid}`, uuid, draft.nowMs)
  draft.notes.push(() => adjusted.set(uuid, amountKobo))
  return { value: null }
}

export function waiveDebt(draft: Draft, { uuid, amountKobo }: AdjustmentArgs): Expected {
  const { adjusted } = draft.wallet
  const known = adjusted.get(uuid)
  if (known !== undefined)
    return known === amountKobo ? { value: null } : { code: 'reference_reused' }
  if (draft.debtKobo > 0 && draft.wallet.openCollections > 0) return { code: 'request_in_progress' }
  if (amountKobo > draft.debtKobo) return { code: 'amount_exceeds_debt' }
  draft.postBeside('debt_waiver', amountKobo, `debt_waiver/${uuid}`, uuid)
  draft.reduceDebt(amountKobo)
  draft.notes.push(() => adjusted.set(uuid, amountKobo))
  return { value: null }
}

interface CorrectionArgs extends AdjustmentArgs {
  readonly direction: string
}

/** Credits are never paid out; debits leave what is held for calls, and every debt as it is. */
export function correct(draft: Draft, { uuid, amountKobo, direction }: CorrectionArgs): Expected {
  const { corrected } = draft.wallet
  const [kind, koboChange] =
    direction === 'credit' ? ['correction_in', amountKobo] : ['correction_out', -amountKobo]
  const known = corrected.get(uuid)
  if (known !== undefined)
    return known === koboChange ? { value: null } : { code: 'reference_reused' }
  if (draft.erasedAtMs !== null) return { code: 'not_found' }
  if (draft.availableKobo + koboChange < 0) return { code: 'insufficient_funds' }
  draft.post(kind, koboChange, `correction/${uuid}`, uuid, draft.nowMs)
  draft.notes.push(() => corrected.set(uuid, koboChange))
  return { value: null }
}

interface TransferArgs {
  readonly uuid: string
  readonly to: string
  readonly amountKobo: number
  readonly paymentUuid?: string | null
}

/** @param debtKobo part of the amount that this wallet owes instead of paying it */
function debit(draft: Draft, transfer: TransferArgs, amountKobo: number, debtKobo = 0): void {
  const { uuid, to, paymentUuid } = transfer
  const source = paymentUuid ?? uuid
  const paidKobo = amountKobo - debtKobo
  const goodwillKobo = Math.min(draft.goodwillKobo, paidKobo)
  const post = (kind: string, part: number) =>
    part > 0 && draft.post(kind, -part, `${kind}/${uuid}`, source, draft.nowMs)
  post('goodwill_out', goodwillKobo)
  post('transfer_out', paidKobo - goodwillKobo)
  if (debtKobo > 0) {
    draft.postBeside('debt_taken_over', debtKobo, `debt_taken_over/${uuid}`, source)
    draft.debtKobo += debtKobo
    draft.debtSourceUuid = source
  }
  const { sent } = draft.wallet
  draft.notes.push(() => sent.set(uuid, { amountKobo, to, goodwillKobo }))
}

export function send(draft: Draft, transfer: TransferArgs): Expected {
  const { uuid, amountKobo } = transfer
  const known = draft.wallet.sent.get(uuid)
  if (known && known.amountKobo !== amountKobo) return { code: 'reference_reused' }
  if (known) return { value: {} }
  if (draft.frozenAtMs !== null) return { code: 'wallet_frozen' }
  if (draft.availableKobo < amountKobo) return { code: 'insufficient_funds' }
  debit(draft, transfer, amountKobo)
  return { value: {} }
}

export function sendForRefund(draft: Draft, transfer: TransferArgs): Expected {
  if (draft.wallet.sent.has(transfer.uuid)) return { value: {} }
  if (draft.debtKobo > 0) return { code: 'debt_open' }
  if (draft.availableKobo - draft.goodwillKobo < transfer.amountKobo)
    return { code: 'insufficient_funds' }
  debit(draft, transfer, transfer.amountKobo + draft.goodwillKobo)
  return { value: {} }
}

export function collectDebt(draft: Draft, transfer: TransferArgs): Expected {
  if (draft.wallet.sent.has(transfer.uuid)) return { value: {} }
  const paidKobo = Math.min(transfer.amountKobo, Math.max(0, draft.availableKobo))
  const debtKobo = draft.wallet.type === 'call_credits' ? transfer.amountKobo - paidKobo : 0
  if (paidKobo + debtKobo > 0) debit(draft, transfer, paidKobo + debtKobo, debtKobo)
  return { value: {} }
}

export function accept(
  draft: Draft,
  {
    uuid,
    amountKobo,
    goodwillKobo = 0,
    paymentUuid,
  }: Omit<TransferArgs, 'to'> & { readonly goodwillKobo?: number },
): Expected {
  const { wallet, nowMs } = draft
  const known = wallet.accepted.get(uuid)
  if (known !== undefined)
    return known === amountKobo ? { value: null } : { code: 'reference_reused' }
  const source = paymentUuid ?? uuid
  const ownKobo = amountKobo - goodwillKobo
  if (goodwillKobo > 0)
    draft.post('goodwill_in', goodwillKobo, `goodwill_in/${uuid}`, source, nowMs)
  if (ownKobo > 0) draft.post('transfer_in', ownKobo, `transfer_in/${uuid}`, source, nowMs)
  draft.notes.push(() => wallet.accepted.set(uuid, amountKobo))
  return { value: null }
}

export function freeze(draft: Draft): Expected {
  const { nowMs } = draft
  if (draft.frozenAtMs !== null) return { value: null }
  draft.note(() => {})
  draft.frozenAtMs = nowMs
  for (const call of draft.open) {
    const chargeKobo = call.startedAtMs === null ? 0 : chargeAt(call, nowMs)
    draft.close(call.uuid, 'wallet_frozen', nowMs, chargeKobo)
  }
  return { value: null }
}

interface ClosingArgs {
  readonly erasureUuid: string
  readonly isWaived: boolean
}

export function close(draft: Draft, { erasureUuid, isWaived }: ClosingArgs): Expected {
  if (draft.debtKobo > 0) return { code: 'debt_open' }
  const running = draft.open.filter(({ startedAtMs }) => startedAtMs !== null)
  const leftKobo = draft.postedKobo - sum(running.map((call) => chargeAt(call, draft.nowMs)))
  if (leftKobo > 0 && !isWaived) return { code: 'balance_left' }
  freeze(draft)
  const seq = draft.wallet.entries.length + draft.entries.length + 1
  const reference = `balance_waiver/${erasureUuid}/${seq}`
  if (leftKobo > 0) draft.post('balance_waiver', -leftKobo, reference, erasureUuid, draft.nowMs)
  if (draft.erasedAtMs === null) draft.note(() => {})
  draft.erasedAtMs ??= draft.nowMs
  return { value: leftKobo }
}

export function unfreeze(draft: Draft): Expected {
  if (draft.erasedAtMs !== null) return { value: null }
  if (draft.frozenAtMs !== null) draft.note(() => {})
  draft.frozenAtMs = null
  return { value: null }
}

export const debt = (draft: Draft): Expected => ({ value: draft.debtKobo })

export function view(draft: Draft): Expected {
  const { availableKobo, heldKobo, goodwillKobo, debtKobo, frozenAtMs, wallet } = draft
  const { type } = wallet
  return { value: { availableKobo, heldKobo, goodwillKobo, debtKobo, frozenAtMs, type } }
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
