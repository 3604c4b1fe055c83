/**
 * What each command of a wallet has to answer and to do, read from the contract and not from the
 * code: worked out on a draft of the auditor's own wallet.
 */
import { claimAt, endsUntil, secondsBetween, type Price } from './meter'
import {
  type Credit,
  Draft,
  type Expected,
  holdOf,
  type ModelCall,
  type WalletModel,
} from './wallet-model'

export interface Prediction {
  readonly draft: Draft | undefined
  readonly expected: Expected
  /** An alarm forgets the keys of before this instant. */
  readonly forgottenBeforeMs?: number
}

interface Caller {
  readonly sessionUuid: string
  readonly tokenVersion: number
}

interface Limits {
  readonly maxOpenCalls: number
  readonly starts: { readonly quota: number; readonly windowMs: number }
  readonly ringTimeoutMs: number
  readonly maxDurationMs: number
}

interface CallOrder {
  readonly uuid: string
  readonly rate: Price
}

type Command = (draft: Draft, ...args: never[]) => Expected

const NOT_FOUND: Expected = { code: 'not_found' }
const conflict: Expected = { code: 'call_state_conflict' }

/** A call as it is shown; `horizon` also works out when it must end. */
function shown(draft: Draft, call: ModelCall, horizon: boolean): object {
  const { uuid, seq, status, startedAtMs, endedAtMs, endReason, chargeKobo, holdKobo } = call
  const isOpen = chargeKobo === null
  const base = { uuid, seq, status, startedAtMs, endedAtMs, endReason, chargeKobo, holdKobo }
  const costKobo = isOpen ? claimAt(call, draft.nowMs) : chargeKobo
  if (!horizon) return { ...base, costKobo }
  const end = isOpen ? endOf(draft, uuid) : undefined
  return {
    ...base,
    costKobo,
    mustEndByMs: end?.endedAtMs ?? null,
    mustEndReason: end?.reason ?? null,
  }
}

const endOf = (draft: Draft, uuid: string) =>
  endsUntil(draft.postedKobo, draft.open, draft.nowMs, Infinity, (ends) =>
    ends.some((end) => end.uuid === uuid),
  ).find((end) => end.uuid === uuid)

const isRefused = (wallet: WalletModel, { sessionUuid, tokenVersion }: Caller): boolean =>
  tokenVersion < wallet.minVersion || wallet.endedSessions.has(sessionUuid)

function initiate(
  draft: Draft,
  {
    call: order,
    limits,
    idempotency,
  }: {
    call: CallOrder
    limits: Limits
    idempotency: { key: string; fingerprint: string } | undefined
  },
): Expected {
  const { wallet, nowMs } = draft
  const known = idempotency && wallet.keys.find(({ key }) => key === idempotency.key)
  if (known && known.fingerprint !== idempotency.fingerprint)
    return { code: 'idempotency_key_reused' }
  if (known) return { value: known.answer, replayed: true }
  const remember = (uuid: string, answer: object) => {
    if (!idempotency) return
    const { key, fingerprint } = idempotency
    const used = { key, fingerprint, usedAtMs: nowMs, callUuid: uuid, answer }
    draft.notes.push(() => (wallet.keys = [...wallet.keys, used]))
  }
  const same = draft.call(order.uuid)
  if (same) {
    const answer = shown(draft, same, false)
    remember(same.uuid, answer)
    return { value: answer, replayed: false }
  }
  const { quota, windowMs } = limits.starts
  let recent = 0
  for (let seq = wallet.calls.length; seq > 0 && recent < quota; seq--) {
    if ((wallet.calls[seq - 1]?.createdAtMs ?? 0) <= nowMs - windowMs) break
    recent += 1
  }
  if (recent >= quota) return { code: 'rate_limited' }
  const holdKobo = holdOf(order.rate)
  if (draft.availableKobo < holdKobo) return { code: 'insufficient_funds' }
  if (draft.open.length >= limits.maxOpenCalls) return { code: 'too_many_calls' }
  const call: ModelCall = {
    uuid: order.uuid,
    rate: order.rate,
    holdKobo,
    seq: wallet.calls.length + 1,
    status: 'initiated',
    createdAtMs: nowMs,
    startedAtMs: null,
    endedAtMs: null,
    endReason: null,
    chargeKobo: null,
    deadlineAtMs: nowMs + limits.ringTimeoutMs,
  }
  draft.put(call)
  const answer = shown(draft, call, false)
  remember(call.uuid, answer)
  return { value: answer, replayed: false }
}

function answerCall(draft: Draft, uuid: string, limits: Limits): Expected {
  const call = draft.call(uuid)
  if (!call) return NOT_FOUND
  if (call.status !== 'initiated') return conflict
  const { nowMs } = draft
  const deadlineAtMs = nowMs + limits.maxDurationMs
  const answered = { ...call, status: 'answered', startedAtMs: nowMs, deadlineAtMs }
  draft.put(answered)
  return { value: shown(draft, answered, nowMs % 4 === 0) }
}

function end(draft: Draft, uuid: string, reason: string): Expected {
  const call = draft.call(uuid)
  if (!call) return NOT_FOUND
  if (call.chargeKobo !== null) return { value: shown(draft, call, true) }
  const cannotBe = call.startedAtMs !== null && (reason === 'busy' || reason === 'declined')
  if (cannotBe) return conflict
  const chargeKobo = call.startedAtMs === null ? 0 : Math.max(0, chargeOf(call, draft.nowMs))
  draft.close(uuid, reason, draft.nowMs, chargeKobo)
  return { value: shown(draft, draft.call(uuid) ?? call, true) }
}

const chargeOf = (call: ModelCall, atMs: number): number => claimAt({ ...call, holdKobo: 0 }, atMs)

function paymentFacts({ credits, reversals }: WalletModel, paymentUuid: string) {
  let paidKobo = 0
  let shortKobo = 0
  for (const credit of credits.values())
    if (credit.paymentUuid === paymentUuid) paidKobo += credit.kobo
  for (const reversal of reversals.values()) {
    if (reversal.paymentUuid !== paymentUuid) continue
    paidKobo -= reversal.takenKobo
    shortKobo += reversal.shortKobo
  }
  return { paidKobo, shortKobo }
}

interface ReceiptArgs {
  readonly paymentUuid: string
  readonly reference: string
  readonly expectedKobo: number
  readonly receivedKobo: number
}

const referencePrefix = ({ paymentUuid, reference }: { paymentUuid: string; reference: string }) =>
  `receipt/${paymentUuid}/${reference}/`

function receive(draft: Draft, receipt: ReceiptArgs): Expected {
  const { wallet, nowMs } = draft
  const { paymentUuid, reference, expectedKobo, receivedKobo } = receipt
  const { paidKobo, shortKobo } = paymentFacts(wallet, paymentUuid)
  const creditedKobo = wallet.credits.get(reference)?.kobo ?? 0
  const isReversed = wallet.reversals.has(reference)
  const gainKobo = isReversed ? 0 : Math.max(0, receivedKobo - creditedKobo)
  if (gainKobo > 0) {
    const topUpKobo = Math.min(gainKobo, Math.max(0, expectedKobo - paidKobo))
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
  return { value: { paidKobo: paidKobo + gainKobo, shortKobo, isReversed } }
}

function takeBack(draft: Draft, name: { paymentUuid: string; reference: string }): Expected {
  const { wallet, nowMs } = draft
  const { paymentUuid, reference } = name
  const { paidKobo, shortKobo } = paymentFacts(wallet, paymentUuid)
  if (wallet.reversals.has(reference)) return { value: { paidKobo, shortKobo, isReversed: true } }
  const dueKobo = wallet.credits.get(reference)?.kobo ?? 0
  const takenKobo = Math.min(dueKobo, draft.availableKobo)
  if (takenKobo > 0)
    draft.post('reversal', -takenKobo, `reversal/${paymentUuid}/${reference}`, paymentUuid, nowMs)
  const reversal = { paymentUuid, takenKobo, shortKobo: dueKobo - takenKobo }
  draft.note(() => wallet.reversals.set(reference, reversal))
  return {
    value: {
      paidKobo: paidKobo - takenKobo,
      shortKobo: shortKobo + dueKobo - takenKobo,
      isReversed: true,
    },
  }
}

interface TransferArgs {
  readonly uuid: string
  readonly to: string
  readonly amountKobo: number
}

function send(draft: Draft, { uuid, to, amountKobo }: TransferArgs): Expected {
  const { wallet } = draft
  const known = wallet.sent.get(uuid)
  if (known && known.amountKobo !== amountKobo) return { code: 'reference_reused' }
  if (known) return { value: {} }
  if (draft.availableKobo < amountKobo) return { code: 'insufficient_funds' }
  draft.post('transfer_out', -amountKobo, `transfer_out/${uuid}`, uuid, draft.nowMs)
  draft.notes.push(() => wallet.sent.set(uuid, { amountKobo, to }))
  return { value: {} }
}

function accept(draft: Draft, { uuid, amountKobo }: Omit<TransferArgs, 'to'>): Expected {
  const { wallet } = draft
  const known = wallet.accepted.get(uuid)
  if (known !== undefined)
    return known === amountKobo ? { value: null } : { code: 'reference_reused' }
  draft.post('transfer_in', amountKobo, `transfer_in/${uuid}`, uuid, draft.nowMs)
  draft.notes.push(() => wallet.accepted.set(uuid, amountKobo))
  return { value: null }
}

function view(draft: Draft): Expected {
  const { availableKobo, heldKobo, wallet } = draft
  return { value: { availableKobo, heldKobo, type: wallet.type } }
}

function look(draft: Draft, uuid: string): Expected {
  const call = draft.call(uuid)
  return call ? { value: shown(draft, call, true) } : NOT_FOUND
}

interface ListArgs {
  readonly limit: number
  readonly beforeSeq?: number
}

/** The calls as they will be: what the draft has replaced, replaced. */
function list(draft: Draft, { limit, beforeSeq = Infinity }: ListArgs): Expected {
  const seqs = draft.wallet.calls.map(({ seq }) => seq).filter((seq) => seq < beforeSeq)
  const newest = seqs.slice(-limit).toReversed()
  const calls = newest.flatMap((seq) => draft.call(draft.wallet.calls[seq - 1]?.uuid ?? '') ?? [])
  return { value: calls.map((call) => shown(draft, call, false)) }
}

function listEntries(draft: Draft, { limit, beforeSeq = Infinity }: ListArgs): Expected {
  const entries = [...draft.wallet.entries, ...draft.entries]
  const last = Math.min(entries.length, beforeSeq - 1)
  return { value: entries.slice(Math.max(0, last - limit), last).toReversed() }
}

function quote(draft: Draft, rate: Price, limits: Limits): Expected {
  const holdKobo = holdOf(rate)
  const { availableKobo, nowMs } = draft
  if (availableKobo < holdKobo) return { value: { holdKobo, availableKobo, affordableSeconds: 0 } }
  const deadlineAtMs = nowMs + limits.maxDurationMs
  const imagined = { uuid: 'imagined', rate, holdKobo, startedAtMs: nowMs, deadlineAtMs }
  const ends = endsUntil(draft.postedKobo, [...draft.open, imagined], nowMs, Infinity)
  const endedAtMs = ends.find(({ uuid }) => uuid === 'imagined')?.endedAtMs ?? nowMs
  return { value: { holdKobo, availableKobo, affordableSeconds: secondsBetween(nowMs, endedAtMs) } }
}

const nothing = (): Expected => ({ value: undefined })

/** Commands of users come with their token's facts, which an ended session makes worthless. */
const BY_USERS: Record<string, Command> = {
  view,
  call: look,
  calls: list,
  entries: listEntries,
  initiateCall: initiate,
  answerCall,
  endCall: end,
  quoteCall: quote,
}

const BY_SERVICE: Record<string, Command> = {
  open: nothing,
  receive,
  takeBack,
  sendTransfer: send,
  acceptTransfer: accept,
  alarm: nothing,
}

const KEYS_KEPT_MS = 2 * 24 * 60 * 60 * 1000

/** What a wallet's command has to come to. */
export function predict(
  wallet: WalletModel,
  method: string,
  args: readonly unknown[],
  wallClockMs: number,
): Prediction {
  if (method === 'transfer') {
    const sent = wallet.sent.get(args[0] as string)
    return { draft: undefined, expected: sent ? { value: sent } : NOT_FOUND }
  }
  const byUsers = BY_USERS[method]
  if (byUsers && isRefused(wallet, args[0] as Caller))
    return { draft: undefined, expected: { code: 'unauthenticated' } }
  const command = byUsers ?? BY_SERVICE[method]
  if (!command) return { draft: undefined, expected: { value: undefined } }
  const draft = new Draft(wallet, wallClockMs)
  const expected = command(draft, ...((byUsers ? args.slice(1) : args) as never[]))
  draft.step()
  const forgottenBeforeMs = wallClockMs - KEYS_KEPT_MS
  return { draft, expected, ...(method === 'alarm' && { forgottenBeforeMs }) }
}
